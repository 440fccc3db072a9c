"""The scalars for which windows alone meet the exception of the incomplete addition.

l ≈ 3.024·8⁸³, so with 84 windows the partial sum 3·8⁸³ − l is reachable, and where the last
digit is 3 the addition meets the same point twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from circuits.gadgets.fixed_base import signed_number
from circuits.shape import BLINDING, WINDOW_BITS
from tests.circuits.dishonest_prover import hints
from zk.circuit import CompiledCircuit, Operation
from zk.field import SUBGROUP_ORDER

WINDOWS: Final = BLINDING.bits // WINDOW_BITS
TOP: Final = 1 << WINDOW_BITS * (WINDOWS - 1)
#: What all windows but the last must add up to, so that the last one adds the same point.
PARTIAL: Final = 3 * TOP - SUBGROUP_ORDER


def number_with(partial: int, digit: int) -> int:
    """u whose windows are that partial sum and then that digit: 2u + 1 − 8⁸⁴ = both together."""
    u = (partial + digit * TOP + (1 << BLINDING.bits) - 1) // 2
    assert signed_number(BLINDING.bits, u) == partial + digit * TOP
    return u


#: The digits that meet the exception, their negation, the sums that cancel, and neighbours.
DOUBLING: Final = (number_with(PARTIAL, 3), number_with(-PARTIAL, -3))
CANCELLING: Final = (number_with(PARTIAL, -3), number_with(-PARTIAL, 3))
NEIGHBOURS: Final = tuple(u + step for u in (*DOUBLING, *CANCELLING) for step in (-1, 1))
SCALARS: Final = (*DOUBLING, *CANCELLING, *NEIGHBOURS)


def meets_exception(compiled: CompiledCircuit, registers: Sequence[int]) -> bool:
    """True where any quotient of this run has the denominator zero."""
    steps = hints(compiled, Operation.QUOTIENT)
    return any(step.arguments[1].value(registers) == 0 for step in steps)
