"""Coins that are held as collateral: they move with their price, and count less a haircut."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS
from ledger.market.instrument import Greeks, Instrument, Role, Underlying


class Spot(Instrument):
    """A coin in its smallest unit that the ledger counts.

    The unit is to be chosen so that it is worth well over one unit of a matrix: what is lost
    by rounding down is at most one such unit per unit of the coin.
    """

    role: ClassVar[Role] = Role.COLLATERAL
    exact: ClassVar[bool] = True

    kind: Literal["spot"] = "spot"
    underlying: Underlying
    units_per_coin: Annotated[int, Field(ge=1, le=10**12)]
    haircut_bps: Annotated[int, Field(ge=0, le=ONE_BPS)]

    def label(self, symbol: str) -> str:
        return symbol

    def value(self, conditions: Conditions) -> Fraction:
        return conditions.spots[self.underlying] / self.units_per_coin

    def greeks(self, conditions: Conditions) -> Greeks:  # noqa: ARG002
        return Greeks(delta=1 / self.units_per_coin)

    @property
    def reference(self) -> int:
        return self.underlying

    @property
    def counted_bps(self) -> int:
        return ONE_BPS - self.haircut_bps
