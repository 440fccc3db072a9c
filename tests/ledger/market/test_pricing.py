"""QuantLib's numbers against the closed forms, written down here a second time."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from math import erf, exp, log, pi, sqrt
from sys import float_info

import pytest

from ledger.market.black import Right, european, european_greeks
from ledger.market.conditions import SECONDS_PER_YEAR
from ledger.market.instrument import Greeks
from tests.conftest import ROOT

SPOT = 6_000_000.0
RATES = (-0.02, 0.0, 0.04, 0.5)
VOLS = (1e-6, 0.01, 0.5, 3.0)
SECONDS = (1, 60, 86_400, 30 * 86_400, SECONDS_PER_YEAR)
MONEYNESS = (0.1, 0.7, 0.999, 1.0, 1.001, 1.4, 10.0)
SIDES: tuple[Right, Right] = ("call", "put")
GRID = list(product(SIDES, MONEYNESS, RATES, VOLS, SECONDS))


@dataclass(frozen=True, slots=True)
class Priced:
    """A value on one whole coin, and its Greeks."""

    value: float
    greeks: Greeks


def priced(
    right: Right, spot: float, strike: float, rate: float, vol: float, seconds: int
) -> Priced:
    """As the library of prices has it."""
    value = european(right, [spot], strike=strike, rate=rate, vol=vol, seconds=seconds)[0]
    return Priced(
        value,
        european_greeks(right, spot=spot, strike=strike, rate=rate, vol=vol, seconds=seconds),
    )


def normal(x: float) -> float:
    return 0.5 * (1 + erf(x / sqrt(2)))


def density(x: float) -> float:
    return exp(-x * x / 2) / sqrt(2 * pi)


def closed_form(
    right: Right, spot: float, strike: float, rate: float, vol: float, t: float
) -> Priced:
    """Black, Scholes and Merton, with the spot's forward growing at the rate."""
    deviation = vol * sqrt(t)
    d1 = (log(spot / strike) + rate * t) / deviation + deviation / 2
    d2 = d1 - deviation
    sign = 1 if right == "call" else -1
    discounted = strike * exp(-rate * t)
    decay = -spot * density(d1) * vol / (2 * sqrt(t))
    return Priced(
        sign * (spot * normal(sign * d1) - discounted * normal(sign * d2)),
        Greeks(
            delta=sign * normal(sign * d1),
            gamma=density(d1) / (spot * deviation),
            vega=spot * density(d1) * sqrt(t),
            theta=decay - sign * rate * discounted * normal(sign * d2),
            rho=sign * t * discounted * normal(sign * d2),
        ),
    )


def tolerances(strike: float, vol: float, years: float) -> Greeks:
    """10⁻⁹, and what nobody's floats can know.

    d₁ is a quotient by the deviation of a logarithm that is rounded already, so it is off by
    about ε over the deviation; theta divides a rounded ln(discount) by the time. Both are far
    below 10⁻⁹ unless a deviation is near a millionth, or the time near a second.
    """
    deviation = vol * sqrt(years)
    lost = 4 * float_info.epsilon / deviation
    return Greeks(
        delta=1e-9 + lost,
        gamma=(1e-9 + lost / deviation) / SPOT,
        vega=(1e-9 + lost * sqrt(years)) * SPOT,
        theta=(1e-9 + lost * vol / sqrt(years)) * SPOT
        + 4 * float_info.epsilon * max(SPOT, strike) / years,
        rho=(1e-9 + lost * years) * max(SPOT, strike),
    )


@pytest.mark.parametrize("right", SIDES)
def test_prices_and_greeks_are_the_closed_forms(right: Right) -> None:
    """To 10⁻⁹ of the spot, or of the number itself where that is larger.

    The grid has vols of a millionth, options a second from expiry and strikes ten times away.
    """
    for _, moneyness, rate, vol, seconds in (each for each in GRID if each[0] == right):
        strike, years = SPOT * moneyness, seconds / SECONDS_PER_YEAR
        got = priced(right, SPOT, strike, rate, vol, seconds)
        want = closed_form(right, SPOT, strike, rate, vol, years)
        assert got.value == pytest.approx(want.value, rel=1e-9, abs=1e-9 * SPOT)
        within = tolerances(strike, vol, years)
        for name in ("delta", "gamma", "vega", "theta", "rho"):
            assert getattr(got.greeks, name) == pytest.approx(
                getattr(want.greeks, name), rel=1e-9, abs=getattr(within, name)
            ), (name, moneyness, rate, vol, seconds)


def test_put_call_parity() -> None:
    """A call less a put is the forward less the strike, discounted, and so are their Greeks."""
    for right, moneyness, rate, vol, seconds in GRID:
        if right == "put":
            continue
        strike, years = SPOT * moneyness, seconds / SECONDS_PER_YEAR
        call, put = (priced(side, SPOT, strike, rate, vol, seconds) for side in SIDES)
        expected = SPOT - strike * exp(-rate * years)
        assert call.value - put.value == pytest.approx(expected, rel=1e-9, abs=1e-9 * SPOT)
        assert call.greeks.delta - put.greeks.delta == pytest.approx(1, abs=1e-9)
        assert call.greeks.gamma == pytest.approx(put.greeks.gamma, rel=1e-9, abs=1e-15)
        assert call.greeks.vega == pytest.approx(put.greeks.vega, rel=1e-9, abs=1e-9)


def test_no_option_is_worth_less_than_nothing() -> None:
    """Far out of the money, cancellation leaves no negative price."""
    for right, moneyness, rate, vol, seconds in GRID:
        strike = SPOT * moneyness
        values = european(right, [SPOT], strike=strike, rate=rate, vol=vol, seconds=seconds)
        assert values[0] >= 0


def test_without_vol_an_option_is_its_discounted_forward() -> None:
    """A reach may take all of a vol; what is left is no division by zero."""
    year = SECONDS_PER_YEAR
    values = european("call", [90.0, 200.0], strike=100.0, rate=0.1, vol=0.0, seconds=year)
    assert values == pytest.approx([0.0, 200 - 100 * exp(-0.1)])


def test_several_spots_are_priced_as_one_at_a_time() -> None:
    """To the last bit."""
    spots = [SPOT * moneyness for moneyness in MONEYNESS]
    for right, _, rate, vol, seconds in GRID:
        together = european(right, spots, strike=SPOT, rate=rate, vol=vol, seconds=seconds)
        alone = [
            european(right, [spot], strike=SPOT, rate=rate, vol=vol, seconds=seconds)[0]
            for spot in spots
        ]
        assert together == alone


def test_quantlib_is_imported_for_a_price_and_for_nothing_else() -> None:
    """Who reads a listing, checks a table or recomputes what is exact does without it."""
    script = """
import sys
from ledger.market.columns import exact_columns, least_charges
from ledger.market.presets import preset
market = preset("tiny")
market.listing.decode(market.listing.encode())
exact_columns(
    market.listing,
    market.shape,
    market.parameters,
    market.window,
    market.observation,
    market.time,
    {1: 5},
)
least_charges(market.listing, market.observation)
assert not {"QuantLib", "numpy", "scipy"} & set(sys.modules)
market.engine().table(market.observation, market.time)
assert "QuantLib" in sys.modules
assert not {"numpy", "scipy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
