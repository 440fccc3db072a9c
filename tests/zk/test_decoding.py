"""Decoding on each backend: what the value types accept, and their own words for the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import FEW, MANY, SOME, g1_points, g2_points, points
from tests.zk.curves_for_tests import (
    GENERATOR,
    edwards_add,
    pack,
    small_order_twist_point,
    torsion_points,
    twist_point,
)
from tests.zk.keys_for_tests import ratio_statement
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.bn254 import G1Point, G2Point
from zk.errors import Malformed, MalformedPoint, ZkError
from zk.field import BASE_MODULUS, SCALAR_MODULUS
from zk.groth16 import Proof

TORSION = torsion_points()
P, Q = SCALAR_MODULUS, BASE_MODULUS
SIGN = 1 << 255
MOVED = edwards_add((Point.BASE8.x, Point.BASE8.y), TORSION[3])

#: Encodings of nothing: each is a mistake of its own.
NO_POINTS = {
    "empty": b"",
    "a byte short": bytes(31),
    "a byte long": Point.BASE8.encode() + b"\0",
    "y = r": P.to_bytes(32, "little"),
    "y = r + 1, the identity's": (P + 1).to_bytes(32, "little"),
    "y = r + 1 and a sign": (P + 1 | SIGN).to_bytes(32, "little"),
    "all ones": b"\xff" * 32,
    "x = 0 with a sign": (1 | SIGN).to_bytes(32, "little"),
    "x = 0 with a sign, of order 2": (P - 1 | SIGN).to_bytes(32, "little"),
    "no x for y = 2": (2).to_bytes(32, "little"),
    "the generator of the whole curve": pack(GENERATOR),
}

#: Coordinates that no `Point` has, however they came there.
NO_COORDINATES: list[tuple[Any, Any]] = [
    *TORSION[1:],
    GENERATOR,
    MOVED,
    (Point.BASE8.y, Point.BASE8.x),
    (0, 0),
    (1, 1),
    (0, P + 1),
    (P, 1),
    (0, 1 - P),
    (-1, 1),
    (1 << 256, 1),
    (0, 1 << 300),
    (False, True),
    (0, True),
    (None, 1),
    (0, None),
    (0.0, 1.0),
    ("0", "1"),
    (b"\0", b"\1"),
]


class Disguised(int):
    """Equal to a coordinate, and free to encode itself as another."""

    def to_bytes(self, *_: object, **__: object) -> bytes:
        return (1).to_bytes(32, "little")


def words(decode: Callable[[], object]) -> tuple[object, ...] | None:
    """What is said of the data, part by part; None where it is accepted."""
    try:
        decode()
    except ZkError as error:
        return type(error), error.subject, error.expected, error.actual
    return None


def number(value: int) -> bytes:
    """A coordinate as EIP-196 has it."""
    return value.to_bytes(32, "big")


def put(data: bytes, offset: int, part: bytes) -> bytes:
    return data[:offset] + part + data[offset + len(part) :]


def honest_proof() -> bytes:
    return ratio_statement()[1].encode()


@SOME
@given(p=points())
def test_points_come_back(backend: Backend, p: Point) -> None:
    """Each point and its negative, the identity among them, decode to themselves and pass."""
    for point in (p, -p, Point.IDENTITY):
        assert backend.decode_point(point.encode()) == point
    backend.check_points([p, -p, Point.IDENTITY])


def test_no_points_are_in_order(backend: Backend) -> None:
    """There is nothing to refuse in an empty list."""
    backend.check_points([])


@pytest.mark.parametrize("name", NO_POINTS)
def test_what_encodes_no_point(backend: Backend, name: str) -> None:
    """Refused, in the reference's words."""
    data = NO_POINTS[name]
    expected = words(lambda: Point.decode(data))
    assert expected is not None
    assert expected[0] is MalformedPoint
    assert words(lambda: backend.decode_point(data)) == expected


@pytest.mark.parametrize("index", range(8))
@FEW
@given(p=points())
def test_torsion_added_to_a_point(backend: Backend, index: int, p: Point) -> None:
    """Of the eight points that eight times give the same, one is in the subgroup."""
    x, y = edwards_add((p.x, p.y), TORSION[index])
    expected = words(lambda: Point(x, y))
    assert (expected is None) is (index == 0)
    assert words(lambda: backend.decode_point(pack((x, y)))) == expected
    assert words(lambda: backend.check_points([p, Point.unchecked(x, y)])) == expected


