"""The order of points of the twist, and the constants that are written out, against py_ecc."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as curve

from tests.zk.curves_for_tests import (
    SMALLEST_FACTOR,
    TWIST_COFACTOR,
    small_order_twist_point,
    twist_multiply,
    twist_point,
)
from zk import bn254
from zk.bn254 import G1Point, G2Point
from zk.field import BASE_MODULUS, SCALAR_MODULUS
from zk.twist import has_order_r


def test_the_constants_are_those_of_py_ecc() -> None:
    """Moduli, the equation of the twist and both generators are written out, and are the same."""
    assert int(curve.field_modulus) == BASE_MODULUS
    assert int(curve.curve_order) == SCALAR_MODULUS
    assert tuple(map(int, curve.b2.coeffs)) == bn254._B2
    assert bn254.affine_g1([curve.G1]) == [G1Point.GENERATOR]
    assert bn254.affine_g2([curve.G2]) == [G2Point.GENERATOR]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(1, 10**6))
def test_it_answers_as_py_ecc(seed: int) -> None:
    """For points of either kind: as they fall, and with the cofactor taken out."""
    fallen = twist_point(seed)
    for point in (fallen, twist_multiply(fallen, TWIST_COFACTOR)):
        expected = curve.is_inf(curve.multiply(point.projective(), SCALAR_MODULUS))
        assert has_order_r(point.x, point.y) == expected


@pytest.mark.parametrize("multiple", [1, 2, 5, SMALLEST_FACTOR - 1])
def test_points_of_small_order_meet_themselves_on_the_way(multiple: int) -> None:
    """Sums of a point with itself and with its opposite are the cases that formulas leave out."""
    small = twist_multiply(small_order_twist_point(), multiple)
    assert not has_order_r(small.x, small.y)
    mixed = bn254.affine_g2([curve.add(small.projective(), curve.G2)])[0]
    assert not has_order_r(mixed.x, mixed.y)
    assert has_order_r(G2Point.GENERATOR.x, G2Point.GENERATOR.y)
