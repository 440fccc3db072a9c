"""Follows a log by its rules alone, to have the state at every entry.

Nothing that a transition rests on is verified on the way, neither signature nor proof: that is the
audit's work. What the rules themselves refuse, and what cannot be decoded, ends the walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.encoding import Decoding
from ledger.errors import DamagedLedger, Unavailable, UnknownInstrument
from ledger.evidence import Evidence
from ledger.execution import execute
from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.state import State
from ledger.storage import MemoryStore
from ledger.transitions import Transition, UpdateMarket, decode_transition
from zk.errors import ZkError


@dataclass(frozen=True, slots=True)
class Founded:
    """The first entry, and the state that it leads to."""

    genesis: Genesis
    entry: Entry
    state: State


@dataclass(frozen=True, slots=True)
class ReplayedEntry:
    """One transition between two states, which move on with the next step."""

    entry: Entry
    transition: Transition
    before: State
    #: The state after it.
    state: State
    #: The accounts whose records it wrote.
    accounts: tuple[int, ...]


class Stopped(Exception):
    """An entry that the rules refuse."""

    def __init__(self, entry: int, reason: ZkError) -> None:
        super().__init__(f"entry {entry}: {reason}")
        self.entry = entry
        self.reason = reason


class BookReplay:
    """A log, one step at a time: `founded` first, then everything that follows."""

    def __init__(self, entries: Iterable[Entry], decoding: Decoding | None = None) -> None:
        self._entries = iter(entries)
        self._decoding = decoding or Decoding()
        self._state = State(MemoryStore(), self._decoding)
        try:
            first = next(self._entries, None)
            if first is None:
                raise DamagedLedger("ledger", expected="a genesis entry", actual="an empty log")
            genesis = Genesis.decode(first.transition, self._decoding)
            draft = self._state.draft(0)
            genesis.apply(draft)
        except (UnknownInstrument, Unavailable):
            raise
        except ZkError as error:
            raise Stopped(0, error) from None
        self._state.absorb(draft)
        self.founded = Founded(genesis, first, self._state)

    @property
    def state(self) -> State:
        """Where the walk stands: after the last step that was left behind."""
        return self._state

    def steps(self, before_market: Callable[[], None] = lambda: None) -> Iterator[ReplayedEntry]:
        """Every entry after the genesis; raises `Stopped` where the rules refuse one.

        `before_market` is called when a market is about to end the epoch before it.
        """
        number = 1
        while True:
            try:
                entry = next(self._entries, None)
                if entry is None:
                    return
                number = entry.number
                transition = decode_transition(entry.transition, self._decoding)
                if isinstance(transition, UpdateMarket):
                    before_market()
                draft = execute(self._state, transition, entry.time, number, _Unjudged())
            except ZkError as error:
                raise Stopped(number, error) from None
            number += 1
            written = [key for key in draft.changes() if key.startswith(_ACCOUNT)]
            accounts = tuple(sorted(int(key.removeprefix(_ACCOUNT)) for key in written))
            yield ReplayedEntry(entry, transition, self._state, draft, accounts)
            self._state.absorb(draft)


_ACCOUNT: Final = "account/"


class _Unjudged:
    """Leaves evidence to the audit."""

    def check(self, evidence: Evidence) -> None:
        """Nothing is looked at."""
