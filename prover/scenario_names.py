"""What a scenario is called to whoever holds an account: how far which prices and vols move."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ledger.market.data import ONE_BPS
from ledger.market.listing import Listing
from ledger.market.scenarios import Scenario


def scenario_label(
    scenario: Scenario, names: Sequence[str], exposed: Collection[int] | None = None
) -> str:
    """How far prices and vols move, of the underlyings that the account is exposed to."""
    moves = []
    for index, name in enumerate(names):
        price, vol = scenario.prices_bps[index], scenario.vols_bps[index]
        if (price or vol) and (exposed is None or index in exposed):
            parts = [name]
            parts += [_percent(price)] if price else []
            parts += [f"vol {_percent(vol)}"] if vol else []
            moves.append(" ".join(parts))
    whole = scenario.cover_bps == ONE_BPS
    cover = "" if whole else f" × {scenario.cover_bps / ONE_BPS:g}"
    return (", ".join(moves) or "nothing moves") + cover


def _percent(bps: int) -> str:
    return f"{bps / 100:+.3g} %".replace("-", "−")


def exposed_to(listing: Listing, values: Sequence[int]) -> set[int]:
    """The underlyings of everything that is held."""
    held = zip(listing.components, values, strict=True)
    references = (instrument.reference for instrument, value in held if value)
    return {reference for reference in references if reference is not None}
