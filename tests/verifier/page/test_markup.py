from __future__ import annotations

import re

import pytest

from ledger.wording import grouped, moment
from tests.verifier.page.test_page import page
from verifier.page.markup import element, text
from verifier.page.numbers import cash, duration, percent


def test_text_is_escaped_unless_it_was_made_here() -> None:
    """The default is the safe one."""
    assert text("<b>") == "&lt;b&gt;"
    assert element("p", "<b>", element("b", "x")) == "<p>&lt;b&gt;<b>x</b></p>"
    assert element("p", title='"><b>') == '<p title="&quot;&gt;&lt;b&gt;"></p>'
    assert text("a\u202eb") == "a⟨U+202E⟩b"
    assert text("\ud800") == "⟨U+D800⟩"
    assert text("Z" + "\u0351" * 9).count("\u0351") == 4


def test_numbers_read_well() -> None:
    """Groups, real minus signs, times that no calendar reaches."""
    assert grouped(-1_234_567) == "−1,234,567"
    assert moment(1_767_225_600) == "2026-01-01 00:00:00"
    assert moment(1 << 52) == f"second {1 << 52}"
    assert duration(93_784) == "1 d 2 h"
    assert duration(0) == "0 s"
    assert cash(-1_234_500_001) == "−1,234.500001"
    assert cash(10**6) == "1"
    assert (percent(-4_500), percent(150), percent(0)) == ("−45 %", "+1.5 %", "0 %")


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", [0, 1])
def test_contrast_suffices(theme: int) -> None:
    """WCAG 2: 4.5 to 1 for every colour of text on every ground that it stands on."""
    style = re.search(r"<style>(.*?)</style>", page("valid"), re.DOTALL)
    assert style is not None
    block = re.findall(r":root \{(.*?)\}", style[1], re.DOTALL)[theme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    grounds = [colours[name] for name in ("paper", "sheet", "faint")]
    pairs = [
        (ink, ground) for ink in ("ink", "soft", "accent", "bad", "fair") for ground in grounds
    ]
    pairs += [(tone, colours[f"{tone}-wash"]) for tone in ("good", "fair", "bad")]
    pairs += [("soft", colours[f"{tone}-wash"]) for tone in ("good", "fair", "bad")]
    pairs += [("ink", colours["fair-wash"]), ("paper", colours["bad"])]
    for ink, ground in pairs:
        light, dark = sorted((_luminance(colours[ink]), _luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
