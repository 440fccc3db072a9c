"""The state that an audit builds for itself: in memory, with the last entry only.

The log stays where it is read from. So what an audit keeps grows with the number of records, and
not with that of entries.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.encoding import Decoding
from ledger.log import Entry
from ledger.state import State
from ledger.storage.memory import MemoryStore

#: After so many entries what was decoded is forgotten; the records stay, as bytes.
FORGET_AFTER = 5_000


class LeanStore(MemoryStore):
    """A store in memory that keeps the newest entry of its log."""

    def put_entry(self, entry: Entry) -> None:
        self._log[:] = [entry]


class Replayed:
    """A fresh state, and the entries that would be written if it were a ledger."""

    def __init__(self, decoding: Decoding) -> None:
        self.decoding = decoding
        self._store = LeanStore()
        self.state = State(self._store, decoding)

    @property
    def last(self) -> Entry | None:
        """The newest entry that was replayed."""
        return self._store.head

    def append(self, entry: Entry, changes: Mapping[str, bytes | None]) -> Entry:
        """The entry that follows from the same transition by the rules; its root is computed."""
        with self._store.writing() as writer:
            return writer.append(entry.time, entry.transition, changes)

    def settle(self, draft: State, number: int) -> None:
        """The draft is the state from now on."""
        self.state.absorb(draft)
        self.state.stored()
        if number % FORGET_AFTER == 0:
            self.state.forget()
