"""The books that the open orders make, and what the auction makes of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ledger.state import State
from prover.matcher.auction import Clearing, auction
from prover.matcher.combination import Combination
from prover.matcher.orders import HeldOrder


@dataclass(frozen=True)
class Book:
    """All orders in one combination, by their numbers, at the mark of the epoch."""

    combination: Combination
    orders: tuple[HeldOrder, ...]
    mark: tuple[int, ...]

    @cached_property
    def outcome(self) -> Clearing | None:
        """Who trades how much, and at which price; None where nobody meets."""
        bids = [held.bid for held in self.orders]
        return auction(bids, self.combination.mark(self.mark))

    def held(self, order: int) -> HeldOrder:
        """The order of that number."""
        return self._by_number[order]

    @cached_property
    def _by_number(self) -> dict[int, HeldOrder]:
        return {held.order: held for held in self.orders}


def books(state: State, orders: Iterable[HeldOrder]) -> tuple[Book, ...]:
    """A book for each combination, in an order that depends on nothing but the orders."""
    by_combination: dict[Combination, list[HeldOrder]] = {}
    for held in sorted(orders, key=lambda held: held.order):
        by_combination.setdefault(held.combination, []).append(held)
    mark = state.current_market.table.mark
    return tuple(
        Book(combination, tuple(held), mark) for combination, held in sorted(by_combination.items())
    )
