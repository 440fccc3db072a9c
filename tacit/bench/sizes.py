"""`tacit bench sizes` and `tacit bench synthetic`: what grows with a circuit, and how fast."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from benchmarks.documents import check_places, measured
from benchmarks.sizes.charts import draw_sizes
from benchmarks.sizes.circuit_sizes import measure_circuit
from benchmarks.sizes.grid import STUDY, shapes_of
from benchmarks.sizes.model import model
from benchmarks.sizes.synthetic import KINDS
from benchmarks.sizes.synthetic_sizes import LARGEST, SMALLEST, measure_size
from circuits.shape import SHAPES
from tacit.bench.output import JsonFileOption, publish
from tacit.console import err
from zk.backends import Choice, select
from zk.errors import Conflict, Malformed
from zk.formats.files import read_bytes

#: The statements that have a market in them, whose size is what the study varies.
_CIRCUITS: Final = ("claim", "margin", "solvency")


def bench_sizes(
    shapes: Annotated[
        str, typer.Option(help=f"Some of {','.join(SHAPES)}, or such as 8x392x256.")
    ] = ",".join(STUDY),
    circuits: Annotated[str, typer.Option(help=f"Some of {','.join(_CIRCUITS)}.")] = ",".join(
        _CIRCUITS
    ),
    runs: Annotated[int, typer.Option(min=1, help="Proofs of each size.")] = 5,
    json_file: JsonFileOption = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Charts: FILE-constraints and FILE-costs, SVG and PNG."),
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Measure nothing: an earlier JSON file."),
    ] = None,
) -> None:
    """Measure claim, margin and solvency from small to very large, and what costs are sums of.

    Every size is made in a process apart, on the native backend; every proof is verified.

    Example: tacit bench sizes --shapes tiny,2x6x8,standard --runs 3
    """
    check_places(json_file, plot)
    document = _measured(shapes, circuits, runs) if earlier is None else _read(earlier)
    document["model"] = model(document["sizes"])
    publish(document, json_file)
    for written in [] if plot is None else draw_sizes(document, plot):
        err.print(f"drawn: {written}", markup=False, soft_wrap=True)


def bench_synthetic(
    largest: Annotated[
        int, typer.Option(min=SMALLEST, max=20, help="Up to 2 to this power.")
    ] = LARGEST,
    runs: Annotated[int, typer.Option(min=1, help="Proofs of each size.")] = 3,
    json_file: JsonFileOption = None,
) -> None:
    """Measure synthetic circuits that fill their domain to the last row.

    Example: tacit bench synthetic --largest 12
    """
    check_places(json_file)
    select(Choice.NATIVE)
    with measured({"largest": largest, "runs": runs}) as document:
        document["scaling"] = []
        for kind in KINDS:
            for log_rows in range(SMALLEST, largest + 1):
                err.print(f"{kind}: {1 << log_rows:,} rows")
                document["scaling"].append(measure_size(kind, log_rows, runs).document())
    publish(document, json_file)


def _measured(shapes: str, circuits: str, runs: int) -> dict[str, Any]:
    sizes, names = shapes_of(shapes), circuits.split(",")
    for name in names:
        if name not in _CIRCUITS:
            raise Conflict("circuit", expected=f"some of {','.join(_CIRCUITS)}", actual=name)
    select(Choice.NATIVE)
    options = {"shapes": shapes, "circuits": circuits, "runs": runs}
    with measured(options) as document:
        document["sizes"] = []
        for shape in sizes:
            for name in names:
                err.print(f"{name} {shape}", markup=False)
                document["sizes"].append(measure_circuit(name, shape, runs).document())
    return document


def _read(path: Path) -> dict[str, Any]:
    """A document of sizes; raises where it is none."""
    try:
        document = json.loads(read_bytes(path))
        is_one = isinstance(document, dict) and isinstance(document.get("sizes"), list)
    except ValueError:
        is_one = False
    if not is_one:
        raise Malformed(str(path), expected="JSON of tacit bench sizes", actual="another")
    return dict(document)
