"""What a ledger asks of its storage, whichever it is.

A store object belongs to one thread. What it reads is committed, with one exception: inside
`writing` it also reads what was appended there so far, so that several transitions can be
applied, each to the state that the last one left, and committed at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from ledger.log import Entry
from ledger.tree import Inclusion


class Records(Protocol):
    """A state: values by key."""

    def get(self, key: str) -> bytes | None:
        """The record of a key; None if there is none."""


class Writer(Records, Protocol):
    """The only way to change a ledger; it holds the write lock."""

    @property
    def head(self) -> Entry | None:
        """The last entry as stored now: others may have appended since the caller last looked."""

    def append(self, time: int, transition: bytes, changes: Mapping[str, bytes | None]) -> Entry:
        """Changes the records (None deletes) and puts the entry that says so on the log.

        A writer whose append failed appends no more, and what it did is not committed.
        """


class Store(Records, Protocol):
    """A log and the state that it leads to, changed together or not at all."""

    @property
    def head(self) -> Entry | None:
        """The last entry; None before the genesis."""

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that begin so, sorted by code point."""

    def entry(self, number: int) -> Entry:
        """One entry; `Conflict` if the log does not reach so far."""

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """The log from an entry on, not all of it in memory."""

    def prove(self, key: str) -> Inclusion:
        """What the head's root says of this key; `NotKnown` if it never had a record."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside belongs to one state, whatever others append meanwhile."""

    def writing(self) -> AbstractContextManager[Writer]:
        """Commits when it is left; an exception undoes everything that was done inside."""

    def check(self) -> None:
        """Reads everything; raises `DamagedLedger`, which names what is wrong first."""

    def close(self) -> None:
        """No reads or writes after this; a second time is nothing."""
