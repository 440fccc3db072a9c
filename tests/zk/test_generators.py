"""The generators, made once more from their label, and unrelated to each other."""

from __future__ import annotations

import hashlib

import pytest

from zk.babyjubjub import Point
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.generators import (
    blinding_generator,
    hash_to_curve,
    reserve_generator,
    value_generator,
    value_generators,
)

#: The largest shape has 100 components.
COUNT = 128
#: SHA-256 over the encodings of G₀ … G₁₂₇, H and F, made by this implementation and frozen.
FROZEN = "aba44a8ee551112eee0f1e3395ce0cb31b2cec4c9b821617ad1dfb37a36aac19"


def everything() -> tuple[Point, ...]:
    return (*value_generators(COUNT), blinding_generator(), reserve_generator())


def made_independently(label: str) -> tuple[int, int]:
    """The generator of a label, from the description and the curve's equation alone."""
    p, a, d = SCALAR_MODULUS, 168700, 168696
    for counter in range(256):
        text = b"tacit/v1/generator/" + label.encode() + b"/" + bytes([counter])
        word = int.from_bytes(hashlib.sha256(text).digest(), "little")
        y, sign = word % 2**254, word >> 255
        x2 = (1 - y * y) * pow(a - d * y * y, -1, p) % p
        if y < p and pow(x2, (p - 1) // 2, p) == 1:
            x = root(x2, p)
            x, y = (min(x, p - x), max(x, p - x))[sign], y
            for _ in range(3):
                t = d * x * x * y * y
                x, y = (
                    2 * x * y * pow(1 + t, -1, p) % p,
                    (y * y - a * x * x) * pow(1 - t, -1, p) % p,
                )
            return x, y
    raise AssertionError(label)


def root(n: int, p: int) -> int:
    """√n by Cipolla's method, which shares nothing with the package's own."""
    t = next(t for t in range(1, 99) if pow(t * t - n, (p - 1) // 2, p) == p - 1)
    w, (x, y), (u, v), e = t * t - n, (1, 0), (t, 1), (p + 1) // 2
    while e:
        if e & 1:
            x, y = (x * u + y * v * w) % p, (x * v + y * u) % p
        u, v, e = (u * u + v * v * w) % p, 2 * u * v % p, e >> 1
    return x


def test_generators_are_regenerated_from_their_label() -> None:
    """Whoever reads the description gets the same generators: nobody picked them."""
    for index, point in enumerate(value_generators(COUNT)):
        assert (point.x, point.y) == made_independently(f"G/{index}")
    for label, point in (("H", blinding_generator()), ("F", reserve_generator())):
        assert (point.x, point.y) == made_independently(label)


def test_generators_are_frozen() -> None:
    """The generators never change: our own digest, frozen here."""
    data = b"".join(point.encode() for point in everything())
    assert hashlib.sha256(data).hexdigest() == FROZEN


def test_generators_have_order_l() -> None:
    """Each generator is a point of the subgroup and not the identity, so its order is l."""
    for point in everything():
        assert Point(point.x, point.y) == point
        assert not point.is_identity
        assert point * (SUBGROUP_ORDER - 1) == -point


def test_related_generators_would_be_found() -> None:
    """No generator, nor the curve's base point, is ±1 to ±64 times another, as SwissPost's were.

    A point and its negative share their y, so half of the multiples need no looking at.
    """
    points = (*everything(), Point.BASE8)
    owner = {point.y: index for index, point in enumerate(points)}
    assert len(owner) == len(points)
    for index, point in enumerate(points):
        multiple = point
        for _ in range(2, 65):
            multiple = multiple + point
            assert owner.get(multiple.y, index) == index


def test_the_search_for_related_generators_sees_one() -> None:
    """The search itself: a planted multiple of a generator has the y that is looked for."""
    g = value_generator(0)
    planted = g * -64
    multiple = g
    for _ in range(63):
        multiple = multiple + g
    assert multiple.y == planted.y


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_generator_does_not_depend_on_how_many_are_asked_for(count: int) -> None:
    """The first generators are the same in every shape, so commitments of shapes are comparable."""
    assert value_generators(count) == value_generators(COUNT)[:count]


def test_labels_are_kept_apart() -> None:
    """Labels that share letters give different points."""
    labels = ["H", "G/1", "G/11", "G/", "G", "", "H/0", "G/1/0"]
    assert len({hash_to_curve(label) for label in labels}) == len(labels)
