"""What changed between two documents: every cell that both of them have, new over old.

Times of another machine, or of other versions, say little about the code, so that is said first.
Digests do not depend on the machine: a change of one is a change of the circuit or of its key, and
a cell of another circuit under the same name is compared all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from benchmarks.cells import subject_name

Row = tuple[str, ...]
Key = tuple[str, str, str, int]
Document = Mapping[str, Any]

_TIMES: Final = ("trace", "setup", "witness", "prove", "verify", "verify_prepared")
_BYTES: Final = ("proof", "proving_key", "verifying_key")
_DIGESTS: Final = ("circuit_digest", "key_digest")
#: Of the machine; its memory and its load do not decide how fast it computes.
_MACHINE: Final = ("cpu", "cores", "kernel", "system")
COLUMNS: Final = (
    *("circuit", "backend", "threads"),
    *(name.replace("_", " ") for name in _TIMES),
    *("proof", "proving key", "verifying key"),
)


def warnings(old: Document, new: Document) -> list[str]:
    """Why the ratios mean less than they seem to; nothing, where the conditions were the same."""
    before = {name: old["machine"][name] for name in _MACHINE} | {**old["versions"]}
    after = {name: new["machine"][name] for name in _MACHINE} | {**new["versions"]}
    return [
        f"warning: {name} was {before.get(name)} and is {after.get(name)}: "
        "these times say little about the code"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def changed_digests(old: Document, new: Document) -> list[str]:
    """A line for each circuit or key that is no longer the same."""
    lines = []
    for key, before, after in _both(old, new):
        for name in _DIGESTS:
            if before[name] != after[name]:
                what = name.replace("_", " ").upper()
                where = f"{key[0]} ({key[1]})"
                lines.append(f"{what} CHANGED: {where}: {before[name]} → {after[name]}")
    return list(dict.fromkeys(lines))


def unmatched(old: Document, new: Document) -> list[str]:
    """A line for each cell that only one of the two has."""
    before, after = _by_key(old), _by_key(new)
    gone = [f"measured only then: {_described(key)}" for key in before if key not in after]
    come = [f"measured only now: {_described(key)}" for key in after if key not in before]
    return gone + come


def changes(old: Document, new: Document) -> list[Row]:
    """A row for each cell of both."""
    return [
        (
            subject_name(after),
            *(str(part) for part in key[2:]),
            *(_ratio(before[name], after[name]) for name in _TIMES),
            *(_step(before["bytes"][name], after["bytes"][name]) for name in _BYTES),
        )
        for key, before, after in _both(old, new)
    ]


def _both(old: Document, new: Document) -> Iterator[tuple[Key, Document, Document]]:
    before = _by_key(old)
    for key, after in _by_key(new).items():
        if key in before:
            yield key, before[key], after


def _by_key(document: Document) -> dict[Key, Document]:
    return {
        (entry["circuit"], entry["shape"], entry["backend"], entry["threads"]): entry
        for entry in document["figures"]
    }


def _described(key: Key) -> str:
    return f"{key[0]} ({key[1]}) on {key[2]}, threads: {key[3]}"


def _ratio(before: Document | None, after: Document | None) -> str:
    """Of medians; undefined where one of them was not measured, or took no time."""
    if not (before and after and before["median"]):
        return "undefined"
    return f"{after['median'] / before['median']:.3f}"


def _step(before: int, after: int) -> str:
    return "same" if before == after else f"{before:,} → {after:,}"
