"""BN254: the groups G1 and G2 and the pairing, on py_ecc's arithmetic.

Encodings are those of EIP-196 and EIP-197: big-endian coordinates, the point at
infinity as zeros, the imaginary part of an element of F_q² first. py_ecc's pairing
checks that a point is on the curve and not that it is in the subgroup; constructing
a point here checks both, so a `G1Point` or `G2Point` that exists is a group element.

Incompatible elsewhere: py_ecc writes infinity as z = 0 in `optimized_bn128` and as
`None` in `bn128`; snarkjs writes it as (0, 1, 0); ours is (0, 0), as in the EIPs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from zk import curve
from zk.errors import MalformedPoint
from zk.field import BASE_MODULUS, SCALAR_MODULUS, batch_inverse, is_canonical
from zk.twist import Fq2, has_order_r, product

#: A point in py_ecc's homogeneous coordinates (X, Y, Z), for the inside of an algorithm.
Projective = tuple[Any, Any, Any]

#: 3/(9 + u), of the equation of the twist.
_B2: Final[Fq2] = (
    19485874751759354771024239261021720505790618469301721065564631296452457478373,
    266929791119991161246907387137283842545076965332900288569378510910307636690,
)


@dataclass(frozen=True, slots=True)
class G1Point:
    """A point of G1, affine; (0, 0) is infinity. The cofactor is 1."""

    x: int
    y: int

    BYTES: ClassVar[int] = 64
    INFINITY: ClassVar[G1Point]
    GENERATOR: ClassVar[G1Point]

    def __post_init__(self) -> None:
        _require_canonical("G1 point", self.x, self.y)
        if not self.is_infinity and (self.y**2 - self.x**3 - 3) % BASE_MODULUS:
            raise MalformedPoint("G1 point", expected="y² = x³ + 3", actual=f"({self.x}, {self.y})")

    @classmethod
    def unchecked(cls, x: int, y: int) -> Self:
        """For coordinates that an algorithm on checked points has just computed."""
        point: Self = _unchecked(cls, x, y)
        return point

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """64 bytes, x then y."""
        return cls(*_big_endian(data, cls.BYTES, "G1 point"))

    def encode(self) -> bytes:
        """The inverse of `decode`."""
        return self.x.to_bytes(32, "big") + self.y.to_bytes(32, "big")

    @property
    def is_infinity(self) -> bool:
        return self.x == 0 and self.y == 0

    def projective(self) -> Projective:
        """py_ecc's form."""
        return (
            curve.Z1 if self.is_infinity else (curve.FQ(self.x), curve.FQ(self.y), curve.FQ.one())
        )

    def __neg__(self) -> G1Point:
        return G1Point.unchecked(self.x, -self.y % BASE_MODULUS)

    def __add__(self, other: G1Point) -> G1Point:
        return affine_g1([curve.add(self.projective(), other.projective())])[0]

    def __mul__(self, scalar: int) -> G1Point:
        return affine_g1([curve.multiply(self.projective(), scalar % SCALAR_MODULUS)])[0]


