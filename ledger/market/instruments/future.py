"""The dated future: it is marked at the forward price until it expires at the spot."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from ledger.market.conditions import Conditions
from ledger.market.instrument import Contract, Greeks, Moment, day_of
from ledger.market.pricing import forward


class Future(Contract):
    """The forward price times the lot's coins, with nothing discounted: it is margined daily."""

    kind: Literal["future"] = "future"
    expiry: Moment

    def label(self, symbol: str) -> str:
        return f"{symbol}-{day_of(self.expiry)}"

    def value(self, conditions: Conditions) -> Fraction:
        spot = conditions.spots[self.underlying]
        if conditions.time >= self.expiry:
            return self.coins * spot
        seconds = self.expiry - conditions.time
        return self.coins * Fraction(forward(float(spot), float(conditions.rate), seconds).value)

    def greeks(self, conditions: Conditions) -> Greeks:
        coins = float(self.coins)
        if conditions.time >= self.expiry:
            return Greeks(delta=coins)
        spot = float(conditions.spots[self.underlying])
        seconds = self.expiry - conditions.time
        return forward(spot, float(conditions.rate), seconds).greeks.times(coins)

    @property
    def expires(self) -> int:
        return self.expiry
