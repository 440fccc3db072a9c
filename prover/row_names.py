"""What a row is called to whoever holds an account: how far which price and vol move."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.market.data import ONE_BPS
from ledger.market.grid import GridRow
from ledger.market.listing import Listing


def row_label(row: GridRow, listing: Listing, coin: int) -> str:
    """One row of one coin's margin: how far its price and its vol move."""
    parts = [listing.underlyings[coin]]
    parts += [_percent(row.price_bps)] if row.price_bps else []
    parts += [f"vol {_percent(row.vol_bps)}"] if row.vol_bps else []
    return " ".join(parts) + _cover(row.cover_bps)


def _cover(cover_bps: int) -> str:
    return "" if cover_bps == ONE_BPS else f" × {cover_bps / ONE_BPS:g}"


def _percent(bps: int) -> str:
    return f"{bps / 100:+.3g} %".replace("-", "−")


def exposed_to(listing: Listing, values: Sequence[int]) -> set[int]:
    """The underlyings of everything that is held."""
    held = zip(listing.components, values, strict=True)
    references = (instrument.reference for instrument, value in held if value)
    return {reference for reference in references if reference is not None}
