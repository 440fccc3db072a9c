"""Points as iden3's binary files have them: uncompressed, little-endian, in Montgomery form.

A coordinate x stands there as x·R mod q with R = 2²⁵⁶; infinity is all zeros. A point of G2 is
read on its curve, but its subgroup is for the caller to check: for many at once that is cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from zk.bn254 import G1Point, G2Point, GroupPoint
from zk.errors import MalformedFile
from zk.field import BASE_MODULUS, encode, inverse
from zk.formats.container import Reader
from zk.twist import Fq2

_R: Final = 1 << 256
_R_INVERSE: Final = inverse(_R, BASE_MODULUS)
_Point = TypeVar("_Point", G1Point, G2Point)


def read_g1(body: Reader) -> G1Point:
    """The next 64 bytes."""
    return G1Point(_coordinate(body), _coordinate(body))


def read_g2(body: Reader) -> G2Point:
    """The next 128 bytes; on the curve, perhaps outside the subgroup."""
    x: Fq2 = (_coordinate(body), _coordinate(body))
    y: Fq2 = (_coordinate(body), _coordinate(body))
    point = G2Point.unchecked(x, y)
    point.check_curve()
    return point


def read_points(
    body: Reader, count: int, read: Callable[[Reader], _Point], size: int
) -> tuple[_Point, ...]:
    """So many points of so many bytes, and nothing after them."""
    points = tuple(read(body) for _ in range(body.count(count, size)))
    body.finish()
    return points


def encode_points(points: Sequence[GroupPoint]) -> bytes:
    """The inverse, for points of either group."""
    return b"".join(map(encode_point, points))


def encode_point(point: GroupPoint) -> bytes:
    """One of them."""
    coordinates = (point.x, point.y) if isinstance(point, G1Point) else (*point.x, *point.y)
    return b"".join(encode(c * _R % BASE_MODULUS) for c in coordinates)


def _coordinate(body: Reader) -> int:
    value = body.integer()
    if value >= BASE_MODULUS:
        raise MalformedFile(body.subject, expected="coordinates in [0, q)", actual=value)
    return value * _R_INVERSE % BASE_MODULUS
