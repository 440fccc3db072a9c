"""Baby Jubjub in twisted Edwards form: complete additions, for the ends of a computation.

| gadget         | assumes      | enforces                        | constraints |
| -------------- | ------------ | ------------------------------- | ----------- |
| `add_constant` | on the curve | P + K for a known K, every P     | 3           |

The law is complete because a is a square and d is none: no denominator is ever zero, for any
two points of the curve.
"""

from __future__ import annotations

from circuits.gadgets.coordinates import Coordinates
from zk.babyjubjub import A, D, Point
from zk.circuit import Linear, System


def add_constant(cs: System, p: Coordinates[Linear], known: Point) -> Coordinates[Linear]:
    """P + K: x·(1 + d·k) = x₁y₂ + y₁x₂ and y·(1 − d·k) = y₁y₂ − a·x₁x₂, k = x₁y₁x₂y₂."""
    mixed = D * known.x * known.y * cs.product(p.x, p.y)
    x_numerator = known.y * p.x + known.x * p.y
    y_numerator = known.y * p.y - A * known.x * p.x
    x = cs.assign_quotient(x_numerator, 1 + mixed)
    cs.enforce_product(x, 1 + mixed, x_numerator)
    y = cs.assign_quotient(y_numerator, 1 - mixed)
    cs.enforce_product(y, 1 - mixed, y_numerator)
    return Coordinates(x, y)


def enforce_same_point(cs: System, p: Coordinates[Linear], q: Coordinates[Linear]) -> None:
    """P = Q; two linear constraints."""
    cs.enforce_equal(p.x, q.x)
    cs.enforce_equal(p.y, q.y)
