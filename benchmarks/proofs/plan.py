"""Which cells a measurement has: all that was asked for, or the full run, or a quick one.

Everything that can be wrong with the wish is found here, before the first second is measured.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from benchmarks.proofs.cell import Cell
from benchmarks.proofs.peers import chosen_peers
from circuits.catalogue import STATEMENTS
from circuits.shape import SHAPES
from zk.backends import Choice, available, select
from zk.errors import Conflict
from zk.parallel import cores

#: Proofs of each cell where no number is asked for; the reference takes its time.
RUNS: Final = MappingProxyType({"standard": 15})
OTHER_RUNS: Final = 11
REFERENCE_RUNS: Final = 1
QUICK_RUNS: Final = 3
#: What slow peers are compared with.
SMALL: Final = (("solvency", "tiny"), ("solvency", "standard"))
#: What a quick run measures of each backend.
_QUICK: Final = MappingProxyType(
    {
        Choice.NATIVE: (("claim", "tiny"), ("solvency", "standard")),
        Choice.PY_ECC: (("claim", "tiny"),),
    }
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for, in the words of the command line; None where nothing was said."""

    circuits: str | None = None
    shapes: str | None = None
    backends: str | None = None
    threads: str | None = None
    runs: int | None = None
    peers: str | None = None
    batch: int = 0
    quick: bool = False

    def options(self) -> dict[str, Any]:
        """As JSON: what the document keeps of it."""
        return asdict(self)

    @property
    def is_empty(self) -> bool:
        """True where nothing at all was asked for."""
        return self == Selection()


@dataclass(frozen=True, slots=True)
class Plan:
    """The cells in their order, and the peers that are not there, each with the reason."""

    cells: tuple[Cell, ...]
    skipped: dict[str, str]


def planned(wish: Selection) -> Plan:
    """The cells of a wish; what it names and is not there is a `Conflict`.

    Where nothing else is said the native backend has every shape on one thread and on all, and
    the reference the smallest shape, on all. Peers are compared on the first backend, on most
    threads: with every circuit and shape where some were named, else with solvency and with the
    standard shape; slow ones, where they are not named, with solvency up to that shape. Distinct
    proofs, which take long to make, are of that shape unless others are named.
    """
    peers, skipped = chosen_peers("auto" if wish.peers is None else wish.peers)
    if wish.peers in (None, "auto"):
        slow = {peer.name for peer in peers if peer.is_slow}
    else:
        slow = set[str]()
    names = tuple(peer.name for peer in peers)
    if wish.quick:
        skipped |= dict.fromkeys(slow, "too slow for a quick run; --peers names it")
        return Plan(tuple(_quick(wish, [name for name in names if name not in slow])), skipped)
    cells = tuple(
        replace(cell, peers=tuple(n for n in cell.peers if n not in slow or _is_small(cell)))
        for cell in _asked(wish, names)
    )
    return Plan(cells, skipped)


def _quick(wish: Selection, peers: Sequence[str]) -> Iterator[Cell]:
    if wish != Selection(quick=True, runs=wish.runs, peers=wish.peers):
        raise Conflict("--quick", expected="no selection beside it", actual="one")
    for backend in available():
        runs = wish.runs or (REFERENCE_RUNS if backend is Choice.PY_ECC else QUICK_RUNS)
        for circuit, shape in _QUICK[backend]:
            # The last and largest of the first backend's meets the peers.
            last = backend is available()[0] and (circuit, shape) == _QUICK[backend][-1]
            compared = tuple(peers) if last else ()
            yield Cell(circuit, shape, backend, cores(), runs, peers=compared)


def _asked(wish: Selection, peers: Sequence[str]) -> Iterator[Cell]:
    circuits = _some("circuits", wish.circuits, STATEMENTS)
    shapes = _some("shapes", wish.shapes, SHAPES)
    backends = _backends(wish.backends)
    threads = {backend: _threads(wish.threads, backend) for backend in backends}
    for shape, circuit, backend in product(shapes, circuits, backends):
        if wish.shapes is None and backend is Choice.PY_ECC and shape != shapes[0]:
            continue
        runs = wish.runs or _runs(backend, shape)
        *fewer, most = sorted(threads[backend])
        for count in fewer:
            yield Cell(circuit, shape, backend, count, runs)
        batch = wish.batch if wish.shapes is not None or shape == "standard" else 0
        is_compared = backend is backends[0] and _is_compared(wish, circuit, shape)
        yield Cell(circuit, shape, backend, most, runs, batch, tuple(peers) if is_compared else ())


def _is_compared(wish: Selection, circuit: str, shape: str) -> bool:
    everything = wish.circuits is not None or wish.shapes is not None
    return everything or circuit == "solvency" or shape == "standard"


def _is_small(cell: Cell) -> bool:
    return (cell.circuit, cell.shape) in SMALL


def _runs(backend: Choice, shape: str) -> int:
    return REFERENCE_RUNS if backend is Choice.PY_ECC else RUNS.get(shape, OTHER_RUNS)


def _backends(names: str | None) -> tuple[Choice, ...]:
    if names is None:
        return available()
    chosen = [Choice(name) for name in _some("backends", names, list(Choice))]
    return tuple(dict.fromkeys(Choice(select(choice).name) for choice in chosen))


def _some(what: str, names: str | None, known: Sequence[str] | Any) -> tuple[str, ...]:
    """The names of a list, each once, in its order; all of the known ones where none is given."""
    if names is None:
        return tuple(known)
    wanted = tuple(dict.fromkeys(names.split(",")))
    for name in wanted:
        if name not in known:
            raise Conflict(what, expected=f"some of {','.join(known)}", actual=name or "nothing")
    return wanted


def _threads(counts: str | None, backend: Choice) -> tuple[int, ...]:
    everything = cores()
    if counts is None:
        return (everything,) if backend is Choice.PY_ECC else tuple({1: 0, everything: 0})
    chosen = tuple(dict.fromkeys(_count(text, everything) for text in counts.split(",")))
    # The reference forks a process for every core that the system says it may use.
    is_bound = backend is Choice.NATIVE or hasattr(os, "sched_setaffinity")
    if not is_bound and chosen != (everything,):
        raise Conflict("threads", expected=f"{everything}, on this system", actual=counts)
    return chosen


def _count(text: str, everything: int) -> int:
    if text == "all":
        return everything
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not 1 <= count <= everything:
        expected = f"all, or numbers from 1 to {everything}, such as 1,{everything}"
        raise Conflict("threads", expected=expected, actual=text or "nothing")
    return count
