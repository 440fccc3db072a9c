"""What a command says without a terminal's library: plain lines and JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from zk.backends import Backend, Choice, describe, select

BackendOption = Annotated[Choice, typer.Option("--backend", help="Which arithmetic to run on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def announced(choice: Choice) -> Backend:
    """The backend that a command runs on, which it says before anything else."""
    backend = select(choice)
    typer.echo(f"backend: {describe(backend)}", err=True)
    return backend


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2))


def warn_of_insecure_key() -> None:
    """Once in a command, however many proofs are under that key."""
    typer.echo("insecure development key: whoever made it can prove anything", err=True)
