"""The log, applied again: what stands in no entry, and follows from those before it.

A lot follows from the book, the market and the time at which it was sold. Whoever follows the log
can compute it as the ledger did, and asks only where an entry was about a sale. Nothing is judged
a second time: a wallet believes its ledger's file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ledger.encoding import Decoding
from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.state import State
from ledger.storage import MemoryStore
from ledger.transitions import decode_transition

EntryOf = Callable[[int], Entry]


@dataclass(slots=True)
class LogReplay:
    """The state, entry by entry and forwards only."""

    entry_of: EntryOf
    decoding: Decoding
    _state: State = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        self._state = State(MemoryStore())

    def before(self, number: int) -> State:
        """A draft of the state as that entry found it, at its time."""
        while self._next < number:
            self._take(self._next)
        return self._state.at(self.entry_of(number).time, number)

    def _take(self, number: int) -> None:
        entry, draft = self.entry_of(number), self._state.draft(number)
        if number == 0:
            Genesis.decode(entry.transition, self.decoding).apply(draft)
        else:
            draft.advance(entry.time)
            decode_transition(entry.transition, self.decoding).apply(draft)
        self._state.absorb(draft)
        self._next = number + 1
