"""A uniform-price batch auction: one book, one price, whole lots, whole cash units.

The price is chosen by four rules, each among what the ones before it leave:

1. the most lots change hands;
2. the fewest lots that would trade at that price are left over;
3. of the prices that leave buyers over only the highest, of those that leave sellers over only the
   lowest: so whoever would have paid more, or taken less, than the price is served in full;
4. the price closest to the mark, which is first rounded to a whole price, halves to even.

Who is better than the price is served before who is exactly at it, and there, on the side with the
surplus, lots are given out by size. Being early is worth nothing: a batch has no before and after,
and a reward for it would be one for the fastest line to the ledger. Prices are whole, so a fill
costs lots times price exactly and no residue of cash is left for anybody.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Bid:
    """One order in its book: buys where `lots` is positive, sells where it is negative."""

    order: int
    lots: int
    #: Cash per lot: what the buyer pays at most, the seller takes at least.
    limit: Fraction

    @property
    def is_buy(self) -> bool:
        return self.lots > 0

    @property
    def size(self) -> int:
        return abs(self.lots)

    @property
    def worst(self) -> int:
        """The worst whole price within the limit."""
        return floor(self.limit) if self.is_buy else ceil(self.limit)


@dataclass(frozen=True, slots=True)
class Clearing:
    """The price, and the lots of every order that is filled, signed as in its bid.

    The best limits come first and equals in the order of their numbers, buyers before sellers.
    """

    price: int
    fills: tuple[tuple[int, int], ...]

    @property
    def volume(self) -> int:
        """How many lots change hands."""
        return sum(lots for _, lots in self.fills if lots > 0)


def auction(bids: Sequence[Bid], mark: Fraction) -> Clearing | None:
    """The outcome for these bids, in whatever order they came; None where nobody meets."""
    buys = _ranked(bid for bid in bids if bid.is_buy)
    sells = _ranked(bid for bid in bids if not bid.is_buy)
    price = clearing_price(buys, sells, mark)
    if price is None:
        return None
    willing_buys = [bid for bid in buys if bid.worst >= price]
    willing_sells = [bid for bid in sells if bid.worst <= price]
    volume = min(_total(willing_buys), _total(willing_sells))
    bought = _served(willing_buys, price, volume)
    sold = _served(willing_sells, price, volume)
    return Clearing(price, (*bought, *((order, -lots) for order, lots in sold)))


def clearing_price(buys: Sequence[Bid], sells: Sequence[Bid], mark: Fraction) -> int | None:
    """The price by the four rules.

    Demand falls and supply rises with the price, so the prices that the first two rules leave are
    neighbours, and on them demand less supply falls. Both are constant between the places where
    somebody's limit ends; only those are looked at.
    """
    demand, supply = _Depth.of(buys), _Depth.of(sells)
    ends = {bid.worst + step for bid in buys for step in (0, 1)}
    ends |= {bid.worst - step for bid in sells for step in (0, 1)}
    depths = {price: (demand.from_(price), supply.up_to(price)) for price in ends}
    best = max((_merit(*depth) for depth in depths.values()), default=(0, 0))
    if best[0] == 0:
        return None
    surplus = {
        p: wanted - offered
        for p, (wanted, offered) in depths.items()
        if _merit(wanted, offered) == best
    }
    lowest = max((p for p, left in surplus.items() if left > 0), default=min(surplus))
    highest = min((p for p, left in surplus.items() if left < 0), default=max(surplus))
    return min(max(round(mark), lowest), highest)


def pro_rata(volume: int, bids: Sequence[Bid]) -> dict[int, int]:
    """`volume` lots by size: the largest remainders are rounded up, equals by order number."""
    total = _total(bids)
    shares = {bid.order: volume * bid.size // total for bid in bids}
    by_remainder = sorted(bids, key=lambda bid: (-(volume * bid.size % total), bid.order))
    for bid in by_remainder[: volume - sum(shares.values())]:
        shares[bid.order] += 1
    return shares


def _merit(wanted: int, offered: int) -> tuple[int, int]:
    """The first two rules."""
    return min(wanted, offered), -abs(wanted - offered)


@dataclass(frozen=True, slots=True)
class _Depth:
    """The lots of one side, summed up by price."""

    prices: tuple[int, ...]
    sums: tuple[int, ...]

    @classmethod
    def of(cls, bids: Sequence[Bid]) -> _Depth:
        ordered = sorted(bids, key=lambda bid: bid.worst)
        sums = accumulate((bid.size for bid in ordered), initial=0)
        return cls(tuple(bid.worst for bid in ordered), tuple(sums))

    def up_to(self, price: int) -> int:
        return self.sums[bisect_right(self.prices, price)]

    def from_(self, price: int) -> int:
        return self.sums[-1] - self.sums[bisect_left(self.prices, price)]


def _ranked(bids: Iterable[Bid]) -> list[Bid]:
    """The best limits first, equals by order number."""
    return sorted(bids, key=lambda bid: (-bid.worst if bid.is_buy else bid.worst, bid.order))


def _served(bids: Sequence[Bid], price: int, volume: int) -> list[tuple[int, int]]:
    """Lots per order, as ranked: everybody better than the price, and the rest by size."""
    marginal = [bid for bid in bids if bid.worst == price]
    better = _total(bids) - _total(marginal)
    shares = pro_rata(volume - better, marginal) if marginal else {}
    lots = [(bid.order, shares.get(bid.order, bid.size)) for bid in bids]
    return [(order, count) for order, count in lots if count]


def _total(bids: Iterable[Bid]) -> int:
    return sum(bid.size for bid in bids)
