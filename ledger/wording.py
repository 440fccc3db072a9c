"""How numbers, times and counts are written in sentences for people; the same on every machine."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger.market.listing import Listing


def grouped(value: int) -> str:
    """In groups of three, with a real minus sign."""
    return f"{value:,}".replace("-", "−")


def counted(count: int, one: str, many: str | None = None) -> str:
    """1 entry, 2 entries."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def moment(time: int) -> str:
    """A ledger's time in UTC; plain seconds where no calendar reaches."""
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return f"second {time}"


def signed_amount(listing: Listing, component: int, by: int) -> str:
    """So much more or less of a component: cash in dollars, anything else in its smallest unit."""
    shown = f"{by:+,}" if component else f"{'+' if by >= 0 else ''}{money(by)}"
    return f"{shown} {name_of(listing, component)}"


def instant(time: int) -> str:
    """A moment with the clock that it is by."""
    return f"{moment(time)} UTC"


def name_of(listing: Listing, component: int) -> str:
    """What people call a component; its number where a damaged log names one that is not listed."""
    labels = listing.labels
    return labels[component] if component < len(labels) else f"component {component}"


def money(cents: int) -> str:
    """Cash units (cents) as people write them; no digit is lost."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}.{rest:02d}"


def amount_of(listing: Listing, asset: int, amount: int) -> str:
    """So much of an asset: cash in dollars, anything else in its smallest unit."""
    shown = grouped(amount) if asset else money(amount)
    return f"{shown} {name_of(listing, asset)}"
