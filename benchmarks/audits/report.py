"""The tables of `tacit bench audit`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.audits.measure import PARTS
from benchmarks.cells import duration, size_in_bytes

Row = tuple[str, ...]


def audit_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables."""
    yield (
        f"audits from a cold start, shape {document['options']['shape']}, "
        f"on {document['options']['backend']}",
        ("of", "cores", "entries", "proofs", "time", "CPU", "proofs per second", *PARTS, "memory"),
        [_audit_row(audit) for audit in document["audits"]],
    )
    yield (
        "what one more costs: the smallest and the largest ledger of each kind, less one another",
        ("one more", "cores", "time", "entries per second", "proofs per second", "memory", "file"),
        [_marginal_row(entry) for entry in document["marginal"]],
    )
    yield (
        "bytes of the log by the entry's kind",
        ("entry", "seen", "transition", "with its hashes"),
        [_entry_row(kind, entry) for kind, entry in document["entries"].items()],
    )


def _audit_row(audit: Mapping[str, Any]) -> Row:
    return (
        f"{audit['count']:,} {audit['kind']}",
        audit["cores"],
        f"{audit['entries']:,}",
        f"{audit['proofs']:,}",
        duration(audit["seconds"]),
        duration(audit["cpu_seconds"]),
        f"{audit['proofs_per_second']:,.0f}",
        *(duration(audit["parts"][name]) for name in PARTS),
        size_in_bytes(audit["peak_memory"]),
    )


def _marginal_row(entry: Mapping[str, Any]) -> Row:
    seconds = entry["seconds_each"]
    rates = (entry[f"{name}_per_second"] for name in ("entries", "proofs"))
    sizes = (size_in_bytes(entry[name]) for name in ("memory_each", "file_bytes_each"))
    return (
        entry["kind"],
        entry["cores"],
        "lost in noise" if seconds is None else duration(seconds),
        *("" if not rate else f"{rate:,.0f}" for rate in rates),
        *sizes,
    )


def _entry_row(kind: str, entry: Mapping[str, Any]) -> Row:
    sizes = (size_in_bytes(entry[name]) for name in ("transition_bytes", "entry_bytes"))
    return (kind, f"{entry['seen']:,}", *sizes)
