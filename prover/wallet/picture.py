"""The picture of an exposure: row by row, what is won or lost, and what is left of the margins.

A row moves one coin; the others stand where they hurt most. SVG by hand: two panels that share
their rows. It is read in grey as well as in colour, because what differs in meaning differs in
shape: losses are dark and gains light, maintenance is a full bar and initial margin an outline
around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Final

from ledger.wording import money
from prover.wallet.exposure import Exposure

_ROW: Final = 22
_TOP: Final = 108
_MARGIN: Final = 20
_CHARACTER: Final = 6.0
_PANEL: Final = 360
_GAP: Final = 40
_CENTS: Final = 100
_TICKS: Final = 5

_LOSS: Final = "#3b3b3b"
_GAIN: Final = "#b9c7d6"
_KEPT: Final = "#7d8da0"
_LINE: Final = "#222222"
_GRID: Final = "#dddddd"


@dataclass(frozen=True, slots=True)
class Axis:
    """From numbers to places, with ticks at round numbers; zero is always on it."""

    left: float
    low: float
    high: float
    step: float

    @classmethod
    def over(cls, left: float, numbers: list[float]) -> Axis:
        """Wide enough for all of them."""
        low, high = min([0.0, *numbers]), max([0.0, *numbers])
        step = _round_step(max(high - low, 1.0) / _TICKS)
        return cls(left, floor(low / step) * step, max(ceil(high / step), 1) * step, step)

    def place(self, number: float) -> float:
        return self.left + _PANEL * (number - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + index * self.step for index in range(count + 1)]


def svg(exposure: Exposure, title: str, currency: str) -> str:
    """A document that any browser shows; amounts in whole units of `currency`, not in cents."""
    bottom = _TOP + _ROW * len(exposure.rows)
    longest = max((len(row.label) for row in exposure.rows), default=0)
    start = _MARGIN + max(200.0, _CHARACTER * longest)
    width, labels = start + 2 * (_PANEL + _GAP), start - 10
    pnl = Axis.over(start, [row.profit / _CENTS for row in exposure.rows])
    left = [row.maintenance / _CENTS for row in exposure.rows]
    left += [row.initial / _CENTS for row in exposure.rows]
    room = Axis.over(start + _PANEL + _GAP, left)
    parts = [
        _head(exposure, title, currency),
        _text(labels, _TOP - 12, f"rows of epoch {exposure.epoch}", anchor="end"),
        _axis(pnl, bottom, "profit or loss", currency),
        _axis(room, bottom, "left of the margin: bar maintenance, outline initial", currency),
    ]
    for index, row in enumerate(exposure.rows):
        y = _TOP + _ROW * index
        parts.append(_text(labels, y + 15, row.label, anchor="end"))
        shade = _LOSS if row.profit < 0 else _GAIN
        parts.append(_bar(pnl, row.profit / _CENTS, y + 4, 14, shade))
        parts.append(_bar(room, row.maintenance / _CENTS, y + 6, 10, _KEPT))
        parts.append(_bar(room, row.initial / _CENTS, y + 3, 16, "none"))
    parts += [_zero(axis, bottom) for axis in (pnl, room)]
    height = bottom + 56
    size = f'width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}"'
    style = 'font-family="Helvetica, Arial, sans-serif" font-size="11"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _head(exposure: Exposure, title: str, currency: str) -> str:
    facts = (
        f"equity {money(exposure.equity)}, maintenance margin {money(exposure.maintenance)}, "
        f"initial margin {money(exposure.initial)} {currency}; "
        f"its legs alone would need {money(exposure.legs)} for maintenance"
    )
    lost = "; ".join(
        f"{coin.name} takes {money(coin.loss)} at worst, and charges of {money(coin.charges)}"
        for coin in exposure.coins
    )
    return "\n".join(
        (
            f'<text x="{_MARGIN}" y="28" font-size="16" font-weight="bold">{escape(title)}</text>',
            _text(_MARGIN, 48, facts),
            _text(_MARGIN, 64, lost),
        )
    )


def _axis(axis: Axis, bottom: float, name: str, currency: str) -> str:
    lines = []
    for tick in axis.ticks:
        x = axis.place(tick)
        lines.append(
            f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{_GRID}"/>'
        )
        lines.append(_text(x, bottom + 16, f"{tick:,.0f}", anchor="middle"))
    lines.append(
        _text(axis.left + _PANEL / 2, bottom + 38, f"{name} ({currency})", anchor="middle")
    )
    return "\n".join(lines)


def _bar(axis: Axis, number: float, y: float, height: float, fill: str) -> str:
    start, end = sorted((axis.place(0), axis.place(number)))
    return (
        f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 0.5):.1f}" height="{height}" '
        f'fill="{fill}" stroke="{_LINE}" stroke-width="0.7"/>'
    )


def _zero(axis: Axis, bottom: float) -> str:
    x = axis.place(0)
    return (
        f'<line x1="{x:.1f}" y1="{_TOP - 4}" x2="{x:.1f}" y2="{bottom + 4}" '
        f'stroke="{_LINE}" stroke-width="1.4"/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not less."""
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= least)
