"""What may move between an account's last proof and the end of its sale, beside spot and vol.

A grid of spots and vols stands in the rows of margin; what a window holds stands in charges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ledger.errors import LimitExceeded
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS


@dataclass(frozen=True, slots=True)
class Window:
    """So many updates in so many seconds, and how far they carry each number, all together.

    The rate, basis and slopes move by basis points of a year, and the funding index by a part of
    the spot.
    """

    updates: int
    seconds: int
    rate_bps: int
    funding_bps: int
    basis_bps: int
    slope_bps: int

    def __post_init__(self) -> None:
        for name in ("updates", "seconds", "rate_bps", "funding_bps", "basis_bps", "slope_bps"):
            if getattr(self, name) < 0:
                raise LimitExceeded(
                    f"window, {name}", expected="at least 0", actual=getattr(self, name)
                )


class Ends(NamedTuple):
    """How low and how high a number may go."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One coin as it was seen, and what else may move: the ends of each number.

    A funding index moves by a part of the spot, which is largest at the top of its reach.
    """

    seen: Conditions
    underlying: int
    rate: Ends
    funding: Ends
    basis: Ends
    slope: Ends

    @classmethod
    def of(cls, seen: Conditions, underlying: int, window: Window, price_bps: int) -> Surroundings:
        """Around what was seen, with spots that rise by so much at most."""
        top = seen.spots[underlying] * (ONE_BPS + price_bps) / ONE_BPS
        return cls(
            seen=seen,
            underlying=underlying,
            rate=_around(seen.rate, Fraction(window.rate_bps, ONE_BPS)),
            funding=_around(seen.funding[underlying], top * window.funding_bps / ONE_BPS),
            basis=_around(seen.basis[underlying], Fraction(window.basis_bps, ONE_BPS)),
            slope=_around(seen.slopes[underlying], Fraction(window.slope_bps, ONE_BPS)),
        )

    def at(
        self, spot: Fraction, vol: Fraction, time: int, others: tuple[Fraction, ...]
    ) -> Conditions:
        """The world with this coin moved; `others` are rate, funding, basis and slope."""
        rate, funding, basis, slope = others
        place, seen = self.underlying, self.seen
        return replace(
            seen.with_coin(place, spot, vol),
            rate=rate,
            funding=(*seen.funding[:place], funding, *seen.funding[place + 1 :]),
            basis=(*seen.basis[:place], basis, *seen.basis[place + 1 :]),
            slopes=(*seen.slopes[:place], slope, *seen.slopes[place + 1 :]),
            time=time,
        )

    def corners(self) -> Iterator[tuple[Fraction, ...]]:
        """Every choice of an end of rate, funding, basis and slope."""
        return product(self.rate, self.funding, self.basis, self.slope)


def _around(number: Fraction, reach: Fraction) -> Ends:
    return Ends(number - reach, number + reach)
