"""What a book is worth and what is asked of it, written down once more: side by side, row by row.

The ledger speaks of a mark's column that is shifted and of a charge on longs; here each position
pays for the side on which it stands. Both must come to the same unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from circuits.shape import Shape
from ledger.market.data import RiskTable

UNIT: Final = 10**6
ONE: Final = 10_000

Vector = tuple[int, ...]
#: Maintenance; what new risk asks; what cash that leaves asks.
Asked = Literal["maintenance", "initial", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Scales:
    """One market, with the marks of its day or those of a sale, under the terms of a moment."""

    shape: Shape
    table: RiskTable
    mark: Vector
    #: Of every asset, in basis points.
    haircuts: tuple[int, ...]
    #: Notional per lot, in 10⁻⁶ of cash.
    notionals: tuple[int, ...]
    factor: int
    floor: int
    cap: int

    def equity(self, vector: Sequence[int]) -> int:
        """At the mark, in whole cents, rounded down."""
        return worth(self.mark, vector)

    def holds(self, asked: Asked, vector: Vector, floor: int | None = None) -> bool:
        """In range, and nothing missing; without positions no floor is asked."""
        widths = zip(vector, self.shape.widths, strict=True)
        if not all(v in width.inner for v, width in widths):
            return False
        return all(rest >= 0 for rest in self._rests(asked, vector, floor))

    def left(self, asked: Asked, vector: Vector, floor: int | None = None) -> int:
        """What is left of equity after all that is asked, in 10⁻⁶ of cash."""
        cash, coins = vector[0] * UNIT, sum(self._coins(asked, vector))
        taken = self._lost(asked, vector) + sum(self._charged(asked, vector))
        kept = UNIT * (self.floor_of(vector) if floor is None else floor)
        return cash + coins + self._positions(vector) - taken - kept

    def floor_of(self, vector: Vector) -> int:
        """What it costs to open a book with positions."""
        return self.floor if any(vector[self.shape.assets :]) else 0

    def missing(self, vector: Vector) -> int:
        """What coins must pay, in whole cents, rounded up; below 0 there is something over."""
        plain = vector[0] * UNIT + self._positions(vector)
        return max(-(plain // UNIT), -(self._paid("initial", vector) // UNIT))

    def requirement(self, vector: Vector) -> int:
        """How much equity maintenance asks for, whatever there is; in whole cents, rounded up."""
        full = sum(m * v for m, v in zip(self.mark, vector, strict=True))
        return -((self.left("maintenance", vector, 0) - full) // UNIT)

    def _rests(self, asked: Asked, vector: Vector, floor: int | None) -> Iterator[int]:
        yield self.left(asked, vector, floor)
        if asked == "maintenance":
            return
        yield self._paid(asked, vector)
        gross = zip(self.notionals, vector[self.shape.assets :], strict=True)
        yield self.cap * UNIT - sum(notional * abs(v) for notional, v in gross)

    def _paid(self, asked: Asked, vector: Vector) -> int:
        """Without coins; every lot stands in it with its mark and what a short one is charged."""
        shorts = [self._stretched(asked, charge) for charge in self.table.short_charges]
        positions = zip(shorts, vector[self.shape.assets :], strict=True)
        shifted = sum(charge * v for charge, v in positions)
        return vector[0] * UNIT + self._positions(vector) + shifted

    def _positions(self, vector: Vector) -> int:
        assets = self.shape.assets
        return sum(m * v for m, v in zip(self.mark[assets:], vector[assets:], strict=True))

    def _coins(self, asked: Asked, vector: Vector) -> Iterator[int]:
        if asked == "withdrawal":
            return
        for asset in range(1, self.shape.assets):
            yield self.mark[asset] * (ONE - self.haircuts[asset]) // ONE * vector[asset]

    def _lost(self, asked: Asked, vector: Vector) -> int:
        """Coin by coin the worst row; where coins count for nothing their moves do not either."""
        total = 0
        for block, columns, rows in zip(
            self.shape.blocks, self.shape.columns, self.table.moves, strict=True
        ):
            held = [vector[column] for column in columns]
            if asked == "withdrawal" and block.collateral is not None:
                held[-1] = 0
            profits = [
                sum(self._stretched(asked, m) * v for m, v in zip(row, held, strict=True))
                for row in rows
            ]
            total += max(0, -min(profits))
        return total

    def _charged(self, asked: Asked, vector: Vector) -> Iterator[int]:
        sides = zip(
            self.table.long_charges,
            self.table.short_charges,
            vector[self.shape.assets :],
            strict=True,
        )
        for long, short, v in sides:
            yield self._stretched(asked, long if v > 0 else short) * abs(v)

    def _stretched(self, asked: Asked, number: int) -> int:
        """Times the factor of initial margin, away from zero."""
        if asked == "maintenance":
            return number
        part, rest = divmod(abs(number) * self.factor, ONE)
        return (part + (rest > 0)) * (1 if number >= 0 else -1)


def worth(mark: Sequence[int], vector: Sequence[int]) -> int:
    """At a mark, in whole cents, rounded down."""
    return sum(m * v for m, v in zip(mark, vector, strict=True)) // UNIT


def plus(vector: Vector, amounts: dict[int, int] | Vector) -> Vector:
    """A vector with amounts added."""
    if isinstance(amounts, dict):
        return tuple(v + amounts.get(k, 0) for k, v in enumerate(vector))
    return tuple(v + a for v, a in zip(vector, amounts, strict=True))


def minus(vector: Vector, amounts: Vector) -> Vector:
    """The difference."""
    return tuple(v - a for v, a in zip(vector, amounts, strict=True))
