"""What an epoch says of a book that is known, by formulas of our own: nothing here asks the ledger.

    worth       Σ mark · v, cash at 10⁶
    asked       what haircuts, the worst row of every coin, and charges take of it
    maintenance worth − asked − floor ≥ 0
    initial     the same with moves and charges times the factor, nothing paid with pledged coins,
                and a notional within the cap

All of it is in 10⁻⁶ units of cash, and in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from circuits.schedule import LIMIT, Schedule
from circuits.shape import Shape
from ledger.market.data import RiskTable
from ledger.market.instrument import Contract
from ledger.records import Market
from ledger.state import State

_UNIT = 10**6
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Valuation:
    """One epoch's numbers, and the parameters under which they are read."""

    shape: Shape
    table: RiskTable
    mark: tuple[int, ...]
    #: The part of each asset's worth that is lost to its haircut, in 10⁻⁶ cash per unit.
    haircuts: tuple[int, ...]
    notionals: tuple[int, ...]
    factor_bps: int
    floor: int
    cap: int

    @classmethod
    def of(cls, state: State, market: Market) -> Valuation:
        """As the market says it, within its bounds."""
        listing, parameters = state.charter.listing, state.parameters
        spots, settled = market.observation.spots, state.pool.settled
        mark = market.table.mark
        return cls(
            shape=state.shape,
            table=market.table,
            mark=mark,
            haircuts=tuple(
                price - price * (_WHOLE - getattr(asset, "haircut_bps", 0)) // _WHOLE
                for price, asset in zip(mark, listing.assets, strict=False)
            ),
            notionals=tuple(
                spots[one.underlying] * one.multiplier
                if isinstance(one, Contract) and value is None
                else 0
                for one, value in zip(listing.instruments, settled, strict=True)
            ),
            factor_bps=parameters.risk.initial_factor_bps,
            floor=parameters.floor,
            cap=parameters.cap,
        )

    @classmethod
    def of_sales(cls, state: State) -> Valuation:
        """At the prices of a default: those that were seen, where the market is locked."""
        market = state.current_market
        within = cls.of(state, market)
        if market.default_mark is None:
            return within
        mark = market.default_mark
        haircuts = tuple(
            price - price * (_WHOLE - getattr(asset, "haircut_bps", 0)) // _WHOLE
            for price, asset in zip(mark, state.charter.listing.assets, strict=False)
        )
        return replace(within, mark=mark, haircuts=haircuts)

    def worth(self, values: Sequence[int]) -> int:
        """At the mark, before anything is taken off."""
        return sum(price * value for price, value in zip(self.mark, values, strict=True))

    def equity(self, values: Sequence[int]) -> int:
        """The same in whole cash, rounded down."""
        return self.worth(values) // _UNIT

    def asked(self, values: Sequence[int], factor_bps: int = _WHOLE) -> int:
        """What margin takes of the worth, besides the floor."""
        assets, table = self.shape.assets, self.table
        taken = sum(cut * v for cut, v in zip(self.haircuts, values, strict=False))
        for columns, rows in zip(self.shape.columns, table.moves, strict=True):
            changes = [
                sum(
                    away(move, factor_bps) * values[c] for move, c in zip(row, columns, strict=True)
                )
                for row in rows
            ]
            taken += max(0, -min(changes))
        for v, long, short in zip(
            values[assets:], table.long_charges, table.short_charges, strict=True
        ):
            taken += away(long, factor_bps) * v if v > 0 else away(short, factor_bps) * -v
        return taken

    def requirement(self, values: Sequence[int]) -> int:
        """What holding that takes under maintenance, in cash and rounded up."""
        return -(-self.asked(values) // _UNIT)

    def meets_maintenance(self, values: Sequence[int]) -> bool:
        return self._left(values, _WHOLE) >= 0

    def meets_initial(self, values: Sequence[int]) -> bool:
        positions = values[self.shape.assets :]
        gross = sum(
            notional * abs(v) for notional, v in zip(self.notionals, positions, strict=True)
        )
        is_paid = _UNIT * values[0] + self._at_asks(positions) >= 0
        return self._left(values, self.factor_bps) >= 0 and is_paid and gross <= _UNIT * self.cap

    def unpaid(self, values: Sequence[int]) -> int:
        """What is owed for positions and not there in cash, rounded up; below zero, what is over.

        At the mark, or as initial margin reckons it, whichever is more.
        """
        assets = self.shape.assets
        cash, positions = _UNIT * values[0], values[assets:]
        at_mark = sum(price * v for price, v in zip(self.mark[assets:], positions, strict=True))
        return -(min(cash + at_mark, cash + self._at_asks(positions)) // _UNIT)

    def maintenance(self, floor: int) -> Schedule[int]:
        """What the ledger must ask of a heartbeat."""
        return self._schedule(_WHOLE, floor, LIMIT.maximum, LIMIT.maximum)

    def initial(self, floor: int) -> Schedule[int]:
        """What it must ask of who takes on risk."""
        return self._schedule(self.factor_bps, floor, _UNIT * self.cap, 0)

    def withdrawal(self, floor: int) -> Schedule[int]:
        """What initial margin asks where coins count for nothing."""
        full, moves = self.initial(floor), []
        for block, rows in zip(self.shape.blocks, full.moves, strict=True):
            kept = block.instruments
            moves.append(tuple((*row[:kept], *(0 for _ in row[kept:])) for row in rows))
        return replace(full, values=(0,) * len(full.values), moves=tuple(moves))

    def _left(self, values: Sequence[int], factor_bps: int) -> int:
        floor = self.floor if any(values[self.shape.assets :]) else 0
        return self.worth(values) - self.asked(values, factor_bps) - _UNIT * floor

    def _at_asks(self, positions: Sequence[int]) -> int:
        """Positions with the charge of a short on top of the mark, as the statement has them."""
        asks = zip(self.mark[self.shape.assets :], self.table.short_charges, strict=True)
        return sum(
            (price + away(short, self.factor_bps)) * v
            for (price, short), v in zip(asks, positions, strict=True)
        )

    def _schedule(self, factor_bps: int, floor: int, cap: int, credit: int) -> Schedule[int]:
        assets, table = self.shape.assets, self.table
        longs = [away(charge, factor_bps) for charge in table.long_charges]
        shorts = [away(charge, factor_bps) for charge in table.short_charges]
        counted = zip(self.mark[1:assets], self.haircuts[1:], strict=True)
        return Schedule(
            values=tuple(price - cut for price, cut in counted),
            mark=tuple(m + s for m, s in zip(self.mark[assets:], shorts, strict=True)),
            moves=tuple(
                tuple(tuple(away(move, factor_bps) for move in row) for row in rows)
                for rows in table.moves
            ),
            charges=tuple(long + short for long, short in zip(longs, shorts, strict=True)),
            weights=self.notionals,
            floor=floor,
            cap=cap,
            credit=credit,
        )


def away(number: int, factor_bps: int) -> int:
    """A move or a charge so many times over, rounded away from zero."""
    if number < 0:
        return -away(-number, factor_bps)
    return (number * factor_bps + _WHOLE - 1) // _WHOLE
