"""What margin is held against: how far the price and the vol of each coin reach.

| number               | says                                                              |
| -------------------- | ----------------------------------------------------------------- |
| `price_bps`          | how far a spot may go, up and down, while an account can be sold   |
| `vol_bps`            | the same of its vol, relative to what it was                       |
| `initial_factor_bps` | how much more is asked of who opens a position                     |
"""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from ledger.encoding import Model
from ledger.market.data import MAX_FACTOR_BPS, MAX_UNDERLYINGS, ONE_BPS

#: The extremes, SPAN's: so many times the reach, of whose loss this part is covered.
EXTREME_REACHES: Final = 3
EXTREME_COVER_BPS: Final = 3_500


class Reach(Model):
    """Of one coin, in basis points. An extreme of three reaches leaves something of a price."""

    price_bps: Annotated[int, Field(ge=1, le=3_300)]
    vol_bps: Annotated[int, Field(ge=0, le=ONE_BPS)]

    @property
    def worst_bps(self) -> int:
        """The largest part of a coin's price that any row takes."""
        extreme = self.price_bps * EXTREME_REACHES * EXTREME_COVER_BPS
        return max(self.price_bps, -(-extreme // ONE_BPS))


class RiskParameters(Model):
    """A reach for each underlying, and the factor of initial margin."""

    reaches: Annotated[tuple[Reach, ...], Field(min_length=1, max_length=MAX_UNDERLYINGS)]
    initial_factor_bps: Annotated[int, Field(ge=ONE_BPS, le=MAX_FACTOR_BPS)] = ONE_BPS

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        """Collateral is never worth less than nothing, in any row."""
        for index, each in enumerate(self.reaches):
            most = each.worst_bps * self.initial_factor_bps
            if most > ONE_BPS**2:
                raise ValueError(
                    f"reach {index}: expected a fall of at most the whole price, once scaled for "
                    f"initial margin, got {most / ONE_BPS**2:.1%}"
                )
        return self
