"""From what was observed to public integers: the table of an epoch, limits and stress tests.

A table has, for each coin, the moves of its instruments in the rows of a grid, and for each
instrument what those rows cannot see, as a charge. What the ledger then asks of an account follows
from it in integers, and no float is part of that.

How the numbers round is said in `columns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import Shape
from ledger.errors import LimitExceeded
from ledger.market.columns import (
    NONE_SETTLED,
    Snapshot,
    block_grids,
    check_slot,
    check_underlyings,
    least_charges,
)
from ledger.market.conditions import Conditions
from ledger.market.data import SCALE, Column, Observation, RiskTable, Rows
from ledger.market.grid import Grid
from ledger.market.instrument import Contract
from ledger.market.limits import Greek, both_sides, padded, sensitivity
from ledger.market.listing import Listing
from ledger.market.reach import Reach as Reach
from ledger.market.reach import RiskParameters as RiskParameters
from ledger.market.residuals import Residual, Shortfall, residual
from ledger.market.scenarios import Scenario
from ledger.market.scene import Scene, set_scene
from ledger.market.window import Surroundings, Window

_NOTHING = Residual(Shortfall(), Shortfall())


class RiskEngine:
    """Pure: the same observation, time and settlements give the same table, to the last unit."""

    def __init__(
        self, shape: Shape, listing: Listing, risk: RiskParameters, window: Window
    ) -> None:
        listing.check(shape)
        if len(risk.reaches) != len(listing.underlyings):
            raise WrongDimensions(
                "reaches", expected=f"{len(listing.underlyings)}", actual=len(risk.reaches)
            )
        self.shape = shape
        self.listing = listing
        self.risk = risk
        self.window = window

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The rows of each block."""
        return block_grids(self.shape, self.listing, self.risk)

    def table(
        self, observation: Observation, time: int, settled: Mapping[int, int] = NONE_SETTLED
    ) -> RiskTable:
        """All that oracles sign of an epoch; `settled` gives final values per lot, in cash units.

        Its keys are slots, 0 for the first instrument. A settled instrument is worth that
        much, whatever any row says, and charged nothing.
        """
        market = self._market(observation, time, settled)
        columns = [market.column(component) for component in range(self.shape.components)]
        residuals = self._residuals(market, columns)
        least = least_charges(self.listing, observation, settled)
        table = RiskTable(
            mark=tuple(column.mark for column in columns),
            moves=tuple(
                tuple(zip(*(columns[component].moves for component in block), strict=True))
                for block in self.shape.columns
            ),
            long_charges=tuple(
                max(each.long.charge, most) for each, most in zip(residuals, least, strict=True)
            ),
            short_charges=tuple(
                max(each.short.charge, most) for each, most in zip(residuals, least, strict=True)
            ),
        )
        table.check(self.shape)
        return table

    def residuals(
        self, observation: Observation, time: int, settled: Mapping[int, int] = NONE_SETTLED
    ) -> tuple[Residual, ...]:
        """For each instrument what no row of its coin sees, and the moves that make it so."""
        market = self._market(observation, time, settled)
        columns = [market.column(component) for component in range(self.shape.components)]
        return self._residuals(market, columns)

    def surroundings(self, observation: Observation, time: int, block: int) -> Surroundings:
        """The coin of a block as it was seen, and what else may move in the window."""
        coin = self.listing.coins(self.shape)[block]
        reach = self.risk.reaches[coin].price_bps
        return Surroundings.of(Conditions.seen(observation, time), coin, self.window, reach)

    def mark(
        self, observation: Observation, time: int, settled: Mapping[int, int] = NONE_SETTLED
    ) -> tuple[int, ...]:
        """What a unit of every component is worth, in 10⁻⁶ cash units."""
        return self._scene(observation, time, (), settled).mark

    def stress(
        self,
        observation: Observation,
        time: int,
        scenarios: Sequence[Scenario],
        settled: Mapping[int, int] = NONE_SETTLED,
    ) -> Rows:
        """What would be left in scenarios of somebody's own, at most as many as there are rows."""
        rows = self._scene(observation, time, scenarios, settled).rows
        return padded(self.shape, rows, (0,) * len(rows))

    def position_limits(self, limits: Mapping[int, int]) -> Rows:
        """At most so many lots either way; the keys are slots, and each takes two rows."""
        matrix: list[tuple[int, ...]] = []
        constants: list[int] = []
        for slot, limit in sorted(limits.items()):
            check_slot(self.shape, slot)
            if limit < 0:
                raise LimitExceeded(f"limit of slot {slot}", expected="at least 0", actual=limit)
            place = self.shape.assets + slot
            row = tuple(int(k == place) for k in range(self.shape.components))
            matrix += both_sides(row)
            constants += [limit, limit]
        return padded(self.shape, matrix, constants)

    def greek_limits(
        self,
        observation: Observation,
        time: int,
        greek: Greek,
        low: int,
        high: int,
        underlying: int = 0,
        settled: Mapping[int, int] = NONE_SETTLED,
    ) -> Rows:
        """`low` ≤ net Greek of one underlying ≤ `high`, collateral counted: two rows.

        The unit is the one that `Greek` names: delta within ten coins is ±10 · 10⁶.
        """
        if low > high:
            raise LimitExceeded(f"limits of {greek}", expected=f"at least {low}", actual=high)
        if not 0 <= underlying < len(self.listing.underlyings):
            raise OutOfBounds(
                "underlying", expected=f"below {len(self.listing.underlyings)}", actual=underlying
            )
        check_underlyings("observation", self.listing, observation.underlyings)
        conditions = Conditions.seen(observation, time)
        row = [
            sensitivity(each, conditions, greek) if each.reference == underlying else 0
            for each in self.listing.components
        ]
        for slot in settled:
            check_slot(self.shape, slot)
            row[self.shape.assets + slot] = 0
        return padded(self.shape, both_sides(row), (-low * SCALE, high * SCALE))

    def equity_floor(
        self,
        observation: Observation,
        time: int,
        minimum: int,
        settled: Mapping[int, int] = NONE_SETTLED,
    ) -> Rows:
        """Worth at least `minimum` cash units at the mark: one row."""
        mark = self.mark(observation, time, settled)
        return padded(self.shape, [mark], (-minimum * SCALE,))

    def _market(self, observation: Observation, time: int, settled: Mapping[int, int]) -> Snapshot:
        return Snapshot.at(
            self.shape, self.listing, self.risk, self.window, observation, time, settled
        )

    def _residuals(self, market: Snapshot, columns: Sequence[Column]) -> tuple[Residual, ...]:
        found = []
        for place, (block, grid) in enumerate(zip(self.shape.columns, market.grids, strict=True)):
            coin = self.listing.coins(self.shape)[place]
            reach = self.risk.reaches[coin].price_bps
            around = Surroundings.of(market.seen, coin, self.window, reach)
            for component in block[: self.shape.blocks[place].instruments]:
                contract, slot = self.listing.components[component], component - self.shape.assets
                if slot in market.settled or not isinstance(contract, Contract):
                    found.append(_NOTHING)
                    continue
                moves = columns[component].moves
                found.append(residual(contract, moves, grid, around, self.window.seconds))
        return tuple(found)

    def _scene(
        self,
        observation: Observation,
        time: int,
        scenarios: Sequence[Scenario],
        settled: Mapping[int, int],
    ) -> Scene:
        check_underlyings("observation", self.listing, observation.underlyings)
        for scenario in scenarios:
            check_underlyings("scenario", self.listing, len(scenario.prices_bps))
        for slot in settled:
            check_slot(self.shape, slot)
        return set_scene(
            self.listing.components,
            Conditions.seen(observation, time),
            scenarios,
            {self.shape.assets + slot: value for slot, value in settled.items()},
        )
