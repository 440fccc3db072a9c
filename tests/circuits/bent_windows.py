"""A window whose bits are none, and which selects the same point as honest bits do.

Three bits select a point (u, v). With three free field elements in their place there is a
curve of them for each point, and the number 4b₂ + 2b₁ + b₀ that they stand for moves along
it: without the rows that say "these are bits", C would open to any number.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.gadgets.montgomery import montgomery_coordinates
from circuits.gadgets.selection import WindowTable
from circuits.shape import WINDOW_BITS
from zk.babyjubjub import Point
from zk.field import SCALAR_MODULUS, inverse, is_square, square_root

_P = SCALAR_MODULUS
_HALF = inverse(2, _P)


def bent_bits(base: Point, honest: Sequence[int], window: int, least: int) -> tuple[list[int], int]:
    """Field elements instead of bits, and by how much their weighted sum exceeds the honest one.

    One window is bent, by the first amount from `least` on for which there is a solution;
    every multiple that the windows of `base` select is the one that the honest bits select.
    """
    at = WINDOW_BITS * window
    digit, weight = honest[at : at + WINDOW_BITS], base * (1 << at)
    table = WindowTable.of([montgomery_coordinates(weight * k) for k in (1, 3, 5, 7)])
    for amount in range(least, least + 100):
        bent = _bend(table, digit, amount)
        if bent is not None:
            return [*honest[:at], *bent, *honest[at + WINDOW_BITS :]], amount << at
    raise AssertionError("no solution in a hundred tries")  # each is one in two


def _bend(table: WindowTable, digit: Sequence[int], amount: int) -> list[int] | None:
    """Solves `select_signed` for its bits: two linear equations and a quadratic one.

    With U and V the point's coordinates and εᵢ = 2bᵢ − 1:
        ε₀ + 2ε₁ + 4ε₂ = t,
        α·ε₀ + β·ε₁ + γ·ε₂ = V,
        (ε₂ + ρ·ε₀)·(b·ε₀ + c·ε₁) = U − a + ρ·b.
    """
    (a, b, c, d), (a_odd, b_odd, c_odd, d_odd) = table.even, table.odd
    ratio, cubic = d * inverse(c, _P), d_odd * inverse(d, _P)
    e0, e1, e2 = (2 * bit - 1 for bit in digit)
    target = (e2 + ratio * e0) * (b * e0 + c * e1)
    U = target + a - ratio * b
    alpha, beta, gamma = b_odd - cubic * b, c_odd - cubic * c, a_odd + cubic * (U - a)
    V = alpha * e0 + beta * e1 + gamma * e2
    t = e0 + 2 * e1 + 4 * e2 + 2 * amount
    # Both others as p + q·ε₀, then a quadratic equation for ε₀.
    determinant = inverse(2 * gamma - 4 * beta, _P)
    p1, q1 = (gamma * t - 4 * V) * determinant, (4 * alpha - gamma) * determinant
    p2, q2 = (2 * V - beta * t) * determinant, (beta - 2 * alpha) * determinant
    x2, x0 = (q2 + ratio) * (b + c * q1), p2 * c * p1 - target
    x1 = (q2 + ratio) * c * p1 + p2 * (b + c * q1)
    discriminant = (x1 * x1 - 4 * x2 * x0) % _P
    if not is_square(discriminant, _P):
        return None
    root = square_root(discriminant, _P)
    assert root is not None
    first = (root - x1) * inverse(2 * x2, _P) % _P
    signs = (first, p1 + q1 * first, p2 + q2 * first)
    return [(sign + 1) * _HALF % _P for sign in signs]
