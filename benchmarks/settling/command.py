"""`tacit bench ledger`: legs a second, where the time goes, and growth with the accounts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from benchmarks.documents import JsonFileOption, measured, publish
from benchmarks.settling.desk import firm, founded, signed
from benchmarks.settling.growth import measure_growth
from benchmarks.settling.measure import measure_settling
from circuits.shape import SHAPES
from zk.backends import Backend, Choice
from zk.console import BackendOption, announced, err

_KINDS = {"firm": firm, "signed": signed}


def bench_ledger(
    shape: Annotated[str, typer.Option(help=f"One of {', '.join(SHAPES)}.")] = "standard",
    legs: Annotated[int, typer.Option(min=2, max=64, help="Legs of a settlement; even.")] = 10,
    settlements: Annotated[int, typer.Option(min=3, help="Settlements of each kind.")] = 21,
    accounts: Annotated[
        str, typer.Option(help="Sizes at which a deposit is timed.")
    ] = "1000,10000,100000",
    backend: BackendOption = Choice.AUTO,
    json_file: JsonFileOption = None,
) -> None:
    """Measure how many legs a second a ledger settles on one core, everything included.

    Example: tacit bench ledger --shape tiny --settlements 5 --accounts 100
    """
    chosen = announced(backend)
    options = {"shape": shape, "legs": legs, "settlements": settlements}
    with measured(options) as document:
        document["settling"] = [
            _settling(kind, shape, legs, settlements, chosen) for kind in _KINDS
        ]
        document["growth"] = [_growth(int(size), chosen) for size in accounts.split(",")]
    publish(document, json_file)


def _settling(kind: str, shape: str, legs: int, settlements: int, backend: Backend) -> Any:
    err.print(f"{settlements} settlements of {legs} {kind} legs")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.ledger"
        venue = founded(path, shape, backend)
        made = [_KINDS[kind](venue, legs) for _ in range(settlements)]
        return measure_settling(kind, path, made, venue.now, Choice(backend.name)).document()


def _growth(accounts: int, backend: Backend) -> Any:
    err.print(f"deposits among {accounts:,} accounts")
    return measure_growth(accounts, 50, backend).document()
