"""Seconds on the wall, of one thing or of the same thing several times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from statistics import median
from time import perf_counter
from typing import Any, Self, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timing:
    """What each run took."""

    runs: tuple[float, ...]

    @classmethod
    def of(cls, runs: Iterable[float]) -> Self:
        """The runs in the order in which they were made."""
        return cls(tuple(runs))

    @property
    def median(self) -> float:
        return median(self.runs)

    @property
    def p95(self) -> float:
        """By nearest rank: the least run that 95 of 100 do not exceed; of few runs the slowest."""
        return sorted(self.runs)[ceil(len(self.runs) * 95 / 100) - 1]

    @property
    def minimum(self) -> float:
        return min(self.runs)

    def document(self) -> dict[str, Any]:
        """As JSON: the median, the 95th percentile, the minimum, and every run, in seconds."""
        runs = [round(seconds, 7) for seconds in self.runs]
        figures = {"median": self.median, "p95": self.p95, "min": self.minimum}
        return {name: round(value, 7) for name, value in figures.items()} | {"runs": runs}


def timed(function: Callable[[], Result]) -> tuple[Result, float]:
    """The result, and the seconds until it was there."""
    start = perf_counter()
    return function(), perf_counter() - start


def timing(function: Callable[[], object], runs: int) -> Timing:
    """The same thing several times."""
    return Timing.of(timed(function)[1] for _ in range(runs))


def spread(ratios: Iterable[float]) -> dict[str, float]:
    """The median of several ratios, the lowest and the highest, as JSON."""
    known = tuple(ratios)
    values = {"median": median(known), "min": min(known), "max": max(known)}
    return {key: round(value, 5) for key, value in values.items()}
