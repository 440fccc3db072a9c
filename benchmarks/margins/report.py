"""The tables of `tacit bench margins`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Row = tuple[str, ...]

#: In the order of the columns.
_ASKED: Final = (
    "maintenance",
    "initial",
    "span",
    "tims",
    "deribit_maintenance",
    "deribit_initial",
)


def margin_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, Row, list[Row]]]:
    """The document's tables."""
    found = document["margins"]
    yield (
        "margin of books of one coin, in parts of its notional",
        ("book", "premium", "maintenance", "initial", "÷ its legs alone", *_theirs()),
        [_book_row(book) for book in found["books"]],
    )
    yield (
        "the books",
        ("book", "lots"),
        [(book["book"], _lots(book["lots"])) for book in found["books"]],
    )
    yield (
        "coins, in parts of a notional",
        (
            "coin",
            "instruments",
            "rows",
            "price",
            "vol",
            "perpetual, initial",
            "leverage",
            "charged",
        ),
        [_coin_row(coin) for coin in found["coins"]],
    )


def _theirs() -> Row:
    return ("SPAN's scan", "TIMS", "Deribit, maintenance", "Deribit, initial")


def _book_row(book: Mapping[str, Any]) -> Row:
    ours, theirs = _ASKED[:2], _ASKED[2:]
    return (
        book["book"],
        _percent(book["premium"]) if book["premium"] else "none",
        *(_percent(book["asked"][name]) for name in ours),
        f"{book['of_its_legs']:.2f}",
        *(_percent(book["asked"][name]) for name in theirs),
    )


def _coin_row(coin: Mapping[str, Any]) -> Row:
    return (
        coin["coin"],
        str(coin["instruments"]),
        str(coin["rows"]),
        f"±{coin['price_reach']:.0%}",
        f"±{coin['vol_reach']:.0%}",
        _percent(coin["outright"]),
        f"{1 / coin['outright']:.1f}",
        f"{_percent(coin['least_charge'])} – {_percent(coin['greatest_charge'])}",
    )


def _lots(lots: Mapping[str, int]) -> str:
    return ", ".join(f"{held:+,} {label}" for label, held in lots.items())


def _percent(part: float) -> str:
    return f"{part:.2%}"
