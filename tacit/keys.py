"""`tacit keys`: development keys for demonstrations, ceremony keys for everything else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from circuits.shape import SHAPES, Shape
from prover.ceremony import (
    POWERS,
    CeremonyKeys,
    CheckedKey,
    check_count,
    one_for_each,
    statement_keys,
)
from prover.keys import KeyFiles, cache_folder
from tacit.console import BackendOption, JsonOption, announced, err, out, print_json, progress_bar
from tacit.words import App
from zk.backends import Choice, select
from zk.errors import Conflict, MalformedFile
from zk.formats.contributions import Contribution

app = App(help="Proving keys: make development ones, check and import those of a ceremony.")

ShapeOption = Annotated[str, typer.Option("--shape", help=f"One of {', '.join(SHAPES)}.")]
KeyArguments = Annotated[list[Path], typer.Argument(metavar="KEY.zkey…", help="Keys of snarkjs's.")]
_UNCHECKED = (
    "not checked, without --powers-of-tau: that the points of IC, C and H are what the circuit "
    "makes of the powers of tau"
)
_POWERS = typer.Option("--powers-of-tau", metavar="FILE.ptau", help="What phase two began with.")


@app.command()
def dev(
    shape: ShapeOption = "tiny", backend: BackendOption = Choice.AUTO, as_json: JsonOption = False
) -> None:
    """Make the development keys of a shape, where they are missing; insecure, and marked so.

    Example: tacit keys dev --shape tiny
    """
    chosen, dimensions = announced(backend), _shape(shape)
    with progress_bar() as progress:
        files = KeyFiles(cache_folder(), chosen, progress)
        keys = files.insecure_development(dimensions).statement_keys()
    document = {
        name: {
            "file": str(files.development_path(name, key.circuit.hex())),
            "digest": key.key_digest,
            "insecure": True,
        }
        for name, key in keys
    }
    if as_json:
        print_json(document)
        return
    for name, entry in document.items():
        typer.echo(f"{name}: insecure development key {entry['digest']}\n  {entry['file']}")


@app.command()
def check(
    keys: KeyArguments,
    shape: ShapeOption = "standard",
    powers: Annotated[Path | None, _POWERS] = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Check keys against our circuits, their own parts and the powers of tau that they came from.

    Which statement a key is for shows in its size. Exit status: 0 where nothing is amiss, 1 where
    something is, 3 where nothing is and the powers of tau were not given to check it against.

    Example: tacit keys check claim.zkey --shape tiny --powers-of-tau powers.ptau
    """
    _show(_checked(keys, shape, powers, backend), shape, powers, {}, as_json=as_json)
    if powers is None:
        err.print(_UNCHECKED, markup=False, soft_wrap=True)
        raise typer.Exit(3)


@app.command("import")
def import_keys(
    keys: KeyArguments,
    powers: Annotated[Path, _POWERS],
    shape: ShapeOption = "standard",
    statements: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write what a genesis says of them.")
    ] = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Check one key for each statement, and keep them where provers look for a ledger's keys.

    All of them are kept or none. What is left for snarkjs to verify is printed with its commands.

    Example: tacit keys import claim.zkey margin.zkey solvency.zkey fill.zkey --shape tiny
    --powers-of-tau powers.ptau --statements statements.json
    """
    _check_place(statements, [*keys, powers])
    check_count(keys)
    checked = one_for_each(_checked(keys, shape, powers, backend))
    files = KeyFiles(cache_folder(), select(backend))
    kept = {
        name: files.imported_path(name, key.verifying_key.digest()) for name, key in checked.items()
    }
    said = statement_keys(checked).encode() + b"\n"
    files.keep_imported(
        {path: checked[name].data for name, path in kept.items()},
        {statements: said} if statements is not None else {},
    )
    _show(list(checked.values()), shape, powers, kept, as_json=as_json)


def _checked(
    keys: list[Path], shape: str, powers: Path | None, backend: Choice
) -> list[CheckedKey]:
    dimensions, chosen = _shape(shape), announced(backend)
    with progress_bar() as progress:
        ceremony = CeremonyKeys(dimensions, chosen, powers, progress)
        return [ceremony.check(path) for path in keys]


def _check_place(statements: Path | None, read: list[Path]) -> None:
    """What is written replaces nothing that is read: a ceremony's files cannot be made again.

    That, and whether there is a place at all, is asked before minutes of checks.
    """
    if statements is None:
        return
    if os.path.realpath(statements) in map(os.path.realpath, read):
        raise Conflict("--statements", expected="a file of its own", actual=str(statements))
    if not statements.parent.is_dir():
        raise MalformedFile(
            str(statements), expected="a place to write to", actual="a folder that is not there"
        )


def _shape(name: str) -> Shape:
    if name not in SHAPES:
        raise Conflict("shape", expected=f"one of {', '.join(SHAPES)}", actual=name)
    return SHAPES[name]


def _show(
    keys: list[CheckedKey], shape: str, powers: Path | None, kept: dict[str, Path], *, as_json: bool
) -> None:
    documents = [_document(key, shape, powers, kept.get(key.statement)) for key in keys]
    if as_json:
        print_json(documents)
        return
    for document in documents:
        out.print(_table(document))
        if document["kept"]:
            typer.echo(f"kept as {document['kept']}")
    typer.echo("Left for snarkjs to verify: phase one, and that contributors knew their secrets.")
    for command in dict.fromkeys(c for d in documents for c in d["left_to_snarkjs"]):
        typer.echo(f"  {command}")


def _document(key: CheckedKey, shape: str, powers: Path | None, kept: Path | None) -> Any:
    r1cs = f"{key.statement}-{shape}.r1cs"
    return {
        "file": str(key.path),
        "statement": key.statement,
        "shape": shape,
        "digest": key.verifying_key.digest(),
        "circuit_digest": key.circuit_digest,
        "checks": list(key.checks),
        "powers_checked": POWERS in key.checks,
        "contributions": [_contribution(one) for one in key.contributions.made],
        "left_to_snarkjs": key.left_to_snarkjs(r1cs, str(powers or "POWERS.ptau")),
        "kept": str(kept) if kept else None,
    }


def _contribution(one: Contribution) -> dict[str, Any]:
    beacon = one.beacon and {
        "value": one.beacon.value,
        "iterations": 1 << one.beacon.iterations_log,
    }
    return {"name": one.shown_name, "hash": one.hash, "beacon": beacon}


def _table(document: dict[str, Any]) -> Table:
    table = Table(title=f"{document['statement']}, shape {document['shape']}", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    rows = {
        "file": document["file"],
        "digest": document["digest"],
        "circuit": document["circuit_digest"],
        "holds": ", ".join(document["checks"]),
    }
    for number, one in enumerate(document["contributions"], 1):
        beacon = one["beacon"]
        drawn = (
            f"\nbeacon {beacon['value']}, hashed {beacon['iterations']:,} times" if beacon else ""
        )
        rows[f"contribution {number}"] = f"{one['name']}\n{one['hash']}{drawn}"
    if not document["contributions"][-1]["beacon"]:
        rows["note"] = "no beacon closes the ceremony: its last contributor could choose"
    for label, text in rows.items():
        table.add_row(label, Text(text))  # names are others' words: no markup in them is obeyed
    return table
