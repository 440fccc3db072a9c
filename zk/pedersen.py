"""Vector Pedersen commitments on Baby Jubjub: C = Σ vₖ·Gₖ + r·H.

Perfectly hiding for uniform r; binding while no relation between the generators is
known. Adding commitments adds the vectors. Values are integers, signed, and taken
modulo l: that they are small is for a circuit to prove.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from zk import generators
from zk.babyjubjub import Point, combine
from zk.errors import Malformed, OpeningRejected
from zk.field import SUBGROUP_ORDER, canonical_secret
from zk.randomness import Randomness, system_randomness


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """What a commitment hides: the values and the blinding r."""

    values: tuple[int, ...]
    blinding: int

    def __post_init__(self) -> None:
        canonical_secret(self.blinding, SUBGROUP_ORDER, "blinding")

    @classmethod
    def of(cls, values: tuple[int, ...], randomness: Randomness = system_randomness) -> Self:
        """The values under a fresh blinding."""
        return cls(values, randomness(SUBGROUP_ORDER))

    def commit(self) -> Commitment:
        """C = Σ vₖ·Gₖ + r·H."""
        bases = (*generators.value_generators(len(self.values)), generators.blinding_generator())
        return Commitment(combine(bases, (*self.values, self.blinding)))

    def __add__(self, other: Opening) -> Opening:
        _require_same_length(self, other)
        values = tuple(a + b for a, b in zip(self.values, other.values, strict=True))
        return Opening(values, (self.blinding + other.blinding) % SUBGROUP_ORDER)

    def __mul__(self, scalar: int) -> Opening:
        values = tuple(scalar * v for v in self.values)
        return Opening(values, scalar * self.blinding % SUBGROUP_ORDER)

    __rmul__ = __mul__

    def __neg__(self) -> Opening:
        return self * -1

    def __sub__(self, other: Opening) -> Opening:
        return self + -other

    def __repr__(self) -> str:
        return f"Opening(<{len(self.values)} values, redacted>)"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A hidden vector, seen from outside."""

    point: Point

    def check_opening(self, opening: Opening) -> None:
        """Raises `OpeningRejected` unless `opening` opens this commitment."""
        actual = opening.commit()
        if actual != self:
            raise OpeningRejected("opening", expected=self.point, actual=actual.point)

    def __add__(self, other: Commitment) -> Commitment:
        return Commitment(self.point + other.point)

    def __sub__(self, other: Commitment) -> Commitment:
        return Commitment(self.point - other.point)

    def __neg__(self) -> Commitment:
        return Commitment(-self.point)

    def __mul__(self, scalar: int) -> Commitment:
        return Commitment(self.point * scalar)

    __rmul__ = __mul__


def _require_same_length(a: Opening, b: Opening) -> None:
    if len(a.values) != len(b.values):
        raise Malformed(
            "sum of openings",
            expected=f"{len(a.values)} values",
            actual=f"{len(b.values)} values",
        )
