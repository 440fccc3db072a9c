"""`tacit audit` with everything that it can write: a page, books, JSON, and its exit status."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.command import run_tacit


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
