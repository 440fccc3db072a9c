"""The matcher: holds messages against the ledger, clears the books, proves the fills, settles.

It knows the openings of the orders it was told, and nothing else of any account; their owners may
be offline. Everything is decided by the state and the messages: a matcher that was killed starts
again, and either the ledger has the settlement and its orders are closed, or nothing has happened
and the same terms are written once more.

A blinding is a PRF of the seed and of the whole fill, its values included: two attempts that come
to other values never share one, because the difference of their commitments would tell the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from ledger.errors import TransitionRejected
from ledger.port import LedgerPort
from ledger.requirements import require_fresh_market
from ledger.state import State
from ledger.transitions import Settle
from ledger.transitions.settlement import MAX_LEGS
from prover.matcher.books import Book, books
from prover.matcher.inbox import Intake, Refusal, take_in
from prover.matcher.keys import MatcherKeys
from prover.matcher.orders import HeldOrder
from prover.matcher.settlements import pack
from prover.messages import OrderMessage
from prover.owner import Proving
from prover.prf import derived_blinding
from prover.settlement import Filler, OrderFill, firm_terms, settled, settlement_terms
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.progress import Progress, silent
from zk.randomness import Randomness, system_randomness

#: How often the ledger may move on under our feet before we give up.
ATTEMPTS: Final = 5

Messages = Mapping[str, OrderMessage | Refusal]


@dataclass(frozen=True, slots=True)
class Execution:
    """What one order gets: lots as signed in its bid, each at the price of its book."""

    book: Book
    held: HeldOrder
    lots: int
    price: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement that is on the ledger."""

    entry: int
    executions: tuple[Execution, ...]


@dataclass(frozen=True, slots=True)
class Clearing:
    """The orders that counted at first, what was refused, and what was settled."""

    intake: Intake
    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True)
class Matcher:
    """A matcher at work; `workers` fills are proven at a time, `legs` settled at most at once."""

    keys: MatcherKeys
    proving: Proving
    randomness: Randomness = system_randomness
    workers: int = 1
    legs: int = MAX_LEGS

    def clear(
        self, ledger: LedgerPort, messages: Messages, time: int, progress: Progress = silent
    ) -> Clearing:
        """Settles until nothing meets any more.

        A settlement is all or nothing, so one that was refused because an order was cancelled or
        the epoch ended is forgotten, and the books are cleared anew without it.
        """
        first: Intake | None = None
        done: list[Settled] = []
        attempts = 0
        while True:
            head = ledger.head.number
            now = max(time, ledger.head.time)
            state = fresh_state_at(ledger, now)
            intake = take_in(state, self.keys.public, messages)
            first = first or intake
            plan = planned(state, intake.orders, self.legs)
            if not plan:
                return Clearing(first, tuple(done))
            try:
                for executions in plan:
                    settlement = self.settlement(state, executions, progress)
                    entry = ledger.submit(settlement, now)
                    done.append(Settled(entry.number, executions))
            except TransitionRejected:
                attempts += 1
                if attempts == ATTEMPTS or ledger.head.number == head:
                    raise

    def settlement(
        self, state: State, executions: Sequence[Execution], progress: Progress = silent
    ) -> Settle:
        """The settlement of these executions, every leg proven."""
        # The workers find these in memory: a database belongs to the thread that opened it.
        _ = state.charter, state.shape, state.parameters
        fills = [self.fill(state, execution) for execution in executions]
        terms = settlement_terms(state, [firm_terms(fill) for fill in fills], self.keys.public)
        filler = Filler(self.keys.seed, self.proving)
        legs = []
        with ThreadPoolExecutor(self.workers) as pool:
            for leg in pool.map(lambda fill: filler.leg(state, terms, fill), fills):
                legs.append(leg)
                progress("fills", len(legs), len(fills))
        excess = sum(fill.opening.blinding for fill in fills) % SUBGROUP_ORDER
        return settled(state, terms, legs, excess, self.keys.signer, self.randomness)

    def fill(self, state: State, execution: Execution) -> OrderFill:
        """What the circuit is shown: `lots` of the order's lots, at the price."""
        held, lots = execution.held, execution.lots
        values = held.combination.delta(state.shape, lots, cash=-lots * execution.price)
        opening = Opening(values, self._blinding(state, held, values))
        return OrderFill(held.account, held.order, held.opening, opening, abs(lots), abs(held.lots))

    def _blinding(self, state: State, held: HeldOrder, values: Sequence[int]) -> int:
        numbers = (state.pool.epoch, held.account, held.order, held.opening.blinding, *values)
        data = state.charter.ledger + b"/".join(b"%d" % number for number in numbers)
        return derived_blinding(self.keys.seed, b"matcher/blinding", data)


def fresh_state_at(ledger: LedgerPort, time: int) -> State:
    """The state as the next entry will find it at that time, under a market that is not too old."""
    state = ledger.state_at(time)
    require_fresh_market(state)
    return state


def planned(state: State, orders: Iterable[HeldOrder], legs: int) -> list[tuple[Execution, ...]]:
    """The executions of every settlement that these orders lead to."""
    outcomes = [
        ((book, book.outcome.price), book.outcome.fills)
        for book in books(state, orders)
        if book.outcome is not None
    ]
    return [
        tuple(
            Execution(book, book.held(order), lots, price)
            for (book, price), fills in parts
            for order, lots in fills
        )
        for parts in pack(outcomes, legs)
    ]
