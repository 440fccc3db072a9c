"""The state of the world in which something is priced: what was seen, or a scenario of it.

Numbers are fractions: what is linear is exact, and only what QuantLib prices is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from ledger.market.data import ONE_BPS, SCALE, Observation
from ledger.market.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Conditions:
    """Spots and funding in cash units per coin, vols and rate per year, the time in seconds."""

    spots: tuple[Fraction, ...]
    vols: tuple[Fraction, ...]
    rate: Fraction
    funding: tuple[Fraction, ...]
    time: int

    @classmethod
    def seen(cls, observation: Observation, time: int) -> Self:
        """The mark: exactly what was observed."""
        return cls(
            spots=tuple(map(Fraction, observation.spots)),
            vols=tuple(Fraction(vol, SCALE) for vol in observation.vols),
            rate=Fraction(observation.rate, SCALE),
            funding=tuple(Fraction(index, SCALE) for index in observation.funding),
            time=time,
        )

    def moved(self, scenario: Scenario) -> Self:
        """The same moment, had prices and vols just moved; rate and funding stay."""
        return replace(
            self,
            spots=_moved(self.spots, scenario.prices_bps),
            vols=_moved(self.vols, scenario.vols_bps),
        )


def _moved(numbers: tuple[Fraction, ...], moves_bps: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(
        number * (ONE_BPS + move) / ONE_BPS for number, move in zip(numbers, moves_bps, strict=True)
    )
