"""Selection of a point by bits: one of ±1, ±3, ±5, ±7 times a known point.

Write the three bits as signs ε = 2b − 1. The digit 4ε₂ + 2ε₁ + ε₀ is odd, so it is never
zero, and a negative digit negates v alone. As functions of the signs (ε² = 1),

    u = a + b·ε₀ε₂ + c·ε₁ε₂ + d·ε₀ε₁        (even)
    v = a'·ε₂ + b'·ε₀ + c'·ε₁ + d'·ε₀ε₁ε₂    (odd)

and both are one product each: (ε₂ + (d/c)·ε₀)·(b·ε₀ + c·ε₁) gives u, and ε₂·u holds the
one cubic term of v.

| gadget          | assumes   | enforces                              | constraints |
| --------------- | --------- | ------------------------------------- | ----------- |
| `select_signed` | bits      | (u, v) is the digit's multiple         | 2           |
| `negate_if`     | a bit     | v or −v                               | 1           |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.gadgets.montgomery import MontgomeryPoint
from zk.circuit import Linear, System
from zk.errors import CircuitError
from zk.field import SCALAR_MODULUS, inverse

_P = SCALAR_MODULUS
_QUARTER = inverse(4, _P)


@dataclass(frozen=True, slots=True)
class WindowTable:
    """The coefficients of u and v for one window."""

    even: tuple[int, int, int, int]
    odd: tuple[int, int, int, int]

    @classmethod
    def of(cls, multiples: Sequence[tuple[int, int]]) -> WindowTable:
        """From the Montgomery coordinates of 1, 3, 5 and 7 times the window's point.

        |digit| = 4 + 2μ₁ + μ₀ with μᵢ = εᵢε₂, so the table is interpolated over μ.
        """
        even, odd = (_interpolate([point[axis] for point in multiples]) for axis in (0, 1))
        if 0 in (even[2], even[3]):
            raise CircuitError("window table", expected="c·d ≠ 0", actual=even)
        return cls(even, odd)


def select_signed(cs: System, bits: Sequence[Linear], table: WindowTable) -> MontgomeryPoint:
    """The multiple of the window's point by the digit 2·Σ bᵢ·2ⁱ − 7."""
    e0, e1, e2 = (2 * bit - 1 for bit in bits)
    a, b, c, d = table.even
    ratio = d * inverse(c, _P) % _P
    u = cs.product(e2 + ratio * e0, b * e0 + c * e1) + (a - ratio * b)
    cubic = cs.product(e2, u) - a * e2 - b * e0 - c * e1
    a_odd, b_odd, c_odd, d_odd = table.odd
    v = a_odd * e2 + b_odd * e0 + c_odd * e1 + (d_odd * inverse(d, _P) % _P) * cubic
    return MontgomeryPoint(u, v)


def negate_if(cs: System, negative: Linear, v: Linear) -> Linear:
    """−v where the bit is set, otherwise v."""
    return cs.product(1 - 2 * negative, v)


def _interpolate(values: Sequence[int]) -> tuple[int, int, int, int]:
    """k₀ + k₁·μ₀ + k₂·μ₁ + k₃·μ₀μ₁ through the values at (μ₀, μ₁) = (∓1, ∓1), in binary order."""
    mm, pm, mp, pp = values
    sums = (mm + pm + mp + pp, pm + pp - mm - mp, mp + pp - mm - pm, mm + pp - pm - mp)
    k0, k1, k2, k3 = (s * _QUARTER % _P for s in sums)
    return k0, k1, k2, k3
