"""What each gadget costs: the constraints that it leaves behind when it is traced alone.

Linear constraints are not counted, since compiling folds them away.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from io import StringIO
from pathlib import Path
from typing import Final

from circuits.escrow import EscrowPublic, enforce_escrow, enforce_masked
from circuits.gadgets.bits import enforce_bits, enforce_inner_half, enforce_width
from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.edwards import add_constant, enforce_same_point
from circuits.gadgets.fixed_base import accumulate_windows
from circuits.gadgets.montgomery import (
    MontgomeryPoint,
    add_incomplete,
    double_and_add_incomplete,
    from_edwards,
    montgomery_coordinates,
    to_edwards,
)
from circuits.gadgets.pedersen import Component, enforce_opening
from circuits.gadgets.poseidon import keystream, permute
from circuits.gadgets.selection import WindowTable, negate_if, select_signed
from circuits.gadgets.variable_base import multiply
from circuits.shape import BLINDING, POSITION, SHAPES, WINDOW_BITS
from zk.babyjubjub import Point
from zk.circuit import Linear, System
from zk.circuit.fold import is_linear
from zk.generators import value_generator

COSTS_FILE: Final = Path(__file__).with_name("gadget_costs.csv")


@dataclass(frozen=True)
class Cost:
    """A gadget, the sizes that it was measured with, and its price."""

    gadget: str
    parameters: str
    constraints: int

    @property
    def sizes(self) -> dict[str, int]:
        """The parameters by name."""
        pairs = (part.split("=") for part in self.parameters.split())
        return {name: int(size) for name, size in pairs}


class Bench(System):
    """A system that hands out signals of which nothing is known."""

    def signals(self, count: int) -> list[Linear]:
        """So many of them."""
        return self.assign_bits(0, count)

    def signal(self) -> Linear:
        """One."""
        return self.signals(1)[0]

    def edwards(self) -> Coordinates[Linear]:
        """A point in Edwards form."""
        return Coordinates(*self.signals(2))

    def montgomery(self) -> MontgomeryPoint:
        """A point in Montgomery form."""
        return MontgomeryPoint(*self.signals(2))


def cost(gadget: str, state: Callable[[Bench], object], **sizes: int) -> Cost:
    """The price of what `state` states."""
    bench = Bench(0)
    with bench.scope(gadget):
        state(bench)
    price = sum(not is_linear(constraint) for constraint in bench.constraints)
    return Cost(gadget, " ".join(f"{name}={size}" for name, size in sizes.items()), price)


def measure() -> list[Cost]:
    """All gadgets, in the order of the file."""
    return [
        *(_bits(count) for count in (1, 47, 111, 252)),
        cost("enforce_width", lambda b: enforce_width(b, b.signal(), POSITION), bits=POSITION.bits),
        cost(
            "enforce_inner_half",
            lambda b: enforce_inner_half(b, b.signal(), POSITION),
            bits=POSITION.bits,
        ),
        cost("select_signed", lambda b: select_signed(b, b.signals(3), _window_table())),
        cost("negate_if", lambda b: negate_if(b, b.signal(), b.signal())),
        cost("add_incomplete", lambda b: add_incomplete(b, b.montgomery(), b.montgomery())),
        cost(
            "double_and_add_incomplete",
            lambda b: double_and_add_incomplete(b, b.montgomery(), b.montgomery()),
        ),
        cost("from_edwards", lambda b: from_edwards(b, b.edwards())),
        cost("to_edwards", lambda b: to_edwards(b, b.montgomery())),
        cost("add_constant", lambda b: add_constant(b, b.edwards(), Point.BASE8)),
        cost("enforce_same_point", lambda b: enforce_same_point(b, b.edwards(), b.edwards())),
        *(_windows(count, started) for count in (1, 2, 83) for started in (0, 1)),
        *(_opening(SHAPES[name].components) for name in ("tiny", "standard")),
        *(_multiple(bits) for bits in (1, 2, 249)),
        *(_permutation(width) for width in (2, 3, 4, 5, 17)),
        *(_keystream(inputs, count) for inputs, count in ((3, 2), (3, 3), (3, 4), (3, 20))),
        *(_masked(words) for words in (3, 4)),
        *(_escrow(words) for words in (3, 4)),
    ]


def write(costs: Sequence[Cost]) -> str:
    """The file's text."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(field.name for field in fields(Cost))
    rows.writerows(map(astuple, costs))
    return text.getvalue()


def read(text: str) -> list[Cost]:
    """The inverse of `write`."""
    rows = csv.DictReader(StringIO(text))
    return [Cost(row["gadget"], row["parameters"], int(row["constraints"])) for row in rows]


def _window_table() -> WindowTable:
    return WindowTable.of([montgomery_coordinates(Point.BASE8 * k) for k in (1, 3, 5, 7)])


def _bits(count: int) -> Cost:
    return cost("enforce_bits", lambda b: enforce_bits(b, b.signal(), count), bits=count)


def _windows(count: int, started: int) -> Cost:
    def state(bench: Bench) -> None:
        start = bench.montgomery() if started else None
        accumulate_windows(bench, start, bench.signals(WINDOW_BITS * count), Point.BASE8)

    return cost("accumulate_windows", state, windows=count, started=started)


def _opening(components: int) -> Cost:
    """Of so many positions: the price of a window is the same in every width."""

    def state(bench: Bench) -> None:
        parts = [
            Component(value_generator(index), POSITION, bench.signals(POSITION.bits))
            for index in range(components)
        ]
        enforce_opening(bench, bench.edwards(), parts, bench.signals(BLINDING.bits))

    windows = (components * POSITION.bits + BLINDING.bits) // WINDOW_BITS
    return cost("enforce_opening", state, windows=windows)


def _multiple(bits: int) -> Cost:
    return cost("multiply", lambda b: multiply(b, b.signals(bits), b.edwards()), bits=bits)


def _permutation(width: int) -> Cost:
    return cost("permute", lambda b: permute(b, b.signals(width)), width=width)


def _keystream(inputs: int, count: int) -> Cost:
    def state(bench: Bench) -> None:
        keystream(bench, bench.signals(inputs), count)

    return cost("keystream", state, inputs=inputs, words=count)


def _masked(words: int) -> Cost:
    def state(bench: Bench) -> None:
        enforce_masked(bench, bench.signals(words), bench.signals(words), bench.signals(3))

    return cost("enforce_masked", state, words=words)


def _escrow(words: int) -> Cost:
    def state(bench: Bench) -> None:
        public = EscrowPublic(bench.edwards(), bench.edwards(), tuple(bench.signals(words)))
        enforce_escrow(bench, public, bench.signal(), bench.signal(), bench.signals(words))

    return cost("enforce_escrow", state, words=words)
