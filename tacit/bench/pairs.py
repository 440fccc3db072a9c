"""`tacit bench pairs`: this checkout and an earlier one, in turns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.cells import ratio_cell
from benchmarks.proofs.pairs import compare_checkouts
from circuits.catalogue import STATEMENTS
from circuits.shape import SHAPES
from tacit.console import JsonOption, err, out, print_json


def bench_pairs(
    before: Annotated[Path, typer.Argument(metavar="FOLDER", help="The earlier checkout.")],
    circuit: Annotated[str, typer.Option(help=f"One of {', '.join(STATEMENTS)}.")] = "solvency",
    shape: Annotated[str, typer.Option(help=f"One of {', '.join(SHAPES)}.")] = "standard",
    runs: Annotated[int, typer.Option(min=1, help="Pairs.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Prove one statement in turns with an earlier checkout of this repository, on all cores.

    Example: tacit bench pairs ../before --circuit solvency --shape standard --runs 12
    """
    document = compare_checkouts(before, circuit, shape, runs)
    if as_json:
        print_json(document)
        return
    for side in ("old", "new"):
        counts = ", ".join(
            f"{document[side][name]:,} {name.replace('_', ' ')}"
            for name in ("constraints", "public_inputs")
        )
        err.print(f"{side}: {counts}, {document[side]['circuit_digest']}", soft_wrap=True)
    out.print(f"{circuit} ({shape}), {runs} pairs, new ÷ old: median (lowest – highest)")
    for name, ratio in document["ratios"].items():
        out.print(f"  {name.replace('_', ' ')}: {ratio_cell(ratio)}")
