"""The charts of margins: books beside others' rules, and what margin covers of two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.canvas import FILLS, STYLES, figure, save

#: What a bar is called, in their order.
_BARS: Final = {
    "initial": "ours, initial",
    "maintenance": "ours, maintenance",
    "span": "SPAN's scan, our ranges",
    "tims": "TIMS, ±15 %",
    "deribit_initial": "Deribit, initial",
    "deribit_maintenance": "Deribit, maintenance",
}
_WIDTH: Final = 0.8


def draw_margins(margins: Mapping[str, Any], path: Path) -> list[Path]:
    """Two charts, each as SVG and PNG, beside one another under the path's name."""
    books = path.with_name(f"{path.stem}-books{path.suffix}")
    losses = path.with_name(f"{path.stem}-losses{path.suffix}")
    return [*_draw_books(margins["books"], books), *_draw_losses(margins["losses"], losses)]


def _draw_books(books: Sequence[Mapping[str, Any]], path: Path) -> tuple[Path, Path]:
    drawn, (axes,) = figure(width=10, height=4.6)
    each = _WIDTH / len(_BARS)
    for place, (fill, (name, label)) in enumerate(zip(FILLS, _BARS.items(), strict=False)):
        where = [index - _WIDTH / 2 + (place + 0.5) * each for index in range(len(books))]
        heights = [100 * book["asked"][name] for book in books]
        axes.bar(where, heights, each, label=label, edgecolor="#111111", linewidth=0.5, **fill)
    axes.set_xticks(range(len(books)), [_wrapped(book["book"]) for book in books])
    axes.set_ylabel("percent of one coin's notional")
    axes.legend(loc="upper left", ncols=2)
    return save(drawn, path)


def _draw_losses(losses: Sequence[Mapping[str, Any]], path: Path) -> tuple[Path, Path]:
    drawn, panels = figure(width=10, columns=len(losses))
    for axes, found in zip(panels, losses, strict=True):
        prices = [100 * price for price in found["prices"]]
        lost = [100 * part for part in found["lost"]]
        axes.plot(prices, lost, color="#111111", label="the most that it can lose there")
        for style, (name, part) in zip(STYLES[1:], found["asked"].items(), strict=False):
            line = {key: style[key] for key in ("color", "linestyle")}
            axes.axhline(100 * part, label=f"{name} margin", **line)
        reach = 100 * found["reach"]
        axes.axvspan(-reach, reach, color="#a9bccd", alpha=0.3, label="the reach")
        axes.set_title(found["book"], fontsize="medium")
        axes.set_xlabel("price, percent from where it is")
        axes.set_ylabel("percent of one coin's notional")
        axes.legend(loc="upper center", fontsize="small")
        highest = max(*lost, *(100 * part for part in found["asked"].values()))
        axes.set_ylim(0, 1.45 * highest)
    return save(drawn, path)


def _wrapped(name: str) -> str:
    """In two lines at most: at its comma, or at its first space."""
    first, comma, rest = name.partition(", ")
    return f"{first},\n{rest}" if comma else name.replace(" ", "\n", 1)
