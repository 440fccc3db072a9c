"""Baby Jubjub: small-order points, and encodings that are none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import load_vectors
from tests.strategies import MANY, SOME, points
from tests.zk.curves_for_tests import IDENTITY, edwards_add, edwards_multiply, pack, torsion_points
from zk.babyjubjub import COFACTOR, Point, check_curve, clear_cofactor, recover_x
from zk.errors import MalformedPoint
from zk.field import SCALAR_MODULUS

TORSION = torsion_points()
P = SCALAR_MODULUS


def test_the_torsion_points_are_circomlibjss() -> None:
    """The eight points of order 1, 2, 4 and 8 that the tests attack with are the known ones."""
    known = load_vectors("babyjubjub_poseidon.json")["small_order"]
    assert {tuple(map(int, case["pt"])) for case in known} == set(TORSION)
    assert {case["packed"] for case in known} == {pack(point).hex() for point in TORSION}
    assert [sum(edwards_multiply(p, n) == IDENTITY for p in TORSION) for n in (1, 2, 4, 8)] == [
        1,
        2,
        4,
        8,
    ]


@pytest.mark.parametrize("index", range(1, 8))
def test_small_order_point_is_refused(index: int) -> None:
    """Each torsion point but the identity is on the curve and is refused, decoded or built."""
    x, y = TORSION[index]
    check_curve(x, y)
    assert clear_cofactor(x, y).is_identity
    with pytest.raises(MalformedPoint):
        Point(x, y)
    with pytest.raises(MalformedPoint):
        Point.decode(pack((x, y)))


@pytest.mark.parametrize("index", range(8))
@SOME
@given(p=points())
def test_small_order_point_added_to_a_valid_point_is_refused(index: int, p: Point) -> None:
    """A valid point moved by a torsion point is refused: only the identity moves it to itself."""
    moved = edwards_add((p.x, p.y), TORSION[index])
    assert clear_cofactor(*moved) == p * COFACTOR
    if index == 0:
        assert Point.decode(pack(moved)) == p
    else:
        with pytest.raises(MalformedPoint):
            Point(*moved)
        with pytest.raises(MalformedPoint):
            Point.decode(pack(moved))


def test_non_canonical_encodings_of_the_vectors_are_refused() -> None:
    """x = 0 with the sign bit (ZIP-216), y = r, y = r + 1 and y = 2²⁵⁴ decode to nothing.

    circomlibjs decodes y = r, which is another name for the point with y = 0.
    """
    for case in load_vectors("babyjubjub_poseidon.json")["unpack_probe"]:
        with pytest.raises(MalformedPoint):
            Point.decode(bytes.fromhex(case["hex"]))


def test_non_canonical_identity_is_refused() -> None:
    """The identity has the one encoding 1; with a sign, or as r + 1, it is refused."""
    assert Point.decode((1).to_bytes(32, "little")).is_identity
    for word in (1 | 1 << 255, P + 1, (P + 1) | 1 << 255):
        with pytest.raises(MalformedPoint):
            Point.decode(word.to_bytes(32, "little"))


@SOME
@given(p=points())
def test_non_canonical_y_of_a_point_is_refused(p: Point) -> None:
    """y + r, where it still fits beside the sign, is no second name for a point."""
    sign = int.from_bytes(p.encode(), "little") >> 255
    if p.y + P < 1 << 255:
        word = (p.y + P) | sign << 255
        with pytest.raises(MalformedPoint):
            Point.decode(word.to_bytes(32, "little"))


@MANY
@given(data=st.binary(min_size=32, max_size=32))
def test_random_bytes_decode_canonically_or_are_refused(data: bytes) -> None:
    """Decoding and encoding again is the identity on whatever is accepted."""
    with suppress(MalformedPoint):
        assert Point.decode(data).encode() == data


@SOME
@given(p=points())
def test_decoding_inverts_encoding(p: Point) -> None:
    """Every point comes back, and its negative is its encoding with the other sign."""
    assert Point.decode(p.encode()) == p
    assert Point.decode((-p).encode()) == -p
    if not p.is_identity:
        assert p.encode()[:31] == (-p).encode()[:31]
        assert p.encode()[31] ^ (-p).encode()[31] == 0x80


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_point_of_another_length_is_refused(size: int) -> None:
    """A point has 32 bytes."""
    with pytest.raises(MalformedPoint):
        Point.decode((1).to_bytes(size, "little") if size else b"")


@pytest.mark.parametrize(
    ("x", "y"), [(P, 1), (0, 1 + P), (0, 1 - P), (-1, 1), (1, 1), (0, 0), (False, True)]
)
def test_point_off_the_curve_or_not_canonical_is_refused(x: int, y: int) -> None:
    """Coordinates are in [0, r) and on the curve, or there is no point."""
    with pytest.raises(MalformedPoint):
        Point(x, y)


def test_zero_has_no_negative_x() -> None:
    """Asking for the negative x of a point with x = 0 gives none."""
    assert recover_x(1, negative=False) == 0
    assert recover_x(1, negative=True) is None
    assert recover_x(P - 1, negative=True) is None
