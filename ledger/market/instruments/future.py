"""The dated future: quoted as a basis over the spot, until it expires at the spot."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar, Literal

from ledger.market.conditions import SECONDS_PER_YEAR, Conditions
from ledger.market.instrument import DatedContract, Greeks, Span, day_of
from ledger.market.window import Surroundings


class Future(DatedContract):
    """Spot · (1 + basis · years) times the lot's coins, nothing discounted: it is margined."""

    exact: ClassVar[bool] = True

    kind: Literal["future"] = "future"

    def label(self, symbol: str) -> str:
        return f"{symbol}-{day_of(self.expiry)}"

    def value(self, conditions: Conditions) -> Fraction:
        return self.coins * conditions.spots[self.underlying] * self._carry(conditions)

    def greeks(self, conditions: Conditions) -> Greeks:
        coins, spot = float(self.coins), float(conditions.spots[self.underlying])
        delta = coins * float(self._carry(conditions))
        if conditions.time >= self.expiry:
            return Greeks(delta=delta)
        return Greeks(delta=delta, theta=-coins * spot * float(conditions.basis[self.underlying]))

    def settlement(self, spot: Fraction) -> Fraction:
        return self.coins * spot

    def spans(
        self,
        around: Surroundings,
        spots: Sequence[float],
        vol: float,  # noqa: ARG002
        time: int,
    ) -> list[Span]:
        """It rises with the basis."""
        years = max(0, self.expiry - time) / SECONDS_PER_YEAR
        low, high = (float(self.coins) * (1 + float(end) * years) for end in around.basis)
        return [Span(spot * low, spot * high) for spot in spots]

    def _carry(self, conditions: Conditions) -> Fraction:
        years = max(Fraction(0), conditions.years_to(self.expiry))
        return 1 + conditions.basis[self.underlying] * years
