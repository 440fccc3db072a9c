"""From what was observed to public rows: margins, limits and stress tests, all in integers.

A row of margin is the mark plus the move of a scenario: Σ (mark_k + move_sk)·v_k. The move is
what the scenario changes about one unit, times the part that must be covered; for the initial
margin it is scaled by `initial_factor_bps` besides. So the initial requirement is a multiple
of the maintenance requirement, and whoever meets the one at a non-negative equity (collateral
less its haircut) meets the other: a row of maintenance is a mean of the same row of initial
margin and that equity. The price of this is that a long option, which can lose no more than it
cost, is asked for up to the factor times its cost when it is bought.

How the numbers round is said in `scene`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from operator import mul
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import Shape
from ledger.encoding import Model
from ledger.errors import LimitExceeded
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE, Matrices, Observation, Rows, equity
from ledger.market.limits import Greek, both_sides, padded, sensitivity
from ledger.market.listing import Listing
from ledger.market.scenarios import Scenario, ScenarioSet
from ledger.market.scene import Scene, set_scene

#: No instrument has been settled.
NONE_SETTLED: Final[Mapping[int, int]] = MappingProxyType({})


class RiskParameters(Model):
    """What is margined against, and how much more is asked of who opens a position."""

    scenarios: ScenarioSet
    initial_factor_bps: Annotated[int, Field(ge=ONE_BPS, le=10 * ONE_BPS)] = ONE_BPS

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        """Collateral is never worth less than nothing, in any row."""
        for index, each in enumerate(self.scenarios.scenarios):
            most = -min(each.prices_bps) * each.cover_bps * self.initial_factor_bps
            if most > ONE_BPS**3:
                raise ValueError(
                    f"scenario {index}: expected a fall of at most the whole price, once scaled "
                    f"for initial margin, got {most / ONE_BPS**3:.0%}"
                )
        return self


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one scenario does to a portfolio: profit in cash units, before any cover or factor."""

    scenario: Scenario
    profit: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A portfolio in numbers for people: cash units, requirements rounded up."""

    equity: int
    initial: int
    maintenance: int
    outcomes: tuple[Outcome, ...]

    @property
    def worst(self) -> Outcome:
        """The first of the scenarios in which least is left."""
        return min(self.outcomes, key=lambda outcome: outcome.profit)


class RiskEngine:
    """Pure: the same observation, time and settlements give the same rows, to the last unit."""

    def __init__(self, shape: Shape, listing: Listing, parameters: RiskParameters) -> None:
        listing.check(shape)
        parameters.scenarios.check(shape.scenarios, len(listing.underlyings))
        self.shape = shape
        self.listing = listing
        self.parameters = parameters

    def matrices(
        self, observation: Observation, time: int, settled: Mapping[int, int] = NONE_SETTLED
    ) -> Matrices:
        """All that an epoch demands; `settled` gives final values per lot, in cash units.

        Its keys are slots, 0 for the first instrument. A settled instrument is worth that
        much, whatever any scenario says.
        """
        scenarios = self.parameters.scenarios.scenarios
        scene = self._scene(observation, time, scenarios, settled)
        initial = self._losses_in_cash(scene.rows(self.parameters.initial_factor_bps))
        matrices = Matrices(
            initial=initial,
            maintenance=scene.rows(ONE_BPS),
            withdrawal=self._without_collateral(initial),
            mark=scene.mark,
        )
        matrices.check(self.shape)
        return matrices

    def stress(
        self,
        observation: Observation,
        time: int,
        scenarios: Sequence[Scenario],
        settled: Mapping[int, int] = NONE_SETTLED,
    ) -> Rows:
        """What would be left in scenarios of somebody's own, at most as many as there are rows."""
        rows = self._scene(observation, time, scenarios, settled).rows(ONE_BPS)
        return padded(self.shape, rows.matrix, rows.constants)

    def position_limits(self, limits: Mapping[int, int]) -> Rows:
        """At most so many lots either way; the keys are slots, and each takes two rows."""
        matrix: list[tuple[int, ...]] = []
        constants: list[int] = []
        for slot, limit in sorted(limits.items()):
            self._check_slot(slot)
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
        conditions = self._seen(observation, time)
        row = [
            sensitivity(each, conditions, greek) if each.reference == underlying else 0
            for each in self.listing.components
        ]
        for slot in settled:
            self._check_slot(slot)
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
        mark = self._scene(observation, time, (), settled).mark
        return padded(self.shape, [mark], (-minimum * SCALE,))

    def explain(
        self,
        values: Sequence[int],
        observation: Observation,
        time: int,
        settled: Mapping[int, int] = NONE_SETTLED,
    ) -> Explanation:
        """What a portfolio is worth, what is asked of it, and what each scenario would do."""
        matrices = self.matrices(observation, time, settled)
        scenarios = self.parameters.scenarios.scenarios
        scene = self._scene(observation, time, scenarios, settled)
        return Explanation(
            equity=equity(matrices.mark, values),
            initial=matrices.initial.requirement(matrices.mark, values),
            maintenance=matrices.maintenance.requirement(matrices.mark, values),
            outcomes=tuple(
                Outcome(scenario, floor(sum(map(mul, moves, values))))
                for scenario, moves in zip(scenarios, scene.moves, strict=True)
            ),
        )

    def _scene(
        self,
        observation: Observation,
        time: int,
        scenarios: Sequence[Scenario],
        settled: Mapping[int, int],
    ) -> Scene:
        for scenario in scenarios:
            self._check_underlyings("scenario", len(scenario.prices_bps))
        for slot in settled:
            self._check_slot(slot)
        return set_scene(
            self.listing.components,
            self._seen(observation, time),
            scenarios,
            {self.shape.assets + slot: value for slot, value in settled.items()},
        )

    def _seen(self, observation: Observation, time: int) -> Conditions:
        self._check_underlyings("observation", observation.underlyings)
        return Conditions.seen(observation, time)

    def _losses_in_cash(self, rows: Rows) -> Rows:
        """Where no price moves, collateral counts for nothing: it backs what may yet be lost.

        What is lost already, and what is paid to others, has to be there in cash and in positions
        at the mark. Otherwise two accounts together could carry off other people's cash: one gives
        it away against its collateral, and the other withdraws it.
        """
        still = [not any(each.prices_bps) for each in self.parameters.scenarios.scenarios]
        pairs = zip(rows.matrix, still, strict=True)
        matrix = tuple(self._bare(row) if stays else row for row, stays in pairs)
        return Rows(matrix=matrix, constants=rows.constants)

    def _without_collateral(self, rows: Rows) -> Rows:
        return Rows(matrix=tuple(map(self._bare, rows.matrix)), constants=rows.constants)

    def _bare(self, row: tuple[int, ...]) -> tuple[int, ...]:
        assets = self.shape.assets
        return (row[0], *(0,) * (assets - 1), *row[assets:])

    def _check_underlyings(self, subject: str, actual: int) -> None:
        expected = len(self.listing.underlyings)
        if actual != expected:
            raise WrongDimensions(
                subject, expected=f"{expected} underlyings", actual=f"{actual} underlyings"
            )

    def _check_slot(self, slot: int) -> None:
        if not 0 <= slot < self.shape.instruments:
            raise OutOfBounds(
                "instrument slot", expected=f"below {self.shape.instruments}", actual=slot
            )
