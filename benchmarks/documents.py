"""What every measurement writes: where and when it was made, and then its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from benchmarks.machine import load, machine, versions
from benchmarks.report import show
from zk.console import out, print_json
from zk.formats.files import write_files

JsonFileOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.")
]

#: Of the documents' form; it changes when a key changes its meaning or goes.
FORMAT: Final = 1


@contextmanager
def measured(options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A document with its head; the machine's load is noted once more when the block ends."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "load_before": load(),
        "options": dict(options),
    }
    yield document
    document["load_after"] = load()


def publish(document: Mapping[str, Any], json_file: Path | None) -> None:
    """Tables on standard output, and the document where it is wanted; `-` has it printed alone."""
    if json_file == Path("-"):
        print_json(document)
        return
    if json_file is not None:
        write_files({json_file: json.dumps(document, indent=1).encode() + b"\n"})
    show(document, out)
