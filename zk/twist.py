"""Whether a point of the twist has order r, on plain integers.

Every point that arrives is asked this, also where a faster backend computes everything else, so
it is worth more than py_ecc's objects: a pair (a, b) is a + b·u of F_q² = F_q[u]/(u² + 1), and a
point is (X, Y, Z) with x = X/Z² and y = Y/Z³. The formulas are dbl-2009-l and madd of the
Explicit-Formulas Database (Jacobian coordinates, a = 0), complete by the cases they leave out.
"""

from __future__ import annotations

from typing import Final

from zk.field import BASE_MODULUS as Q
from zk.field import SCALAR_MODULUS

Fq2 = tuple[int, int]
_Jacobian = tuple[Fq2, Fq2, Fq2]

_ZERO: Final[Fq2] = (0, 0)
_ONE: Final[Fq2] = (1, 0)


def has_order_r(x: Fq2, y: Fq2) -> bool:
    """[r]P = O, for a point P = (x, y) that is known to be on the curve."""
    opposite = (-y[0] % Q, -y[1] % Q)
    total: _Jacobian = (_ONE, _ONE, _ZERO)
    for digit in _DIGITS:
        total = _double(total)
        if digit:
            total = _add(total, x, y if digit > 0 else opposite)
    return total[2] == _ZERO


def product(a: Fq2, b: Fq2) -> Fq2:
    """a·b."""
    return (a[0] * b[0] - a[1] * b[1]) % Q, (a[0] * b[1] + a[1] * b[0]) % Q


def _non_adjacent(k: int) -> tuple[int, ...]:
    """Digits −1, 0 and 1 of k, highest first, no two of them beside each other non-zero."""
    digits = []
    while k:
        digit = 2 - k % 4 if k % 2 else 0
        digits.append(digit)
        k = (k - digit) // 2
    return tuple(reversed(digits))


_DIGITS: Final = _non_adjacent(SCALAR_MODULUS)


def _square(a: Fq2) -> Fq2:
    return (a[0] + a[1]) * (a[0] - a[1]) % Q, 2 * a[0] * a[1] % Q


def _double(point: _Jacobian) -> _Jacobian:
    """2·P; of infinity it is infinity, since Z stays zero."""
    x, y, z = point
    a, b = _square(x), _square(y)
    c = _square(b)
    s = _square((x[0] + b[0], x[1] + b[1]))
    d = (2 * (s[0] - a[0] - c[0]), 2 * (s[1] - a[1] - c[1]))
    e = (3 * a[0], 3 * a[1])
    f = _square(e)
    x3 = ((f[0] - 2 * d[0]) % Q, (f[1] - 2 * d[1]) % Q)
    t = product(e, (d[0] - x3[0], d[1] - x3[1]))
    y3 = ((t[0] - 8 * c[0]) % Q, (t[1] - 8 * c[1]) % Q)
    return x3, y3, product((2 * y[0], 2 * y[1]), z)


def _add(point: _Jacobian, x2: Fq2, y2: Fq2) -> _Jacobian:
    """P + (x2, y2), whatever the two are to each other."""
    x1, y1, z1 = point
    if z1 == _ZERO:
        return x2, y2, _ONE
    zz = _square(z1)
    u, s = product(x2, zz), product(y2, product(z1, zz))
    h = ((u[0] - x1[0]) % Q, (u[1] - x1[1]) % Q)
    r = ((s[0] - y1[0]) % Q, (s[1] - y1[1]) % Q)
    if h == _ZERO:
        return _double(point) if r == _ZERO else (_ONE, _ONE, _ZERO)
    hh = _square(h)
    hhh, v = product(h, hh), product(x1, hh)
    rr = _square(r)
    x3 = ((rr[0] - hhh[0] - 2 * v[0]) % Q, (rr[1] - hhh[1] - 2 * v[1]) % Q)
    t, w = product(r, (v[0] - x3[0], v[1] - x3[1])), product(y1, hhh)
    return x3, ((t[0] - w[0]) % Q, (t[1] - w[1]) % Q), product(z1, h)
