"""What is sold of a book in default, and for how much: as little as mends it.

Coins first: the least that makes cash and positions at the mark non-negative, as initial margin
asks it. Then a slice, j/64 of every position, for the least j that leaves initial margin met; the
whole only if none does. What is tried are the integer lots, with the greatest discount taken off:
rounding breaks closed forms.

The price is the mark less a discount, which grows from step to step to a part of the lot's own
requirement. It is paid out of what the owner has: it stops where the owner's equity is used up,
and goes on, at the last step alone, out of what the fund has above its floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ledger.errors import NotAdmitted
from ledger.market.data import ONE_BPS
from ledger.market.demands import Demands
from ledger.payout import lost
from ledger.records import Sale
from ledger.state import State

PARTS: Final = 64

Kind = Literal["coins", "slice"]


@dataclass(frozen=True, slots=True)
class Lot:
    """So much of a book, without cash: what a buyer receives."""

    kind: Kind
    #: Of 64; all of them where coins are sold.
    parts: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A lot, and what it costs at this moment: below zero, the buyer is paid."""

    lot: Lot
    worth: int
    discount: int

    @property
    def price(self) -> int:
        return self.worth - self.discount


def next_lot(demands: Demands, discount_bps: int, values: Sequence[int]) -> Lot | None:
    """What must be sold of this book; None where nothing is left to sell."""
    if is_sold_out(demands.shape.assets, values):
        return None
    coins = _coins(demands, discount_bps, values)
    if any(coins):
        return Lot("coins", PARTS, coins)
    for parts in range(1, PARTS):
        lot = slice_of(demands, values, parts)
        if _mends(demands, discount_bps, values, lot):
            return Lot("slice", parts, lot)
    return Lot("slice", PARTS, slice_of(demands, values, PARTS))


def is_sold_out(assets: int, values: Sequence[int]) -> bool:
    """No positions, and no debt that coins could pay: there is nothing more to sell."""
    is_in_debt = values[0] < 0 and any(values[1:assets])
    return not is_in_debt and not any(values[assets:])


def part_of(demands: Demands, values: Sequence[int], lot: Lot, part: int) -> tuple[int, ...]:
    """What a taker of i/64 receives; the whole lot for all of its parts."""
    if part == lot.parts:
        return lot.values
    if lot.kind == "coins" or not 1 <= part < lot.parts:
        raise NotAdmitted(
            "part of the sale",
            expected=f"{lot.parts}, or fewer sixty-fourths of positions",
            actual=part,
        )
    taken = slice_of(demands, values, part, towards_zero=True)
    if not any(taken):
        raise NotAdmitted("part of the sale", expected="one lot at least", actual="nothing")
    return taken


def greatest_discount(demands: Demands, discount_bps: int, lot: Sequence[int]) -> int:
    """A part of what holding the lot would ask of its buyer under maintenance."""
    asked = demands.requirement(demands.maintenance(0), lot)
    return max(asked, 0) * discount_bps // ONE_BPS


def account_offer(state: State, values: Sequence[int], sale: Sale, part: int | None) -> Offer:
    """The offer of a book on sale; of all that is offered, or of a part of it."""
    demands = state.sale_demands()
    lot = next_lot(demands, state.parameters.discount_bps, values)
    surplus = max(demands.equity(values), 0)
    if is_at_last_step(state, sale):
        surplus += spare(state)
    return _offer(state, values, lot, sale, part, surplus)


def fund_offer(state: State, sale: Sale, part: int | None) -> Offer:
    """The offer of all that the fund had to take, at a discount out of what it can spare."""
    values = state.pool.fund.values
    assets = state.shape.assets
    if any(values[assets:]):
        lot = Lot("slice", PARTS, (*(0,) * assets, *values[assets:]))
    else:
        lot = Lot("coins", PARTS, (0, *values[1:]))
    return _offer(state, values, lot if any(lot.values) else None, sale, part, spare(state))


def spare(state: State) -> int:
    """What the fund can give above its floor, once it has paid all that is lost already.

    Without the second part many small lots would each be given the same capital again.
    """
    fund = state.pool.fund.values
    capital = min(fund[0], state.sale_demands().equity(fund)) - lost(state)
    return max(0, capital - state.parameters.fund_floor)


def is_at_last_step(state: State, sale: Sale) -> bool:
    """The price falls no further: the fund may be made to take what is left."""
    return _step(state, sale) == sale.steps


def _offer(
    state: State,
    values: Sequence[int],
    lot: Lot | None,
    sale: Sale,
    part: int | None,
    surplus: int,
) -> Offer:
    if lot is None:
        raise NotAdmitted("sale", expected="something to sell", actual="nothing is left")
    demands = state.sale_demands()
    part = lot.parts if part is None else part
    taken = part_of(demands, values, lot, part)
    greatest = greatest_discount(demands, state.parameters.discount_bps, taken)
    discount = min(greatest * _step(state, sale) // sale.steps, surplus)
    return Offer(Lot(lot.kind, part, taken), demands.equity(taken), discount)


def _step(state: State, sale: Sale) -> int:
    elapsed = sale.elapsed_at(state.pool.time, state.fresh_until)
    return min(elapsed // sale.step, sale.steps)


def slice_of(
    demands: Demands, values: Sequence[int], parts: int, *, towards_zero: bool = False
) -> tuple[int, ...]:
    """So many sixty-fourths of every position, rounded away from zero, or towards it."""
    assets = demands.shape.assets
    up = 0 if towards_zero else PARTS - 1
    lots = [(abs(v) * parts + up) // PARTS * (1 if v >= 0 else -1) for v in values[assets:]]
    return (*(0,) * assets, *lots)


def _mends(
    demands: Demands, discount_bps: int, values: Sequence[int], lot: tuple[int, ...]
) -> bool:
    """What is left of the book meets initial margin, whatever the lot will cost.

    What the discount then lacks in cash may come from coins, which are sold next.
    """
    rest = _without(demands, discount_bps, values, lot)
    return demands.meets_initial(
        _without(demands, discount_bps, rest, _coins(demands, discount_bps, rest))
    )


def _without(
    demands: Demands, discount_bps: int, values: Sequence[int], lot: tuple[int, ...]
) -> tuple[int, ...]:
    """The book after a sale at the greatest discount."""
    cash, *rest = (v - sold for v, sold in zip(values, lot, strict=True))
    return (cash + _proceeds(demands, discount_bps, lot), *rest)


def _coins(demands: Demands, discount_bps: int, values: Sequence[int]) -> tuple[int, ...]:
    """The least of the coins, in the order of assets, that pays what they were only pledged for."""
    assets = demands.shape.assets
    lot = [0] * demands.shape.components
    needed = demands.unpaid(values)
    for asset in range(1, assets if needed > 0 else 1):
        lot[asset] = values[asset]
        if _proceeds(demands, discount_bps, lot) >= needed:
            lot[asset] = _least(demands, discount_bps, lot, asset, needed)
            break
    return tuple(lot)


def _least(demands: Demands, discount_bps: int, lot: list[int], asset: int, needed: int) -> int:
    """By halving: more of a coin never brings less, but for the rounding of one unit of cash."""
    low, high = 0, lot[asset]
    while low < high:
        middle = (low + high) // 2
        tried = [*lot[:asset], middle, *lot[asset + 1 :]]
        if _proceeds(demands, discount_bps, tried) >= needed:
            high = middle
        else:
            low = middle + 1
    return high


def _proceeds(demands: Demands, discount_bps: int, lot: Sequence[int]) -> int:
    return demands.equity(lot) - greatest_discount(demands, discount_bps, lot)
