"""The state of the world in which something is priced: what was seen, or a scenario of it.

Numbers are fractions: what is linear is exact, and only what QuantLib prices is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Self

from ledger.market.data import ONE_BPS, SCALE, Observation
from ledger.market.scenarios import Scenario

SECONDS_PER_YEAR: Final = 31_536_000
#: However the vols of different expiries are spread, this part of the vol remains.
LEAST_VOL: Final = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Spots and funding in cash units per coin; vols, slopes, basis and rate per year; seconds."""

    spots: tuple[Fraction, ...]
    vols: tuple[Fraction, ...]
    rate: Fraction
    funding: tuple[Fraction, ...]
    basis: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]
    time: int

    @classmethod
    def seen(cls, observation: Observation, time: int) -> Self:
        """The mark: exactly what was observed."""
        return cls(
            spots=tuple(map(Fraction, observation.spots)),
            vols=tuple(Fraction(vol, SCALE) for vol in observation.vols),
            rate=Fraction(observation.rate, SCALE),
            funding=tuple(Fraction(index, SCALE) for index in observation.funding),
            basis=tuple(Fraction(basis, SCALE) for basis in observation.basis),
            slopes=tuple(Fraction(slope, SCALE) for slope in observation.slopes),
            time=time,
        )

    def moved(self, scenario: Scenario) -> Self:
        """The same moment, had prices and vols just moved; everything else stays."""
        return replace(
            self,
            spots=_moved(self.spots, scenario.prices_bps),
            vols=_moved(self.vols, scenario.vols_bps),
        )

    def with_coin(self, underlying: int, spot: Fraction, vol: Fraction) -> Self:
        """The same moment, with another spot and vol of one coin."""
        return replace(
            self,
            spots=_put(self.spots, underlying, spot),
            vols=_put(self.vols, underlying, vol),
        )

    def years_to(self, moment: int) -> Fraction:
        """From now; a year has 31 536 000 seconds."""
        return Fraction(moment - self.time, SECONDS_PER_YEAR)

    def vol_to(self, underlying: int, moment: int) -> Fraction:
        """The vol until then: vols of different expiries are spread along a line."""
        vol = self.vols[underlying]
        return max(vol + self.slopes[underlying] * self.years_to(moment), vol * LEAST_VOL)


def _moved(numbers: tuple[Fraction, ...], moves_bps: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(
        number * (ONE_BPS + move) / ONE_BPS for number, move in zip(numbers, moves_bps, strict=True)
    )


def _put(numbers: tuple[Fraction, ...], place: int, number: Fraction) -> tuple[Fraction, ...]:
    return (*numbers[:place], number, *numbers[place + 1 :])
