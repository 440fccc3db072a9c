"""What changed since an earlier document, shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from benchmarks.proofs.changes import COLUMNS, changed_digests, changes, unmatched, warnings
from tacit.bench.tables import print_table

Document = Mapping[str, Any]


def show_changes(old: Document, new: Document, console: Console) -> None:
    """Warnings, changed digests, and a table of ratios."""
    for line in (*warnings(old, new), *changed_digests(old, new), *unmatched(old, new)):
        console.print(line, markup=False, soft_wrap=True)
    if rows := changes(old, new):
        title = f"since {old['started']}: medians, new ÷ old; bytes"
        print_table(console, title, COLUMNS, rows)
