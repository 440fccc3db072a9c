"""`tacit bench ledger`: legs a second, where the time goes, and growth with the accounts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from benchmarks.desk import firm, founded, signed
from benchmarks.growth import measure_growth
from benchmarks.machine import load, machine, versions
from benchmarks.report import FORMAT, show
from benchmarks.settling import measure_settling
from circuits.shape import SHAPES
from zk.backends import Choice
from zk.console import BackendOption, announced, err, out, print_json
from zk.formats.files import write_files

_KINDS = {"firm": firm, "signed": signed}


def bench_ledger(
    shape: Annotated[str, typer.Option(help=f"One of {', '.join(SHAPES)}.")] = "standard",
    legs: Annotated[int, typer.Option(min=2, max=64, help="Legs of a settlement; even.")] = 10,
    settlements: Annotated[int, typer.Option(min=3, help="Settlements of each kind.")] = 21,
    accounts: Annotated[
        str, typer.Option(help="Sizes at which a deposit is timed.")
    ] = "1000,10000,100000",
    backend: BackendOption = Choice.AUTO,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.")
    ] = None,
) -> None:
    """Measure how many legs a second a ledger settles on one core, everything included.

    Example: tacit bench ledger --shape tiny --settlements 5 --accounts 100
    """
    chosen = announced(backend)
    document: dict[str, Any] = {
        "format": FORMAT,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "load_before": load(),
        "options": {"shape": shape, "legs": legs, "settlements": settlements},
    }
    document["settling"] = []
    for kind, make in _KINDS.items():
        err.print(f"{settlements} settlements of {legs} {kind} legs")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "bench.ledger"
            venue = founded(path, shape, chosen)
            made = [make(venue, legs) for _ in range(settlements)]
            measured = measure_settling(kind, path, made, venue.now, Choice(chosen.name))
        document["settling"].append(measured.document())
    document["growth"] = []
    for size in map(int, accounts.split(",")):
        err.print(f"deposits among {size:,} accounts")
        document["growth"].append(measure_growth(size, 50, chosen).document())
    document["load_after"] = load()
    if json_file == Path("-"):
        print_json(document)
        return
    if json_file is not None:
        write_files({json_file: json.dumps(document, indent=1).encode() + b"\n"})
    show(document, out)
