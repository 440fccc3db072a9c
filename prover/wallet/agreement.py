"""What an owner has agreed to: a wallet signs nothing that is worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from circuits.shape import Shape
from prover.wallet.errors import WorseThanAgreed
from zk.errors import Malformed
from zk.pedersen import Opening

Side = Literal["buy", "sell"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """So many lots of one instrument, at `price` a lot or better, for a fee of at most `max_fee`.

    Prices are cash units (cents) per lot. `instrument` is its slot, 0 for the first.
    """

    side: Side
    instrument: int
    lots: int
    price: int
    max_fee: int

    def __post_init__(self) -> None:
        if self.side not in ("buy", "sell") or self.lots < 1:
            raise Malformed(
                "trade", expected="buy or sell one lot or more", actual=f"{self.side} {self.lots}"
            )

    def values(self, shape: Shape) -> tuple[int, ...]:
        """The delta at the limit: what an order, or an offer, commits to."""
        if not 0 <= self.instrument < shape.instruments:
            raise Malformed(
                "instrument", expected=f"a slot below {shape.instruments}", actual=self.instrument
            )
        sign = 1 if self.side == "buy" else -1
        lots = sign * self.lots
        values = shape.vector({0: -lots * self.price, shape.assets + self.instrument: lots})
        for value, width in zip(values, shape.widths, strict=True):
            if value not in width:
                raise Malformed("trade", expected=f"lots and cash within {width}", actual=value)
        return values

    def check(self, shape: Shape, delta: Opening, fee: int) -> None:
        """Raises `WorseThanAgreed` unless what our account receives is this, or better.

        Another quantity is another trade, whatever it costs: only more cash is better.
        """
        wanted = self.values(shape)
        if len(delta.values) != len(wanted):
            raise WorseThanAgreed(
                "portfolio", expected=f"{len(wanted)} components", actual=len(delta.values)
            )
        for index, (want, given) in enumerate(zip(wanted, delta.values, strict=True)):
            if index == 0 and given < want:
                raise WorseThanAgreed("cash", expected=f"{want:,} or more", actual=f"{given:,}")
            if index and given != want:
                raise WorseThanAgreed(
                    f"component {index}", expected=f"{want:,}", actual=f"{given:,}"
                )
        self.check_fee(fee)

    def check_fee(self, fee: int) -> None:
        """Raises `WorseThanAgreed` where the ledger takes more than was allowed."""
        if fee > self.max_fee:
            raise WorseThanAgreed("fee", expected=f"at most {self.max_fee:,}", actual=f"{fee:,}")
