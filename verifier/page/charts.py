"""Small pictures in SVG: shares of a whole. Whatever they show, numbers beside them say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.page.markup import Html

_LENGTH: Final = 140

#: Shares differ by pattern, not by colour alone; the page has these once.
PATTERNS: Final = Html(
    '<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>'
    '<pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<circle cx="2" cy="2" r="1"/></pattern>'
    '<pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="2" height="5"/></pattern>'
    '<pattern id="cross" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path d="M0 0L5 5M5 0L0 5"/></pattern>'
    "</defs></svg>"
)


def shares(counts: Sequence[int], length: int = _LENGTH) -> Html:
    """A bar divided in proportion; the parts have the classes s0, s1, …"""
    total, done, parts = sum(counts), 0, []
    for index, count in enumerate(counts):
        if count:
            start = length * done // total
            done += count
            width = length * done // total - start
            parts.append(f'<rect class="s{index}" x="{start}" width="{width}" height="12"/>')
    frame = f'<rect class="outline" x=".5" y=".5" width="{length - 1}" height="11"/>'
    return Html(
        f'<svg class="shares" viewBox="0 0 {length} 12" width="{length}" height="12" '
        f'aria-hidden="true">{"".join(parts)}{frame}</svg>'
    )
