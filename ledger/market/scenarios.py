"""Joint scenarios: moves of every price and vol at once, for stress tests.

Margin has none of them: it moves coin by coin (see `grid`), and adds.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ledger.encoding import Model
from ledger.market.data import MAX_UNDERLYINGS, ONE_BPS

#: A move that leaves something: a price never falls to nothing.
MoveBps = Annotated[int, Field(gt=-ONE_BPS, le=10 * ONE_BPS)]
Moves = Annotated[tuple[MoveBps, ...], Field(max_length=MAX_UNDERLYINGS)]


class Scenario(Model):
    """One row: how far each price and vol moves, and how much of the loss must be covered."""

    prices_bps: Moves
    vols_bps: Moves
    cover_bps: Annotated[int, Field(ge=1, le=ONE_BPS)] = ONE_BPS

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if len(self.prices_bps) != len(self.vols_bps) or not self.prices_bps:
            raise ValueError(
                f"expected at least one price move and as many vol moves, "
                f"got {len(self.prices_bps)} and {len(self.vols_bps)}"
            )
        return self
