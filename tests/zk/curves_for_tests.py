"""Plain arithmetic on whole curves, written apart from `zk`, for points that `zk` refuses.

Baby Jubjub is a group of order 8·l of which `zk.babyjubjub.Point` holds the part of order l;
the twist of BN254 is a group of order r·h of which `zk.bn254.G2Point` holds the part of order
r. An attacker knows the rest of both groups, so the tests need it too.
"""

from __future__ import annotations

from typing import Final

from py_ecc import optimized_bn128 as curve

from zk.babyjubjub import A, D
from zk.bn254 import G2Point, affine_g2
from zk.field import BASE_MODULUS, SCALAR_MODULUS, SUBGROUP_ORDER, square_root
from zk.twist import Fq2

Affine = tuple[int, int]

IDENTITY: Final[Affine] = (0, 1)
#: EIP-2494's generator of the whole curve; eight times it is Base8.
GENERATOR: Final[Affine] = (
    995203441582195749578291179787384436505546430278305826713579947235728471134,
    5472060717959818805561601436314318772137091100104008585924551046643952123905,
)
#: The order of the twist is r·h (Barreto and Naehrig: h = 2q − r).
TWIST_COFACTOR: Final = 2 * BASE_MODULUS - SCALAR_MODULUS
SMALLEST_FACTOR: Final = 10069


def edwards_add(p: Affine, q: Affine) -> Affine:
    """The complete addition law of EIP-2494 on affine coordinates."""
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + y1 * x2) * pow(1 + t, -1, SCALAR_MODULUS)
    y = (y1 * y2 - A * x1 * x2) * pow(1 - t, -1, SCALAR_MODULUS)
    return x % SCALAR_MODULUS, y % SCALAR_MODULUS


def edwards_multiply(p: Affine, k: int) -> Affine:
    """k·p for k ≥ 0, one bit at a time."""
    total = IDENTITY
    for bit in f"{k:b}":
        total = edwards_add(total, total)
        if bit == "1":
            total = edwards_add(total, p)
    return total


def torsion_points() -> list[Affine]:
    """The eight points whose order divides 8, the identity first."""
    generator = edwards_multiply(GENERATOR, SUBGROUP_ORDER)
    return [edwards_multiply(generator, i) for i in range(8)]


def pack(p: Affine) -> bytes:
    """circomlibjs's encoding of any point, in the subgroup or not."""
    x, y = p
    return (y | (x > SCALAR_MODULUS // 2) << 255).to_bytes(32, "little")


def twist_point(seed: int = 1) -> G2Point:
    """A point of the twist that is in no subgroup worth naming: its order divides only r·h."""
    b = (int(curve.b2.coeffs[0]), int(curve.b2.coeffs[1]))
    while True:
        x = (seed, 1)
        square = _product(_product(x, x), x)
        y = _square_root(((square[0] + b[0]) % BASE_MODULUS, (square[1] + b[1]) % BASE_MODULUS))
        if y is not None:
            return G2Point.unchecked(x, y)
        seed += 1


def twist_multiply(point: G2Point, k: int) -> G2Point:
    """k·point with k taken as it is: outside the subgroup r·point is not zero."""
    return affine_g2([curve.multiply(point.projective(), k)])[0]


def small_order_twist_point() -> G2Point:
    """A point of order 10069, the smallest prime that divides the cofactor."""
    point = twist_multiply(twist_point(), SCALAR_MODULUS)
    small = twist_multiply(point, TWIST_COFACTOR // SMALLEST_FACTOR)
    assert not small.is_infinity
    return small


def _product(a: Fq2, b: Fq2) -> Fq2:
    real, imaginary = a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]
    return real % BASE_MODULUS, imaginary % BASE_MODULUS


def _square_root(a: Fq2) -> Fq2 | None:
    """√(a₀ + a₁·u) by the norm, for a₁ ≠ 0."""
    norm = square_root(a[0] * a[0] + a[1] * a[1], BASE_MODULUS)
    if norm is None:
        return None
    half = pow(2, -1, BASE_MODULUS)
    roots = (square_root((a[0] + n) * half, BASE_MODULUS) for n in (norm, -norm))
    real = next(root for root in roots if root is not None)
    return real, a[1] * pow(2 * real, -1, BASE_MODULUS) % BASE_MODULUS
