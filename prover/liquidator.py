"""A liquidator: looks at what is on sale, prices it, and takes what its own book can carry.

Everything on sale is public: coins or a slice of a book in default, and what the fund had to take.
What a liquidator adds is its own book, which decides how much of an offer it could carry, and the
discount for which it is willing to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from circuits.schedule import judge
from ledger.errors import NotAdmitted
from ledger.offers import Offer
from ledger.records import Sale
from ledger.state import State
from ledger.transitions import TakeOver
from ledger.transitions.default import current_offer
from prover.author import Author
from prover.owner import Written

_BASIS: Final = 10_000


@dataclass(frozen=True, slots=True)
class OnSale:
    """What is offered now, of an account or, where there is none, of the fund."""

    account: int | None
    sale: Sale
    offer: Offer
    #: How long the price has fallen, while the market was fresh.
    elapsed: int

    @property
    def gain(self) -> int:
        """What a buyer is ahead at the mark."""
        return self.offer.worth - self.offer.price

    @property
    def values(self) -> tuple[int, ...]:
        return self.offer.lot.values

    @property
    def parts(self) -> range:
        """How many sixty-fourths may be taken of it; the last of them takes it whole."""
        whole = self.offer.lot.parts
        return range(1 if self.offer.lot.kind == "slice" else whole, whole + 1)


def overdue(state: State) -> Iterator[int]:
    """The accounts that the guardians may open: what may come on sale next."""
    for index in range(state.pool.accounts):
        if state.is_overdue(state.account(index)):
            yield index


def on_sale(state: State) -> Iterator[OnSale]:
    """Everything that can be bought at this moment; the fund's own comes last."""
    sales: list[tuple[int | None, Sale | None]] = [
        *((index, state.account(index).sale) for index in state.pool.frozen),
        (None, state.pool.fund_sale),
    ]
    for account, sale in sales:
        if sale is not None:
            offer = current_offer(state, account, None)
            elapsed = sale.elapsed_at(state.pool.time, state.fresh_until)
            yield OnSale(account, sale, offer, min(elapsed, sale.duration))


def can_carry(state: State, held: tuple[int, ...], offer: Offer) -> bool:
    """Whether a book with the lot, less its price, meets initial margin."""
    cash, *rest = (a + b for a, b in zip(held, offer.lot.values, strict=True))
    schedule = state.sale_demands().initial(state.parameters.floor)
    return judge(state.shape, schedule, (cash - offer.price, *rest)).holds


@dataclass(frozen=True, slots=True)
class Liquidator:
    """Buys at the mark less `discount_bps` of the maintenance margin of what it takes."""

    author: Author
    discount_bps: int

    def suits(self, state: State, offer: Offer) -> bool:
        """The gain pays for the risk, and the book can carry it."""
        demands = state.sale_demands()
        risk = demands.requirement(demands.maintenance(0), offer.lot.values)
        wanted = max(risk, 0) * self.discount_bps // _BASIS
        gain = offer.worth - offer.price
        return gain >= wanted and can_carry(state, self.author.known.values, offer)

    def best(self, state: State) -> tuple[int | None, Offer] | None:
        """The target and the offer, whole or in part, that gain most; None where nothing suits."""
        found = []
        for lot in on_sale(state):
            offer = self._largest(state, lot)
            if offer is not None:
                found.append((lot.account, offer))
        return max(found, key=lambda one: one[1].worth - one[1].price, default=None)

    def bid(self, state: State) -> Written[TakeOver] | None:
        """The take-over of what suits best now; None where nothing does."""
        best = self.best(state)
        if best is None:
            return None
        target, offer = best
        return self.author.take_over(state, target, offer.lot.parts)

    def _largest(self, state: State, lot: OnSale) -> Offer | None:
        """As much of a lot as the book can carry."""
        for part in reversed(lot.parts):
            try:
                offer = current_offer(state, lot.account, part)
            except NotAdmitted:
                return None  # so small a part of these positions is no lot at all
            if self.suits(state, offer):
                return offer
        return None