@dataclass(frozen=True, slots=True)
class G2Point:
    """A point of G2, affine over F_q² = F_q[u]/(u² + 1); a pair (a, b) is a + b·u."""

    x: Fq2
    y: Fq2

    BYTES: ClassVar[int] = 128
    INFINITY: ClassVar[G2Point]
    GENERATOR: ClassVar[G2Point]

    def __post_init__(self) -> None:
        self.check_curve()
        self.check_subgroup()

    @classmethod
    def unchecked(cls, x: Fq2, y: Fq2) -> Self:
        """For coordinates that an algorithm on checked points has just computed."""
        point: Self = _unchecked(cls, x, y)
        return point

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """128 bytes: x then y, the imaginary part of each first."""
        x1, x0, y1, y0 = _big_endian(data, cls.BYTES, "G2 point")
        return cls((x0, x1), (y0, y1))

    def encode(self) -> bytes:
        """The inverse of `decode`."""
        parts = (self.x[1], self.x[0], self.y[1], self.y[0])
        return b"".join(c.to_bytes(32, "big") for c in parts)

    def check_curve(self) -> None:
        """Canonical coordinates that satisfy the equation of the twist."""
        _require_canonical("G2 point", *self.x, *self.y)
        if not self.is_infinity and not _is_on_twist(self.x, self.y):
            raise MalformedPoint(
                "G2 point", expected="y² = x³ + 3/(9+u)", actual=f"({self.x}, {self.y})"
            )

    def check_subgroup(self) -> None:
        """Order r: the twist has a cofactor of 254 bits, so the equation is not enough."""
        if not self.is_infinity and not has_order_r(self.x, self.y):
            raise MalformedPoint(
                "G2 point", expected="a point of order r", actual=f"({self.x}, {self.y})"
            )

    @property
    def is_infinity(self) -> bool:
        return self.x == (0, 0) and self.y == (0, 0)

    def projective(self) -> Projective:
        """py_ecc's form."""
        return (
            curve.Z2
            if self.is_infinity
            else (curve.FQ2(self.x), curve.FQ2(self.y), curve.FQ2.one())
        )

    def __neg__(self) -> G2Point:
        y = (-self.y[0] % BASE_MODULUS, -self.y[1] % BASE_MODULUS)
        return G2Point.unchecked(self.x, y)

    def __add__(self, other: G2Point) -> G2Point:
        return affine_g2([curve.add(self.projective(), other.projective())])[0]

    def __mul__(self, scalar: int) -> G2Point:
        return affine_g2([curve.multiply(self.projective(), scalar % SCALAR_MODULUS)])[0]


GroupPoint = G1Point | G2Point


def affine_g1(points: Sequence[Projective]) -> list[G1Point]:
    """All of `points` made affine with one inversion."""
    inverses = batch_inverse([int(z) for _, _, z in points], BASE_MODULUS)
    return [
        G1Point.unchecked(int(x) * z % BASE_MODULUS, int(y) * z % BASE_MODULUS)
        for (x, y, _), z in zip(points, inverses, strict=True)
    ]


def affine_g2(points: Sequence[Projective]) -> list[G2Point]:
    """All of `points` made affine with one inversion: 1/z = z̄ / (z·z̄)."""
    denominators = [_pair(z) for _, _, z in points]
    inverses = batch_inverse(
        [(a * a + b * b) % BASE_MODULUS for a, b in denominators], BASE_MODULUS
    )
    affine = []
    for (x, y, _), (a, b), n in zip(points, denominators, inverses, strict=True):
        z = (a * n, -b * n)
        affine.append(G2Point.unchecked(product(_pair(x), z), product(_pair(y), z)))
    return affine


def pairing_product_is_one(pairs: Iterable[tuple[G1Point, G2Point]]) -> bool:
    """∏ e(P, Q) = 1, with one final exponentiation for all of them."""
    paired = curve.FQ12.one()
    for p, q in pairs:
        paired *= curve.pairing(q.projective(), p.projective(), final_exponentiate=False)
    return bool(curve.final_exponentiate(paired) == curve.FQ12.one())


def _unchecked(cls: type[Any], x: object, y: object) -> Any:
    point = object.__new__(cls)
    object.__setattr__(point, "x", x)
    object.__setattr__(point, "y", y)
    return point


def _require_canonical(subject: str, *coordinates: int) -> None:
    for c in coordinates:
        if not is_canonical(c, BASE_MODULUS):
            raise MalformedPoint(subject, expected="coordinates in [0, q)", actual=c)


def _big_endian(data: bytes, size: int, subject: str) -> list[int]:
    if len(data) != size:
        raise MalformedPoint(subject, expected=f"{size} bytes", actual=f"{len(data)} bytes")
    return [int.from_bytes(data[i : i + 32], "big") for i in range(0, size, 32)]


def _pair(element: Any) -> Fq2:
    return int(element.coeffs[0]), int(element.coeffs[1])


def _is_on_twist(x: Fq2, y: Fq2) -> bool:
    left, right = product(y, y), product(product(x, x), x)
    return left == ((right[0] + _B2[0]) % BASE_MODULUS, (right[1] + _B2[1]) % BASE_MODULUS)


G1Point.INFINITY = G1Point.unchecked(0, 0)
G1Point.GENERATOR = G1Point.unchecked(1, 2)
G2Point.INFINITY = G2Point.unchecked((0, 0), (0, 0))
G2Point.GENERATOR = G2Point.unchecked(
    (
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
    ),
    (
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
)
