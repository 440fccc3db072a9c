"""docs/statements.md counts what the circuits have: constraints, public inputs, bits."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from circuits.schedule import loss_bits, loss_row_bits, paid_bits, room_bits, total_bits
from circuits.shape import SHAPES
from tests.circuits.pin import CIRCUITS_FILE
from tests.conftest import ROOT

PAGE: Final = (ROOT / "docs" / "statements.md").read_text()
PINNED: Final[dict[str, dict[str, Any]]] = json.loads(CIRCUITS_FILE.read_text())


def section(title: str) -> str:
    """From that heading to the next."""
    return re.split(r"^## ", PAGE.split(f"## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose heading begins with that cell, less the heading."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if re.match(rf"\| {first} +\|", line))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize(("title", "name"), [("Claim", "claim"), ("Margin", "margin")])
def test_each_check_has_the_constraints_that_its_row_says(title: str, name: str) -> None:
    """Every named check has a row, and the number at its beginning is what is pinned."""
    rows = {cells[0].strip("`"): cells[-1] for cells in table(section(title), "check")}
    pinned = PINNED[name]["standard"]["checks"]
    assert rows.keys() == pinned.keys()
    for check, cell in rows.items():
        assert re.match(r"[\d,]+", cell)[0].replace(",", "") == str(pinned[check]), check  # type: ignore[index]


def test_the_sizes_are_those_that_are_pinned() -> None:
    """Constraints and public inputs of each statement in each shape."""
    rows = table(section("Size, and the next saving"), "shape")
    for shape, *cells in rows:
        pinned = [PINNED[name][shape.strip("`")] for name in PINNED]
        assert cells == [f"{p['constraints']:,} / {p['public']['count']:,}" for p in pinned]
    assert [row[0].strip("`") for row in rows] == list(SHAPES)


def test_the_bits_are_those_of_the_shapes() -> None:
    """What holds a loss, a row with it, and what is left of each condition."""
    rows = table(section("Margin"), "shape")
    assert [row[0].strip("`") for row in rows] == list(SHAPES)
    for (_, *cells), shape in zip(rows, SHAPES.values(), strict=True):
        (loss,) = {loss_bits(shape, place) for place in range(len(shape.blocks))}
        (row,) = {loss_row_bits(shape, place) for place in range(len(shape.blocks))}
        rest = [total_bits(shape), paid_bits(shape), room_bits(shape)]
        assert [int(cell) for cell in cells] == [loss, row, *rest]
