"""The perpetual future: it never expires, and funding keeps its price at the spot.

Funding is not paid from account to account, which would mean touching every commitment. It
accrues in an index that the mark is net of: a long who pays funding sees the mark fall behind
the spot by just that much. Trades and limits are quoted net of the index for the same reason,
so that a position opened now owes nothing of what accrued before.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar, Literal

from ledger.market.conditions import Conditions
from ledger.market.instrument import Contract, Greeks, Span
from ledger.market.window import Surroundings


class Perpetual(Contract):
    """Spot less cumulative funding, times the lot's coins."""

    exact: ClassVar[bool] = True

    kind: Literal["perpetual"] = "perpetual"

    def label(self, symbol: str) -> str:
        return f"{symbol}-PERP"

    def value(self, conditions: Conditions) -> Fraction:
        return self.coins * self.quote(conditions.spots[self.underlying], conditions)

    def greeks(self, conditions: Conditions) -> Greeks:  # noqa: ARG002
        return Greeks(delta=float(self.coins))

    def spans(
        self,
        around: Surroundings,
        spots: Sequence[float],
        vol: float,  # noqa: ARG002
        time: int,  # noqa: ARG002
    ) -> list[Span]:
        """It falls with the funding index."""
        coins = float(self.coins)
        low, high = (coins * float(index) for index in around.funding)
        return [Span(coins * spot - high, coins * spot - low) for spot in spots]

    def quote(self, price: Fraction, conditions: Conditions) -> Fraction:
        """The price per coin at which a trade at `price` is written down."""
        return price - conditions.funding[self.underlying]
