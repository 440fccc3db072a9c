"""A connection to the file: its settings, its mark, and errors in our own words.

Nothing here, nor anywhere else, opens the file but through SQLite: closing any other descriptor
of it would drop the locks that this process holds on it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from ledger.errors import DamagedLedger, Unavailable
from zk.errors import Conflict, MalformedFile, ZkError
from zk.formats.files import what_is_at

#: "TACI", in the file's header.
APPLICATION_ID: Final = 0x54414349
SCHEMA_VERSION: Final = 1
#: How many seconds to wait for another writer.
PATIENCE: Final = 5.0
#: A file that its reader may not write, in a folder where nobody has it open.
IMMUTABLE: Final = "immutable"

SCHEMA: Final = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE entry (
    number INTEGER PRIMARY KEY, time INTEGER NOT NULL, transition BLOB NOT NULL,
    root BLOB NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE record (slot INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB);
CREATE TABLE tile (place INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
"""

#: The file is in use, full, failing or out of reach: what it holds is not in question.
_PASSING: Final = {
    sqlite3.SQLITE_BUSY: "locked by another process",
    sqlite3.SQLITE_LOCKED: "locked by another process",
    sqlite3.SQLITE_FULL: "no space left",
    sqlite3.SQLITE_IOERR: "the file could not be read or written",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only",
    sqlite3.SQLITE_CANTOPEN: "the file, or one beside it in its folder, cannot be opened",
    sqlite3.SQLITE_PERM: "no permission",
    sqlite3.SQLITE_AUTH: "no permission",
    sqlite3.SQLITE_NOMEM: "no memory left",
    sqlite3.SQLITE_NOLFS: "the file is too large for this system",
    sqlite3.SQLITE_PROTOCOL: "locked by another process",
    sqlite3.SQLITE_INTERRUPT: "interrupted",
}


class Database:
    """A connection that raises nothing of SQLite's own."""

    def __init__(
        self, connection: sqlite3.Connection, name: str, unchanging: Path | None = None
    ) -> None:
        self._connection = connection
        self._name = name
        self._unchanging = unchanging
        self._stamp = None if unchanging is None else _stamp(unchanging)
        connection.text_factory = bytes  # what has rotted into text still comes back

    @classmethod
    def connect(
        cls, path: Path | None, *, mode: str = "rw", patience: float = PATIENCE
    ) -> Database:
        """A file, which must be there unless `mode` says "rwc"; or an empty one in memory.

        In mode "immutable" SQLite takes no lock and makes no file beside it, and believes that
        nobody writes: here every statement looks whether somebody did.
        """
        how = "mode=ro&immutable=1" if mode == IMMUTABLE else f"mode={mode}"
        where = ":memory:" if path is None else f"{path.absolute().as_uri()}?{how}"
        with translated(str(path)):
            connection = sqlite3.connect(where, timeout=patience, isolation_level=None, uri=True)
        return cls(connection, str(path), path if mode == IMMUTABLE else None)

    def rows(self, sql: str, *values: object, subject: str = "") -> list[tuple[Any, ...]]:
        """All rows of a statement; `subject` is what is damaged where they cannot be read."""
        with (
            translated(self._name, subject),
            closing(self._connection.execute(sql, values)) as cursor,
        ):
            found = cursor.fetchall()
        self._check_unchanged()
        return found

    def many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        """One statement for each row."""
        with translated(self._name):
            self._connection.executemany(sql, rows).close()

    def script(self, sql: str) -> None:
        """Several statements."""
        with translated(self._name):
            self._connection.executescript(sql)

    def _check_unchanged(self) -> None:
        if self._unchanging is not None and _stamp(self._unchanging) != self._stamp:
            expected = "a file that nobody writes while it is read in a folder closed to its reader"
            raise Unavailable(self._name, expected=expected, actual="one that was written")

    @property
    def in_transaction(self) -> bool:
        with translated(self._name):
            return self._connection.in_transaction

    def rollback(self) -> None:
        """Undoes what is not committed; silent, for it runs when something else has failed.

        Where even this fails, SQLite has undone the transaction already, or does so when the
        connection closes.
        """
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK").close()

    def close(self) -> None:
        with suppress(sqlite3.Error):  # what was committed is committed, checkpointed or not
            self._connection.close()


