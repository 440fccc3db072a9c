"""Multi-scalar and fixed-base multiplication against sums that py_ecc makes one by one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as curve

from tests.strategies import FEW, MANY, SOME, elements, g1_points, g2_points
from zk.bn254 import G1Point, G2Point, GroupPoint, Projective, affine_g1, affine_g2
from zk.field import SCALAR_MODULUS
from zk.fixed_base import multiples_g1, multiples_g2
from zk.msm import best_window, multi_scalar_multiplication, signed_digits

R = SCALAR_MODULUS
G1, G2 = G1Point.GENERATOR, G2Point.GENERATOR
EDGES = [0, 1, 2, R - 1, R - 2, R // 2, R // 2 + 1, (1 << 253) - 1, 1 << 253, 255, 256, 127, 128]


def naive(points: Sequence[GroupPoint], scalars: Sequence[int], zero: Projective) -> Projective:
    """Σ by py_ecc's own multiplication and addition."""
    total = zero
    for point, k in zip(points, scalars, strict=True):
        total = curve.add(total, curve.multiply(point.projective(), k % R))
    return total


def check_g1(points: Sequence[G1Point], scalars: Sequence[int]) -> None:
    actual = multi_scalar_multiplication(points, scalars, curve.Z1)
    assert affine_g1([actual]) == affine_g1([naive(points, scalars, curve.Z1)])


def check_g2(points: Sequence[G2Point], scalars: Sequence[int]) -> None:
    actual = multi_scalar_multiplication(points, scalars, curve.Z2)
    assert affine_g2([actual]) == affine_g2([naive(points, scalars, curve.Z2)])


@SOME
@given(terms=st.lists(st.tuples(g1_points(), elements()), max_size=12))
def test_sums_in_g1_agree_with_naive_ones(terms: list[tuple[G1Point, int]]) -> None:
    """Σ k·P in G1 is the naive sum, for scalars of every kind and points at infinity."""
    check_g1([point for point, _ in terms], [k for _, k in terms])


@FEW
@given(terms=st.lists(st.tuples(g2_points(), elements()), max_size=4))
def test_sums_in_g2_agree_with_naive_ones(terms: list[tuple[G2Point, int]]) -> None:
    """Σ k·P in G2 is the naive sum, for scalars of every kind and points at infinity."""
    check_g2([point for point, _ in terms], [k for _, k in terms])


def test_scalars_at_the_edges() -> None:
    """0, ±1, ±2, the halves of r and digits at the windows' edges come out right, all at once."""
    points = [G1 * (i + 3) for i in range(len(EDGES))]
    check_g1(points, EDGES)
    for point, k in zip(points, EDGES, strict=True):
        check_g1([point], [k])


@pytest.mark.parametrize("scalars", [[7] * 5, [1] * 5, [R - 1] * 5, [1, R - 1, 1, R - 1, 1]])
def test_repeated_points_and_points_that_cancel(scalars: list[int]) -> None:
    """One bucket that meets P + P, P − P and infinity gives what the formulas' exceptions need."""
    check_g1([G1] * 5, scalars)
    check_g1([G1, -G1, G1, -G1, G1], scalars)
    check_g2([G2, -G2, G2, G2, G2Point.INFINITY], scalars)


def test_infinity_adds_nothing() -> None:
    """Points at infinity, zero scalars and no terms at all give the group's zero."""
    for points, scalars in (
        ([], []),
        ([G1Point.INFINITY] * 3, [1, 2, R - 1]),
        ([G1, G1], [0, 0]),
        ([G1, -G1], [5, 5]),
        ([G1, G1], [5, R - 5]),
    ):
        total = multi_scalar_multiplication(points, scalars, curve.Z1)
        assert affine_g1([total]) == [G1Point.INFINITY]


def test_a_scalar_for_each_point() -> None:
    """A list of scalars that is cut short, even by zeros, is refused and no term is dropped."""
    for scalars in ([1], [1, 2, 0]):
        with pytest.raises(ValueError, match="zip"):
            multi_scalar_multiplication([G1, G1], scalars, curve.Z1)


def test_many_points_take_wide_windows() -> None:
    """A sum long enough for a window of several bits, most scalars being bits, is right too."""
    count = 300
    points = [G1 * (i * i + 1) for i in range(count)]
    scalars = [pow(3, i, R) if i % 10 == 0 else i % 2 for i in range(count)]
    assert best_window([k.bit_length() for k in scalars]) > 3
    check_g1(points, scalars)


@MANY
@given(k=st.integers(0, 1 << 256), window=st.integers(2, 14))
@example(k=(1 << 254) - 1, window=2)
@example(k=1 << 253, window=14)
def test_signed_digits_compose_the_number(k: int, window: int) -> None:
    """Σ digit·2^(w·i) = k, every digit in [−2^(w−1), 2^(w−1)), the highest not zero."""
    digits = signed_digits(k, window)
    half = 1 << (window - 1)
    assert sum(digit << (window * i) for i, digit in enumerate(digits)) == k
    assert all(-half <= digit < half for digit in digits)
    assert not digits or digits[-1] > 0
    assert len(digits) <= (k.bit_length() + 1) // window + 1


@MANY
@given(lengths=st.lists(st.integers(1, 254), min_size=1, max_size=50))
def test_the_window_is_in_its_range(lengths: list[int]) -> None:
    """The window is one for which buckets exist and memory suffices."""
    assert 2 <= best_window(lengths) <= 14


@SOME
@given(scalars=st.lists(elements(), max_size=6))
def test_multiples_of_the_generators_agree_with_naive_ones(scalars: list[int]) -> None:
    """k·G₁ and k·G₂ from the tables are what py_ecc computes, in order."""
    assert multiples_g1(scalars) == [G1 * k for k in scalars]
    assert multiples_g2(scalars[:2]) == [G2 * k for k in scalars[:2]]


def test_multiples_at_the_edges() -> None:
    """The tables reach the longest signed scalar, and scalars past r count modulo r."""
    edges = [*EDGES, R, R + 1, -1]
    assert multiples_g1(edges) == [G1 * k for k in edges]
    assert multiples_g2(edges) == [G2 * k for k in edges]
