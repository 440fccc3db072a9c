"""`tacit audit` with everything that it can write: a page, books, JSON, and its exit status."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from ledger.genesis import Genesis
from ledger.ledger import Ledger
from ledger.storage import SqliteStore
from ledger.transitions import Deposit
from tacit.__main__ import main
from tests.command import run_tacit
from tests.ledger.world import fastest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a market and an account of a wallet."""
    folder = tmp_path_factory.mktemp("audit")
    (folder / "pw").write_text("password\n")
    for arguments in (
        ("ledger", "init", "a.ledger", "--seed", "1"),
        ("market", "publish", "a.ledger"),
        ("wallet", "new", "a.wallet", "a.ledger", "--password-file", "pw"),
        ("wallet", "open", "a.wallet", "a.ledger", "--password-file", "pw"),
        ("wallet", "deposit", "a.wallet", "a.ledger", "USD", "5000000", "--password-file", "pw"),
        ("wallet", "withdraw", "a.wallet", "a.ledger", "USD", "1", "--password-file", "pw"),
    ):
        result = run_tacit(*arguments, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder


def test_the_books_open_with_the_key(folder: Path) -> None:
    """What the wallet holds is in the books, and files that show it are for their owner only."""
    key = "a.ledger.escrow.insecure.json"
    options = ("--escrow-key", key, "--books", "books.json", "--report", "open.html")
    result = run_tacit("audit", "a.ledger", *options, cwd=folder)
    assert result.returncode == 0, result.stderr
    books = json.loads((folder / "books.json").read_text())
    assert books["complete"]
    assert "4999999" in json.dumps(books)
    assert "Holdings at the tip" in (folder / "open.html").read_text()
    for name in ("books.json", "open.html"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_a_page_without_books_shows_no_balance(folder: Path) -> None:
    """The public report is one page that loads nothing."""
    result = run_tacit("audit", "a.ledger", "--report", "report.html", cwd=folder)
    assert result.returncode == 0, result.stderr
    page = (folder / "report.html").read_text()
    assert "Holdings at the tip" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page


def test_a_wrong_key_is_a_finding(folder: Path) -> None:
    """Not silence, and not exit status 0."""
    (folder / "wrong.json").write_text(json.dumps({"insecure_escrow_secret": "07" + "00" * 31}))
    result = run_tacit("audit", "a.ledger", "--escrow-key", "wrong.json", cwd=folder)
    assert result.returncode == 1
    assert "books:" in result.stdout


@pytest.mark.parametrize("name", ["none", "text", "empty", "newer"])
def test_what_cannot_be_read_is_status_two(folder: Path, name: str) -> None:
    """One clear line, whatever it is."""
    path = folder / name
    if name == "text":
        path.write_text("not a ledger\n")
    elif name == "empty":
        path.write_bytes(b"")
    elif name == "newer":
        path.write_bytes((folder / "a.ledger").read_bytes())
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
    result = run_tacit("audit", name, cwd=folder)
    lines = [line for line in result.stderr.splitlines() if not line.startswith("backend:")]
    assert result.returncode == 2
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("error: ")


KEY = ("--escrow-key", "a.ledger.escrow.insecure.json")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--books", "x.json"), ("--books", "--escrow-key")),
        (("--account", "0", "--epochs", "1-1"), ("--account, --epochs", "--escrow-key")),
        (("--seed", "1"), ("--seed", "--cross-check")),
        (("--auditor", "00" * 32), ("--auditor", "--from")),
        ((*KEY, "--epochs", "9-3", "--books", "x.json"), ("FIRST-LAST", "9-3")),
        ((*KEY, "--epochs", "3", "--books", "x.json"), ("FIRST-LAST", "3")),
        ((*KEY, "--epochs", "1-" + "9" * 5000, "--books", "x.json"), ("epoch", "999")),
        (("--cross-check", "9" * 5000), ("cross-check", "999")),
        (("--cross-check", "-1"), ("cross-check", "-1")),
        (("--pin", "claims=" + "00" * 32), ("pin", "claims")),
        (("--pin", "claim=zz"), ("pin", "64 hexadecimal digits")),
        (("--head", "nowhere"), ("nowhere", "a file")),
        (("--sign", "nowhere", "--verdict", "x.json"), ("nowhere", "a file")),
    ],
)
def test_options_that_mean_nothing_are_status_two(
    folder: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """One line, before anything is replayed or written; none is silently ignored."""
    result = run_tacit("audit", "a.ledger", "--report", "x.html", *arguments, cwd=folder)
    lines = [line for line in result.stderr.splitlines() if not line.startswith("backend:")]
    assert result.returncode == 2
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("error: ")
    for word in ("expected", *words):
        assert word in lines[0]
    assert not list(folder.glob("x.*"))


def test_the_clocks_of_a_ledger_in_use_are_compared(folder: Path) -> None:
    """With the one of the machine, where somebody says that it is in use; else with none."""
    for arguments in (
        ("ledger", "init", "old.ledger", "--time", "1767225600"),
        ("market", "publish", "old.ledger", "--time", "1767225600"),
    ):
        assert run_tacit(*arguments, cwd=folder).returncode == 0
    for more, expected in (((), 0), (("--live",), 2)):
        result = run_tacit("audit", "old.ledger", "--json", *more, cwd=folder)
        assert result.returncode == 0, result.stderr
        codes = [found["code"] for found in json.loads(result.stdout)["findings"]]
        assert codes.count("clock") == expected


def helpers(folder: Path) -> list[str]:
    """What SQLite leaves beside files that it has open."""
    return [path.name for path in folder.iterdir() if path.name.endswith(("-wal", "-shm"))]


def test_an_account_that_is_not_there_is_no_success(folder: Path) -> None:
    """The books of the others are written all the same, and one line says what is missing."""
    asked = ("--account", "0", "--account", "7", "--books", "scope.json")
    result = run_tacit("audit", "a.ledger", *KEY, *asked, cwd=folder)
    assert result.returncode == 1
    lines = [line for line in result.stdout.splitlines() if "account 7" in line]
    assert len(lines) == 1, result.stdout
    assert "there is no such thing" in lines[0]
    assert [one["account"] for one in json.loads((folder / "scope.json").read_text())["statements"]]


def test_an_audit_leaves_nothing_behind(folder: Path) -> None:
    """No helper of SQLite's, no other byte in the ledger, whatever it reads it for."""
    before = (folder / "a.ledger").read_bytes()
    for more in ((), ("--report", "left.html"), (*KEY, "--books", "left.json"), ("--jobs", "2")):
        assert run_tacit("audit", "a.ledger", *more, cwd=folder).returncode == 0
        assert not helpers(folder), more
    assert (folder / "a.ledger").read_bytes() == before


def test_a_kind_without_its_plug_in_is_no_verdict(folder: Path, tmp_path: Path) -> None:
    """Exit 2 and one line that names the kind: a ledger may be sound that we cannot read."""
    with Ledger.open(folder / "a.ledger", fastest(), read_only=True) as honest:
        genesis = honest.genesis.encode()
        assert Genesis.decode(genesis) == honest.genesis
    foreign = genesis.replace(b'"kind":"perpetual"', b'"kind":"quanto"')
    assert foreign != genesis
    path = tmp_path / "foreign.ledger"
    store = SqliteStore.create(path)
    with store.writing() as writer:
        writer.append(honest.genesis.time, foreign, {"a": b"b"})
    store.close()
    for arguments in (("audit", path), ("audit", path, "--report", tmp_path / "x.html")):
        result = run_tacit(*arguments, cwd=folder)
        lines = [line for line in result.stderr.splitlines() if not line.startswith("backend:")]
        assert result.returncode == 2, result.stdout
        assert len(lines) == 1, result.stderr
        assert "'quanto'" in lines[0]
        assert "not installed here" in lines[0]
        assert "INVALID" not in result.stdout


@pytest.mark.parametrize("defect", [NameError, TypeError, KeyError, AssertionError])
def test_a_defect_of_the_auditor_is_no_verdict(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    defect: type[Exception],
) -> None:
    """Exit 2, one line that says whose fault it is and where, and not a word about the ledger."""

    def fail(*_: object) -> None:
        raise defect("nobody thought of this")

    monkeypatch.setattr(Deposit, "apply", fail)
    monkeypatch.setattr("sys.argv", ["tacit", "audit", str(folder / "a.ledger")])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    lines = [line for line in shown.err.splitlines() if not line.startswith("backend:")]
    assert ended.value.code == 2
    assert len(lines) == 1, shown.err
    assert lines[0].startswith("error: the auditor failed")
    assert defect.__name__ in lines[0]
    assert __name__ in lines[0]
    assert "no verdict" in lines[0]
    assert "VALID" not in shown.out
