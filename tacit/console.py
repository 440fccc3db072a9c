"""How a command talks: results on standard output, everything else on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from tacit.plain import BackendOption, JsonOption, announced, print_json
from zk.progress import Progress, silent

__all__ = [
    "BackendOption",
    "JsonOption",
    "announced",
    "err",
    "out",
    "print_json",
    "progress_bar",
]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


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
