"""Numbers, times and counts, as people read them; the same on every machine."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger.wording import grouped, moment
from verifier.page.markup import Html, element, text


def signed(value: int) -> str:
    """Digits in groups, with a sign in front of whatever is not zero."""
    return f"+{grouped(value)}" if value > 0 else grouped(value)


def cash(millionths: int) -> str:
    """Millionths of a unit of cash, as units with their fraction; no digit is lost."""
    whole, rest = divmod(abs(millionths), 10**6)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return ("−" if millionths < 0 else "") + f"{whole:,}{fraction}"


def percent(bps: int, *, plus: bool = True) -> str:
    """Basis points as percent; with the sign of a move."""
    sign = "−" if bps < 0 else "+" if plus and bps > 0 else ""
    return f"{sign}{abs(bps) / 100:g} %"


def share(bps: int) -> str:
    """Basis points as percent."""
    return f"{bps // 100}.{bps % 100:02d} %"


def seconds(value: float) -> str:
    """So many digits as mean something."""
    return f"{value:.2f} s" if value < 100 else f"{value:,.0f} s"


def duration(total: int) -> str:
    """Days, hours, minutes: the two largest that there are."""
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts = []
    for name, size in units:
        if total >= size:
            parts.append(f"{total // size} {name}")
            total %= size
    return " ".join(parts[:2]) or "0 s"


def when(time: int) -> Html:
    """The same as an element."""
    try:
        stamp = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return text(moment(time))
    return element("time", moment(time), datetime=stamp, title=f"{moment(time)} UTC")
