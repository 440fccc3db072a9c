"""The figures of the pages, from the results that are kept beside this module.

A table follows a mark, `<!-- standard 2 -->`: the third table of results/standard.json; where
that table has no rows, two blank lines follow. A figure in a sentence stands between two marks,
`<!-- = ledger:settling.firm.legs_per_second|,.0f -->727<!-- -->`, which name it and its format
as `benchmarks.quoted` reads them. `python -m benchmarks.page README.md docs/performance.md`
renews them all; a test holds every page to the results.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from benchmarks.quoted import quoted
from benchmarks.report import tables
from zk.errors import Conflict
from zk.formats.files import read_bytes, write_files

RESULTS: Final = Path(__file__).resolve().parent / "results"
MARK: Final = re.compile(r"<!-- (\w+) (\d+) -->\n\n(?:\|.*\n)*")
FIGURE: Final = re.compile(r"<!-- = (\w+:[^|>\s]+)\|([^|>\s]+) -->[^<]*<!-- -->")


def renewed(page: str) -> str:
    """The page with every table and figure as the results have it; nothing else changes."""
    known, made = results(), markdown_tables()

    def table(mark: re.Match[str]) -> str:
        name, number = mark[1], int(mark[2])
        if (name, number) not in made:
            raise Conflict("mark", expected=f"one of {sorted(made)}", actual=(name, number))
        return f"<!-- {name} {number} -->\n\n{made[name, number]}"

    def figure(mark: re.Match[str]) -> str:
        name, form = mark[1], mark[2]
        return f"<!-- = {name}|{form} -->{quoted(known, name, form)}<!-- -->"

    return FIGURE.sub(figure, MARK.sub(table, page))


def results() -> dict[str, Any]:
    """Every result that is kept, by its name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))}


def markdown_tables() -> dict[tuple[str, int], str]:
    """Every table of every result, by the result's name and the table's number."""
    return {
        (name, number): "".join(
            map(_line, [columns, ("---",) * len(columns), *rows] if rows else [])
        )
        for name, document in results().items()
        for number, (_, columns, rows) in enumerate(tables(document))
    }


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    for argument in map(Path, sys.argv[1:]):
        write_files({argument: renewed(read_bytes(argument).decode()).encode()})
