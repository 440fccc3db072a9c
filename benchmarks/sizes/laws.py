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
from circuits.shape import Shape
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
    }


def keystream_boxes(shape: Shape) -> int:
    """S-boxes of the escrow's keystream that have a signal to raise to the fifth power."""
    count = word_count(shape.widths)
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
    return Shape(entry["assets"], entry["instruments"], entry["scenarios"])


def _is_escrowed(entry: Entry) -> int:
    return int(entry["circuit"] == "solvency")


_CONSTRAINTS: Final[Mapping[str, Quantity]] = {
    "1": _one,
    "A": _of("assets"),
    "I": _of("instruments"),
    "K·S": lambda entry: int(entry["components"] * entry["scenarios"]),
    # A row needs a product for each component, and as many bits as its value may have.
    "S·row bits": lambda entry: _shape(entry).row_bits * int(entry["scenarios"]),
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
