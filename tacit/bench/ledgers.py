"""`tacit bench ledger`: proofs a second, where the time goes, and growth with the accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from benchmarks.documents import check_places, measured
from benchmarks.ledgers.desk import firm, founded, margin, signed
from benchmarks.ledgers.epochs import measure_epochs
from benchmarks.ledgers.growth import measure_growth
from benchmarks.ledgers.measure import measure_settling
from circuits.prepared import PREPARE_AFTER
from circuits.shape import SHAPES
from development.venue import Venue
from tacit.bench.output import JsonFileOption, publish
from tacit.console import BackendOption, announced, err
from zk.backends import Backend, Choice
from zk.errors import Conflict

_KINDS: Final[Mapping[str, Callable[[Venue, int], bytes]]] = MappingProxyType(
    {"firm": firm, "signed": signed, "margin": margin}
)
#: How often the market is updated, and how many deposits are timed.
_EPOCHS: Final = 20
_DEPOSITS: Final = 50


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
    """Measure how many proofs a second a ledger accepts on one core, everything included.

    As many proofs of margin are timed as there are legs, one in a transition.

    Example: tacit bench ledger --shape tiny --settlements 5 --accounts 100
    """
    if shape not in SHAPES:
        raise Conflict("shape", expected=f"one of {', '.join(SHAPES)}", actual=shape)
    if legs % 2:
        raise Conflict("legs", expected="an even number: half buy, half sell", actual=legs)
    sizes = _sizes(accounts)
    check_places(json_file)
    chosen = announced(backend)
    choice = Choice(chosen.name)
    options = {"shape": shape, "legs": legs, "settlements": settlements, "backend": chosen.name}
    with measured(options) as document:
        document["settling"] = [
            _settling(kind, shape, legs, settlements, chosen) for kind in _KINDS
        ]
        err.print(f"{_EPOCHS} epochs")
        document["publishing"] = measure_epochs(shape, _EPOCHS, choice).document()
        document["growth"] = []
        for size in sizes:
            err.print(f"deposits among {size:,} accounts")
            growth = measure_growth(shape, size, _DEPOSITS, choice)
            document["growth"].append(growth.document())
    publish(document, json_file)


def _settling(kind: str, shape: str, legs: int, settlements: int, backend: Backend) -> Any:
    each = 1 if kind == "margin" else legs
    count, ready = settlements * legs // each, _ready(each, backend)
    err.print(f"{count} transitions of kind {kind}")
    with TemporaryDirectory(prefix="tacit-bench-") as folder:
        path = Path(folder) / "bench.ledger"
        venue = founded(path, shape, backend)
        made = [_KINDS[kind](venue, legs) for _ in range(ready + count)]
        choice = Choice(backend.name)
        return measure_settling(kind, path, made, ready, venue.now, choice).document()


def _ready(legs: int, backend: Backend) -> int:
    """How many of so many legs it takes until the market's part is prepared.

    The reference would wait longer for those proofs than they are worth.
    """
    return 1 + -(-PREPARE_AFTER // legs) if backend.name == Choice.NATIVE else 1


def _sizes(text: str) -> list[int]:
    sizes = text.split(",")
    if not all(size.isdecimal() and int(size) for size in sizes):
        raise Conflict("accounts", expected="numbers, as in 1000,10000", actual=text)
    return [int(size) for size in sizes]
