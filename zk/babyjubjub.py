"""Baby Jubjub in the form of EIP-2494: a·x² + y² = 1 + d·x²y² over F_r.

| parameter | value                                                         |
| --------- | ------------------------------------------------------------- |
| a, d      | 168700, 168696 (a is a square and d is none: addition is complete) |
| order     | 8·l; a `Point` is always in the subgroup of prime order l     |
| encoding  | 32 bytes: y little-endian, top bit set where x > (r − 1)/2    |

The encoding is circomlibjs's. Incompatible elsewhere: arkworks' `ed_on_bn254` has a = 1
(its x is ours times √168700), and other papers twist the curve to a = −1.

Arithmetic is in the extended coordinates of Hisil, Wong, Carter and Dawson (2008),
(X : Y : Z : T) with x = X/Z, y = Y/Z, T = XY/Z. It does not run in constant time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from zk.errors import Malformed, MalformedPoint
from zk.field import (
    SCALAR_MODULUS,
    SUBGROUP_ORDER,
    decode,
    encode,
    inverse,
    is_canonical,
    signed,
    square_root,
)

A: Final = 168700
D: Final = 168696
COFACTOR: Final = 8

_P: Final = SCALAR_MODULUS
_SIGN: Final = 1 << 255
_Extended = tuple[int, int, int, int]
_ZERO: Final[_Extended] = (0, 1, 1, 0)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the prime-order subgroup, affine."""

    x: int
    y: int

    BYTES: ClassVar[int] = 32
    IDENTITY: ClassVar[Point]
    BASE8: ClassVar[Point]

    def __post_init__(self) -> None:
        check_curve(self.x, self.y)
        if not is_in_subgroup(self.x, self.y):
            raise MalformedPoint(
                "Baby Jubjub point", expected="a point of order l", actual=f"({self.x}, {self.y})"
            )

    @classmethod
    def unchecked(cls, x: int, y: int) -> Self:
        """For coordinates that an algorithm on checked points has just computed."""
        point = object.__new__(cls)
        object.__setattr__(point, "x", x)
        object.__setattr__(point, "y", y)
        return point

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The point of a canonical encoding; anything else is `MalformedPoint`."""
        return cls(*_decompress(data))

    def encode(self) -> bytes:
        """The inverse of `decode`."""
        return encode(self.y | (_SIGN if self.x > _P // 2 else 0))

    @property
    def is_identity(self) -> bool:
        return self.x == 0 and self.y == 1

    def __neg__(self) -> Point:
        return Point.unchecked(-self.x % _P, self.y)

    def __add__(self, other: Point) -> Point:
        return _affine(_add(_extended(self), _extended(other)))

    def __sub__(self, other: Point) -> Point:
        return self + -other

    def __mul__(self, scalar: int) -> Point:
        return combine([self], [scalar])

    __rmul__ = __mul__


def combine(points: Sequence[Point], scalars: Sequence[int]) -> Point:
    """Σ scalarᵢ·pointᵢ, all doublings shared (Straus, windows of four bits)."""
    if len(points) != len(scalars):
        raise Malformed(
            "combination", expected=f"{len(points)} scalars", actual=f"{len(scalars)} scalars"
        )
    terms = []
    for point, scalar in zip(points, scalars, strict=True):
        k = signed(scalar, SUBGROUP_ORDER)
        if k:
            terms.append((_multiples(_extended(point if k > 0 else -point)), abs(k)))
    return _affine(_straus(terms))


def add_all(points: Iterable[Point]) -> Point:
    """Σ points."""
    total = _ZERO
    for point in points:
        total = _add(total, _extended(point))
    return _affine(total)


def check_curve(x: int, y: int) -> None:
    """Canonical coordinates that satisfy the curve's equation."""
    for c in (x, y):
        if not is_canonical(c, _P):
            raise MalformedPoint("Baby Jubjub point", expected="coordinates in [0, r)", actual=c)
    xx, yy = x * x % _P, y * y % _P
    if (A * xx + yy - 1 - D * xx * yy) % _P:
        raise MalformedPoint(
            "Baby Jubjub point", expected="a·x² + y² = 1 + d·x²y²", actual=f"({x}, {y})"
        )


