"""One coin of a market, as an adversary sees it: what can be held, and what margin asks of it.

Prices are the instruments' own, one world at a time; all that the adversary sees is divided by
what a lot, or a unit of a pledged coin, is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeGuard

from ledger.market.adversary import Adversary, Attack
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE, Observation, RiskTable
from ledger.market.grid import Grid
from ledger.market.instrument import Contract, DatedContract, Instrument, Span
from ledger.market.risk import RiskEngine
from ledger.market.window import Surroundings


@dataclass(frozen=True)
class Attacked:
    """The components of one block, each worth so many cash units, and their margin."""

    symbol: str
    labels: tuple[str, ...]
    components: tuple[Instrument, ...]
    worths: tuple[float, ...]
    grid: Grid
    around: Surroundings
    seconds: int
    adversary: Adversary = field(repr=False)

    @property
    def spot(self) -> Fraction:
        """As it was seen."""
        return self.around.seen.spots[self.around.underlying]

    @property
    def vol(self) -> Fraction:
        """As it was seen."""
        return self.around.seen.vols[self.around.underlying]

    @property
    def kinks(self) -> list[float]:
        """The spots about which some contract bends."""
        contracts = (each for each in self.components if isinstance(each, Contract))
        return [kink for each in contracts for kink in each.kinks(self.around.seen)]

    @property
    def expiries(self) -> list[int | None]:
        """Of every component."""
        return [each.expires for each in self.components]

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """How low and how high the spot may go."""
        low, high = self.grid.levels[0], self.grid.levels[-1]
        return self.spot * (ONE_BPS + low) / ONE_BPS, self.spot * (ONE_BPS + high) / ONE_BPS

    def attack(self, conditions: Conditions, final: Fraction) -> Attack:
        """In one world; what has expired in it was settled at a spot of its own."""
        return self.adversary.attack(self._changes(conditions, final))

    def attack_anywhere(self, spot: Fraction, vol: Fraction, time: int) -> Attack:
        """With each contract where the rest hurts its side most: no end of the rest is worse."""
        rest = next(self.around.corners())  # nothing of it moves a pledged coin
        least = self._changes(self.around.at(spot, vol, time, rest), spot)
        greatest = list(least)
        for place, (instrument, worth) in enumerate(zip(self.components, self.worths, strict=True)):
            if isinstance(instrument, Contract):
                before = float(instrument.value(self.around.seen))
                if has_expired(instrument, time):
                    finals = [float(instrument.settlement(end)) for end in self.ends]
                    span = Span(min(finals), max(finals))
                else:
                    span = instrument.spans(self.around, [float(spot)], float(vol), time)[0]
                least[place] = (span.least - before) / worth
                greatest[place] = (span.greatest - before) / worth
        return self.adversary.attack_sides(least, greatest)

    def _changes(self, conditions: Conditions, final: Fraction) -> list[float]:
        """What each gains in one world, pledged coins after their haircut."""
        seen = self.around.seen
        return [
            float((_value(each, conditions, final) - each.value(seen)) * each.counted_bps / ONE_BPS)
            / worth
            for each, worth in zip(self.components, self.worths, strict=True)
        ]


def has_expired(instrument: Instrument, time: int) -> TypeGuard[DatedContract]:
    """It is worth what it was settled at, wherever the spot went since."""
    return isinstance(instrument, DatedContract) and time >= instrument.expires


def _value(instrument: Instrument, conditions: Conditions, final: Fraction) -> Fraction:
    if has_expired(instrument, conditions.time):
        return instrument.settlement(final)
    return instrument.value(conditions)


def attacked(
    engine: RiskEngine,
    observation: Observation,
    time: int,
    *,
    charged: bool = True,
) -> list[Attacked]:
    """Every block of a market under maintenance margin; uncharged, what rows alone ask."""
    table = engine.table(observation, time)
    return [
        _block(engine, table, observation, time, block, charged=charged)
        for block in range(len(engine.shape.blocks))
    ]


def _block(
    engine: RiskEngine,
    table: RiskTable,
    observation: Observation,
    time: int,
    block: int,
    *,
    charged: bool,
) -> Attacked:
    shape, listing = engine.shape, engine.listing
    columns = shape.columns[block]
    components = tuple(listing.components[column] for column in columns)
    around = engine.surroundings(observation, time, block)
    worths = [
        float(each.weight(observation) if each.is_contract else each.value(around.seen) * SCALE)
        for each in components
    ]
    long: list[float] = [0.0] * len(columns)
    short: list[float | None] = [None] * len(columns)
    for place in range(shape.blocks[block].instruments):
        slot = columns[place] - shape.assets
        long[place] = table.long_charges[slot] / worths[place] if charged else 0.0
        short[place] = table.short_charges[slot] / worths[place] if charged else 0.0
    return Attacked(
        symbol=listing.underlyings[listing.coins(shape)[block]],
        labels=tuple(listing.labels[column] for column in columns),
        components=components,
        worths=tuple(worth / SCALE for worth in worths),
        grid=engine.grids[block],
        around=around,
        seconds=engine.window.seconds,
        adversary=Adversary(_shares(table.moves[block], worths), long, short),
    )


def _shares(rows: Sequence[Sequence[int]], worths: Sequence[float]) -> list[list[float]]:
    return [[move / worth for move, worth in zip(row, worths, strict=True)] for row in rows]
