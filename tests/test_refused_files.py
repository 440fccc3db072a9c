"""Every command, with every file that it reads absent, empty, a folder, or full of other bytes."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperArgument

from tacit.__main__ import main
from tests.command import run_tacit
from tests.reference import Documented, commands

#: Commands whose example reads no file; the benches, which would measure, have tests of their own.
READ_NOTHING = {
    "tacit demo",
    "tacit circuits list",
    "tacit circuits info",
    "tacit circuits export",
    "tacit keys dev",
    "tacit market cover",
    "tacit matcher new",
    "tacit wallet lock",
}
#: Files and folders that are written; what is there already is another test's matter.
WRITTEN = {"out", "statements", "proof", "public"}
LEDGER = "demo.ledger"
KINDS = ("absent", "empty", "a folder", "bytes")
#: Commands of a wallet come to it and to its ledger in one way: one of them stands for the others.
ONE_WALLET = "tacit wallet show"


def cases() -> list[tuple[Documented, str, list[str]]]:
    """A command, the name of a file that it reads, and the words of its example."""
    found = []
    for documented in commands():
        if hasattr(documented.command, "commands") or documented.words[1] == "bench":
            continue
        if documented.name in READ_NOTHING or documented.example is None:
            continue
        words = shlex.split(documented.example)[1:]
        context = documented.command.make_context(
            documented.name, words[len(documented.words) - 1 :], resilient_parsing=True
        )
        for parameter in documented.parameters:
            value: Any = context.params.get(parameter.name or "")
            values = value if isinstance(value, list | tuple) else [value]
            if isinstance(values[0] if values else None, Path) and _reads(documented, parameter):
                found.append((documented, str(values[0]), words))
    return found


def _reads(documented: Documented, parameter: Any) -> bool:
    is_output = not isinstance(parameter, TyperArgument) and parameter.name in WRITTEN
    is_new = documented.words[-1] in {"init", "new", "restore"} and parameter.name == "wallet"
    return not is_output and not is_new and documented.name != "tacit ledger init"


CASES = cases()


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger and a market, so that other files are come to as well."""
    folder = tmp_path_factory.mktemp("founded")
    for words in (("ledger", "init", LEDGER, "--seed", "1"), ("market", "publish", LEDGER)):
        result = run_tacit(*words, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder


def make(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    if kind == "a folder":
        path.mkdir()
    elif kind != "absent":
        path.write_bytes(b"" if kind == "empty" else bytes(range(256)) * 64)


def test_the_examples_name_files() -> None:
    """The commands of a ledger, of a wallet, of keys and of proofs are all among them."""
    assert {"tacit audit", "tacit verify", "tacit keys check", "tacit wallet show"} <= {
        documented.name for documented, _, _ in CASES
    }


def is_another_way(documented: Documented, name: str, kind: str) -> bool:
    """Whether no other case says the same of the same lines of ours."""
    is_shared = name == LEDGER or name.endswith(".wallet")
    is_alike = documented.words[1] == "wallet" and documented.name != ONE_WALLET
    return kind == "absent" or not (is_shared and is_alike)


@pytest.mark.parametrize(
    ("documented", "name", "words", "kind"),
    [(*case, kind) for case in CASES for kind in KINDS if is_another_way(*case[:2], kind)],
    ids=lambda each: getattr(each, "name", each if isinstance(each, str) else ""),
)
def test_a_file_that_is_none_is_one_line(
    founded: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    documented: Documented,
    name: str,
    words: list[str],
    kind: str,
) -> None:
    """One line on standard error, by the name that was typed; no bytes, no foreign sentences."""
    folder = Path(shutil.copytree(founded, tmp_path / "work"))
    make(folder / name, kind)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TACIT_PASSWORD", "password")
    monkeypatch.setattr("sys.argv", ["tacit", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    errors = capsys.readouterr().err
    lines = [line for line in errors.splitlines() if not line.startswith(("backend:", "clock:"))]
    assert ended.value.code in (1, 2), errors
    assert len(lines) == 1, errors
    assert lines[0].startswith("error: ")
    assert "b'" not in lines[0]
    assert "\\x" not in lines[0]
    for foreign in ("Input should", "Field required", "Traceback", "Errno", "not a database"):
        assert foreign not in lines[0]
    if kind == "absent":
        assert any(f"{typed}: expected" in lines[0] for typed in words), lines[0]
        assert "no such file" in lines[0]
