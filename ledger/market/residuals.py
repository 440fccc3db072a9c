"""What moves take of an instrument that no row of its coin sees: a charge for each side.

λ is bilinear interpolation between the levels of the grid, so an account's loss covers Σ λ·move of
all it holds. What remains of an instrument is a number of its own, whoever holds what besides:

- long:  the largest of  Σ λ·move − change,
- short: the largest of  change − Σ λ·move,

over a fixed list of moves: nine spots in each cell of the grid, and those about which an option
bends, its strike and its strike discounted; seven vols; the ends of rate, funding, basis and slope;
at once, at half and at the end of the window, and just before and at every expiry in it. The list
is finite and what it stands for is not, so it counts for a fiftieth more.

Floats are no rule of the ledger: oracles sign integers that are within one unit of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from circuits.shape import SCALE
from ledger.market.data import ONE_BPS
from ledger.market.grid import Grid
from ledger.market.instrument import Contract
from ledger.market.window import Surroundings

SPOTS_PER_CELL: Final = 9
VOLS: Final = 7
_BEYOND_THE_LIST: Final = 1.02
#: Of moves that are as bad but for rounding the first is told.
_WORSE: Final = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How much a row's interpolation is short of a change, and the move that makes it so."""

    amount: float = 0.0
    price_bps: float = 0.0
    vol_bps: float = 0.0
    seconds: int = 0

    @property
    def charge(self) -> int:
        """In 10⁻⁶ cash units a lot."""
        return ceil(self.amount * _BEYOND_THE_LIST * SCALE)


@dataclass(frozen=True, slots=True)
class Residual:
    """The largest shortfall of each side of a lot, in cash units."""

    long: Shortfall
    short: Shortfall


def residual(
    contract: Contract, moves: Sequence[int], grid: Grid, around: Surroundings, seconds: int
) -> Residual:
    """Of one contract, with its moves in the rows of the grid, over so many seconds."""
    place, start = around.underlying, around.seen.time
    spot, vol = around.seen.spots[place], float(around.seen.vols[place])
    value = float(contract.value(around.seen))
    prices = prices_bps(grid, float(spot), contract.kinks(around.seen))
    spots = [float(spot) * (1 + price / ONE_BPS) for price in prices]
    inside = [grid.place(price) for price in prices]
    in_cash = [move / SCALE for move in moves]
    long = short = Shortfall()
    for vol_bps in grid.vols(VOLS):
        moved_vol = vol * (1 + vol_bps / ONE_BPS)
        levels = grid.at_vol(in_cash, vol_bps)
        said = [value + (1 - part) * levels[i] + part * levels[i + 1] for i, part in inside]
        for time in times(start, seconds, [contract.expires]):
            spans = contract.spans(around, spots, moved_vol, time)
            for price, expected, span in zip(prices, said, spans, strict=True):
                if expected - span.least > long.amount * _WORSE:
                    long = Shortfall(expected - span.least, price, vol_bps, time - start)
                if span.greatest - expected > short.amount * _WORSE:
                    short = Shortfall(span.greatest - expected, price, vol_bps, time - start)
    return Residual(long, short)


def prices_bps(grid: Grid, spot: float, kinks: Sequence[float]) -> list[float]:
    """The price moves of the fixed list: of each cell, and to every kink within the reach."""
    prices = set(grid.spots(SPOTS_PER_CELL))
    for kink in kinks:
        price = (kink / spot - 1) * ONE_BPS
        if grid.levels[0] < price < grid.levels[-1]:
            prices.add(price)
    return sorted(prices)


def times(start: int, seconds: int, expiries: Sequence[int | None]) -> list[int]:
    """The moments of the fixed list: of the window, and about every expiry in it."""
    moments = {start, start + seconds // 2, start + seconds}
    for expiry in expiries:
        if expiry is not None and start < expiry <= start + seconds:
            moments |= {expiry - 1, expiry}
    return sorted(moments)
