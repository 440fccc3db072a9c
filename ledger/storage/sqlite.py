"""The ledger's file: one SQLite transaction for each commit, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from ledger.errors import DamagedLedger, NotKnown
from ledger.log import Entry
from ledger.storage.append import TableWriter, nothing
from ledger.storage.creation import Draft, check_free, empty_database, sync_folder
from ledger.storage.database import PATIENCE, Database, open_file, use_write_ahead_log
from ledger.storage.scan import check_root, check_store
from ledger.storage.tables import SqliteTables
from ledger.tree import Inclusion, prove
from zk.errors import Conflict


class SqliteStore:
    """The interface of `Store` over one file; several processes may have it open.

    `at` is told each point of a commit (`COMMIT_POINTS`, `CREATION_POINTS`), for tests that
    interrupt it there.
    """

    def __init__(
        self, path: Path, database: Database, *, read_only: bool, at: Callable[[str], None]
    ) -> None:
        self._path = path
        self._database = database
        self._tables = SqliteTables(database)
        self._read_only = read_only
        self._at = at
        self._unborn = False

    @classmethod
    def create(cls, path: Path | str, *, at: Callable[[str], None] = nothing) -> Self:
        """A new ledger; its file comes to be, complete, when its first entry is committed."""
        check_free(Path(path))
        store = cls(Path(path), empty_database(), read_only=False, at=at)
        store._unborn = True
        return store

    @classmethod
    def open(
        cls,
        path: Path | str,
        read_only: bool = False,
        *,
        at: Callable[[str], None] = nothing,
        patience: float = PATIENCE,
    ) -> Self:
        """A ledger that is there, its head checked; `check` looks at the rest."""
        database = open_file(Path(path), read_only=read_only, patience=patience)
        store = cls(Path(path), database, read_only=read_only, at=at)
        try:
            store._check_head()
            if not read_only:
                use_write_ahead_log(database)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def head(self) -> Entry | None:
        return self._tables.head

    def get(self, key: str) -> bytes | None:
        return self._tables.get(key)

    def keys(self, prefix: str) -> Iterator[str]:
        return self._tables.keys(prefix)

    def entry(self, number: int) -> Entry:
        return self._tables.entry(number)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return self._tables.entries(start)

    def prove(self, key: str) -> Inclusion:
        with self.snapshot():
            slot = self._tables.slot_of(key)
            if slot is None:
                raise NotKnown("record", expected="one of this state", actual=repr(key))
            return prove(self._tables, self._tables.slots(), slot, key, self.get(key))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        if self._database.in_transaction:  # a snapshot within another, or a writer's own view
            yield
            return
        self._database.rows("BEGIN")
        try:
            yield
        finally:
            self._database.rollback()

    @contextmanager
    def writing(self) -> Iterator[TableWriter]:
        self._check_may_write()
        draft = Draft(self._path) if self._unborn else None
        if draft is not None:
            self._switch(draft.database)
        writer = TableWriter(self._tables, self._at)
        try:
            self._database.rows("BEGIN IMMEDIATE")
            self._at("begun")
            yield writer
            writer.check_usable()
            self._at("before commit")
            self._database.rows("COMMIT")
            self._at("after commit")
            if draft is not None and writer.appended:
                self._publish(draft)
        finally:
            writer.finish()
            self._database.rollback()
            if draft is not None:
                self._put_away(draft)

    def check(self) -> None:
        with self.snapshot():
            check_store(self._tables)
            self._tables.check_integrity()

    def close(self) -> None:
        self._database.close()

    def _check_head(self) -> None:
        with self.snapshot():
            head = self.head
            if head is None:
                raise DamagedLedger("log", expected="a genesis", actual="none", entry=0)
            head.check_follows(self.entry(head.number - 1) if head.number > 0 else None)
            check_root(self._tables, self._tables.slots(), head)

    def _check_may_write(self) -> None:
        if self._read_only:
            raise Conflict(str(self._path), expected="opened for writing", actual="read-only")
        if self._database.in_transaction:
            raise Conflict(str(self._path), expected="no writer or snapshot", actual="one open")

    def _switch(self, database: Database) -> None:
        self._database.close()
        self._database = database
        self._tables = SqliteTables(database)

    def _publish(self, draft: Draft) -> None:
        """From the link on the ledger is there, and this store is its, whatever follows."""
        draft.complete()
        self._at("draft complete")
        draft.publish()
        self._unborn = False
        self._switch(open_file(self._path, read_only=False))
        self._at("linked")

    def _put_away(self, draft: Draft) -> None:
        if self._unborn:
            self._switch(empty_database())
            draft.remove()
            return
        draft.remove()
        self._at("draft removed")
        sync_folder(self._path)
        self._at("folder synced")
