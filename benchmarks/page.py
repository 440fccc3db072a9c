"""The tables of docs/performance.md, from the results that are kept beside this module.

A table of the page follows a mark, `<!-- standard 2 -->`: the third table of
results/standard.json; where that table has no rows, two blank lines follow. `python -m
benchmarks.page docs/performance.md` renews them all; a test holds the page to the results.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Final

from benchmarks.report import tables
from zk.errors import Conflict
from zk.formats.files import read_bytes, write_files

RESULTS: Final = Path(__file__).resolve().parent / "results"
MARK: Final = re.compile(r"<!-- (\w+) (\d+) -->\n\n(?:\|.*\n)*")


def renewed(page: str) -> str:
    """The page with every table as the results have it; nothing else changes."""
    made = markdown_tables()

    def table(mark: re.Match[str]) -> str:
        name, number = mark[1], int(mark[2])
        if (name, number) not in made:
            raise Conflict("mark", expected=f"one of {sorted(made)}", actual=(name, number))
        return f"<!-- {name} {number} -->\n\n{made[name, number]}"

    return MARK.sub(table, page)


def markdown_tables() -> dict[tuple[str, int], str]:
    """Every table of every result, by the result's name and the table's number."""
    return {
        (path.stem, number): "".join(
            map(_line, [columns, ("---",) * len(columns), *rows] if rows else [])
        )
        for path in sorted(RESULTS.glob("*.json"))
        for number, (_, columns, rows) in enumerate(tables(json.loads(path.read_text())))
    }


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    for argument in map(Path, sys.argv[1:]):
        write_files({argument: renewed(read_bytes(argument).decode()).encode()})
