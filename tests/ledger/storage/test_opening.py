"""Files that are no ledger, or that cannot be used now: one clear error each, nothing touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.errors import DamagedLedger, Unavailable
from ledger.storage import SqliteStore
from ledger.storage.database import APPLICATION_ID, SCHEMA
from tests.ledger.storage.naive import Mirror, append_next
from zk.errors import Conflict, MalformedFile, ZkError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of five entries, closed."""
    path = tmp_path / "ledger"
    store = SqliteStore.create(path)
    with store.writing() as writer:
        for _ in range(5):
            append_next(writer, 1)
    store.close()
    return path


def changed(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(sql)
    connection.close()


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("This is no ledger.\n" * 100)


def short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 3 * 4096])


def of_another_program(path: Path) -> None:
    path.unlink()
    changed(path, "CREATE TABLE entry (number INTEGER PRIMARY KEY)")


def of_a_newer_version(path: Path) -> None:
    changed(path, "PRAGMA user_version = 2")


def of_no_version(path: Path) -> None:
    changed(path, "PRAGMA user_version = 0")


def without_a_table(path: Path) -> None:
    changed(path, "DROP TABLE tile")


def without_a_genesis(path: Path) -> None:
    path.unlink()
    changed(path, SCHEMA)


def marked_but_empty(path: Path) -> None:
    path.unlink()
    changed(path, f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1")


CASES: list[tuple[Callable[[Path], None], type[ZkError]]] = [
    (missing, Unavailable),
    (folder, Unavailable),
    (pipe, Unavailable),
    (empty, MalformedFile),
    (text, MalformedFile),
    (short, MalformedFile),
    (cut, DamagedLedger),
    (of_another_program, MalformedFile),
    (of_a_newer_version, Unavailable),
    (of_no_version, MalformedFile),
    (without_a_table, DamagedLedger),
    (without_a_genesis, DamagedLedger),
    (marked_but_empty, DamagedLedger),
]


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
@pytest.mark.parametrize(("spoil", "error"), CASES, ids=lambda x: getattr(x, "__name__", ""))
def test_what_is_no_ledger_is_not_opened(
    path: Path, spoil: Callable[[Path], None], error: type[ZkError], read_only: bool
) -> None:
    """One error of the right class, and the folder is as it was, byte for byte."""
    spoil(path)
    before = contents(path.parent)
    with pytest.raises(ZkError) as caught:
        SqliteStore.open(path, read_only)
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)
    assert contents(path.parent) == before


def contents(folder: Path) -> dict[str, bytes]:
    """All files but those in which SQLite coordinates: a reader cannot remove those."""
    files = [p for p in folder.iterdir() if not p.name.endswith(("-shm", "-wal"))]
    return {p.name: p.read_bytes() if p.is_file() else b"" for p in files}


def test_opening_a_ledger_changes_nothing(path: Path) -> None:
    """Opening, reading and closing leave the same bytes."""
    before = contents(path.parent)
    for read_only in (True, False):
        store = SqliteStore.open(path, read_only)
        store.check()
        store.close()
        assert contents(path.parent) == before
    assert list(path.parent.iterdir()) == [path]


def test_a_copy_in_another_mode_is_a_ledger(path: Path) -> None:
    """Copies that SQLite's tools make lose the mode; a writer puts it back."""
    changed(path, f"VACUUM INTO '{path}.copy'; PRAGMA journal_mode = DELETE")
    for copy in (path, Path(f"{path}.copy")):
        SqliteStore.open(copy, read_only=True).check()
        store = SqliteStore.open(copy)
        with store.writing() as writer:
            append_next(writer, 1)
        Mirror(1).compare(store, fully=True)


def test_a_name_is_taken_literally(path: Path) -> None:
    """Characters that mean something in a URI mean nothing in a path."""
    odd = path.with_name("a?mode=memory#b%41 'c'")
    path.rename(odd)
    SqliteStore.open(odd, read_only=True).check()
    SqliteStore.open(str(odd)).check()


def test_a_store_opened_to_read_does_not_write(path: Path) -> None:
    """The refusal comes before anything is done."""
    store = SqliteStore.open(path, read_only=True)
    with pytest.raises(Conflict), store.writing():
        pytest.fail("it should not come to this")
    assert store.head == SqliteStore.open(path).head


def test_a_file_that_another_holds_alone_is_locked(path: Path) -> None:
    """A program that has the file for itself is waited for, and then named."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        SqliteStore.open(path, patience=0.1)
    holder.close()
    SqliteStore.open(path).close()


@pytest.mark.parametrize("table", ["entry", "record", "tile"])
def test_a_head_that_does_not_fit_is_not_opened(path: Path, table: str) -> None:
    """The last rows of any table are gone: entry, records and tree no longer agree."""
    changed(path, f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    with pytest.raises(DamagedLedger):
        SqliteStore.open(path)


def test_a_head_without_its_predecessor_is_not_opened(path: Path) -> None:
    """The chain is looked at where it ends."""
    changed(path, "DELETE FROM entry WHERE number = 3")
    with pytest.raises(DamagedLedger) as caught:
        SqliteStore.open(path)
    assert caught.value.entry == 3


@pytest.fixture
def foreign() -> Iterator[Path]:
    """A folder that others may look into, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(do: Callable[[], None]) -> bool:
    """Runs something as a user without rights, who is no superuser to ignore permissions."""
    pid = os.fork()
    if not pid:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            do()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.parametrize(
    ("mode", "read_only"),
    [(0o000, False), (0o000, True), (0o444, False)],
    ids=["nothing, to write", "nothing, to read", "reading, to write"],
)
def test_a_file_without_permission(path: Path, foreign: Path, mode: int, read_only: bool) -> None:
    """A file that may not be read, or not written, or not from here, is unavailable."""
    shutil.copy(path, foreign / "ledger")
    (foreign / "ledger").chmod(mode)
    foreign.chmod(stat.S_IRUSR | stat.S_IXUSR | 0o055)

    def fails() -> None:
        with pytest.raises(Unavailable):
            SqliteStore.open(foreign / "ledger", read_only)

    assert as_nobody(fails)
    foreign.chmod(0o755)


@pytest.mark.parametrize("folder", [0o777, 0o555])
def test_a_file_that_may_only_be_read_is_read(path: Path, foreign: Path, folder: int) -> None:
    """Without the right to write to the file, reading works, in whatever folder it is."""
    shutil.copy(path, foreign / "ledger")
    (foreign / "ledger").chmod(0o444)
    foreign.chmod(folder)

    def reads() -> None:
        store = SqliteStore.open(foreign / "ledger", read_only=True)
        Mirror(1).compare(store, fully=True)
        store.close()

    assert as_nobody(reads)
