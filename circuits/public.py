"""What the public part of a statement says of itself: its points, and its market.

A circuit does not look at its public points, so whoever verifies has to. And the market is the same
for every margin proof of an epoch, so whoever verifies many can fill it in once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from circuits.gadgets.coordinates import Coordinates
from zk.babyjubjub import Point
from zk.groth16 import VerifyingKey, fix_inputs


@dataclass(frozen=True, slots=True)
class Market:
    """Public inputs that many proofs share, and the place of the first of them."""

    start: int
    inputs: tuple[int, ...]

    def fixed_in(self, key: VerifyingKey) -> VerifyingKey:
        """The key with this market filled in."""
        return fix_inputs(key, self.start, self.inputs)

    def left_of(self, public: Sequence[int]) -> tuple[int, ...]:
        """The public inputs that such a key still needs."""
        return (*public[: self.start], *public[self.start + len(self.inputs) :])


class PublicPart(Protocol):
    """Every statement's."""

    def points(self) -> tuple[Coordinates[Any], ...]:
        """All of its points, each to be looked at by whoever verifies."""
        ...

    def market(self) -> Market | None:
        """The market's part; None where the statement has none."""
        ...


def points_of(public: PublicPart) -> list[Point]:
    """The points of a public part, not looked at yet."""
    return [Point.unchecked(each.x, each.y) for each in public.points()]
