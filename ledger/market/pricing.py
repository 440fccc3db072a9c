"""Prices and Greeks, which are QuantLib's: Black's formula on a forward, at a constant rate.

QuantLib's calculators take numbers alone, so nothing depends on an evaluation date that is set
somewhere else. A year has 31 536 000 seconds. QuantLib is imported when something is first
priced: who only reads a listing or checks a matrix does without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Any, Final, Literal

from ledger.market.instrument import Greeks

SECONDS_PER_YEAR: Final = 31_536_000

Right = Literal["call", "put"]


@dataclass(frozen=True, slots=True)
class Priced:
    """The value of something on one whole coin, and its Greeks."""

    value: float
    greeks: Greeks


def forward(spot: float, rate: float, seconds: int) -> Priced:
    """The forward price of a coin that pays nothing while it is held."""
    years = seconds / SECONDS_PER_YEAR
    growth = _growth(rate, years)
    price = spot * growth
    return Priced(price, Greeks(delta=growth, theta=-rate * price, rho=years * price))


def european(
    right: Right, *, spot: float, strike: float, rate: float, vol: float, seconds: int
) -> Priced:
    """A European option that expires in so many seconds, at least one, at a vol above zero.

    A value that cancellation left below zero is zero: nobody pays to be rid of a right.
    """
    library = _library()
    years = seconds / SECONDS_PER_YEAR
    growth = _growth(rate, years)
    side = library.Option.Call if right == "call" else library.Option.Put
    black = library.BlackCalculator(
        library.PlainVanillaPayoff(side, strike), spot * growth, vol * sqrt(years), 1 / growth
    )
    greeks = Greeks(
        delta=black.delta(spot),
        gamma=black.gamma(spot),
        vega=black.vega(years),
        theta=black.theta(spot, years),
        rho=black.rho(years),
    )
    return Priced(max(black.value(), 0.0), greeks)


def _growth(rate: float, years: float) -> float:
    """What one unit of cash becomes, compounded continuously."""
    library = _library()
    compounded = library.InterestRate(
        rate, library.Actual365Fixed(), library.Continuous, library.Annual
    )
    return float(compounded.compoundFactor(years))


@cache
def _library() -> Any:
    """QuantLib has no types of its own; what leaves this module is floats."""
    import QuantLib

    return QuantLib
