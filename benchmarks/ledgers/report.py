"""The tables of `tacit bench ledger`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.cells import size_in_bytes, timing_cell
from benchmarks.ledgers.measure import STEPS

Row = tuple[str, ...]


def ledger_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables."""
    yield (
        "accepted on one core, from bytes to disk",
        ("kind", "proofs in each", "median / minimum", "proofs per second", *STEPS),
        [_settling_row(entry) for entry in document["settling"]],
    )
    yield (
        "a deposit, from bytes to disk; the file, and the memory of who has it open",
        ("accounts", "median / minimum", "file", "memory"),
        [_growth_row(entry) for entry in document["growth"]],
    )
    publishing = document.get("publishing")
    yield (
        "an epoch on one core: its matrices by the oracles, its entry by the ledger",
        ("oracles, median / minimum", "ledger, median / minimum", "bytes"),
        [_publishing_row(publishing)] if publishing else [],
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


def _growth_row(entry: Mapping[str, Any]) -> Row:
    # Documents of earlier days have the timing alone.
    sizes = (entry.get(name) for name in ("file_bytes", "peak_memory"))
    cells = (size_in_bytes(size) if size else "" for size in sizes)
    return (f"{entry['accounts']:,}", timing_cell(entry["deposit"]), *cells)


def _publishing_row(publishing: Mapping[str, Any]) -> Row:
    times = (timing_cell(publishing[name]) for name in ("write", "submit"))
    return (*times, size_in_bytes(publishing["transition_bytes"]))
