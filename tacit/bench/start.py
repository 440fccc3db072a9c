"""`tacit bench start`: what a command takes before it does anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.documents import check_places, measured
from benchmarks.start import measure_starts
from tacit.bench.output import JsonFileOption, publish
from zk.formats.files import check_file


def bench_start(
    runs: Annotated[int, typer.Option(min=1, help="Starts of each command.")] = 11,
    other: Annotated[
        Path | None,
        typer.Option(
            metavar="COMMAND", help="Another installation's `tacit`, to be measured in turns."
        ),
    ] = None,
    json_file: JsonFileOption = None,
) -> None:
    """Measure the processor time of `tacit --version`, `--help` and `verify`, from start to end.

    Example: tacit bench start --runs 3
    """
    check_places(json_file)
    if other is not None:
        check_file(other)
    with measured({"runs": runs}) as document:
        document["starts"] = measure_starts(runs, other)
    publish(document, json_file)
