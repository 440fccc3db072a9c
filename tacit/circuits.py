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
from prover.keys import KeyFiles, cache_folder
from tacit.console import BackendOption, JsonOption, announced, out, print_json, progress_bar
from tacit.plain import warn_of_insecure_key
from tacit.words import App
from zk.backends import Backend, Choice
from zk.circuit import Circuit, CompiledCircuit, compile_circuit
from zk.formats.files import make_folder, read_bytes, write_files
from zk.formats.json import encode_verifying_key
from zk.formats.r1cs import encode_r1cs
from zk.formats.wtns import encode_wtns
from zk.groth16.qap import domain_of
from zk.randomness import insecure_seeded_randomness

app = App(help="The statements: list them, count them, export them.")

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
    keys: Annotated[
        bool,
        typer.Option("--keys", help="Write an insecure development key and its verifying key too."),
    ] = False,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Write a circuit as .r1cs, and the witness of an invented true statement as .wtns.

    With --keys also a .zkey and a .verification_key.json: what proving and verifying take besides.

    Example: tacit circuits export solvency build --shape standard --keys
    """
    circuit = named_circuit(name, shape)
    compiled = compile_circuit(circuit)
    sample = SAMPLES[name](SHAPES[shape], insecure_seeded_randomness(f"{name}/{shape}".encode()))
    make_folder(directory)
    stem = directory / f"{name}-{shape}"
    contents = {"r1cs": encode_r1cs(compiled.r1cs), "wtns": encode_wtns(compiled.solve(*sample))}
    if keys:
        contents |= _insecure_keys(name, circuit, announced(backend))
    paths = {suffix: stem.with_suffix(f".{suffix}") for suffix in contents}
    write_files({paths[suffix]: data for suffix, data in contents.items()})
    if as_json:
        written = {suffix.removesuffix(".json"): str(path) for suffix, path in paths.items()}
        print_json({**written, "digest": compiled.digest})
    else:
        typer.echo("\n".join(map(str, paths.values())))


def _insecure_keys(name: str, circuit: Circuit[Any, Any], backend: Backend) -> dict[str, bytes]:
    """The development key that every development ledger uses, by the suffixes of its two files."""
    warn_of_insecure_key()
    with progress_bar() as progress:
        files = KeyFiles(cache_folder(), backend, progress)
        verifying = files.insecure_prover(name, circuit).prover.verifying_key
    key = read_bytes(files.development_path(name, compile_circuit(circuit).digest))
    return {"zkey": key, "verification_key.json": encode_verifying_key(verifying)}


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
