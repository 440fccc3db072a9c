"""The spots at which an account would no longer meet its maintenance margin.

One underlying moves and everything else stays. The worst row is neither monotone nor convex in a
spot, so the engine is asked in steps of `STEP` away from the mark, and where the sign changes the
interval is halved down to one cash unit. A dip narrower than a step goes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from circuits.shape import Shape
from ledger.market.data import Observation
from ledger.market.listing import Listing
from ledger.market.risk import RiskEngine
from ledger.records import Market
from prover.scenario_names import exposed_to

#: Parts of the spot that are looked at, one after the other.
STEP: Final = 1.03
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


def liquidation_prices(
    engine: RiskEngine, market: Market, values: tuple[int, ...], settled: Mapping[int, int]
) -> dict[str, LiquidationPrices]:
    """For each underlying that the account is exposed to."""
    smaller, held, kept = _without_what_is_not_held(engine, values, settled)
    scenarios = engine.parameters.scenarios.scenarios
    seen, found = market.observation, {}
    exposed = exposed_to(engine.listing, values)
    for index, name in enumerate(engine.listing.underlyings):
        if index not in exposed:
            continue

        def holds(spot: int, index: int = index) -> bool:
            moved = _with_spot(seen, index, spot)
            rows = smaller.stress(moved, market.time, scenarios, kept)
            return rows.worst(held) >= 0

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
    factor, price = STEP if end > spot else 1 / STEP, float(spot)
    last = spot
    while last != end:
        price *= factor
        last = min(round(price), end) if end > spot else max(round(price), end)
        yield last


def _with_spot(seen: Observation, index: int, spot: int) -> Observation:
    spots = (*seen.spots[:index], spot, *seen.spots[index + 1 :])
    return seen.model_copy(update={"spots": spots})


def _without_what_is_not_held(
    engine: RiskEngine, values: tuple[int, ...], settled: Mapping[int, int]
) -> tuple[RiskEngine, tuple[int, ...], dict[int, int]]:
    """The same engine for the instruments that matter: it is asked some hundred times."""
    listing, assets = engine.listing, engine.shape.assets
    slots = [slot for slot in range(engine.shape.instruments) if values[assets + slot]] or [0]
    shape = Shape(assets, len(slots), engine.shape.scenarios)
    smaller = Listing(
        underlyings=listing.underlyings,
        assets=listing.assets,
        instruments=tuple(listing.instruments[slot] for slot in slots),
    )
    held = (*values[:assets], *(values[assets + slot] for slot in slots))
    kept = {new: settled[old] for new, old in enumerate(slots) if old in settled}
    return RiskEngine(shape, smaller, engine.parameters), held, kept
