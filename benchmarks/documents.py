"""What every measurement writes: where and when it was made, and then its figures."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from benchmarks.machine import load, machine, versions
from benchmarks.report import show
from zk.console import out, print_json
from zk.errors import Conflict, MalformedFile
from zk.formats.files import write_files

JsonFileOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.")
]

#: Of the documents' form; it changes when a key changes its meaning or goes.
FORMAT: Final = 2
#: Where a file's name would be, and the document is printed instead.
STDOUT: Final = Path("-")


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


def publish(
    document: Mapping[str, Any],
    json_file: Path | None,
    others: Mapping[Path, bytes] | None = None,
) -> None:
    """Tables on standard output, and the document where it is wanted; `-` has it printed alone.

    Other files of the same measurement are written with it: all of them, or none.
    """
    files = dict(others or {})
    if json_file is not None and json_file != STDOUT:
        files[json_file] = json.dumps(document, indent=1).encode() + b"\n"
    write_files(files)
    if json_file == STDOUT:
        print_json(document)
    else:
        show(document, out)


def check_places(*paths: Path | None) -> None:
    """Raises unless each of these files can be written: asked before anything is measured."""
    for path in paths:
        if path is None or path == STDOUT:
            continue
        expected = "a place to write to"
        if not path.parent.is_dir():
            raise MalformedFile(str(path), expected=expected, actual="a folder that is not there")
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise MalformedFile(str(path), expected=expected, actual="a folder")
    named = [path.resolve() for path in paths if path is not None]
    if len(named) != len(set(named)):
        raise Conflict("files to write", expected="a name for each", actual="one name twice")
