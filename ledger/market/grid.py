"""The rows of a coin: moves of its price and its vol, evenly over their reach, and two extremes.

| rows             | price                       | vol        | covered |
| ---------------- | --------------------------- | ---------- | ------- |
| two per level    | evenly from −R to +R        | −V and +V  | in full |
| the last two     | −3R, then +3R               | unchanged  | 35 %    |

Between the levels losses are interpolated: bilinearly, so that what is linear in the price is
exact. What is not linear is charged for besides (see `residuals`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from circuits.errors import WrongDimensions
from ledger.market.data import ONE_BPS
from ledger.market.reach import EXTREME_COVER_BPS, EXTREME_REACHES, Reach

_EXTREMES: Final = 2


@dataclass(frozen=True, slots=True)
class GridRow:
    """How far the price and the vol move, and how much of the loss must be covered."""

    price_bps: int
    vol_bps: int
    cover_bps: int = ONE_BPS


@dataclass(frozen=True, slots=True)
class Grid:
    """The levels of a price, in order and in basis points, and how far the vol moves at each."""

    levels: tuple[int, ...]
    vol_bps: int

    @classmethod
    def of(cls, reach: Reach, rows: int) -> Grid:
        """For a block of so many rows: two for each level, at least two levels, two extremes."""
        if rows % 2 or rows < _EXTREMES + 4:
            raise WrongDimensions(
                "rows of a coin", expected=f"an even number from {_EXTREMES + 4}", actual=rows
            )
        steps = (rows - _EXTREMES) // 2 - 1
        levels = (_outwards(reach.price_bps * (2 * i - steps), steps) for i in range(steps + 1))
        return cls(tuple(levels), reach.vol_bps)

    @property
    def rows(self) -> tuple[GridRow, ...]:
        """Level by level, vol down before vol up, and the extremes."""
        inner = [
            GridRow(level, vol) for level in self.levels for vol in (-self.vol_bps, self.vol_bps)
        ]
        extreme = EXTREME_REACHES * self.levels[-1]
        outer = [GridRow(price, 0, EXTREME_COVER_BPS) for price in (-extreme, extreme)]
        return (*inner, *outer)

    def spots(self, per_cell: int) -> Iterator[float]:
        """So many price moves in each cell between two levels, both of them among these."""
        steps = per_cell - 1
        yield float(self.levels[0])
        for low, high in zip(self.levels, self.levels[1:], strict=False):
            yield from (low + (high - low) * step / steps for step in range(1, per_cell))

    def vols(self, count: int) -> Iterator[float]:
        """So many vol moves from −V to +V, both among these."""
        yield from (self.vol_bps * (2 * i / (count - 1) - 1) for i in range(count))

    def at_vol(self, moves: Sequence[float], vol_bps: float) -> list[float]:
        """What a column of moves says at each level, had the vol moved by so much."""
        up = 0.5 if self.vol_bps == 0 else (vol_bps / self.vol_bps + 1) / 2
        pairs = range(0, 2 * len(self.levels), 2)
        return [(1 - up) * moves[place] + up * moves[place + 1] for place in pairs]

    def place(self, price_bps: float) -> tuple[int, float]:
        """The cell of a price move, and how far into it."""
        cell = 0
        while cell < len(self.levels) - 2 and price_bps > self.levels[cell + 1]:
            cell += 1
        low, high = self.levels[cell], self.levels[cell + 1]
        return cell, 0.0 if high == low else (price_bps - low) / (high - low)

    def interpolated(self, moves: Sequence[float], price_bps: float, vol_bps: float) -> float:
        """What the rows say of any move within the reach."""
        cell, part = self.place(price_bps)
        at_levels = self.at_vol(moves, vol_bps)
        return (1 - part) * at_levels[cell] + part * at_levels[cell + 1]


def _outwards(numerator: int, denominator: int) -> int:
    """A quotient, rounded away from zero."""
    magnitude = -(-abs(numerator) // denominator)
    return magnitude if numerator >= 0 else -magnitude
