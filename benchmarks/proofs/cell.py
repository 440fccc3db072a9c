"""One cell of a measurement: a circuit of one shape, on one backend, on so many threads.

Each is measured in a process of its own, which is given so many cores. Its trace is therefore a
first one, its memory nobody else's, and its threads are those that it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.memory import peak_memory
from benchmarks.processes import on_cores
from benchmarks.proofs.comparison import compare
from benchmarks.proofs.measure import measure
from benchmarks.proofs.peers import PEERS
from benchmarks.proofs.subject import Loaded, Subject
from benchmarks.times import Timing, timed
from circuits.catalogue import named_circuit
from zk.backends import Choice, select
from zk.circuit import compile_circuit


@dataclass(frozen=True, slots=True)
class Cell:
    """What is measured there, how often, and against which peers."""

    circuit: str
    shape: str
    backend: Choice
    threads: int
    runs: int
    batch: int = 0
    peers: tuple[str, ...] = ()

    def __str__(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{self.circuit} ({self.shape}) on {self.backend}, {threads}"


def measure_cells(
    cells: Sequence[Cell], say: Callable[[str], None]
) -> dict[str, list[dict[str, Any]]]:
    """The figures of every cell, and its comparisons, as JSON; `say` is told which one it is at."""
    figures, comparisons = [], []
    for number, cell in enumerate(cells, 1):
        peers = f", against {', '.join(cell.peers)}" if cell.peers else ""
        say(f"{number}/{len(cells)} {cell}{peers}")
        entry, compared = on_cores(cell.threads, _measure, cell)
        figures.append(entry)
        comparisons += compared
    return {"figures": figures, "comparisons": comparisons}


def _measure(cell: Cell) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    circuit = named_circuit(cell.circuit, cell.shape)
    _, tracing = timed(lambda: compile_circuit(circuit))
    traced = peak_memory()
    loaded = Loaded.on(select(cell.backend), Subject.named(cell.circuit, cell.shape))
    figures = measure(loaded, cell.runs, cell.batch).document()
    figures["trace"] = Timing.of([tracing]).document()
    figures["peak_memory"] = {"trace": traced, **figures["peak_memory"]}
    return figures, [compare(loaded, PEERS[name], cell.runs).document() for name in cell.peers]
