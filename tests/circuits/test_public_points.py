"""The public points: whatever reached a verifier, it is looked at again before it is believed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from circuits.gadgets.coordinates import Coordinates
from tests.circuits.public_parts import ALL, WITH_ESCROW, Check, fill, honest
from tests.zk.curves_for_tests import GENERATOR, edwards_add, torsion_points
from zk.babyjubjub import Point
from zk.errors import MalformedPoint
from zk.field import SCALAR_MODULUS
from zk.pedersen import Commitment


def bad_points(good: Point) -> list[tuple[Any, Any]]:
    """Off the curve, outside the subgroup, and not canonical."""
    x, y = good.x, good.y
    small = [edwards_add((x, y), torsion) for torsion in torsion_points()[1:]]
    aliases = [(x + SCALAR_MODULUS, y), (x, y + SCALAR_MODULUS), (x - SCALAR_MODULUS, y)]
    off_the_curve = [(x, y + 1), (y, x), (0, 0), (1, 1)]
    return [*small, *torsion_points()[1:], *aliases, *off_the_curve, GENERATOR, (x, None)]


def smuggled(x: Any, y: Any) -> Commitment:
    """A commitment that nobody has looked at."""
    return Commitment(Point.unchecked(x, y))


@ALL
def test_a_commitment_is_looked_at_again(check: Check) -> None:
    """A point that was smuggled past `Point`'s own checks is refused: all eight small orders."""
    e = honest()
    for x, y in bad_points(e.commitment.point):
        with pytest.raises(MalformedPoint):
            check(replace(e, commitment=smuggled(x, y)))
    for x, y in bad_points(e.other.point):
        with pytest.raises(MalformedPoint):
            fill(replace(e, other=smuggled(x, y)))


@WITH_ESCROW
@pytest.mark.parametrize("point", ["key", "ephemeral"])
def test_the_points_of_an_escrow_are_of_order_l(check: Check, point: str) -> None:
    """Key and ephemeral point: on the curve, in the subgroup, canonical, not the identity."""
    e = honest()
    good = Point(getattr(e.escrow, point).x, getattr(e.escrow, point).y)
    for x, y in [*bad_points(good), (0, 1), (0, 1 + SCALAR_MODULUS), (0, True)]:
        bad: dict[str, Any] = {point: Coordinates(x, y)}
        with pytest.raises(MalformedPoint):
            check(
                replace(
                    e,
                    escrow=replace(e.escrow, **bad),
                    traded_escrow=replace(e.traded_escrow, **bad),
                )
            )
