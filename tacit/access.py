"""How a command comes to the ledger that its user has named; nothing else in here knows how.

A ledger is a file so far. What else a place may be is for here to tell, and every command takes it.
"""

from __future__ import annotations

from pathlib import Path

from ledger.genesis import Genesis
from ledger.ledger import Ledger
from ledger.port import LedgerPort
from ledger.storage import SqliteStore
from zk.backends import Backend, select


def open_ledger(
    place: Path, backend: Backend | None = None, *, read_only: bool = False
) -> LedgerPort:
    """The ledger there; without a backend that was asked for, on the best there is."""
    return Ledger.open(place, backend or select(), read_only=read_only)


def found_ledger(place: Path, genesis: Genesis, backend: Backend) -> LedgerPort:
    """A new ledger there."""
    return Ledger.found(place, genesis, backend)


def open_store(place: Path) -> SqliteStore:
    """The file itself, to read: its parts, whatever they say."""
    return SqliteStore.open(place, read_only=True)
