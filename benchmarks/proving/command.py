"""`tacit bench`: what proofs cost here, and what they cost others."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from benchmarks.documents import JsonFileOption, measured, publish
from benchmarks.proving.comparison import compare
from benchmarks.proving.measure import measure
from benchmarks.proving.peers import PEERS, chosen_peers
from benchmarks.proving.subject import Loaded, Subject
from benchmarks.sizes.synthetic import KINDS
from benchmarks.sizes.synthetic_sizes import LARGEST, SMALLEST, measure_size
from circuits.catalogue import STATEMENTS
from circuits.shape import SHAPES
from zk.backends import Backend, Choice, describe, select
from zk.console import err
from zk.errors import Conflict

#: Runs where none are asked for: the reference takes its time.
_RUNS: Final = {Choice.NATIVE: 11, Choice.PY_ECC: 1}


def bench(
    context: typer.Context,
    circuits: Annotated[str, typer.Option(help="Which statements.")] = ",".join(STATEMENTS),
    shapes: Annotated[str, typer.Option(help=f"Some of {','.join(SHAPES)}.")] = "standard",
    backends: Annotated[
        str, typer.Option(help=f"Some of {','.join(Choice)}; auto is the fastest installed.")
    ] = "auto",
    runs: Annotated[
        int | None, typer.Option(min=1, help="Proofs of each; 11, and 1 on py_ecc, if not given.")
    ] = None,
    peers: Annotated[
        str, typer.Option(help=f"none, auto (those that are built), or some of {','.join(PEERS)}.")
    ] = "auto",
    batch: Annotated[
        int, typer.Option(min=0, help="Also: so many distinct proofs, verified on one thread.")
    ] = 0,
    scaling: Annotated[
        bool, typer.Option("--scaling", help="Instead: synthetic circuits of growing size.")
    ] = False,
    largest: Annotated[
        int, typer.Option(min=SMALLEST, max=20, help="With --scaling: up to 2 to this power.")
    ] = LARGEST,
    json_file: JsonFileOption = None,
) -> None:
    """Measure setup, witness, proof and verification, and compare with other provers.

    Every figure is of a proof that was verified in the same run; one that does not verify ends
    the measurement. Comparisons alternate with the peer and run on the first of the backends.

    Example: tacit bench --circuits claim --shapes tiny --runs 3 --peers none
    """
    if context.invoked_subcommand is not None:
        return
    options: dict[str, Any] = {"circuits": circuits, "shapes": shapes, "backends": backends}
    options |= {"runs": runs, "peers": peers, "batch": batch}
    if scaling:
        options = {"scaling": True, "largest": largest, "runs": runs or 3}
    with measured(options) as document:
        if scaling:
            document["scaling"] = _scaling(largest, runs or 3)
        else:
            document |= _measurements(circuits, shapes, backends, runs, peers, batch)
    publish(document, json_file)


def _measurements(
    circuits: str, shapes: str, backends: str, runs: int | None, peers: str, batch: int
) -> dict[str, Any]:
    others, skipped = chosen_peers(peers)
    for name, why in skipped.items():
        err.print(f"peer {name} skipped: {why}", markup=False)
    chosen = [_backend(name) for name in backends.split(",")]
    subjects = [Subject.named(c, s) for s in shapes.split(",") for c in circuits.split(",")]
    figures, comparisons = [], []
    for subject in subjects:
        for backend in chosen:
            count = runs or _RUNS[Choice(backend.name)]
            err.print(f"{subject.circuit} ({subject.shape}) on {describe(backend)}", markup=False)
            loaded = Loaded.on(backend, subject)
            figures.append(measure(loaded, count, batch).document())
            for peer in others if backend is chosen[0] else ():
                err.print(f"{subject.circuit} ({subject.shape}) against {peer.name}")
                comparisons.append(compare(loaded, peer, count).document())
    return {"figures": figures, "comparisons": comparisons, "skipped": skipped}


def _scaling(largest: int, runs: int) -> list[dict[str, Any]]:
    select(Choice.NATIVE)
    sizes = []
    for kind in KINDS:
        for log_rows in range(SMALLEST, largest + 1):
            err.print(f"{kind}: {1 << log_rows:,} rows")
            sizes.append(measure_size(kind, log_rows, runs).document())
    return sizes


def _backend(name: str) -> Backend:
    if name not in list(Choice):
        raise Conflict("backend", expected=f"some of {','.join(Choice)}", actual=name)
    return select(Choice(name))
