"""Many multiples of one point, from a table of its windows.

table[j][d − 1] = d·2^(w·j)·P for 1 ≤ d ≤ 2^(w−1): a multiple is one addition per signed
digit. A setup needs tens of thousands of multiples of the two generators.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from py_ecc.optimized_bn128 import Z1, Z2, add, double, neg

from zk.bn254 import G1Point, G2Point, Projective, affine_g1, affine_g2
from zk.field import SCALAR_MODULUS, signed
from zk.msm import signed_digits

_WINDOW: Final = 8
_DIGITS: Final = SCALAR_MODULUS.bit_length() // _WINDOW + 1


def multiples_g1(scalars: Sequence[int]) -> list[G1Point]:
    """k·G₁ for each k."""
    return affine_g1([_multiple(G1Point.GENERATOR, k, Z1) for k in scalars])


def multiples_g2(scalars: Sequence[int]) -> list[G2Point]:
    """k·G₂ for each k."""
    return affine_g2([_multiple(G2Point.GENERATOR, k, Z2) for k in scalars])


def _multiple(point: G1Point | G2Point, scalar: int, zero: Projective) -> Projective:
    k = signed(scalar, SCALAR_MODULUS)
    total = zero
    for row, digit in zip(_table(point), signed_digits(abs(k), _WINDOW), strict=False):
        if digit:
            entry = row[abs(digit) - 1]
            total = add(total, entry if digit > 0 else neg(entry))
    return neg(total) if k < 0 else total


@cache
def _table(point: G1Point | G2Point) -> list[list[Projective]]:
    rows, base = [], point.projective()
    for _ in range(_DIGITS):
        row = [base]
        for _ in range((1 << (_WINDOW - 1)) - 1):
            row.append(add(row[-1], base))
        rows.append(row)
        base = double(row[-1])
    return rows
