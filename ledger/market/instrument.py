"""What every instrument answers, whatever it is: its value and its Greeks per lot.

An instrument is a module of `ledger.market.instruments` that defines a subclass of
`Instrument`; nothing else has to know of it.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from fractions import Fraction
from typing import Annotated, ClassVar, Final

from pydantic import Field

from ledger.encoding import Model
from ledger.market.conditions import Conditions
from ledger.market.data import MAX_UNDERLYINGS, ONE_BPS, SCALE

#: Which of the listing's underlyings.
Underlying = Annotated[int, Field(ge=0, lt=MAX_UNDERLYINGS)]
#: Millionths of a coin per lot.
Multiplier = Annotated[int, Field(ge=1, le=10**12)]
#: A moment, in seconds since 1970, before the year 3000.
Moment = Annotated[int, Field(ge=1, lt=32_503_680_000)]


@unique
class Role(StrEnum):
    """Which component of a portfolio an instrument can be."""

    CASH = "cash"
    COLLATERAL = "collateral"
    CONTRACT = "contract"


def day_of(moment: int) -> str:
    """The day of a moment in UTC, for labels."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Greeks:
    """Sensitivities of a lot's value: to spot, spot twice, vol, time and rate, each per one.

    Delta is in coins and gamma in coins per cash unit; vega is per 1.00 of vol, theta per year
    that passes and rho per 1.00 of rate, all three in cash units.
    """

    delta: float = 0.0
    gamma: float = 0.0
    vega: float = 0.0
    theta: float = 0.0
    rho: float = 0.0

    def times(self, factor: float) -> Greeks:
        """Of so many."""
        return Greeks(
            self.delta * factor,
            self.gamma * factor,
            self.vega * factor,
            self.theta * factor,
            self.rho * factor,
        )


NO_GREEKS: Final = Greeks()


class Instrument(Model):
    """One component of a portfolio; a subclass adds `kind: Literal[...]` and its terms."""

    role: ClassVar[Role] = Role.CONTRACT

    @abstractmethod
    def value(self, conditions: Conditions) -> Fraction:
        """The value of one lot (of an asset: of its smallest unit) in cash units.

        Past its expiry an instrument is worth what its terms say at the present spot, until
        the final price settles it.
        """

    @abstractmethod
    def greeks(self, conditions: Conditions) -> Greeks:
        """How that value moves with its own underlying."""

    @abstractmethod
    def label(self, symbol: str) -> str:
        """What people call it; `symbol` is its underlying's. Prices in it are cash units."""

    @property
    def reference(self) -> int | None:
        """The underlying that moves it, if any."""
        return None

    @property
    def is_contract(self) -> bool:
        """True of what is traded, false of what backs it."""
        return self.role is Role.CONTRACT

    @property
    def expires(self) -> int | None:
        """The moment after which it is only settled, if there is one."""
        return None

    @property
    def counted_bps(self) -> int:
        """The part of its value that counts as margin."""
        return ONE_BPS


class Contract(Instrument):
    """What can be bought and sold in lots: so many millionths of a coin of one underlying."""

    underlying: Underlying
    multiplier: Multiplier

    @property
    def reference(self) -> int:
        return self.underlying

    @property
    def coins(self) -> Fraction:
        """Coins per lot."""
        return Fraction(self.multiplier, SCALE)
