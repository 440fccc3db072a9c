"""What every instrument answers, whatever it is: its value and its Greeks per lot.

An instrument is a module of `ledger.market.instruments` that defines a subclass of
`Instrument`; nothing else has to know of it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from fractions import Fraction
from typing import Annotated, ClassVar, Final

from pydantic import Field

from ledger.encoding import Model
from ledger.market.conditions import Conditions
from ledger.market.data import MAX_UNDERLYINGS, ONE_BPS, SCALE, Observation
from ledger.market.window import Surroundings

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


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest that something can be worth, in cash units per lot."""

    least: float
    greatest: float


class Instrument(Model):
    """One component of a portfolio; a subclass adds `kind: Literal[...]` and its terms."""

    role: ClassVar[Role] = Role.CONTRACT
    #: Whether `value` is arithmetic alone, so that a ledger recomputes it to the last unit.
    exact: ClassVar[bool] = False

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

    def weight(self, observation: Observation) -> int:  # noqa: ARG002
        """The notional of a lot, in 10⁻⁶ cash units."""
        return 0


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

    def kinks(self, conditions: Conditions) -> Sequence[float]:  # noqa: ARG002
        """The spots about which its value bends most, now and at expiry."""
        return ()

    def weight(self, observation: Observation) -> int:
        return observation.spots[self.underlying] * self.multiplier

    def spans(
        self, around: Surroundings, spots: Sequence[float], vol: float, time: int
    ) -> list[Span]:
        """At each of these spots, over all that else may move.

        This tries every corner, which is right of whatever is monotone in each number; a subclass
        that knows which corners they are is faster.
        """
        spans = []
        for spot in map(Fraction, spots):
            worlds = (around.at(spot, Fraction(vol), time, corner) for corner in around.corners())
            values = [float(self.value(world)) for world in worlds]
            spans.append(Span(min(values), max(values)))
        return spans


class DatedContract(Contract):
    """A contract that expires, and is then worth what its terms say at one last spot."""

    expiry: Moment

    @property
    def expires(self) -> int:
        return self.expiry

    @abstractmethod
    def settlement(self, spot: Fraction) -> Fraction:
        """What a lot is worth at expiry, had the spot been that, in cash units."""
