"""`tacit bench margins`: what margin asks of a few books, and what others' rules would."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.documents import check_places, measured
from benchmarks.margins.charts import draw_margins
from benchmarks.margins.measure import margins
from tacit.bench.output import JsonFileOption, publish
from tacit.console import err


def bench_margins(
    json_file: JsonFileOption = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Charts: FILE-books and FILE-losses, SVG and PNG."),
    ] = None,
) -> None:
    """Work out the margin of a few books, beside SPAN's scan, TIMS and Deribit's portfolio margin.

    Nothing is timed: the same version gives the same figures anywhere.

    Example: tacit bench margins --plot margins.svg
    """
    check_places(json_file, plot)
    with measured({}) as document:
        document["margins"] = margins()
    publish(document, json_file)
    for written in [] if plot is None else draw_margins(document["margins"], plot):
        err.print(f"drawn: {written}", markup=False, soft_wrap=True)
