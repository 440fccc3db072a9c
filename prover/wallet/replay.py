"""What a sale did to a book, or brought to its buyer: the log, applied again.

A lot follows from the book, the market and the time at which it was sold, and stands in no entry.
Whoever follows the log can compute it as the ledger did. Nothing is judged a second time: a wallet
believes its ledger's file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ledger.encoding import Decoding
from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.state import State
from ledger.transitions import TakeOver, decode_transition
from ledger.transitions.default import current_offer

EntryOf = Callable[[int], Entry]


class _NoRecords:
    """A state that begins with nothing."""

    def get(self, key: str) -> bytes | None:  # noqa: ARG002
        return None


@dataclass(slots=True)
class SaleReplay:
    """The state, entry by entry and forwards only."""

    entry_of: EntryOf
    decoding: Decoding
    _state: State = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        self._state = State(_NoRecords())

    def bought(self, number: int) -> tuple[int, ...]:
        """The lot that the take-over in that entry brought to its buyer."""
        draft = self._before(number)
        transition = decode_transition(self.entry_of(number).transition, self.decoding)
        assert isinstance(transition, TakeOver)  # its kind is public
        return current_offer(draft, transition.target, transition.part).lot.values

    def sold(self, number: int, account: int) -> tuple[int, ...]:
        """What the entry changed in the book of an account that everybody knows."""
        before = self._book(self._before(number), account)
        self._take(number)
        after = self._book(self._state, account)
        return tuple(b - a for a, b in zip(before, after, strict=True))

    def _book(self, state: State, account: int) -> tuple[int, ...]:
        opening = state.account(account).opening
        assert opening is not None  # a book on sale is public
        return opening.values

    def _before(self, number: int) -> State:
        """The state as that entry found it."""
        while self._next < number:
            self._take(self._next)
        draft = self._state.draft(number)
        draft.advance(self.entry_of(number).time)
        return draft

    def _take(self, number: int) -> None:
        entry, draft = self.entry_of(number), self._state.draft(number)
        if number == 0:
            Genesis.decode(entry.transition, self.decoding).apply(draft)
        else:
            draft.advance(entry.time)
            decode_transition(entry.transition, self.decoding).apply(draft)
        self._state.absorb(draft)
        self._next = number + 1
