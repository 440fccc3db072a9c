"""Multiples of known points by signed windows of three bits.

With n bits read as signs ε = 2b − 1, the number Σ εᵢ·2ⁱ is odd: no window is ever zero, so an
accumulator never has to add the identity. For u = Σ bᵢ·2ⁱ it is 2u − (2ⁿ − 1).

| gadget               | assumes                       | enforces          | constraints  |
| -------------------- | ----------------------------- | ----------------- | ------------ |
| `accumulate_windows` | bits; no exceptional addition | start + Σ εᵢ·2ⁱ·P  | 5 per window |

The first window of all needs no addition and costs 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from circuits.gadgets.montgomery import MontgomeryPoint, add_incomplete, montgomery_coordinates
from circuits.gadgets.selection import WindowTable, select_signed
from circuits.shape import WINDOW_BITS
from zk.babyjubjub import Point
from zk.circuit import Linear, System
from zk.errors import CircuitError


def accumulate_windows(
    cs: System, start: MontgomeryPoint | None, bits: Sequence[Linear], base: Point
) -> MontgomeryPoint:
    """`start` + Σ εᵢ·2ⁱ·base; no start means that the first window is the accumulator."""
    if not bits or len(bits) % WINDOW_BITS:
        raise CircuitError(
            "windows", expected=f"a multiple of {WINDOW_BITS} bits", actual=len(bits)
        )
    accumulator = start
    for index in range(0, len(bits), WINDOW_BITS):
        table = _table(base, index // WINDOW_BITS)
        multiple = select_signed(cs, bits[index : index + WINDOW_BITS], table)
        accumulator = add_incomplete(cs, accumulator, multiple) if accumulator else multiple
    assert accumulator is not None
    return accumulator


def signed_number(bits: int, value: int) -> int:
    """Σ εᵢ·2ⁱ for the bits of `value`."""
    return 2 * value + 1 - (1 << bits)


@cache
def _table(base: Point, window: int) -> WindowTable:
    point = base * (1 << (WINDOW_BITS * window))
    return WindowTable.of([montgomery_coordinates(point * k) for k in (1, 3, 5, 7)])
