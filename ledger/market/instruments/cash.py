"""Cash: asset 0, the unit in which everything else is measured."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.market.conditions import Conditions
from ledger.market.instrument import NO_GREEKS, Greeks, Instrument, Role


class Cash(Instrument):
    """The currency of margin; a unit of it is worth one, whatever happens."""

    role: ClassVar[Role] = Role.CASH
    exact: ClassVar[bool] = True

    kind: Literal["cash"] = "cash"
    currency: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,12}$")]

    def label(self, symbol: str) -> str:  # noqa: ARG002
        return self.currency

    def value(self, conditions: Conditions) -> Fraction:  # noqa: ARG002
        return Fraction(1)

    def greeks(self, conditions: Conditions) -> Greeks:  # noqa: ARG002
        return NO_GREEKS
