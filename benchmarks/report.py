"""What a run found: one document for machines, tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

#: Of the document's form; it changes when a key changes its meaning or goes.
FORMAT: Final = 1

Row = tuple[str, ...]


def tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables: a title, the columns' names, the rows."""
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
                f"one proof of {_name(figures)} on {figures['backend']}, stage by stage",
                ("stage", "median", "group", "additions"),
                _stage_rows(figures),
            )
    if document.get("comparisons"):
        yield (
            "compared: ours ÷ theirs, median of the pairs (lowest to highest)",
            ("circuit", "peer", "pairs", "theirs", "prove", "with witness", "and verified"),
            [_comparison_row(comparison) for comparison in document["comparisons"]],
        )
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
    """All tables, and what was left out."""
    for title, columns, rows in tables(document):
        table = Table(*columns, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for name, why in document.get("skipped", {}).items():
        console.print(f"peer {name} skipped: {why}", markup=False)


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    factor, unit = _unit(seconds)
    return f"{_digits(seconds * factor)} {unit}"


def size_in_bytes(count: int) -> str:
    """Three digits and a unit."""
    for factor, unit in ((1e9, "GB"), (1e6, "MB")):
        if count >= factor:
            return f"{_digits(count / factor)} {unit}"
    return f"{_digits(count / 1e3)} kB"


def _unit(seconds: float) -> tuple[float, str]:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return factor, unit
    return 1e9, "ns"


def _digits(value: float) -> str:
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{places}f}"


def _name(entry: Mapping[str, Any]) -> str:
    return f"{entry['circuit']} ({entry['shape']})"


def _timing(timing: Mapping[str, Any]) -> str:
    factor, unit = _unit(timing["median"])
    return " / ".join(_digits(timing[name] * factor) for name in ("median", "min")) + f" {unit}"


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
    parts = (_timing(figures[name]) for name in ("witness", "prove", "whole", "verify"))
    return (_name(figures), figures["backend"], *once, *parts)


def _batch_row(figures: Mapping[str, Any]) -> Row:
    batches = figures["batch_verify"]
    size, last = list(batches.items())[-1]
    cells = (_timing(batch) for batch in batches.values())
    return (_name(figures), figures["backend"], *cells, duration(last["median"] / int(size)))


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
    peer = f"{comparison['peer']} {comparison['version']}"
    theirs = _timing(comparison["theirs"]["prove"])
    ratios = comparison["ratios"]
    cells = (
        f"{ratio['median']:.3f} ({ratio['min']:.3f} – {ratio['max']:.3f})"
        for ratio in (ratios[name] for name in ("prove", "whole", "whole_verified"))
    )
    return (_name(comparison), peer, str(comparison["pairs"]), theirs, *cells)


def _growing_key_row(size: Mapping[str, Any]) -> Row:
    setup = size["setup"]
    sizes = (size_in_bytes(setup[name]) for name in ("key_bytes", "peak_memory"))
    return (size["kind"], f"{size['rows']:,}", duration(setup["seconds"]), *sizes)


def _growing_proof_row(size: Mapping[str, Any]) -> Row:
    return (
        size["kind"],
        f"{size['rows']:,}",
        duration(size["load"]),
        _timing(size["prove"]),
        size_in_bytes(size["prove_peak_memory"]),
        duration(size["prove_per_n_log_n"]),
    )
