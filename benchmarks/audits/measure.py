"""One audit of one ledger, in a process that has done nothing before and does nothing else.

Its time is that of a cold start: modules, circuits and keys included. What one more proof or
entry costs is the difference of two sizes, in which all of that cancels. On one core that is a
difference of CPU times, which other work of the machine hardly disturbs; on several it is of times
on the wall, since there it matters which of the work overlaps.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks.errors import MeasurementFailed
from benchmarks.machine import threads
from benchmarks.memory import peak_memory
from benchmarks.processes import in_subprocess, on_cores
from ledger.storage.sqlite import SqliteStore
from verifier import audit
from zk.backends import Choice, select

#: On how much of the machine an audit runs.
CORES: Final = ("one", "all")
#: The parts of an audit's time that its report names.
PARTS: Final = ("replay", "signatures", "spans", "proofs")


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit that found its ledger in order."""

    kind: str
    count: int
    cores: str
    threads: int
    verdict: str
    entries: int
    proofs: int
    accounts: int
    seconds: float
    cpu_seconds: float
    parts: dict[str, float]
    peak_memory: int
    file_bytes: int

    def document(self) -> dict[str, Any]:
        """As JSON: seconds and bytes."""
        values = {name: getattr(self, name) for name in type(self).__slots__}
        seconds = round(self.seconds, 7)
        return values | {
            "seconds": seconds,
            "cpu_seconds": round(self.cpu_seconds, 7),
            "parts": {name: round(part, 7) for name, part in self.parts.items()},
            "entries_per_second": round(self.entries / seconds, 1),
            "proofs_per_second": round(self.proofs / seconds, 1),
        }


def measure_audit(kind: str, count: int, path: Path, cores: str, backend: Choice) -> Audited:
    """The audit of a ledger's file; it fails to count where the ledger is not in order."""
    work = in_subprocess if cores == "all" else partial(on_cores, 1)
    return work(_measure, kind, count, path, cores, backend)


def _measure(kind: str, count: int, path: Path, cores: str, backend: Choice) -> Audited:
    start, cpu_start = perf_counter(), _cpu_seconds()
    report = audit(path, backend=select(backend))
    seconds, cpu_seconds = perf_counter() - start, _cpu_seconds() - cpu_start
    if not report.is_valid or report.unjudged:
        raise MeasurementFailed(
            "audit", expected="a ledger that is in order", actual=report.summary
        )
    assert report.standing is not None  # it has a genesis
    return Audited(
        kind=kind,
        count=count,
        cores=cores,
        threads=threads(),
        verdict=report.verdict,
        entries=report.entries,
        proofs=report.proofs,
        accounts=report.standing.accounts,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        parts={name: getattr(report.timing, name) for name in PARTS},
        peak_memory=peak_memory(),
        file_bytes=path.stat().st_size,
    )


def _cpu_seconds() -> float:
    """Of this process and of those that it has forked."""
    return sum(os.times()[:4])


@dataclass(frozen=True, slots=True)
class Marginal:
    """What one more costs: the difference of the smallest and the largest ledger of a kind."""

    smallest: Audited
    largest: Audited

    def document(self) -> dict[str, Any]:
        """As JSON; null where the difference of two times drowned in what disturbs them."""
        small, large = self.smallest, self.largest
        count = large.count - small.count
        clock = "cpu_seconds" if large.cores == "one" else "seconds"
        seconds = getattr(large, clock) - getattr(small, clock)
        is_known = seconds > 0
        entries, proofs = large.entries - small.entries, large.proofs - small.proofs
        return {
            "kind": large.kind,
            "cores": large.cores,
            "counts": [small.count, large.count],
            "clock": clock,
            "seconds_each": round(seconds / count, 9) if is_known else None,
            "entries_per_second": round(entries / seconds, 1) if is_known else None,
            "proofs_per_second": round(proofs / seconds, 1) if is_known else None,
            "memory_each": max(0, (large.peak_memory - small.peak_memory) // count),
            "file_bytes_each": (large.file_bytes - small.file_bytes) // count,
        }


def marginal(audits: Sequence[Audited]) -> list[dict[str, Any]]:
    """For each kind, on one core and on all of them."""
    series: dict[tuple[str, str], list[Audited]] = defaultdict(list)
    for audited in audits:
        series[audited.kind, audited.cores].append(audited)
    return [Marginal(some[0], some[-1]).document() for some in series.values()]


def entry_sizes(path: Path) -> dict[str, list[int]]:
    """The bytes of every transition in a ledger's log, by its kind."""
    store = SqliteStore.open(path, read_only=True)
    found: dict[str, list[int]] = defaultdict(list)
    for entry in store.entries():
        found[json.loads(entry.transition).get("kind", "genesis")].append(len(entry.transition))
    store.close()
    return dict(found)
