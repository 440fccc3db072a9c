"""BN254: the precompile cases of EIP-196 and EIP-197, encodings, and points that are none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import load_vectors
from tests.strategies import FEW, MANY, SOME, g1_points, g2_points, scalars
from tests.zk.curves_for_tests import (
    SMALLEST_FACTOR,
    TWIST_COFACTOR,
    small_order_twist_point,
    twist_multiply,
    twist_point,
)
from zk.bn254 import G1Point, G2Point, pairing_product_is_one
from zk.errors import MalformedPoint
from zk.field import BASE_MODULUS, SCALAR_MODULUS
from zk.fixed_base import multiples_g2
from zk.randomness import insecure_seeded_randomness
from zk.subgroup import check_subgroup
from zk.twist import Fq2

G1, G2 = G1Point.GENERATOR, G2Point.GENERATOR


def precompile_input(case: dict[str, Any], size: int) -> bytes:
    """EIP-196: input that is too short is padded with zeros, what is too long is ignored."""
    return bytes.fromhex(case["Input"])[:size].ljust(size, b"\0")


def is_product_one(data: bytes) -> bool:
    """EIP-197: pairs of 192 bytes."""
    pairs = (data[i : i + 192] for i in range(0, len(data), 192))
    return pairing_product_is_one(
        [(G1Point.decode(pair[:64]), G2Point.decode(pair[64:])) for pair in pairs]
    )


def good_g2_points() -> list[G2Point]:
    return multiples_g2(range(1, 24))


def test_addition_agrees_with_every_precompile_case() -> None:
    """All bn256Add cases of go-ethereum give the expected sum."""
    for case in load_vectors("bn256Add.json"):
        data = precompile_input(case, 128)
        total = G1Point.decode(data[:64]) + G1Point.decode(data[64:])
        assert total.encode().hex() == case["Expected"], case["Name"]


def test_multiplication_agrees_with_every_precompile_case() -> None:
    """All bn256ScalarMul cases of go-ethereum give the expected multiple, for 256-bit scalars."""
    for case in load_vectors("bn256ScalarMul.json"):
        data = precompile_input(case, 96)
        multiple = G1Point.decode(data[:64]) * int.from_bytes(data[64:], "big")
        assert multiple.encode().hex() == case["Expected"], case["Name"]


def test_pairing_agrees_with_every_precompile_case() -> None:
    """All bn256Pairing cases of go-ethereum give the expected verdict."""
    for case in load_vectors("bn256Pairing.json"):
        verdict = is_product_one(bytes.fromhex(case["Input"]))
        assert verdict == bool(int(case["Expected"], 16)), case["Name"]


@SOME
@given(p=g1_points(), k=scalars(SCALAR_MODULUS), m=scalars(SCALAR_MODULUS))
def test_g1_is_a_group_of_order_r(p: G1Point, k: int, m: int) -> None:
    """Multiples of a point add like their scalars modulo r, and a point and its negative cancel."""
    assert p * k + p * m == p * (k + m)
    assert p * (k + SCALAR_MODULUS) == p * k
    assert p + -p == G1Point.INFINITY
    assert p + G1Point.INFINITY == p


@FEW
@given(p=g2_points(), k=scalars(SCALAR_MODULUS), m=scalars(SCALAR_MODULUS))
def test_g2_is_a_group_of_order_r(p: G2Point, k: int, m: int) -> None:
    """Multiples of a point add like their scalars modulo r, and a point and its negative cancel."""
    assert p * k + p * m == p * (k + m)
    assert p + -p == G2Point.INFINITY
    assert p + G2Point.INFINITY == p


def test_the_pairing_is_bilinear_and_not_degenerate() -> None:
    """e(aP, bQ)·e(−abP, Q) = 1, and e(P, Q) ≠ 1, and the empty product is 1."""
    assert pairing_product_is_one([(G1 * 6, G2 * 7), (G1 * -42, G2)])
    assert not pairing_product_is_one([(G1, G2)])
    assert pairing_product_is_one([])


@SOME
@given(p=g1_points(), q=g2_points())
def test_decoding_inverts_encoding(p: G1Point, q: G2Point) -> None:
    """Every point comes back from its bytes, infinity as well."""
    assert G1Point.decode(p.encode()) == p
    assert G2Point.decode(q.encode()) == q


def test_infinity_is_all_zeros() -> None:
    """EIP-196 writes infinity as zeros, and nothing else decodes to it."""
    assert G1Point.INFINITY.encode() == bytes(64)
    assert G2Point.INFINITY.encode() == bytes(128)
    assert G1Point.decode(bytes(64)).is_infinity
    assert G2Point.decode(bytes(128)).is_infinity


@MANY
@given(data=st.binary(min_size=64, max_size=64))
def test_random_bytes_are_no_point_or_decode_canonically(data: bytes) -> None:
    """64 bytes encode the point that they decode to, or they are refused."""
    with suppress(MalformedPoint):
        assert G1Point.decode(data).encode() == data


@pytest.mark.parametrize("size", [0, 32, 63, 65, 127, 129])
def test_a_point_of_another_length_is_refused(size: int) -> None:
    """Neither group takes more or fewer bytes than its points have, though a precompile pads."""
    for group in (G1Point, G2Point):
        with pytest.raises(MalformedPoint):
            group.decode(bytes(size))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (1 + BASE_MODULUS, 2),
        (1, 2 + BASE_MODULUS),
        (1, 2 - BASE_MODULUS),
        (BASE_MODULUS, 0),
        (0, BASE_MODULUS),
        (True, 2),
    ],
)
def test_coordinate_at_or_past_q_is_refused_in_g1(x: int, y: int) -> None:
    """A coordinate has one name: the generator and infinity under other names are malformed."""
    with pytest.raises(MalformedPoint, match=r"coordinates in \[0, q\)"):
        G1Point(x, y)


@pytest.mark.parametrize("place", range(4))
def test_coordinate_at_or_past_q_is_refused_in_g2(place: int) -> None:
    """Each of the four words of a G2 point has to be below q, in the bytes as in the object."""
    words = [G2.encode()[i : i + 32] for i in range(0, 128, 32)]
    words[place] = (int.from_bytes(words[place], "big") + BASE_MODULUS).to_bytes(32, "big")
    with pytest.raises(MalformedPoint, match=r"coordinates in \[0, q\)"):
        G2Point.decode(b"".join(words))


@pytest.mark.parametrize("x", [0, 1, 4, BASE_MODULUS - 1])
def test_point_off_the_curve_is_refused_in_g1(x: int) -> None:
    """The equation of the curve is checked, with (0, 0) the only point that need not satisfy it."""
    with pytest.raises(MalformedPoint, match="y² = x³ \\+ 3"):
        G1Point(x, 1)


def test_point_off_the_curve_is_refused_in_g2() -> None:
    """A point of another curve is malformed before its order is asked for."""
    x: Fq2 = (G2.x[0], (G2.x[1] + 1) % BASE_MODULUS)
    with pytest.raises(MalformedPoint, match="y² = x³"):
        G2Point(x, G2.y)
    with pytest.raises(MalformedPoint, match="y² = x³"):
        G2Point((0, 0), (1, 0))


def test_the_twist_has_the_order_that_the_tests_rely_on() -> None:
    """A point of the twist has an order dividing r·h, its r-fold is not zero, and 10069 divides h.

    10069 is the smallest prime factor of h: the batched check weighs points by less than that.
    """
    point = twist_point()
    outside = twist_multiply(point, SCALAR_MODULUS)
    assert not outside.is_infinity
    assert twist_multiply(outside, TWIST_COFACTOR).is_infinity
    assert TWIST_COFACTOR % SMALLEST_FACTOR == 0
    assert all(TWIST_COFACTOR % d for d in range(2, SMALLEST_FACTOR))


#: On the twist, outside the subgroup: some hide a small part beside a large good one.
BAD_TWIST_POINTS: dict[str, Callable[[], G2Point]] = {
    "any": twist_point,
    "of no part in the subgroup": lambda: twist_multiply(twist_point(), SCALAR_MODULUS),
    "of order 10069": small_order_twist_point,
    "generator plus order 10069": lambda: G2 + small_order_twist_point(),
}


@pytest.mark.parametrize("kind", BAD_TWIST_POINTS)
def test_g2_point_outside_the_subgroup_is_refused(kind: str) -> None:
    """A point that satisfies the twist's equation and has not order r is malformed.

    py_ecc's pairing takes such points without a word.
    """
    bad = BAD_TWIST_POINTS[kind]()
    bad.check_curve()
    with pytest.raises(MalformedPoint, match="order r"):
        G2Point(bad.x, bad.y)
    with pytest.raises(MalformedPoint, match="order r"):
        G2Point.decode(bad.encode())


@pytest.mark.parametrize("kind", BAD_TWIST_POINTS)
@pytest.mark.parametrize("place", [0, 11, 23])
def test_one_g2_point_outside_the_subgroup_among_many_is_found(kind: str, place: int) -> None:
    """The batched check finds a single bad point wherever it stands among good ones."""
    points = good_g2_points()
    points.insert(place, BAD_TWIST_POINTS[kind]())
    with pytest.raises(MalformedPoint, match="outside the subgroup"):
        check_subgroup(points, randomness=insecure_seeded_randomness(place))


def test_two_bad_g2_points_that_cancel_are_found() -> None:
    """Bad parts whose sum is zero are found, because each point has a weight of its own."""
    small = small_order_twist_point()
    with pytest.raises(MalformedPoint, match="outside the subgroup"):
        check_subgroup([G2 + small, G2 + -small], randomness=insecure_seeded_randomness(0))


def test_the_batched_check_accepts_good_points() -> None:
    """Points of the subgroup, infinity among them, and the empty list pass."""
    check_subgroup([*good_g2_points(), G2Point.INFINITY])
    check_subgroup([])


def test_weights_of_zero_cannot_be_counted_on() -> None:
    """A bad point passes only where all five of its weights are zero: that happens to nobody.

    With weights that are rigged to zero the check is blind, so it asks for five per point.
    """
    asked: list[int] = []

    def rigged(bound: int) -> int:
        asked.append(bound)
        return 0

    check_subgroup([small_order_twist_point()], randomness=rigged)
    assert asked == [1 << 13] * 5
    assert max(asked) < SMALLEST_FACTOR