@contextmanager
def translated(name: str, subject: str = "") -> Iterator[None]:
    """Turns every error of SQLite into one of ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(name, subject or name, error) from error


def _ours(name: str, subject: str, error: sqlite3.Error) -> ZkError:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.ProgrammingError) and code is None:
        expected = "an open store, in the thread that opened it"
        return Conflict(name, expected=expected, actual=str(error))
    passing = _PASSING.get((code or 0) & 0xFF)
    if passing is not None:
        actual = f"{passing} ({error})"
        return Unavailable(name, expected="a file that can be used now", actual=actual)
    if code is not None and code & 0xFF == sqlite3.SQLITE_NOTADB:
        return MalformedFile(name, expected="a ledger", actual="another kind of file")
    return DamagedLedger(subject, expected="a sound file", actual=str(error))


def open_file(path: Path, *, read_only: bool, patience: float = PATIENCE) -> Database:
    """A connection to a ledger that is there; the file is not touched before that is sure."""
    _check_path(path, read_only=read_only)
    mode = _reader_mode(path) if read_only else "rw"
    database = Database.connect(path, mode=mode, patience=patience)
    try:
        _check_mark(database, path)
        configure(database, read_only=read_only)
    except BaseException:
        database.close()
        raise
    return database


def configure(database: Database, *, read_only: bool = False) -> None:
    """The settings of a connection; docs/decisions/0015-storage.md says why."""
    database.script("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    if read_only:
        database.script("PRAGMA query_only = ON")
    else:
        database.script("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON")


def use_write_ahead_log(database: Database) -> None:
    """Changes the file only where it is not in this mode: a new one, or some kinds of copies."""
    ((mode,),) = database.rows("PRAGMA journal_mode = WAL")
    if mode not in (b"wal", "wal"):
        raise Unavailable("journal", expected="write-ahead logging", actual=mode)


def _reader_mode(path: Path) -> str:
    """How a reader had best open the file.

    Any reader has SQLite make `-wal` and `-shm`, and only a connection that might write removes
    them when it is the last to close: so a reader opens the file as a writer would, and is kept
    from writing. Where a journal is there already it is somebody else's, or what a crash has left:
    such a connection would move it into the file, so there we do not ask. Who may not write has
    no right to those two files either, and needs none while no journal is there.
    """
    journals = (Path(f"{path}{suffix}") for suffix in ("-wal", "-journal"))
    if any(os.path.lexists(each) for each in journals):
        return "ro"
    may_write = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return "rw" if may_write else IMMUTABLE


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when somebody writes: the file's time, or its size."""
    try:
        found = path.stat()
        return found.st_mtime_ns, found.st_size
    except OSError as error:
        raise Unavailable(str(path), expected="a ledger", actual=error.strerror) from None


def _check_path(path: Path, *, read_only: bool) -> None:
    try:
        is_file = path.is_file()
        size = path.stat().st_size if is_file else 0
    except OSError as error:
        raise Unavailable(str(path), expected="a ledger", actual=error.strerror) from None
    if not is_file:
        raise Unavailable(str(path), expected="a ledger", actual=what_is_at(path))
    if not size:
        raise MalformedFile(str(path), expected="a ledger", actual="an empty file")
    if not os.access(path, os.R_OK if read_only else os.R_OK | os.W_OK):
        wanted = "a file that may be read" if read_only else "a file that may be written"
        raise Unavailable(str(path), expected=wanted, actual="no permission")


def _check_mark(database: Database, path: Path) -> None:
    ((mark,),) = database.rows("PRAGMA application_id")
    if mark != APPLICATION_ID:
        raise MalformedFile(str(path), expected="a ledger", actual="a file of something else")
    ((version,),) = database.rows("PRAGMA user_version")
    if version > SCHEMA_VERSION:
        expected = f"a ledger of version {SCHEMA_VERSION}"
        raise Unavailable(str(path), expected=expected, actual=f"the newer version {version}")
    if version < SCHEMA_VERSION:
        raise MalformedFile(str(path), expected="a version from 1", actual=version)
