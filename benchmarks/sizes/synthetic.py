"""Circuits of any size, written as constraint systems: what `tacit bench synthetic` proves.

Both fill a domain of 2ᵏ rows to the last: 2ᵏ − 2 constraints and the two public rows.

| kind     | constraints                                           | the witness                |
| -------- | ----------------------------------------------------- | -------------------------- |
| bits     | bⱼ·(bⱼ − 1) = 0; after every 63 of them, a product    | 63 of 64 wires are 0 or 1  |
| products | xᵢ₊₁ = xᵢ·xᵢ₋₁                                        | every wire fills the field |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zk.field import SCALAR_MODULUS
from zk.r1cs import R1CS, Constraint, Row
from zk.randomness import Randomness

_P: Final = SCALAR_MODULUS
_BLOCK: Final = 63


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A constraint system, and a witness that satisfies it."""

    r1cs: R1CS
    witness: tuple[int, ...]


def bits(log_rows: int, randomness: Randomness) -> Synthetic:
    """Bits, and a chain of products that binds each block of them to the public result."""
    rows = (1 << log_rows) - 2
    constraints: list[Constraint] = []
    witness = [1, 0]
    accumulator, block = _one(0), list[int]()
    value = 1
    for left in range(rows, 0, -1):
        if len(block) < _BLOCK and left > 1:
            wire = len(witness)
            witness.append(randomness(2))
            block.append(wire)
            constraints.append(Constraint(_one(wire), ((0, _P - 1), (wire, 1)), ()))
            continue
        # acc' = acc·(3 + Σ 2ʲ⁺¹·bⱼ): odd, so that no product is zero.
        factor: Row = ((0, 3), *((wire, 2 << j) for j, wire in enumerate(block)))
        value = value * sum(k * witness[wire] for wire, k in factor) % _P
        out = 1 if left == 1 else len(witness)
        if out == 1:
            witness[1] = value
        else:
            witness.append(value)
        constraints.append(Constraint(accumulator, factor, _one(out)))
        accumulator, block = _one(out), []
    return _synthetic(constraints, witness)


def products(log_rows: int, randomness: Randomness) -> Synthetic:
    """A chain of products of full-size numbers."""
    rows = (1 << log_rows) - 2
    # Wire 1 is public and the end of the chain; its beginning stands in wires 2 and 3.
    witness = [1, 0, 1 + randomness(_P - 1), 1 + randomness(_P - 1)]
    constraints: list[Constraint] = []
    for step in range(rows):
        before, last = step + 2, step + 3
        value = witness[before] * witness[last] % _P
        out = 1 if step == rows - 1 else len(witness)
        if out == 1:
            witness[1] = value
        else:
            witness.append(value)
        constraints.append(Constraint(_one(last), _one(before), _one(out)))
    return _synthetic(constraints, witness)


KINDS: Final[Mapping[str, Callable[[int, Randomness], Synthetic]]] = MappingProxyType(
    {"bits": bits, "products": products}
)


def _one(wire: int) -> Row:
    return ((wire, 1),)


def _synthetic(constraints: list[Constraint], witness: list[int]) -> Synthetic:
    r1cs = R1CS(wires=len(witness), public=1, private_inputs=0, constraints=tuple(constraints))
    return Synthetic(r1cs, tuple(witness))
