"""Baby Jubjub in Montgomery form, v² = u³ + A·u² + u with A = 168698: the cheap additions.

(x, y) ↦ (u, v) = ((1 + y)/(1 − y), u/x). Additions here are incomplete: for two points with
the same u the slope is not determined, and a dishonest prover could choose it. Whoever calls
them owes the argument why that case cannot be reached; docs/statements.md has each.

| gadget            | assumes                     | enforces        | constraints |
| ----------------- | --------------------------- | --------------- | ----------- |
| `add_incomplete`  | on the curve, u₁ ≠ u₂        | P + Q           | 3           |
| `double_and_add_incomplete` | as above, u(P+Q) ≠ u(P) | 2P + Q    | 5           |
| `from_edwards`    | x ≠ 0 and y ≠ 1              | the same point  | 2           |
| `to_edwards`      | order l, not the identity    | the same point  | 2           |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from circuits.gadgets.coordinates import Coordinates
from zk.babyjubjub import A as EDWARDS_A
from zk.babyjubjub import D as EDWARDS_D
from zk.babyjubjub import Point
from zk.circuit import Linear, System
from zk.errors import CircuitError
from zk.field import SCALAR_MODULUS, inverse

_P: Final = SCALAR_MODULUS
#: A = 2·(a + d)/(a − d); the other coefficient, 4/(a − d), is 1.
A: Final = 2 * (EDWARDS_A + EDWARDS_D) * inverse(EDWARDS_A - EDWARDS_D, _P) % _P


@dataclass(frozen=True, slots=True)
class MontgomeryPoint:
    """A point whose coordinates are signals."""

    u: Linear
    v: Linear


def montgomery_coordinates(point: Point) -> tuple[int, int]:
    """(u, v) of a known point other than the identity."""
    if point.is_identity:
        raise CircuitError("Montgomery form", expected="a finite point", actual="the identity")
    u = (1 + point.y) * inverse(1 - point.y, _P) % _P
    return u, u * inverse(point.x, _P) % _P


def add_incomplete(cs: System, p: MontgomeryPoint, q: MontgomeryPoint) -> MontgomeryPoint:
    """P + Q for points that differ in u.

    λ·(u₂ − u₁) = v₂ − v₁, u₃ = λ² − A − u₁ − u₂, v₃ = λ·(u₁ − u₃) − v₁.
    """
    slope = _slope(cs, q.v - p.v, q.u - p.u)
    u = cs.named(cs.square(slope) - A - p.u - q.u)
    v = cs.named(cs.product(slope, p.u - u) - p.v)
    return MontgomeryPoint(u, v)


def double_and_add_incomplete(
    cs: System, p: MontgomeryPoint, q: MontgomeryPoint
) -> MontgomeryPoint:
    """(P + Q) + P, without ever computing v of P + Q.

    With R = P + Q, v_R = λ₁·(u_P − u_R) − v_P turns the second slope into
    (λ₁ + λ₂)·(u_P − u_R) = 2·v_P.
    """
    first = _slope(cs, q.v - p.v, q.u - p.u)
    u_sum = cs.square(first) - A - p.u - q.u
    second = _slope(cs, 2 * p.v, p.u - u_sum) - first
    u = cs.named(cs.square(second) - A - p.u - u_sum)
    v = cs.named(cs.product(second, p.u - u) - p.v)
    return MontgomeryPoint(u, v)


def from_edwards(cs: System, point: Coordinates[Linear]) -> MontgomeryPoint:
    """u·(1 − y) = 1 + y and v·x = u."""
    u = _slope(cs, 1 + point.y, 1 - point.y)
    return MontgomeryPoint(u, _slope(cs, u, point.x))


def to_edwards(cs: System, point: MontgomeryPoint) -> Coordinates[Linear]:
    """x·v = u and y·(u + 1) = u − 1.

    v = 0 only at the point of order two, and u = −1 nowhere: A − 2 is no square.
    """
    return Coordinates(_slope(cs, point.u, point.v), _slope(cs, point.u - 1, point.u + 1))


def _slope(cs: System, numerator: Linear, denominator: Linear) -> Linear:
    """numerator/denominator: a hint, tied by one constraint where the denominator is not 0."""
    quotient = cs.assign_quotient(numerator, denominator)
    cs.enforce_product(quotient, denominator, numerator)
    return quotient
