"""How a command talks: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from zk.backends import Backend, Choice, describe, select
from zk.progress import Progress, silent

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

BackendOption = Annotated[Choice, typer.Option("--backend", help="Which arithmetic to run on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def announced(choice: Choice) -> Backend:
    """The backend that a command runs on, which it says before anything else."""
    backend = select(choice)
    err.print(f"backend: {describe(backend)}", soft_wrap=True)
    return backend


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar per stage on a terminal; nothing where nobody looks.

    It is redrawn by the calls alone: no thread of its own may run while jobs are forked.
    """
    if not err.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description:>20}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=err, transient=True, auto_refresh=False) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int, /) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, refresh=True)

        yield show
