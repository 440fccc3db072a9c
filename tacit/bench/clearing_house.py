"""`tacit bench clearing-house`: what the results mean for very many accounts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

import benchmarks
from benchmarks.documents import check_places, measured
from benchmarks.sizes.clearing_house import SOURCES, ClearingHouse, needs
from tacit.bench.output import JsonFileOption, publish
from zk.errors import Malformed
from zk.formats.files import read_bytes

_RESULTS: Final = Path(benchmarks.__file__).resolve().parent / "results"
_HOUSE: Final = ClearingHouse()


def bench_clearing_house(
    accounts: Annotated[int, typer.Option(min=1, help="Accounts.")] = _HOUSE.accounts,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs in a day.")] = _HOUSE.epochs_a_day,
    legs: Annotated[
        int, typer.Option(min=0, help="Settled legs per account and day.")
    ] = _HOUSE.legs_a_day,
    rush: Annotated[
        int, typer.Option(min=1, help="Seconds within which all proofs of an epoch may come.")
    ] = _HOUSE.rush,
    results: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="The folder of the results to work with.",
            show_default="those of docs/performance.md",
        ),
    ] = _RESULTS,
    json_file: JsonFileOption = None,
) -> None:
    """Work out what a clearing house would need from what was measured; nothing is run.

    Example: tacit bench clearing-house --accounts 1000000 --epochs 24
    """
    check_places(json_file)
    house = ClearingHouse(accounts, epochs, legs, rush)
    known = {name: _read(results / f"{name}.json") for name in SOURCES}
    with measured({**asdict(house)}) as document:
        document["sources"] = {name: source["started"] for name, source in known.items()}
        document["clearing_house"] = needs(house, known)
    publish(document, json_file)


def _read(path: Path) -> dict[str, Any]:
    """A result; raises where it is none."""
    try:
        document = json.loads(read_bytes(path))
    except ValueError:
        document = None
    if not isinstance(document, dict) or "started" not in document:
        raise Malformed(str(path), expected="a result of tacit bench", actual="another")
    return dict(document)
