"""Tables of measurements on a terminal: no cell is broken where it could stand whole."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.page import RESULTS
from benchmarks.report import tables
from tacit.bench.tables import print_table

#: More words are a sentence, which is folded at its spaces on any terminal.
FEW = 4


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_a_result_fits_a_terminal(path: Path) -> None:
    """On 80 columns every cell stands whole in one line, beside what its row is about."""
    for title, columns, rows in tables(json.loads(path.read_text())):
        if not rows:
            continue
        written = io.StringIO()
        console = Console(file=written, width=80, force_terminal=True, color_system=None)
        print_table(console, title, columns, rows)
        lines = written.getvalue().splitlines()
        assert max(map(len, lines)) <= 80
        for row in rows:
            for cell in row[1:]:
                if len(row[0]) + len(cell) < 70 and len(cell.split()) < FEW:
                    assert any(row[0] in line and cell in line for line in lines), (title, cell)
