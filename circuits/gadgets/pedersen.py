"""The opening of a vector Pedersen commitment: C = Σ vₖ·Gₖ + r·H.

| gadget            | assumes                                | enforces    | constraints     |
| ----------------- | -------------------------------------- | ----------- | --------------- |
| `enforce_opening` | the bits of vₖ − minimumₖ, and of r     | the opening | 5 per window + 2 |

The bits are those of the range proof: they are taken once. With halved generators G' = G/2 a
component's windows add (2u − (2ⁿ − 1))·G' = (v + κ)·G, and the constant Σ κₖ·Gₖ + κ_r·H leaves at
the end by the complete addition, which also lets C be the identity.

No exceptional addition: within the first component the partial sum stays below the weight of
the next digit, and 8²¹ is far below l; from then on the accumulator holds an odd, non-zero
multiple of G₀/2, which no later addend contains: an exception would be a discrete-logarithm
relation between the generators. Values come first and r last for exactly this reason: r is as
long as l, and alone it would wrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.edwards import add_constant, enforce_same_point
from circuits.gadgets.fixed_base import accumulate_windows, signed_number
from circuits.gadgets.montgomery import MontgomeryPoint, to_edwards
from circuits.shape import BLINDING, Width
from zk.babyjubjub import Point, combine
from zk.circuit import Linear, System
from zk.field import SUBGROUP_ORDER, inverse
from zk.generators import blinding_generator

_HALF = inverse(2, SUBGROUP_ORDER)


@dataclass(frozen=True, slots=True)
class Component:
    """One term of the sum: its generator, its width and its bits."""

    generator: Point
    width: Width
    bits: Sequence[Linear]


def enforce_opening(
    cs: System,
    commitment: Coordinates[Linear],
    components: Sequence[Component],
    blinding: Sequence[Linear],
) -> None:
    """C commits to these components, and to zero in every other, under that blinding."""
    accumulator: MontgomeryPoint | None = None
    for component in components:
        base = halved(component.generator)
        accumulator = accumulate_windows(cs, accumulator, component.bits, base)
    accumulator = accumulate_windows(cs, accumulator, blinding, halved(blinding_generator()))
    shift = _shift(tuple((component.generator, component.width) for component in components))
    opened = add_constant(cs, to_edwards(cs, accumulator), shift)
    enforce_same_point(cs, opened, commitment)


@cache
def halved(point: Point) -> Point:
    """G' with 2·G' = G."""
    return point * _HALF


def _shift(components: tuple[tuple[Point, Width], ...]) -> Point:
    """−(Σ κₖ·Gₖ + κ_r·H)."""
    points = [halved(generator) for generator, _ in components]
    surplus = [_doubled_surplus(width) for _, width in components]
    return -combine([*points, halved(blinding_generator())], [*surplus, _doubled_surplus(BLINDING)])


def _doubled_surplus(width: Width) -> int:
    """2κ: the number that the windows give for the value 0."""
    return signed_number(width.bits, -width.minimum)
