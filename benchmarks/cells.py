"""Numbers as a table shows them: three digits and a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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


def subject_name(entry: Mapping[str, Any]) -> str:
    """A circuit and its shape."""
    return f"{entry['circuit']} ({entry['shape']})"


def timing_cell(timing: Mapping[str, Any]) -> str:
    """Median / minimum."""
    factor, unit = _unit(timing["median"])
    return " / ".join(_digits(timing[key] * factor) for key in ("median", "min")) + f" {unit}"


def tail_cell(timing: Mapping[str, Any]) -> str:
    """Median / 95th percentile / minimum."""
    factor, unit = _unit(timing["median"])
    return (
        " / ".join(_digits(timing[key] * factor) for key in ("median", "p95", "min")) + f" {unit}"
    )


def ratio_cell(ratio: Mapping[str, Any]) -> str:
    """The median of several ratios, and between which two they lie."""
    return f"{ratio['median']:.3f} ({ratio['min']:.3f} – {ratio['max']:.3f})"


def _unit(seconds: float) -> tuple[float, str]:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if abs(seconds) * factor >= 1:
            return factor, unit
    return 1e9, "ns"


def _digits(value: float) -> str:
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{places}f}"
