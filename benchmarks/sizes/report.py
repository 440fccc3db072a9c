"""The tables of `tacit bench sizes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks.cells import duration, size_in_bytes, timing_cell

Row = tuple[str, ...]

#: The laws whose predictions are shown size by size, next to what was measured.
_SHOWN: Final = ("constraints", "key_bytes", "prove", "verify", "verify_prepared")


def size_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables."""
    sizes = document["sizes"]
    yield (
        "statements of growing size",
        ("statement (A, I, S)", "constraints", "wires", "public", "domain", "key"),
        [_counts_row(size) for size in sizes],
    )
    yield (
        "what they cost, made one after the other in a process each; timings: median / minimum",
        ("statement", "trace", "setup", "load", "witness", "proof", "peak memory"),
        [_cost_row(size) for size in sizes],
    )
    yield (
        "their verification, median / minimum, and with the market's part prepared",
        ("statement", "public", "verify", "preparing, once", "left", "prepared"),
        [_verification_row(size) for size in sizes],
    )
    yield (
        "what they are sums of, and the largest error, of all sizes and of one that was left out",
        ("figure", "law", "largest error", "left out"),
        [_law_row(law) for law in document["model"]],
    )
    yield (
        "each size as the law of all the other sizes has it ÷ what was measured, its least",
        ("statement", *(name.replace("_", " ") for name in _shown(document))),
        [_left_out_row(document, index) for index in range(len(sizes))] if sizes else [],
    )


def _statement(size: Mapping[str, Any]) -> str:
    return f"{size['circuit']} {size['shape']}"


def _counts_row(size: Mapping[str, Any]) -> Row:
    counts = (f"{size[name]:,}" for name in ("constraints", "wires", "public", "domain"))
    return (_statement(size), *counts, size_in_bytes(size["key_bytes"]))


def _cost_row(size: Mapping[str, Any]) -> Row:
    once = (duration(size[name]) for name in ("trace", "setup", "load"))
    timings = (timing_cell(size[name]) for name in ("witness", "prove"))
    return (_statement(size), *once, *timings, size_in_bytes(size["peak_memory"]))


def _verification_row(size: Mapping[str, Any]) -> Row:
    return (
        _statement(size),
        f"{size['public']:,}",
        timing_cell(size["verify"]),
        duration(size["prepare"]),
        f"{size['public_left']:,}",
        timing_cell(size["verify_prepared"]),
    )


def _law_row(law: Mapping[str, Any]) -> Row:
    in_seconds = law["unit"] == "seconds"
    terms = (
        _term(duration(x) if in_seconds else f"{x:,.6g}", name)
        for name, x in law["coefficients"].items()
    )
    errors = (_percent(law[name]) for name in ("largest_error", "largest_left_out"))
    return (law["law"].replace("_", " "), " + ".join(terms), *errors)


def _term(factor: str, name: str) -> str:
    return factor if name == "1" else name if factor == "1" else f"{factor} · {name}"


def _shown(document: Mapping[str, Any]) -> Sequence[str]:
    return [law["law"] for law in document["model"] if law["law"] in _SHOWN]


def _left_out_row(document: Mapping[str, Any], index: int) -> Row:
    errors = (law["left_out"][index] for law in document["model"] if law["law"] in _SHOWN)
    cells = ("undetermined" if error is None else f"{1 + error:.3f}" for error in errors)
    return (_statement(document["sizes"][index]), *cells)


def _percent(error: float | None) -> str:
    if error is None:
        return "undetermined"
    return "none" if error == 0 else f"{error:.1%}"


def clearing_house_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The tables of `tacit bench clearing-house`: what is assumed, and what follows."""
    options = document["options"]
    yield (
        "assumed",
        ("accounts", "epochs a day", "proofs of margin", "settled legs", "a rush lasts"),
        [
            (
                f"{options['accounts']:,}",
                str(options["epochs_a_day"]),
                "one per account and epoch",
                f"{options['legs_a_day']} per account and day",
                f"{options['rush']:,} s",
            )
        ],
    )
    yield (
        "needed, worked out from the results",
        ("who", "for what", "how much", "by"),
        [
            (need["who"], need["what"], _amount(need["value"], need["unit"]), need["basis"])
            for need in document["clearing_house"]
        ],
    )


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return size_in_bytes(round(value))
    if unit == "cores":
        return f"{value:,.1f} cores" if value >= 1 else f"{value:.3f} of a core"
    hours = value / 3_600
    time = f"{hours:,.1f} h" if hours >= 2 else duration(value)
    return f"{time} of CPU" if unit == "CPU seconds" else time
