"""`tacit bench`: what proofs cost here, and what they cost others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.canvas import figure
from benchmarks.documents import STDOUT, check_places, measured
from benchmarks.proofs.cell import measure_cells
from benchmarks.proofs.charts import draw_proofs
from benchmarks.proofs.form import read_document
from benchmarks.proofs.harness import harness_csv
from benchmarks.proofs.peers import PEERS
from benchmarks.proofs.plan import Selection, planned
from circuits.catalogue import STATEMENTS
from circuits.shape import SHAPES
from tacit.bench.changes import show_changes
from tacit.bench.output import JsonFileOption, publish
from tacit.console import err, out
from zk.backends import Choice
from zk.errors import Conflict


def bench(
    context: typer.Context,
    circuits: Annotated[
        str | None, typer.Option(help=f"Some of {','.join(STATEMENTS)}; all, if not given.")
    ] = None,
    shapes: Annotated[
        str | None,
        typer.Option(help=f"Some of {','.join(SHAPES)}; all, and tiny on py_ecc, if not given."),
    ] = None,
    backends: Annotated[
        str | None,
        typer.Option(help=f"Some of {','.join(Choice)}; all that are installed, if not given."),
    ] = None,
    threads: Annotated[
        str | None,
        typer.Option(help="Such as 1,2 or all; 1 and all, on py_ecc all, if not given."),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(min=1, help="Proofs of each; if not given 11, of standard 15, on py_ecc 1."),
    ] = None,
    peers: Annotated[
        str | None,
        typer.Option(help=f"none, auto (those that are there), or some of {','.join(PEERS)}."),
    ] = None,
    batch: Annotated[
        int, typer.Option(min=0, help="Also: so many distinct proofs, verified on one thread.")
    ] = 0,
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute: a little of every backend and every peer.")
    ] = False,
    json_file: JsonFileOption = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write zk-Harness's columns.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Charts: FILE-time, -stages, -shapes; SVG and PNG."),
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Measure nothing: show an earlier document."),
    ] = None,
    compared: Annotated[
        Path | None,
        typer.Option("--compare", metavar="FILE", help="Say what changed since a document."),
    ] = None,
) -> None:
    """Measure setup, witness, proof and verification, and compare with other provers.

    Every figure is of a proof that was verified in the same run; one that does not verify ends
    the measurement. Comparisons alternate with the peer and run on the first of the backends.

    Example: tacit bench --circuits claim --shapes tiny --backends auto --runs 3 --peers none
    """
    if context.invoked_subcommand is not None:
        return
    wish = Selection(circuits, shapes, backends, threads, runs, peers, batch, quick)
    if json_file == STDOUT and compared is not None:
        raise Conflict("--json -", expected="nothing else to print", actual="--compare")
    if earlier is not None and not wish.is_empty:
        raise Conflict("--from", expected="nothing to measure beside it", actual="a selection")
    if STDOUT in (csv_file, plot):
        raise Conflict("--csv, --plot", expected="the name of a file", actual=STDOUT)
    check_places(json_file, csv_file, plot)
    if plot is not None:
        figure()  # says so where there is nothing to draw with
    old = None if compared is None else read_document(compared)
    document = _measured(wish) if earlier is None else read_document(earlier)
    files = {} if csv_file is None else {csv_file: harness_csv(document)}
    publish(document, json_file, files)
    if old is not None:
        show_changes(old, document, out)
    for written in [] if plot is None else draw_proofs(document, plot):
        err.print(f"drawn: {written}", markup=False, soft_wrap=True)


def _measured(wish: Selection) -> dict[str, Any]:
    plan = planned(wish)
    for name, why in plan.skipped.items():
        err.print(f"peer {name} skipped: {why}", markup=False)
    with measured(wish.options()) as document:
        document |= measure_cells(plan.cells, _say)
        document["skipped"] = plan.skipped
    return document


def _say(where: str) -> None:
    err.print(where, markup=False)
