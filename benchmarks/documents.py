"""What every measurement writes: where and when it was made, and then its figures."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import load, machine, versions
from zk.errors import Conflict, MalformedFile

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
