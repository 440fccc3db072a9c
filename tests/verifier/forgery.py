"""An attacker who holds the file: writes what he likes, and makes everything agree with it.

`Forge` executes without judging: no signature, no proof and no rule stops it. What it writes is
chained, and every root in it is that of the state that it leads to. So whatever is found in its
work was found by what an entry says, and not by a hash that does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from ledger.encoding import Decoding
from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.state import State
from ledger.storage.memory import MemoryStore
from ledger.transitions import decode_transition
from tests.ledger.world import fastest
from zk.errors import ZkError
from zk.signatures import SigningKey

DECODING = Decoding(fastest().decode_point)


def with_field(entries: Sequence[Entry], place: int, **changes: object) -> list[Entry]:
    """One entry changed, and nothing made to agree with it."""
    changed = list(entries)
    changed[place] = replace(changed[place], **changes)  # type: ignore[arg-type]
    return changed


def rechained(entries: Sequence[Entry], start: int = 0) -> list[Entry]:
    """Numbers and hashes that fit, from an entry on; transitions, times and roots as they are."""
    chained = list(entries[:start])
    for entry in entries[start:]:
        previous = chained[-1] if chained else None
        with suppress(ZkError):  # a time that goes backwards: then the entry stays as it is
            chained.append(Entry.follow(previous, entry.time, entry.transition, entry.root))
            continue
        chained.append(entry)
    return chained


class Forge:
    """Honest entries, and the state after each, to go on from."""

    def __init__(self, entries: Sequence[Entry], owners: Sequence[SigningKey] = ()) -> None:
        self.entries = list(entries)
        #: The keys of the owners who are with him, by account.
        self.owners = list(owners)
        self._after: list[MemoryStore] = []
        store = MemoryStore()
        for entry in entries:
            store = _copy(store)
            _append(store, entry.time, entry.transition, _changes(store, entry))
            self._after.append(store)

    def rewritten(
        self, start: int, rest: Sequence[Entry], planted: Mapping[str, bytes | None] | None = None
    ) -> list[Entry]:
        """The honest entries before `start`, then these, executed whatever they say.

        `planted` are records that the first of them writes besides.
        """
        store = _copy(self._after[start - 1]) if start else MemoryStore()
        written = self.entries[:start]
        for entry in rest:
            changes = _changes(store, entry)
            if len(written) == start:
                changes = {**changes, **(planted or {})}
            written.append(_append(store, entry.time, entry.transition, changes))
        return written

    def changes_of(self, number: int) -> Mapping[str, bytes | None]:
        """The records that an honest entry writes."""
        store = _copy(self._after[number - 1]) if number else MemoryStore()
        return _changes(store, self.entries[number])

    def state_after(self, number: int) -> State:
        """The honest state after an entry."""
        return State(_copy(self._after[number]), DECODING)


def _changes(store: MemoryStore, entry: Entry) -> Mapping[str, bytes | None]:
    """What the entry would change if nobody checked it; nothing where even that fails."""
    state = State(store, DECODING)
    try:
        if store.head is None:
            Genesis.decode(entry.transition, DECODING).apply(state)
            return state.changes()
        number = store.head.number + 1
        transition = decode_transition(entry.transition, DECODING)
        draft = state.draft(number)
        draft.advance(entry.time)
        transition.apply(draft)
        return draft.changes()
    except Exception:
        return {}


def _append(
    store: MemoryStore, time: int, transition: bytes, changes: Mapping[str, bytes | None]
) -> Entry:
    head = store.head
    with store.writing() as writer:
        return writer.append(max(time, head.time if head else 0), transition, changes)


def _copy(store: MemoryStore) -> MemoryStore:
    """Another store with the same contents; only the newest entry of the log is needed."""
    copy = MemoryStore()
    copy._slots = dict(store._slots)
    copy._records = list(store._records)
    copy._tiles = dict(store._tiles)
    copy._log = store._log[-1:]
    return copy
