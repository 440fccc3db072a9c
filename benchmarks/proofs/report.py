"""The tables of `tacit bench`; a table whose figures were not measured has no rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.cells import (
    duration,
    ratio_cell,
    size_in_bytes,
    subject_name,
    tail_cell,
    timing_cell,
)

Row = tuple[str, ...]
Figures = Mapping[str, Any]

#: How a row of a cell begins.
_CELL = ("circuit", "on, × threads")


def proof_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables, always all of them and in this order."""
    figures = document["figures"]
    yield (
        "what is proven, and what it weighs",
        (
            *("circuit", "constraints", "wires", "public", "domain"),
            *("proof", "as JSON", "proving key", "verifying key"),
        ),
        list(dict.fromkeys(_weights_row(entry) for entry in figures)),
    )
    yield (
        "once per process or per key, each a first time; and the peak memory of its process",
        (
            *_CELL,
            *("trace", "setup", "load", "first witness"),
            *("memory, key made", "memory, proving"),
        ),
        [_once_row(entry) for entry in figures],
    )
    yield (
        "from inputs to proof, warm: median / p95 / minimum",
        (*_CELL, "witness", "prove", "whole", "verify"),
        [_proof_row(entry) for entry in figures],
    )
    sizes = tuple(figures[0]["batch_verify"])
    yield (
        "verification, alone and of a batch: median / minimum",
        (*_CELL, "alone", "prepared", *(f"of {int(n):,}" for n in sizes), "each of the largest"),
        [_verification_row(entry) for entry in figures],
    )
    yield (
        "the stages of one proof, each alone: medians; the floor is in the JSON",
        (*_CELL, "A", "B1", "B2", "C+H", "MSM", "NTT", "rest", "proof", "proof ÷ floor"),
        [_split_row(entry) for entry in _those_with("split", document)],
    )
    yield from _comparison_tables(document)
    yield (
        "the first proof of a process, its key and tables mapped from disk: medians",
        (*_CELL, "processes", "opening", "first", "later", "first ÷ later"),
        [_first_row(entry) for entry in _those_with("first_proof", document)],
    )
    yield (
        "distinct proofs, verified together on one thread: median / minimum",
        (*_CELL, "proofs", "all of them", "each", "per second"),
        [_distinct_row(entry) for entry in _those_with("batch_distinct", document)],
    )


def _comparison_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    comparisons = document.get("comparisons", ())
    yield (
        "compared: ours ÷ theirs, median of the pairs (lowest – highest)",
        ("circuit", "peer", "pairs", "theirs", "prove", "with witness", "and verified"),
        [_comparison_row(comparison) for comparison in comparisons],
    )
    yield (
        "one verification of the peer's proof: ours with the market's part prepared ÷ theirs",
        ("circuit", "peer", "theirs, median / p95 / minimum", "ours ÷ theirs"),
        [_verified_row(other) for other in comparisons if "verify_prepared" in other["ratios"]],
    )


def _cell(figures: Figures) -> Row:
    return (subject_name(figures), f"{figures['backend']} × {figures['threads']}")


def _weights_row(figures: Figures) -> Row:
    counts = ("constraints", "wires", "public_inputs", "domain")
    weights = figures["bytes"]
    return (
        subject_name(figures),
        *(f"{figures[name]:,}" for name in counts),
        f"{weights['proof']} B",
        # Its digits vary from proof to proof; its hundreds do not.
        f"{round(weights['proof_json'], -2)} B",
        *(size_in_bytes(weights[name]) for name in ("proving_key", "verifying_key")),
    )


def _once_row(figures: Figures) -> Row:
    once = ("trace", "setup", "load", "first_witness")
    return (
        *_cell(figures),
        *(duration(figures[name]["median"]) for name in once),
        *(size_in_bytes(figures["peak_memory"][name]) for name in ("setup", "prove")),
    )


def _proof_row(figures: Figures) -> Row:
    parts = ("witness", "prove", "whole", "verify")
    return (*_cell(figures), *(tail_cell(figures[name]) for name in parts))


def _verification_row(figures: Figures) -> Row:
    batches, prepared = figures["batch_verify"], figures["verify_prepared"]
    measured = [(int(size), batch["median"]) for size, batch in batches.items() if batch]
    largest, seconds = measured[-1]
    return (
        *_cell(figures),
        timing_cell(figures["verify"]),
        timing_cell(prepared) if prepared else "",
        *(timing_cell(batch) if batch else "" for batch in batches.values()),
        duration(seconds / largest),
    )


def _split_row(figures: Figures) -> Row:
    stages = {stage["name"]: stage["time"]["median"] for stage in figures["stages"]}
    sums = (stages.get(f"sum {name}") for name in ("A", "B1", "B2", "C+H"))
    floor = figures["floor"]
    return (
        *_cell(figures),
        *("" if seconds is None else duration(seconds) for seconds in sums),
        *(duration(figures["split"][name]) for name in ("msm", "ntt", "rest")),
        duration(figures["prove"]["median"]),
        f"{floor['proof_to_floor']:.2f}" if floor else "",
    )


def _comparison_row(comparison: Mapping[str, Any]) -> Row:
    theirs = tail_cell(comparison["theirs"]["prove"])
    ratios = comparison["ratios"]
    cells = (ratio_cell(ratios[name]) for name in ("prove", "whole", "whole_verified"))
    return (subject_name(comparison), _peer(comparison), str(comparison["pairs"]), theirs, *cells)


def _verified_row(comparison: Mapping[str, Any]) -> Row:
    theirs = tail_cell(comparison["theirs"]["verify"])
    ratio = ratio_cell(comparison["ratios"]["verify_prepared"])
    return (subject_name(comparison), _peer(comparison), theirs, ratio)


def _first_row(figures: Figures) -> Row:
    first = figures["first_proof"]
    times = (duration(first[key]["median"]) for key in ("open", "first", "later"))
    return (*_cell(figures), str(len(first["first"]["runs"])), *times, ratio_cell(first["ratio"]))


def _distinct_row(figures: Figures) -> Row:
    batch = figures["batch_distinct"]
    each = duration(batch["verify"]["median"] / batch["proofs"])
    cells = (f"{batch['proofs']:,}", timing_cell(batch["verify"]), each)
    return (*_cell(figures), *cells, f"{batch['per_second']:,.0f}")


def _those_with(key: str, document: Mapping[str, Any]) -> Iterator[Figures]:
    return (figures for figures in document["figures"] if figures.get(key))


def _peer(comparison: Mapping[str, Any]) -> str:
    return f"{comparison['peer']} {comparison['version']}"
