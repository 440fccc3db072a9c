"""Tables of a measurement on a terminal, or in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.report import Row, tables

#: The width of what goes to a file or another program: room for whole rows.
_PAPER: Final = 160


def show(document: Mapping[str, Any], console: Console) -> None:
    """All tables that have rows, and what was left out."""
    for title, columns, rows in tables(document):
        if rows:
            print_table(console, title, columns, rows)
    for name, why in document.get("skipped", {}).items():
        console.print(f"peer {name} skipped: {why}", markup=False)


def print_table(console: Console, title: str, columns: Row, rows: Iterable[Row]) -> None:
    """A table for people; what a row is about stays in one line."""
    if not console.is_terminal:
        console = Console(file=console.file, width=_PAPER, highlight=False)
    table = Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1))
    for column in table.columns:
        column.overflow = "fold"
        column.min_width = max(map(len, str(column.header).split()))
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*row)
    console.print(table)
