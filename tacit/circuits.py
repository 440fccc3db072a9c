"""`tacit circuits`: what is proven, counted and exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from circuits.catalogue import STATEMENTS, named_circuit
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from tacit.console import JsonOption, out, print_json
from zk.circuit import CompiledCircuit, compile_circuit
from zk.errors import MalformedFile
from zk.formats.files import write_files
from zk.formats.r1cs import encode_r1cs
from zk.formats.wtns import encode_wtns
from zk.groth16.qap import domain_of
from zk.randomness import insecure_seeded_randomness

app = typer.Typer(
    add_completion=False,
    help="The statements: list them, count them, export them.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help=f"One of {', '.join(STATEMENTS)}.")]
ShapeName = Annotated[str, typer.Option("--shape", help=f"One of {', '.join(SHAPES)}.")]


@app.command("list")
def list_circuits(as_json: JsonOption = False) -> None:
    """Name every statement and shape.

    Example: tacit circuits list
    """
    if as_json:
        shapes = {
            name: {"assets": s.assets, "instruments": s.instruments, "scenarios": s.scenarios}
            for name, s in SHAPES.items()
        }
        print_json({"circuits": list(STATEMENTS), "shapes": shapes})
        return
    table = Table("shape", "assets", "instruments", "scenarios", "statements")
    for name, shape in SHAPES.items():
        sizes = (str(n) for n in (shape.assets, shape.instruments, shape.scenarios))
        table.add_row(name, *sizes, ", ".join(STATEMENTS))
    out.print(table)


@app.command()
def info(name: Name, shape: ShapeName = "standard", as_json: JsonOption = False) -> None:
    """Count a circuit's constraints by scope, its public inputs, wires and domain.

    Example: tacit circuits info solvency --shape standard
    """
    document = describe(name, shape, compile_circuit(named_circuit(name, shape)))
    if as_json:
        print_json(document)
        return
    table = Table(title=f"{name}, shape {shape}", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for scope, count in document["scopes"].items():
        table.add_row(f"constraints in {scope}", f"{count:,}")
    table.add_section()
    for label in ("constraints", "wires", "domain"):
        table.add_row(label, f"{document[label]:,}")
    table.add_row("public inputs", f"{len(document['public_inputs']):,}")
    table.add_row("digest", document["digest"])
    out.print(table)
    out.print("public inputs, in order:", ", ".join(_grouped(document["public_inputs"])))


@app.command()
def export(
    name: Name,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder; made if missing.")],
    shape: ShapeName = "standard",
    as_json: JsonOption = False,
) -> None:
    """Write a circuit as .r1cs, and the witness of an invented true statement as .wtns.

    Example: tacit circuits export solvency build --shape standard
    """
    circuit = named_circuit(name, shape)
    compiled = compile_circuit(circuit)
    sample = SAMPLES[name](SHAPES[shape], insecure_seeded_randomness(f"{name}/{shape}".encode()))
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MalformedFile(
            str(directory), expected="a folder", actual=error.strerror or "an error"
        ) from None
    stem = directory / f"{name}-{shape}"
    r1cs, wtns = stem.with_suffix(".r1cs"), stem.with_suffix(".wtns")
    write_files({r1cs: encode_r1cs(compiled.r1cs), wtns: encode_wtns(compiled.solve(*sample))})
    if as_json:
        print_json({"r1cs": str(r1cs), "wtns": str(wtns), "digest": compiled.digest})
    else:
        typer.echo(f"{r1cs}\n{wtns}")


def describe(name: str, shape: str, compiled: CompiledCircuit) -> dict[str, Any]:
    """The figures of one circuit."""
    return {
        "name": name,
        "shape": shape,
        "constraints": len(compiled.r1cs.constraints),
        "public_inputs": list(compiled.public_names),
        "wires": compiled.r1cs.wires,
        "domain": domain_of(compiled.r1cs).size,
        "scopes": dict(compiled.constraints_by_scope),
        "digest": compiled.digest,
    }


def _grouped(names: Sequence[str]) -> list[str]:
    """Runs of indexed names in short: `matrix[…]` with the number of its entries."""
    counts: dict[str, int] = {}
    for name in names:
        stem = name.split("[", 1)[0]
        counts[stem] = counts.get(stem, 0) + 1
    return [stem if count == 1 else f"{stem}\\[{count}]" for stem, count in counts.items()]
