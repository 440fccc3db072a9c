"""`tacit bench audit`: proofs and entries a second, memory, bytes of the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer

from benchmarks.audits.ledgers import grown
from benchmarks.audits.measure import CORES, Audited, entry_sizes, marginal, measure_audit
from benchmarks.documents import check_places, measured
from circuits.shape import SHAPES
from tacit.bench.output import JsonFileOption, publish
from tacit.console import BackendOption, announced, err
from zk.backends import Backend, Choice
from zk.errors import Conflict

#: The hashes of an entry: its own, the previous one's, and the state's root.
_HASH_BYTES: Final = 3 * 32
#: A ledger is audited at these parts of its size, so that growth can be seen.
_PARTS: Final = (4, 2, 1)


def bench_audit(
    shape: Annotated[str, typer.Option(help=f"One of {', '.join(SHAPES)}.")] = "standard",
    margin: Annotated[int, typer.Option(min=4, help="Proofs of margin, at most.")] = 1_000,
    signed: Annotated[int, typer.Option(min=4, help="Settlements of ten legs, at most.")] = 40,
    accounts: Annotated[int, typer.Option(min=4, help="Accounts, at most.")] = 2_000,
    epochs: Annotated[int, typer.Option(min=4, help="Updates of the market, at most.")] = 100,
    cores: Annotated[str, typer.Option(help=f"Some of {','.join(CORES)}.")] = ",".join(CORES),
    backend: BackendOption = Choice.AUTO,
    json_file: JsonFileOption = None,
) -> None:
    """Measure what an audit takes, on ledgers that grow in one respect each.

    Each ledger is audited at a quarter, a half and all of its size, each time in a process apart;
    an audit that does not find it in order ends the measurement.

    Example: tacit bench audit --shape tiny --margin 8 --signed 4 --accounts 8 --epochs 4
    """
    if shape not in SHAPES:
        raise Conflict("shape", expected=f"one of {', '.join(SHAPES)}", actual=shape)
    for name in cores.split(","):
        if name not in CORES:
            raise Conflict("cores", expected=f"some of {','.join(CORES)}", actual=name)
    check_places(json_file)
    chosen = announced(backend)
    counts = {"margin": margin, "signed": signed, "accounts": accounts, "epochs": epochs}
    options = {"shape": shape, "backend": chosen.name, "cores": cores, **counts}
    with measured(options) as document:
        document |= _measurements(counts, shape, cores.split(","), chosen)
    publish(document, json_file)


def _measurements(
    counts: Mapping[str, int], shape: str, cores: Sequence[str], backend: Backend
) -> dict[str, Any]:
    audits: list[Audited] = []
    entries: dict[str, list[int]] = defaultdict(list)
    for kind, count in counts.items():
        with TemporaryDirectory(prefix="tacit-bench-") as folder:
            made, largest = _audits(kind, count, Path(folder), shape, cores, backend)
            audits += made
            for entry, sizes in entry_sizes(largest).items():
                entries[entry] += sizes
    return {
        "audits": [audited.document() for audited in audits],
        "marginal": marginal(audits),
        "entries": {kind: _entry(entries[kind]) for kind in sorted(entries)},
    }


def _audits(
    kind: str, count: int, folder: Path, shape: str, cores: Sequence[str], backend: Backend
) -> tuple[list[Audited], Path]:
    """One kind of ledger at its sizes, and the file of the largest."""
    sizes = [count // part for part in _PARTS]
    audits = []
    for size, path in grown(kind, sizes, folder, shape, backend):
        for some in cores:
            err.print(f"audit: {size:,} {kind}, on {some} of the cores", markup=False)
            audits.append(measure_audit(kind, size, path, some, Choice(backend.name)))
    return audits, path


def _entry(sizes: Sequence[int]) -> dict[str, Any]:
    """The mean bytes of one kind of entry."""
    transition = mean(sizes)
    return {
        "seen": len(sizes),
        "transition_bytes": round(transition),
        "entry_bytes": round(transition) + _HASH_BYTES,
    }
