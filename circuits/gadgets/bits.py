"""Bits and ranges.

| gadget               | assumes | enforces                    | constraints |
| -------------------- | ------- | --------------------------- | ----------- |
| `enforce_bits`       | nothing | x = Σ bᵢ·2ⁱ, each bᵢ a bit   | n, and one linear |
| `enforce_width`      | nothing | minimum ≤ x ≤ maximum       | as many     |
| `enforce_inner_half` | nothing | −2ⁿ⁻² ≤ x < 2ⁿ⁻², if signed | one less    |

n stays below 254, so a decomposition is unique: there is no second one that wraps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from circuits.shape import Width
from zk.circuit import Linear, Signal, System, as_linear, combination
from zk.errors import CircuitError

_MOST_BITS: Final = 253


def enforce_bits(cs: System, x: Signal, count: int) -> list[Linear]:
    """0 ≤ x < 2^count; the bits, least significant first."""
    if count > _MOST_BITS:
        raise CircuitError("bits", expected=f"at most {_MOST_BITS}", actual=count)
    bits = cs.assign_bits(x, count)
    for bit in bits:
        cs.enforce_boolean(bit)
    cs.enforce_equal(x, weighted(bits))
    return bits


def enforce_width(cs: System, x: Signal, width: Width) -> list[Linear]:
    """x within the width; the bits of x − minimum."""
    return enforce_bits(cs, as_linear(x) - width.minimum, width.bits)


def enforce_inner_half(cs: System, x: Signal, width: Width) -> list[Linear]:
    """x within the inner half of a signed width; the bits of x − minimum, as of the whole width.

    They are those of x + 2ⁿ⁻² with 2ⁿ⁻² added: below the highest stands its opposite. An unsigned
    width has no inner half, and is enforced as it is.
    """
    bits = enforce_width(cs, x, width.inner)
    return [*bits[:-1], 1 - bits[-1], bits[-1]] if width.signed else bits


def weighted(bits: Sequence[Linear]) -> Linear:
    """Σ bᵢ·2ⁱ."""
    return combination((1 << i, bit) for i, bit in enumerate(bits))
