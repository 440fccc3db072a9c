"""A figure of a result by its name, as a sentence says it.

A name is a result and a path into it, step by step: `ledger:settling.firm.legs_per_second`. A
step into a list names the one entry that has all of its words: `figures.solvency/standard/native`
has each of them as a value, and `threads=2` is said where a number alone would not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from benchmarks.cells import duration, size_in_bytes
from zk.errors import Conflict

#: How a figure is written; anything else is a format of Python's, such as `,.0f`.
FORMATS: Final[Mapping[str, Callable[[float], str]]] = MappingProxyType(
    {
        "duration": duration,
        "bytes": lambda value: size_in_bytes(int(value)),
        "percent": lambda value: f"{value:.0%}",
        # Of a ratio of ours to theirs: how many times as fast we are.
        "times": lambda value: f"{1 / value:.1f}",
    }
)


def quoted(results: Mapping[str, Any], name: str, form: str) -> str:
    """The figure as text; a name without exactly one figure is a `Conflict`."""
    result, _, path = name.partition(":")
    value: Any = results
    for step in (result, *path.split(".")):
        value = _entered(value, step, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Conflict(name, expected="a number", actual=type(value).__name__)
    try:
        return FORMATS[form](value) if form in FORMATS else format(value, form)
    except ValueError:
        expected = f"{', '.join(FORMATS)}, or a format of a number"
        raise Conflict(name, expected=expected, actual=form) from None


def _entered(value: Any, step: str, name: str) -> Any:
    if isinstance(value, list):
        words = step.split("/")
        found = [entry for entry in value if all(_has(entry, word) for word in words)]
        if len(found) != 1:
            raise Conflict(name, expected=f"one entry of {step}", actual=len(found))
        return found[0]
    if not isinstance(value, Mapping) or step not in value:
        raise Conflict(name, expected="a figure", actual=f"nothing at {step}")
    return value[step]


def _has(entry: Any, word: str) -> bool:
    key, is_pair, text = word.partition("=")
    if not isinstance(entry, Mapping):
        return False
    if is_pair:
        return str(entry.get(key)) == text
    return any(value == word for value in _texts(entry))


def _texts(entry: Mapping[str, Any]) -> Sequence[str]:
    return [value for value in entry.values() if isinstance(value, str)]
