"""A multiple of a point that is itself a signal, one signed bit at a time.

| gadget     | assumes                                               | enforces  | constraints |
| ---------- | ----------------------------------------------------- | --------- | ----------- |
| `multiply` | bits; P of order l with no known relation to the start | Σ εᵢ·2ⁱ·P | 6n + 7      |

The accumulator starts at N, a generator hashed from its own label, and before step j holds
2ʲ·N + c·P with an odd or empty c. An addition that meets an exceptional case would be a
relation between N and P. The start leaves at the end by the complete addition.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.edwards import add_constant
from circuits.gadgets.montgomery import (
    MontgomeryPoint,
    double_and_add_incomplete,
    from_edwards,
    montgomery_coordinates,
    to_edwards,
)
from circuits.gadgets.selection import negate_if
from zk.babyjubjub import Point
from zk.circuit import Linear, System
from zk.generators import hash_to_curve


def start_point() -> Point:
    """N."""
    return hash_to_curve("variable-base start")


def multiply(cs: System, bits: Sequence[Linear], point: Coordinates[Linear]) -> Coordinates[Linear]:
    """(Σ εᵢ·2ⁱ)·P, most significant bit first."""
    base = from_edwards(cs, point)
    u, v = montgomery_coordinates(start_point())
    accumulator = MontgomeryPoint(Linear.constant(u), Linear.constant(v))
    for bit in reversed(bits):
        addend = MontgomeryPoint(base.u, negate_if(cs, 1 - bit, base.v))
        accumulator = double_and_add_incomplete(cs, accumulator, addend)
    shift = -(start_point() * (1 << len(bits)))
    return add_constant(cs, to_edwards(cs, accumulator), shift)
