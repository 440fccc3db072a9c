"""Where an audit reads: the entries of a log, and nothing that is derived from them.

A file is read past its own checks of the head, so that a damaged one still gives a report that
names the first entry at fault. What is no ledger at all raises: then there is nothing to report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol

from ledger.errors import DamagedLedger, Unavailable
from ledger.log import Entry
from ledger.storage.database import open_file
from ledger.storage.scan import check_store
from ledger.storage.tables import SqliteTables


class Log(Protocol):
    """The entries of a ledger, in their order."""

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """From a number on; raises `DamagedLedger` where one cannot be read."""

    def last(self) -> int | None:
        """The number of the last entry, as far as that can be told."""

    def check_state(self) -> bool:
        """Raises `DamagedLedger` unless the state beside the log is under the head's root.

        False where there is no state beside the log.
        """


class ListedLog:
    """Entries in memory, without a state beside them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return islice(iter(self._entries), start, None)

    def last(self) -> int | None:
        return len(self._entries) - 1 if self._entries else None

    def check_state(self) -> bool:
        return False


class FileLog:
    """The log of a ledger's file, in one snapshot of it."""

    def __init__(self, tables: SqliteTables) -> None:
        self._tables = tables

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return self._tables.entries(start)

    def last(self) -> int | None:
        try:
            head = self._tables.head
        except DamagedLedger as error:
            return error.entry
        return None if head is None else head.number

    def check_state(self) -> bool:
        check_store(self._tables)
        self._tables.check_integrity()
        return True


@contextmanager
def open_log(path: Path) -> Iterator[FileLog]:
    """The log in that file, as it is at this moment, whatever is appended meanwhile."""
    database = open_file(path, read_only=True)
    try:
        database.rows("BEGIN")
        tables = SqliteTables(database)
        log = FileLog(tables)
        _require_something(path, log)
        yield log
    finally:
        database.rollback()
        database.close()


def _require_something(path: Path, log: FileLog) -> None:
    """A file whose log is empty, or has no table of entries, is nothing to audit."""
    try:
        is_empty = next(log.entries(), None) is None and log.last() is None
    except DamagedLedger as error:
        if "no such table" not in str(error):
            return  # there are entries, and they are damaged: that is for the report to say
        is_empty = True
    if is_empty:
        raise Unavailable(str(path), expected="a log with a genesis", actual="an empty one")
