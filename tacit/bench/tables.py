"""Tables of a measurement on a terminal, or in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.report import Row, tables

#: The width of what goes to a file or another program: room for whole rows.
_PAPER: Final = 160
#: What stands between two columns.
_GAP: Final = 3


def show(document: Mapping[str, Any], console: Console) -> None:
    """All tables that have rows, and what was left out."""
    for title, columns, rows in tables(document):
        if rows:
            print_table(console, title, columns, rows)
    for name, why in document.get("skipped", {}).items():
        console.print(f"peer {name} skipped: {why}", markup=False)


def print_table(console: Console, title: str, columns: Row, rows: Iterable[Row]) -> None:
    """A table for people; what a row is about stays in one line.

    What is wider than the terminal becomes several tables, each of which begins with the column
    that says what its rows are about.
    """
    if not console.is_terminal:
        console = Console(file=console.file, width=_PAPER, highlight=False)
    made = list(rows)
    for part in _parts([columns, *made], console.width):
        shown = title if part[1:2] in ((), (1,)) else f"{title}, continued"
        console.print(_table(shown, [[row[place] for place in part] for row in [columns, *made]]))


def _table(title: str, lines: Sequence[Sequence[str]]) -> Table:
    columns, *rows = lines
    table = Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1))
    for column in table.columns:
        column.overflow = "fold"
        column.min_width = max(map(len, str(column.header).split()))
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*row)
    return table


def _parts(lines: Sequence[Row], width: int) -> list[tuple[int, ...]]:
    """The columns of each table: as many as fit in their whole width beside the first."""
    widths = [max(map(len, column)) + _GAP for column in zip(*lines, strict=True)]
    parts: list[tuple[int, ...]] = [(0,)]
    for place in range(1, len(widths)):
        taken = sum(widths[each] for each in parts[-1])
        if len(parts[-1]) > 1 and taken + widths[place] >= width:
            parts.append((0,))
        parts[-1] = (*parts[-1], place)
    return parts
