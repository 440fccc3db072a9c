"""The spots at which an account would no longer meet its maintenance margin.

One underlying moves and everything else stays: then only what its own coin's rows take, and what
its own instruments and coins are worth and charged, is another number. That is neither monotone nor
convex in a spot, so it is asked for in steps away from the mark, of `STEP` at first and wider ones
further away, and where the sign changes the interval is halved down to one cash unit. A dip
narrower than a step goes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from circuits.schedule import judge
from ledger.market.columns import Snapshot, least_charges
from ledger.market.data import ONE_BPS, Column, Observation
from ledger.market.demands import Demands
from ledger.market.instrument import Contract
from ledger.market.residuals import residual
from ledger.market.risk import RiskEngine
from ledger.records import Market
from prover.row_names import exposed_to

#: The first step away from the mark, and how much wider each is than the one before.
STEP: Final = 1.03
WIDER: Final = 1.05
#: From a fiftieth of the spot to five times as much.
REACH_DOWN: Final = 50
REACH_UP: Final = 5


@dataclass(frozen=True, slots=True)
class LiquidationPrices:
    """The nearest spots below and above the mark at which the margin is gone, in cash units.

    None where it holds as far as one looked. Both are the mark where it does not hold now.
    """

    below: int | None
    above: int | None


@dataclass(frozen=True, slots=True)
class CoinPart:
    """What one underlying's components leave of maintenance margin, in 10⁻⁶ cash units.

    The numbers are those that the engine's table would have at that spot, for no more components
    than are held: the search asks some hundred times.
    """

    engine: RiskEngine
    seen: Observation
    time: int
    settled: Mapping[int, int]
    underlying: int
    values: Sequence[int]

    def left(self, spot: int) -> int:
        """At the mark and after haircuts, less the worst row and the charges."""
        moved = _with_spot(self.seen, self.underlying, spot)
        engine = self.engine
        market = Snapshot.at(
            engine.shape,
            engine.listing,
            engine.risk,
            engine.window,
            moved,
            self.time,
            self.settled,
        )
        columns = {component: market.column(component) for component in self._held}
        counted = sum(self._counted(component, column) for component, column in columns.items())
        return counted - self._loss(columns) - self._charged(moved, market, columns)

    @property
    def _held(self) -> Iterator[int]:
        for component, instrument in enumerate(self.engine.listing.components):
            if self.values[component] and instrument.reference == self.underlying:
                yield component

    def _counted(self, component: int, column: Column) -> int:
        counted_bps = self.engine.listing.components[component].counted_bps
        mark = column.mark
        if component < self.engine.shape.assets:
            mark = mark * counted_bps // ONE_BPS
        return mark * self.values[component]

    def _loss(self, columns: Mapping[int, Column]) -> int:
        block = self._block
        if block is None:
            return 0
        rows = [0] * self.engine.shape.blocks[block].rows
        for component, column in columns.items():
            if component in self.engine.shape.columns[block]:
                moved = (move * self.values[component] for move in column.moves)
                rows = [sum(pair) for pair in zip(rows, moved, strict=True)]
        return max(0, *(-profit for profit in rows))

    def _charged(self, moved: Observation, market: Snapshot, columns: Mapping[int, Column]) -> int:
        block, engine, charged = self._block, self.engine, 0
        if block is None:
            return 0
        around = engine.surroundings(moved, self.time, block)
        least = least_charges(engine.listing, moved, self.settled)
        grid, seconds = market.grids[block], engine.window.seconds
        for component, column in columns.items():
            slot, contract = component - engine.shape.assets, engine.listing.components[component]
            if slot in self.settled or not isinstance(contract, Contract):
                continue
            found = residual(contract, column.moves, grid, around, seconds)
            side = found.long if self.values[component] > 0 else found.short
            charged += abs(self.values[component]) * max(side.charge, least[slot])
        return charged

    @property
    def _block(self) -> int | None:
        coins = self.engine.listing.coins(self.engine.shape)
        return coins.index(self.underlying) if self.underlying in coins else None


def liquidation_prices(
    engine: RiskEngine,
    demands: Demands,
    market: Market,
    values: Sequence[int],
    settled: Mapping[int, int],
) -> dict[str, LiquidationPrices]:
    """For each underlying that the account is exposed to."""
    seen, found = market.observation, {}
    schedule = demands.maintenance(demands.floor_of(values))
    left = judge(demands.shape, schedule, values).total
    exposed = exposed_to(engine.listing, values)
    for index, name in enumerate(engine.listing.underlyings):
        if index not in exposed:
            continue
        part = CoinPart(engine, seen, market.time, settled, index, values)
        others = left - part.left(seen.spots[index])

        def holds(spot: int, part: CoinPart = part, others: int = others) -> bool:
            return others + part.left(spot) >= 0

        found[name] = _around(seen.spots[index], holds)
    return found


def _around(spot: int, holds: Callable[[int], bool]) -> LiquidationPrices:
    if not holds(spot):
        return LiquidationPrices(spot, spot)
    down, up = max(spot // REACH_DOWN, 1), spot * REACH_UP
    return LiquidationPrices(
        _first_failure(spot, _steps(spot, down), holds),
        _first_failure(spot, _steps(spot, up), holds),
    )


def _first_failure(good: int, steps: Iterator[int], holds: Callable[[int], bool]) -> int | None:
    """The spot nearest to the mark at which the margin no longer holds."""
    for spot in steps:
        if holds(spot):
            good = spot
            continue
        bad = spot
        while abs(bad - good) > 1:
            middle = (bad + good) // 2
            good, bad = (middle, bad) if holds(middle) else (good, middle)
        return bad
    return None


def _steps(spot: int, end: int) -> Iterator[int]:
    step, price, last = STEP - 1, float(spot), spot
    while last != end:
        price *= 1 + step if end > spot else 1 / (1 + step)
        step *= WIDER
        last = min(round(price), end) if end > spot else max(round(price), end)
        yield last


def _with_spot(seen: Observation, index: int, spot: int) -> Observation:
    spots = (*seen.spots[:index], spot, *seen.spots[index + 1 :])
    return seen.model_copy(update={"spots": spots})
