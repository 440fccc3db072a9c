"""A new ledger's file: a draft under another name until the genesis is in it.

The link that gives the draft its name is the one moment at which the ledger comes to be. It
fails where something has that name; before it there is nothing that opens, after it everything.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from ledger.errors import Unavailable
from ledger.storage.database import SCHEMA, Database, configure, use_write_ahead_log


def check_free(path: Path) -> None:
    """`Unavailable` where a ledger cannot be made, because of what is there or is not."""
    if os.path.lexists(path):
        raise Unavailable(str(path), expected="a name that is free", actual="a file that is there")
    if not path.parent.is_dir():
        raise Unavailable(str(path.parent), expected="a folder", actual="none")


def empty_database() -> Database:
    """What is read before there is a genesis: tables without rows."""
    database = Database.connect(None)
    database.script(SCHEMA)
    return database


class Draft:
    """The file before it has its name."""

    def __init__(self, path: Path) -> None:
        check_free(path)
        self._path = path
        self._draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.draft")
        self.database = self._made()

    def _made(self) -> Database:
        database = Database.connect(self._draft, mode="rwc")
        try:
            configure(database)
            use_write_ahead_log(database)
            database.script(SCHEMA)
        except BaseException:
            database.close()
            self.remove()
            raise
        return database

    def complete(self) -> None:
        """Moves all of it out of the journal into the file; the draft's connection is closed."""
        ((busy, _, _),) = self.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise Unavailable(str(self._draft), expected="our own file", actual="another reader")
        self.database.close()

    def publish(self) -> None:
        """Gives it its name; fails, with nothing changed, where something has that name."""
        try:
            os.link(self._draft, self._path)
        except OSError as error:
            name, actual = str(self._path), error.strerror
            raise Unavailable(name, expected="a name for a file", actual=actual) from error

    def remove(self) -> None:
        """Nothing of the draft's own is left, whether it was published or not."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                os.unlink(f"{self._draft}{suffix}")


def sync_folder(path: Path) -> None:
    """The names in the folder of `path` survive a loss of power."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        expected = "a folder that can be synced"
        raise Unavailable(str(path.parent), expected=expected, actual=error.strerror) from error