def is_in_subgroup(x: int, y: int) -> bool:
    """True where l·(x, y) is the identity; the point must be on the curve."""
    point: _Extended = (x, y, 1, x * y % _P)
    X, Y, Z, _ = _straus([(_multiples(point), SUBGROUP_ORDER)])
    return X == 0 and Y == Z


def clear_cofactor(x: int, y: int) -> Point:
    """8·(x, y), for a point that is only known to be on the curve."""
    check_curve(x, y)
    point: _Extended = (x, y, 1, x * y % _P)
    return _affine(_double(_double(_double(point))))


def recover_x(y: int, *, negative: bool) -> int | None:
    """The x of that sign for which (x, y) is on the curve, or None.

    x = 0 has no negative: asking for it gives None, so that encodings stay canonical.
    """
    yy = y * y % _P
    x = square_root((1 - yy) * inverse((A - D * yy) % _P, _P), _P)
    if x is None or (x == 0 and negative):
        return None
    return -x % _P if negative else x


def _decompress(data: bytes) -> tuple[int, int]:
    if len(data) != Point.BYTES:
        raise MalformedPoint(
            "Baby Jubjub point", expected=f"{Point.BYTES} bytes", actual=f"{len(data)} bytes"
        )
    word = int.from_bytes(data, "little")
    try:
        y = decode(encode(word & ~_SIGN), _P, "Baby Jubjub point")
    except Malformed as error:
        raise MalformedPoint(error.subject, expected=error.expected, actual=error.actual) from None
    x = recover_x(y, negative=bool(word & _SIGN))
    if x is None:
        raise MalformedPoint(
            "Baby Jubjub point", expected="the canonical encoding of a point", actual=data.hex()
        )
    return x, y


def _extended(point: Point) -> _Extended:
    return point.x, point.y, 1, point.x * point.y % _P


def _affine(point: _Extended) -> Point:
    X, Y, Z, _ = point
    z = inverse(Z, _P)
    return Point.unchecked(X * z % _P, Y * z % _P)


def _add(p: _Extended, q: _Extended) -> _Extended:
    X1, Y1, Z1, T1 = p
    X2, Y2, Z2, T2 = q
    a, b, c, d = X1 * X2 % _P, Y1 * Y2 % _P, T1 * T2 % _P * D, Z1 * Z2
    e, f, g, h = (X1 + Y1) * (X2 + Y2) - a - b, d - c, d + c, b - A * a
    e, f, g, h = e % _P, f % _P, g % _P, h % _P
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _double(p: _Extended) -> _Extended:
    X, Y, Z, _ = p
    a, b, c = X * X % _P, Y * Y % _P, 2 * Z * Z
    d = A * a
    e, g, h = ((X + Y) ** 2 - a - b) % _P, (d + b) % _P, (d - b) % _P
    f = (g - c) % _P
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiples(p: _Extended) -> list[_Extended]:
    """0·p … 15·p."""
    table = [_ZERO, p]
    for _ in range(14):
        table.append(_add(table[-1], p))
    return table


def _straus(terms: Sequence[tuple[list[_Extended], int]]) -> _Extended:
    total = _ZERO
    bits = max((k.bit_length() for _, k in terms), default=0)
    for shift in range((bits + 3) // 4 * 4 - 4, -1, -4):
        if total is not _ZERO:
            total = _double(_double(_double(_double(total))))
        for table, k in terms:
            digit = k >> shift & 15
            if digit:
                total = _add(total, table[digit])
    return total


Point.IDENTITY = Point.unchecked(0, 1)
#: EIP-2494's base point of order l; circomlibjs calls it Base8.
Point.BASE8 = Point.unchecked(
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)
