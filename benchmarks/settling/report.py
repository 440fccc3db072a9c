"""The tables of `tacit bench ledger`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.cells import timing_cell
from benchmarks.settling.measure import STEPS

Row = tuple[str, ...]


def ledger_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables."""
    yield (
        "settlements on one core, from bytes to disk",
        ("legs", "of each", "median / minimum", "legs per second", *STEPS),
        [_settling_row(entry) for entry in document["settling"]],
    )
    yield (
        "a deposit, from bytes to disk",
        ("accounts", "median / minimum"),
        [(f"{entry['accounts']:,}", timing_cell(entry["deposit"])) for entry in document["growth"]],
    )


def _settling_row(entry: Mapping[str, Any]) -> Row:
    whole = sum(entry["steps"].values())
    steps = (f"{entry['steps'][name] / whole:.0%}" for name in STEPS)
    return (
        entry["kind"],
        str(entry["legs"]),
        timing_cell(entry["whole"]),
        f"{entry['legs_per_second']:,.0f}",
        *steps,
    )
