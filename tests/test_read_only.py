"""A ledger on a disk that its reader may not write: it is looked at, and nothing is left there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ledger.errors import Unavailable
from ledger.storage import SqliteStore
from ledger.storage.database import IMMUTABLE, Database
from tacit.__main__ import main
from tests.command import run_tacit

#: Who owns nothing, so that permissions mean something where tests run as root.
_NOBODY = 65_534
LOOKS = (
    ("ledger", "show", "a.ledger"),
    ("ledger", "log", "a.ledger"),
    ("ledger", "check", "a.ledger"),
    ("ledger", "prove-inclusion", "a.ledger", "pool"),
    ("market", "show", "a.ledger"),
    ("audit", "a.ledger"),
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A development ledger with one market."""
    folder = tmp_path_factory.mktemp("founded")
    for arguments in (
        ("ledger", "init", "a.ledger", "--seed", "1", "--time", "1767225600"),
        ("market", "publish", "a.ledger", "--time", "1767225600"),
    ):
        result = run_tacit(*arguments, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder / "a.ledger"


@pytest.fixture
def closed(founded: Path) -> Iterator[Path]:
    """A folder with a copy of it, neither to be written by anybody."""
    with TemporaryDirectory(prefix="tacit-") as name:  # one that everybody may enter
        folder = Path(name)
        shutil.copy(founded, folder)
        (folder / "a.ledger").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def run_without_rights(arguments: tuple[str, ...], folder: Path) -> tuple[int, str]:
    """The command's exit status and output, run by somebody who may write nothing there."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        status = 70
        try:
            os.chdir(folder)
            if not os.getuid():
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)
            sys.stdout = sys.stderr = os.fdopen(write, "w")
            sys.argv = ["tacit", *arguments]
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        finally:
            sys.stdout.flush()
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as pipe:
        output = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output


@pytest.mark.parametrize("arguments", LOOKS, ids=" ".join)
def test_a_ledger_that_may_not_be_written_is_read(
    founded: Path,
    closed: Path,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every command that only looks works on a read-only file in a read-only folder.

    What is printed is what is printed where it may be written. There the command runs first, so
    that everything is loaded that the one without rights could not read from the disk.
    """
    monkeypatch.chdir(founded.parent)
    monkeypatch.setattr("sys.argv", ["tacit", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    expected = (ended.value.code or 0, capsys.readouterr().out.splitlines()[:3])
    status, output = run_without_rights(arguments, closed)
    lines = [line for line in output.splitlines() if not line.startswith("backend:")]
    assert (status, lines[:3]) == expected, output
    assert os.listdir(closed) == ["a.ledger"]


def test_a_write_meanwhile_is_noticed(founded: Path, tmp_path: Path) -> None:
    """Without locks a reader sees that the file was written, instead of half of what was."""
    copy = Path(shutil.copy(founded, tmp_path))
    database = Database.connect(copy, mode=IMMUTABLE)
    assert database.rows("SELECT count(*) FROM entry") == [(2,)]
    store = SqliteStore.open(copy)
    with store.writing():
        pass
    store.close()
    os.utime(copy)
    with pytest.raises(Unavailable, match="one that was written"):
        database.rows("SELECT count(*) FROM entry")
    database.close()
