"""Tables that can be read aloud, sorted and printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.wording import grouped
from verifier.page.markup import Html, element, joined

#: A browser is slow with longer tables, and a reader is slower.
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown, and by what it is sorted where that is something else."""

    content: object
    sort: object = None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells; the first is the row's head. Its place on the page, where others link to it."""

    cells: Sequence[object]
    place: str | None = None


def number(value: int | None, content: object = None) -> Cell:
    """A number, in groups of three; a dash where there is none."""
    if value is None:
        return Cell(element("span", "–", title="not known"), "", numeric=True)
    return Cell(grouped(value) if content is None else content, value, numeric=True)


def table(
    name: str, caption: str, columns: Sequence[str], rows: Sequence[Row], none: str = "None."
) -> Html:
    """A table under its caption, in a frame that scrolls by itself where the screen is narrow."""
    if not rows:
        return element("p", none, class_="none")
    if len(rows) > MOST:
        caption = f"{caption}; the last {grouped(MOST)} of {grouped(len(rows))} rows"
        rows = rows[-MOST:]
    numeric = [_is_numeric(cell) for cell in rows[0].cells]
    head = element(
        "tr",
        *(
            element("th", title, scope="col", class_="n" if right else None)
            for title, right in zip(columns, numeric, strict=True)
        ),
    )
    whole = element(
        "table",
        element("caption", caption),
        element("thead", head),
        element("tbody", *map(_row, rows)),
        id=name,
        class_="sortable" if len(rows) > 1 else None,
    )
    return frame(whole, caption)


def frame(content: Html, label: str) -> Html:
    """What may be wider than the screen: it scrolls, by keyboard too."""
    return element("div", content, class_="frame", role="region", aria_label=label, tabindex="0")


def facts(pairs: Sequence[tuple[str, object]]) -> Html:
    """Names and values, one below the other."""
    return element(
        "dl", joined(element("div", element("dt", a), element("dd", b)) for a, b in pairs)
    )


def _row(row: Row) -> Html:
    first, *rest = row.cells
    return element("tr", _cell("th", first), *(_cell("td", cell) for cell in rest), id=row.place)


def _cell(name: str, value: object) -> Html:
    cell = value if isinstance(value, Cell) else Cell(value)
    return element(
        name,
        cell.content,
        scope="row" if name == "th" else None,
        class_="n" if cell.numeric else None,
        data_sort=cell.sort,
    )


def _is_numeric(value: object) -> bool:
    return isinstance(value, Cell) and value.numeric