@pytest.mark.parametrize("index", range(len(NO_COORDINATES)))
@pytest.mark.parametrize("before", [0, 3])
def test_coordinates_that_were_smuggled_in(backend: Backend, index: int, before: int) -> None:
    """Wherever in a list they are, and whatever else follows, they are refused as by `Point`."""
    x, y = NO_COORDINATES[index]
    expected = words(lambda: Point(x, y))
    assert expected is not None
    assert expected[0] is MalformedPoint
    honest, last = [Point.BASE8] * before, Point.unchecked(0, 0)
    smuggled = [*honest, Point.unchecked(x, y), *honest, last]
    assert words(lambda: backend.check_points(smuggled)) == expected


def test_a_number_in_disguise(backend: Backend) -> None:
    """A subclass of `int` is no coordinate: what it computes with need not be what it shows."""
    for x, y in ((Disguised(0), 1), (0, Disguised(1)), (0, Disguised(7))):
        with pytest.raises(MalformedPoint):
            backend.check_points([Point.unchecked(x, y)])


def test_the_first_of_several_is_named(backend: Backend) -> None:
    """Off the curve, out of range, out of the subgroup: the first of them, in any order."""
    bad = [Point.unchecked(*pair) for pair in ((1, 1), (P, 1), TORSION[2])]
    for turn in range(3):
        turned = [Point.BASE8, *bad[turn:], *bad[:turn]]
        expected = words(partial(Point, turned[1].x, turned[1].y))
        assert words(partial(backend.check_points, turned)) == expected


@MANY
@given(data=st.binary(min_size=32, max_size=32))
def test_any_32_bytes(backend: Backend, data: bytes) -> None:
    """Accepted by both with the same point, or refused by both in the same words."""
    expected = words(lambda: Point.decode(data))
    assert words(lambda: backend.decode_point(data)) == expected
    if expected is None:
        assert backend.decode_point(data) == Point.decode(data)


@FEW
@given(a=g1_points(), b=g2_points(), c=g1_points())
def test_proofs_come_back(backend: Backend, a: G1Point, b: G2Point, c: G1Point) -> None:
    """Any three points of the groups, infinity among them, are a well-formed proof."""
    for proof in (Proof(a, b, c), Proof(G1Point.INFINITY, G2Point.INFINITY, G1Point.INFINITY)):
        assert backend.decode_proof(proof.encode()) == proof


@pytest.mark.parametrize("size", [0, 31, 64, 255, 257, 512])
def test_a_proof_of_another_length(backend: Backend, size: int) -> None:
    """256 bytes, and no second proof behind the first."""
    data = (honest_proof() * 2)[:size]
    expected = words(lambda: Proof.decode(data))
    assert expected is not None
    assert expected[0] is Malformed
    assert words(lambda: backend.decode_proof(data)) == expected


@pytest.mark.parametrize("offset", range(0, 256, 32))
def test_a_coordinate_of_a_proof(backend: Backend, offset: int) -> None:
    """Each of the eight: past the modulus, another name for the same, or off the curve."""
    honest = honest_proof()
    value = int.from_bytes(honest[offset : offset + 32], "big")
    for other in (Q, value + Q, (1 << 256) - 1, (value + 1) % Q, 0):
        data = put(honest, offset, number(other))
        expected = words(partial(Proof.decode, data))
        assert expected is not None
        assert expected[0] is MalformedPoint
        assert words(partial(backend.decode_proof, data)) == expected


@pytest.mark.parametrize("point", [twist_point, small_order_twist_point])
def test_b_outside_the_subgroup(backend: Backend, point: Callable[[], G2Point]) -> None:
    """A point of the twist whose order is not r, be it small or not, or moved by an honest one."""
    for b in (point(), point() + G2Point.GENERATOR):
        b.check_curve()
        data = put(honest_proof(), 64, b.encode())
        expected = words(partial(Proof.decode, data))
        assert expected == (MalformedPoint, "G2 point", "a point of order r", f"({b.x}, {b.y})")
        assert words(partial(backend.decode_proof, data)) == expected


@pytest.mark.parametrize("seed", range(30))
def test_a_flipped_bit_of_a_proof(backend: Backend, seed: int) -> None:
    """Judged as the reference judges it, bit for bit."""
    data = bytearray(honest_proof())
    rng = Random(seed)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    expected = words(lambda: Proof.decode(bytes(data)))
    assert expected is not None
    assert words(lambda: backend.decode_proof(bytes(data))) == expected


@SOME
@given(data=st.binary(min_size=256, max_size=256))
def test_any_256_bytes(backend: Backend, data: bytes) -> None:
    """Accepted by both as the same proof, or refused by both in the same words."""
    expected = words(lambda: Proof.decode(data))
    assert words(lambda: backend.decode_proof(data)) == expected
    if expected is None:
        assert backend.decode_proof(data) == Proof.decode(data)
