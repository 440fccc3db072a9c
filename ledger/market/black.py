"""Prices and Greeks, which are QuantLib's: Black's formula on a forward, at a constant rate.

QuantLib's functions and calculators take numbers alone, so nothing depends on an evaluation date
that is set somewhere else. QuantLib is imported when something is first priced: who only reads a
listing or checks a table does without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, sqrt
from typing import Any, Final, Literal

from ledger.market.conditions import SECONDS_PER_YEAR
from ledger.market.instrument import Greeks

Right = Literal["call", "put"]

_TYPES: Final = {"call": "Call", "put": "Put"}


def european(
    right: Right, spots: Sequence[float], *, strike: float, rate: float, vol: float, seconds: int
) -> list[float]:
    """A European option on one whole coin at each of these spots, so many seconds from expiry.

    A value that cancellation left below zero is zero: nobody pays to be rid of a right.
    """
    library = _library()
    years = seconds / SECONDS_PER_YEAR
    growth, deviation = exp(rate * years), vol * sqrt(years)
    formula, side = library.blackFormula, getattr(library.Option, _TYPES[right])
    discount = 1 / growth
    return [max(formula(side, strike, spot * growth, deviation, discount), 0.0) for spot in spots]


def european_greeks(
    right: Right, *, spot: float, strike: float, rate: float, vol: float, seconds: int
) -> Greeks:
    """How such an option moves, at least a second from expiry and at a vol above zero."""
    library = _library()
    years = seconds / SECONDS_PER_YEAR
    growth = exp(rate * years)
    payoff = library.PlainVanillaPayoff(getattr(library.Option, _TYPES[right]), strike)
    black = library.BlackCalculator(payoff, spot * growth, vol * sqrt(years), 1 / growth)
    return Greeks(
        delta=black.delta(spot),
        gamma=black.gamma(spot),
        vega=black.vega(years),
        theta=black.theta(spot, years),
        rho=black.rho(years),
    )


@cache
def _library() -> Any:
    """QuantLib has no types of its own; what leaves this module is floats."""
    import QuantLib

    return QuantLib
