"""What a run found: one document for machines, tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.cells import (
    duration,
    ratio_cell,
    size_in_bytes,
    subject_name,
    timing_cell,
)
from benchmarks.settling.report import ledger_tables

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
        yield (
            "from inputs to proof, median / minimum",
            ("circuit", "backend", "setup", "load", "witness", "prove", "whole", "verify"),
            [_figures_row(figures) for figures in document["figures"]],
        )
        sizes = tuple(document["figures"][0]["batch_verify"])
        yield (
            "verification of a batch, median / minimum",
            ("circuit", "backend", *(f"of {size}" for size in sizes), f"of {sizes[-1]}, each"),
            [_batch_row(figures) for figures in document["figures"]],
        )
    for figures in document.get("figures", ()):
        if figures["stages"]:
            yield (
                f"one proof of {subject_name(figures)} on {figures['backend']}, stage by stage",
                ("stage", "median", "group", "additions"),
                _stage_rows(figures),
            )
    if document.get("comparisons"):
        yield (
            "compared: ours ÷ theirs, median of the pairs (lowest to highest)",
            ("circuit", "peer", "pairs", "theirs", "prove", "with witness", "and verified"),
            [_comparison_row(comparison) for comparison in document["comparisons"]],
        )
    if document.get("figures"):
        yield (
            "verification with the market's part prepared, median / minimum",
            ("circuit", "backend", "verify", "prepared", "peer", "its verify", "ours ÷ theirs"),
            list(_prepared_rows(document)),
        )
        yield (
            "the first proof of a process, its key and tables mapped from disk: medians",
            ("circuit", "backend", "processes", "opening", "first", "later", "first ÷ later"),
            [_first_row(figures) for figures in _those_with("first_proof", document)],
        )
        yield (
            "distinct proofs, verified together on one thread: median / minimum",
            ("circuit", "backend", "proofs", "all of them", "each", "per second"),
            [_distinct_row(figures) for figures in _those_with("batch_distinct", document)],
        )
    if document.get("settling"):
        yield from ledger_tables(document)
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


def show(document: Mapping[str, Any], console: Console) -> None:
    """All tables that have rows, and what was left out."""
    for title, columns, rows in tables(document):
        if not rows:
            continue
        table = Table(*columns, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for name, why in document.get("skipped", {}).items():
        console.print(f"peer {name} skipped: {why}", markup=False)


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


def _figures_row(figures: Mapping[str, Any]) -> Row:
    once = (duration(figures[name]) for name in ("setup", "load"))
    parts = (timing_cell(figures[name]) for name in ("witness", "prove", "whole", "verify"))
    return (subject_name(figures), figures["backend"], *once, *parts)


def _batch_row(figures: Mapping[str, Any]) -> Row:
    batches = figures["batch_verify"]
    size, last = list(batches.items())[-1]
    cells = (timing_cell(batch) for batch in batches.values())
    return (subject_name(figures), figures["backend"], *cells, duration(last["median"] / int(size)))


def _stage_rows(figures: Mapping[str, Any]) -> list[Row]:
    rows: list[Row] = [
        (
            stage["name"],
            duration(stage["seconds"]),
            f"G{stage['group']}" if stage["additions"] else "",
            f"{stage['additions']:,}" if stage["additions"] else "",
        )
        for stage in figures["stages"]
    ]
    floor = figures["floor"]
    if floor is not None:
        prices = " + ".join(
            f"{floor[f'g{group}_additions']:,} × "
            f"{duration(floor[f'seconds_per_g{group}_addition'])}"
            for group in (1, 2)
        )
        cost = f"({prices}) ÷ {floor['threads']}"
        rows.append(("floor", duration(floor["seconds"]), "", cost))
        rows.append(("proof ÷ floor", f"{floor['proof_to_floor']:.2f}", "", ""))
    return rows


def _comparison_row(comparison: Mapping[str, Any]) -> Row:
    theirs = timing_cell(comparison["theirs"]["prove"])
    ratios = comparison["ratios"]
    cells = (ratio_cell(ratios[name]) for name in ("prove", "whole", "whole_verified"))
    return (subject_name(comparison), _peer(comparison), str(comparison["pairs"]), theirs, *cells)


def _prepared_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    for figures in _those_with("verify_prepared", document):
        ours = (timing_cell(figures[key]) for key in ("verify", "verify_prepared"))
        row = (subject_name(figures), figures["backend"], *ours)
        compared = [
            (_peer(other), timing_cell(other["theirs"]["verify"]), ratio_cell(ratio))
            for other in document.get("comparisons", ())
            if all(other[key] == figures[key] for key in ("circuit", "shape", "backend"))
            and (ratio := other["ratios"].get("verify_prepared"))
        ]
        for cells in compared or [("", "", "")]:
            yield (*row, *cells)


def _first_row(figures: Mapping[str, Any]) -> Row:
    first = figures["first_proof"]
    times = (duration(first[key]["median"]) for key in ("open", "first", "later"))
    count = str(len(first["first"]["runs"]))
    ratio = ratio_cell(first["ratio"])
    return (subject_name(figures), figures["backend"], count, *times, ratio)


def _distinct_row(figures: Mapping[str, Any]) -> Row:
    batch = figures["batch_distinct"]
    each = duration(batch["verify"]["median"] / batch["proofs"])
    cells = (f"{batch['proofs']:,}", timing_cell(batch["verify"]), each)
    return (subject_name(figures), figures["backend"], *cells, f"{batch['per_second']:,.0f}")


def _those_with(key: str, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (figures for figures in document["figures"] if figures.get(key))


def _peer(comparison: Mapping[str, Any]) -> str:
    return f"{comparison['peer']} {comparison['version']}"


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
