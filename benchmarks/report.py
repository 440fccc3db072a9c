"""What a run found: one document for machines, tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.audits.report import audit_tables
from benchmarks.cells import duration, size_in_bytes, timing_cell
from benchmarks.ledgers.report import ledger_tables
from benchmarks.margins.report import margin_tables
from benchmarks.proofs.report import proof_tables
from benchmarks.sizes.report import clearing_house_tables, size_tables
from benchmarks.start import start_table

Row = tuple[str, ...]


def tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables: a title, the columns' names, the rows.

    A table without rows keeps its number: what was not measured this time, or in the days of an
    older document not at all.
    """
    yield (
        "measured on",
        ("processor", "cores", "threads", "memory", "begun", "load before", "load after"),
        [_machine_row(document)],
    )
    if document.get("figures"):
        yield from proof_tables(document)
    if document.get("settling"):
        yield from ledger_tables(document)
    if document.get("audits"):
        yield from audit_tables(document)
    if document.get("sizes"):
        yield from size_tables(document)
    if document.get("clearing_house"):
        yield from clearing_house_tables(document)
    if document.get("margins"):
        yield from margin_tables(document)
    if document.get("starts"):
        yield start_table(document)
    if document.get("scaling"):
        sizes = document["scaling"]
        yield (
            "keys of growing circuits",
            ("kind", "rows", "setup", "key", "peak memory"),
            [_growing_key_row(size) for size in sizes],
        )
        yield (
            "proofs of growing circuits, n rows; proof: median / minimum",
            ("kind", "rows", "load", "proof", "peak memory", "proof ÷ n·log₂ n"),
            [_growing_proof_row(size) for size in sizes],
        )


def _machine_row(document: Mapping[str, Any]) -> Row:
    machine = document["machine"]
    loads = (" ".join(map(str, document[name])) for name in ("load_before", "load_after"))
    return (
        machine["cpu"],
        str(machine["cores"]),
        str(machine["threads"]),
        size_in_bytes(machine["memory_bytes"]),
        document["started"],
        *loads,
    )


def _growing_key_row(size: Mapping[str, Any]) -> Row:
    setup = size["setup"]
    sizes = (size_in_bytes(setup[name]) for name in ("key_bytes", "peak_memory"))
    return (size["kind"], f"{size['rows']:,}", duration(setup["seconds"]), *sizes)


def _growing_proof_row(size: Mapping[str, Any]) -> Row:
    return (
        size["kind"],
        f"{size['rows']:,}",
        duration(size["load"]),
        timing_cell(size["prove"]),
        size_in_bytes(size["prove_peak_memory"]),
        duration(size["prove_per_n_log_n"]),
    )
