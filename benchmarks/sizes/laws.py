"""What a cost is made of: for each figure the quantities that it is a sum of.

Each law says which multiples are to be found, never how large they are: that is for the sizes
that were measured to say. For the constraints a law follows from the circuits themselves, so it
must hold exactly; for seconds it is a choice, and its errors are part of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from circuits.escrow import word_count
from circuits.margin import escrowed_widths
from circuits.schedule import loss_bits, loss_row_bits, paid_bits, room_bits, total_bits
from circuits.shape import Block, Shape
from zk.poseidon import FULL_ROUNDS, PARTIAL_ROUNDS, keystream_width

Entry = Mapping[str, Any]
Quantity = Callable[[Entry], int]

#: What the keystream of an escrow absorbs: the shared point and the context.
_ABSORBED: Final = 3


@dataclass(frozen=True, slots=True)
class Law:
    """A figure of a size as a sum of multiples of quantities, which have names."""

    name: str
    unit: str
    value: Callable[[Entry], int | float]
    quantities: Mapping[str, Quantity]

    def row(self, entry: Entry) -> list[int]:
        """The quantities of one size."""
        return [quantity(entry) for quantity in self.quantities.values()]


def described(circuit: str, shape: Shape) -> dict[str, Any]:
    """The part of an entry that is known without measuring: enough for the constraints."""
    return {
        "circuit": circuit,
        "assets": shape.assets,
        "instruments": shape.instruments,
        "components": shape.components,
        "scenarios": shape.scenarios,
        "blocks": [[b.instruments, b.rows, b.collateral] for b in shape.blocks],
    }


def keystream_boxes(shape: Shape) -> int:
    """S-boxes of the escrow's keystream that have a signal to raise to the fifth power."""
    count = word_count(escrowed_widths(shape))
    width = keystream_width(_ABSORBED, count)
    permutations = -(-count // (width - 1))
    each = FULL_ROUNDS * width + PARTIAL_ROUNDS[width - 2]
    # What is not absorbed is constant in the first round, and so is its fifth power.
    return permutations * each - (width - _ABSORBED)


def _one(_: Entry) -> int:
    return 1


def _of(name: str) -> Quantity:
    return lambda entry: int(entry[name])


def _least(name: str) -> Callable[[Entry], float]:
    """The least of the runs: what else the machine did meanwhile is no part of a law."""
    return lambda entry: float(entry[name]["min"])


def _shape(entry: Entry) -> Shape:
    blocks = tuple(Block(*block) for block in entry["blocks"])
    return Shape(entry["assets"], entry["instruments"], entry["scenarios"], blocks)


def _is_escrowed(entry: Entry) -> int:
    return int(entry["circuit"] == "solvency")


def _is_margin(entry: Entry) -> int:
    return int(entry["circuit"] in ("margin", "solvency"))


def _products(entry: Entry) -> int:
    """One for each public factor of a private number."""
    shape = _shape(entry)
    if not _is_margin(entry):
        return shape.components * shape.scenarios
    moves = sum(block.rows * block.columns for block in shape.blocks)
    return moves + shape.assets - 1 + 3 * shape.instruments


def _bits(entry: Entry) -> int:
    """Of every sum that is shown not to be negative, as many as its value may have."""
    shape = _shape(entry)
    if not _is_margin(entry):
        return shape.row_bits * shape.scenarios
    lost = sum(
        loss_bits(shape, place) + block.rows * loss_row_bits(shape, place)
        for place, block in enumerate(shape.blocks)
    )
    return lost + total_bits(shape) + paid_bits(shape) + room_bits(shape)


_CONSTRAINTS: Final[Mapping[str, Quantity]] = {
    "1": _one,
    "A": _of("assets"),
    "I": _of("instruments"),
    "products": _products,
    "bits": _bits,
    "margin": _is_margin,
    # Bits of a long position and of a short one, less one of the position itself.
    "margin·I": lambda entry: _is_margin(entry) and int(entry["instruments"]),
    "escrow": _is_escrowed,
    "S-boxes": lambda entry: _is_escrowed(entry) and keystream_boxes(_shape(entry)),
}

LAWS: Final = (
    Law("constraints", "", _of("constraints"), _CONSTRAINTS),
    Law(
        "key_bytes",
        "bytes",
        _of("key_bytes"),
        {"1": _one} | {name: _of(name) for name in ("wires", "terms", "domain")},
    ),
    Law(
        "prove",
        "seconds",
        _least("prove"),
        {"1": _one, "domain": _of("domain"), "full wires": _of("full_wires")},
    ),
    Law(
        "verify",
        "seconds",
        _least("verify"),
        {"1": _one, "public inputs": _of("public")},
    ),
    Law(
        "verify_prepared",
        "seconds",
        _least("verify_prepared"),
        {"1": _one, "public inputs left": _of("public_left")},
    ),
)
