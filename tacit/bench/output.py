"""Where a measurement goes: tables for people, one document for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.documents import STDOUT
from tacit.bench.tables import show
from tacit.console import out, print_json
from zk.formats.files import write_files

JsonFileOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write JSON; - is stdout.")
]


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
