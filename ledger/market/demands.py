"""From what oracles sign to what an account must prove: schedules of margin, in integers.

Oracles sign one table at the level of maintenance. Everything that is asked of an account follows
from it here, by integer arithmetic that anybody repeats:

| asked for     | differs from maintenance in                                              |
| ------------- | ------------------------------------------------------------------------ |
| `maintenance` | nothing: coins are lent against, and no cap is set                       |
| `initial`     | moves and charges times the factor, the cap, and nothing paid with coins |
| `withdrawal`  | as initial, and coins count for nothing                                  |

A cost a·v⁺ + b·v⁻ of both sides of a position is a charge a + b on v⁺, and b on the mark's column.
In a market that is locked the marks of a sale are others, and all else stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from circuits.schedule import LIMIT, Schedule, judge
from circuits.shape import SCALE, Shape
from ledger.market.data import ONE_BPS, Observation, RiskTable, equity, scaled
from ledger.market.listing import Listing


@dataclass(frozen=True, slots=True)
class Demands:
    """What one epoch asks, and what everything is worth in it."""

    shape: Shape
    table: RiskTable
    #: What one unit of each component is worth, haircuts apart, in 10⁻⁶ of cash.
    mark: tuple[int, ...]
    #: The part of each asset's worth that counts, in basis points.
    counted_bps: tuple[int, ...]
    #: Notional per lot.
    weights: tuple[int, ...]
    factor_bps: int
    #: The least that an account with positions must have left, and the most it may hold, in cash.
    floor: int
    cap: int

    def maintenance(self, floor: int) -> Schedule[int]:
        """What an account must meet at every epoch."""
        bound = LIMIT.maximum
        return _schedule(self, self.table.moves, ONE_BPS, floor, cap=bound, credit=bound)

    def initial(self, floor: int) -> Schedule[int]:
        """What whoever takes on risk must meet."""
        return _initial(self, floor)

    def withdrawal(self, floor: int) -> Schedule[int]:
        """What must be met when cash leaves: nobody borrows other people's against a pledge."""
        return _withdrawal(self, floor)

    def floor_of(self, values: Sequence[int]) -> int:
        """Nothing is asked for opening a book without positions."""
        return self.floor if any(values[self.shape.assets :]) else 0

    def meets_maintenance(self, values: Sequence[int]) -> bool:
        """The judgement of a book that everybody knows."""
        return judge(self.shape, self.maintenance(self.floor_of(values)), values).holds

    def meets_initial(self, values: Sequence[int]) -> bool:
        """Whether a public portfolio is within initial margin, as whoever takes it on must be."""
        return judge(self.shape, self.initial(self.floor_of(values)), values).holds

    def equity(self, values: Sequence[int]) -> int:
        """What a book is worth at the mark, in cash, rounded down."""
        return equity(self.mark, values)

    def unpaid(self, values: Sequence[int]) -> int:
        """What cash and positions at the mark lack, in cash, rounded up; below zero, what is over.

        Of the two ways to say it, the one that asks for more: plainly, and as initial margin does.
        """
        assets = self.shape.assets
        at_mark = self.equity((values[0], *(0,) * (assets - 1), *values[assets:]))
        paid = judge(self.shape, self.initial(0), values).paid
        return -min(at_mark, paid // SCALE)

    def requirement(self, schedule: Schedule[int], values: Sequence[int]) -> int:
        """How much equity the schedule asks of a book, besides its floor; in cash, rounded up."""
        remains = judge(self.shape, schedule, values).total + SCALE * schedule.floor
        worth = sum(m * v for m, v in zip(self.mark, values, strict=True))
        return -((remains - worth) // SCALE)


# The schedules of an epoch are the same for everybody: they are computed once.


@lru_cache(maxsize=64)
def _initial(demands: Demands, floor: int) -> Schedule[int]:
    moves = _scaled_moves(demands)
    return _schedule(demands, moves, demands.factor_bps, floor, cap=demands.cap * SCALE, credit=0)


@lru_cache(maxsize=64)
def _withdrawal(demands: Demands, floor: int) -> Schedule[int]:
    initial = _initial(demands, floor)
    moves = tuple(
        rows if block.collateral is None else tuple((*row[:-1], 0) for row in rows)
        for block, rows in zip(demands.shape.blocks, initial.moves, strict=True)
    )
    return replace(initial, values=(0,) * len(initial.values), moves=moves)


def _schedule(
    demands: Demands,
    moves: tuple[tuple[tuple[int, ...], ...], ...],
    factor_bps: int,
    floor: int,
    *,
    cap: int,
    credit: int,
) -> Schedule[int]:
    assets, table = demands.shape.assets, demands.table
    shorts = [scaled(charge, factor_bps) for charge in table.short_charges]
    longs = [scaled(charge, factor_bps) for charge in table.long_charges]
    counted = zip(demands.mark[1:assets], demands.counted_bps[1:], strict=True)
    return Schedule(
        values=tuple(mark * part // ONE_BPS for mark, part in counted),
        mark=tuple(m + b for m, b in zip(demands.mark[assets:], shorts, strict=True)),
        moves=moves,
        charges=tuple(a + b for a, b in zip(longs, shorts, strict=True)),
        weights=demands.weights,
        floor=floor,
        cap=cap,
        credit=credit,
    )


def _scaled_moves(demands: Demands) -> tuple[tuple[tuple[int, ...], ...], ...]:
    return tuple(
        tuple(tuple(scaled(move, demands.factor_bps) for move in row) for row in rows)
        for rows in demands.table.moves
    )


def weights_of(
    listing: Listing, observation: Observation, settled: Sequence[int | None]
) -> tuple[int, ...]:
    """The notional of a lot of every instrument; nothing of one that has its final value."""
    return tuple(
        0 if final is not None else each.weight(observation)
        for each, final in zip(listing.instruments, settled, strict=True)
    )
