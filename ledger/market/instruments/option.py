"""The European option: paid for when it is traded, worth its intrinsic value at expiry."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import exp
from typing import Annotated, Literal

from pydantic import Field

from ledger.market.black import Right, european, european_greeks
from ledger.market.conditions import LEAST_VOL, SECONDS_PER_YEAR, Conditions
from ledger.market.instrument import DatedContract, Greeks, Span, day_of
from ledger.market.window import Surroundings


class Option(DatedContract):
    """The right to buy (call) or sell (put) the lot's coins at the strike, settled in cash."""

    kind: Literal["option"] = "option"
    right: Right
    strike: Annotated[int, Field(ge=1, le=10**12)]

    def label(self, symbol: str) -> str:
        return f"{symbol}-{day_of(self.expiry)}-{self.strike}-{self.right[0].upper()}"

    def value(self, conditions: Conditions) -> Fraction:
        spot = conditions.spots[self.underlying]
        if conditions.time >= self.expiry:
            return self.settlement(spot)
        vol = conditions.vol_to(self.underlying, self.expiry)
        return self.coins * Fraction(
            self._priced([float(spot)], float(conditions.rate), float(vol), conditions.time)[0]
        )

    def greeks(self, conditions: Conditions) -> Greeks:
        coins, spot = float(self.coins), conditions.spots[self.underlying]
        if conditions.time < self.expiry:
            return european_greeks(
                self.right,
                spot=float(spot),
                strike=float(self.strike),
                rate=float(conditions.rate),
                vol=float(conditions.vol_to(self.underlying, self.expiry)),
                seconds=self.expiry - conditions.time,
            ).times(coins)
        if not self.settlement(spot):
            return Greeks()
        return Greeks(delta=coins if self.right == "call" else -coins)

    def settlement(self, spot: Fraction) -> Fraction:
        gain = spot - self.strike if self.right == "call" else self.strike - spot
        return self.coins * max(gain, Fraction(0))

    def kinks(self, conditions: Conditions) -> tuple[float, ...]:
        """The strike, and where its forward is at the strike: with a low vol it bends there."""
        years = max(Fraction(0), conditions.years_to(self.expiry))
        return self.strike, self.strike * exp(-float(conditions.rate * years))

    def spans(
        self, around: Surroundings, spots: Sequence[float], vol: float, time: int
    ) -> list[Span]:
        """It rises with the vol, and so with the slope; a call with the rate, a put against it."""
        if time >= self.expiry:
            paid = (float(self.settlement(Fraction(spot))) for spot in spots)
            return [Span(each, each) for each in paid]
        years = (self.expiry - time) / SECONDS_PER_YEAR
        rates = around.rate if self.right == "call" else reversed(around.rate)
        least = vol * float(LEAST_VOL)
        lows, highs = (
            self._priced(spots, float(rate), max(vol + float(slope) * years, least), time)
            for rate, slope in zip(rates, around.slope, strict=True)
        )
        coins = float(self.coins)
        return [Span(coins * low, coins * high) for low, high in zip(lows, highs, strict=True)]

    def _priced(self, spots: Sequence[float], rate: float, vol: float, time: int) -> list[float]:
        return european(
            self.right,
            spots,
            strike=float(self.strike),
            rate=rate,
            vol=vol,
            seconds=self.expiry - time,
        )
