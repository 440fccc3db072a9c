"""The European option: paid for when it is traded, worth its intrinsic value at expiry."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from ledger.market.conditions import Conditions
from ledger.market.instrument import Contract, Greeks, Moment, day_of
from ledger.market.pricing import Priced, Right, european


class Option(Contract):
    """The right to buy (call) or sell (put) the lot's coins at the strike, settled in cash."""

    kind: Literal["option"] = "option"
    right: Right
    strike: Annotated[int, Field(ge=1, le=10**12)]
    expiry: Moment

    def label(self, symbol: str) -> str:
        return f"{symbol}-{day_of(self.expiry)}-{self.strike}-{self.right[0].upper()}"

    def value(self, conditions: Conditions) -> Fraction:
        if conditions.time >= self.expiry:
            return self.coins * self._intrinsic(conditions.spots[self.underlying])
        return self.coins * Fraction(self._priced(conditions).value)

    def greeks(self, conditions: Conditions) -> Greeks:
        if conditions.time < self.expiry:
            return self._priced(conditions).greeks.times(float(self.coins))
        if not self._intrinsic(conditions.spots[self.underlying]):
            return Greeks()
        return Greeks(delta=float(self.coins) * (1 if self.right == "call" else -1))

    @property
    def expires(self) -> int:
        return self.expiry

    def _intrinsic(self, spot: Fraction) -> Fraction:
        gain = spot - self.strike if self.right == "call" else self.strike - spot
        return max(gain, Fraction(0))

    def _priced(self, conditions: Conditions) -> Priced:
        return european(
            self.right,
            spot=float(conditions.spots[self.underlying]),
            strike=float(self.strike),
            rate=float(conditions.rate),
            vol=float(conditions.vols[self.underlying]),
            seconds=self.expiry - conditions.time,
        )
