"""A liquidator: looks for portfolios on sale, prices them, and takes one when its price suits.

Everything on sale is public. What a liquidator adds is its own book, which decides whether it
could carry the portfolio at all, and the discount for which it is willing to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.market.data import equity
from ledger.state import State
from ledger.transitions import TakeOver
from ledger.transitions.default import sale_price
from prover.author import Author, Written

_BASIS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Lot:
    """A portfolio on sale, as it is offered now."""

    account: int
    values: tuple[int, ...]
    #: What it is worth at the present mark, what it costs now, and when the fund must take it.
    worth: int
    price: int
    end: int

    @property
    def gain(self) -> int:
        """What a buyer is ahead at the mark."""
        return self.worth - self.price


def overdue(state: State) -> Iterator[int]:
    """The accounts that the guardians may open: what may come on sale next."""
    for index in range(state.pool.accounts):
        if state.is_overdue(state.account(index)):
            yield index


def on_sale(state: State) -> Iterator[Lot]:
    """Everything that can be bought at this moment."""
    mark = state.current_market.matrices.mark
    for index in range(state.pool.accounts):
        account = state.account(index)
        if account.sale is None or account.opening is None or state.pool.time >= account.sale.end:
            continue
        values = account.opening.values
        price, end = sale_price(state, index), account.sale.end
        yield Lot(index, values, equity(mark, values), price, end)


def can_carry(state: State, held: tuple[int, ...], lot: Lot) -> bool:
    """Whether a book with the portfolio, less its price, meets initial margin."""
    cash, *rest = (a + b for a, b in zip(held, lot.values, strict=True))
    return state.current_market.matrices.initial.worst((cash - lot.price, *rest)) >= 0


@dataclass(frozen=True, slots=True)
class Liquidator:
    """Buys at the mark less `discount_bps` of the requirement for which it stands in."""

    author: Author
    discount_bps: int

    def suits(self, state: State, lot: Lot) -> bool:
        """The gain pays for the risk, and the book can carry it."""
        market = state.current_market.matrices
        risk = market.initial.requirement(market.mark, lot.values)
        wanted = risk * self.discount_bps // _BASIS
        return lot.gain >= wanted and can_carry(state, self.author.known.values, lot)

    def bid(self, state: State) -> Written[TakeOver] | None:
        """The take-over of what suits best now; None where nothing does."""
        suitable = [lot for lot in on_sale(state) if self.suits(state, lot)]
        best = max(suitable, key=lambda lot: (lot.gain, -lot.account), default=None)
        return None if best is None else self.author.take_over(state, best.account)
