"""Which sizes the study measures: shapes by name, or written out as in 8x392x256.

What is written out is of one coin, with as many rows as scenarios and nothing pledged.
"""

from __future__ import annotations

import re
from typing import Final

from circuits.shape import SHAPES, Shape
from zk.errors import Conflict

_WRITTEN: Final = re.compile(r"([0-9]{1,4})x([0-9]{1,4})x([0-9]{1,4})")

#: From a few instruments to the book of a clearing house: components at 16 scenarios, scenarios
#: at 12 and at 100 components, and both at once.
STUDY: Final = (
    *("2x2x16", "4x8x16", "4x28x16", "8x92x16", "8x192x16", "8x392x16"),
    *("4x8x4", "4x8x64", "4x8x256"),
    *("8x92x4", "8x92x64", "8x92x256"),
    "8x392x256",
)


def shapes_of(text: str) -> list[Shape]:
    """The shapes that a list names."""
    return [shape_of(name) for name in text.split(",")]


def shape_of(name: str) -> Shape:
    """A shape by its name, or assets x instruments x scenarios."""
    if name in SHAPES:
        return SHAPES[name]
    written = _WRITTEN.fullmatch(name)
    if written is None:
        expected = f"one of {', '.join(SHAPES)}, or as in {STUDY[-1]}"
        raise Conflict("shape", expected=expected, actual=name or "nothing")
    assets, instruments, scenarios = map(int, written.groups())
    return Shape(assets, instruments, scenarios)
