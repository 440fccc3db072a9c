"""`tacit bench margins`: books beside others' rules, the same figures anywhere, and their page."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from benchmarks.margins.books import Book, books, notional
from benchmarks.margins.charts import draw_margins
from benchmarks.margins.deribit import deribit
from benchmarks.margins.measure import demands_of, margins
from benchmarks.margins.span import span
from benchmarks.margins.tims import tims
from benchmarks.page import RESULTS
from ledger.market.conditions import Conditions
from ledger.market.presets import Preset, preset
from tests.command import run_tacit
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "risk.md"


@pytest.fixture(scope="module")
def market() -> Preset:
    return preset("standard")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return margins()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What the page quotes."""
    document = json.loads((RESULTS / "margins.json").read_text())
    return dict(document["margins"])


def named(market: Preset, name: str) -> Book:
    return next(book for book in books(market) if book.name == name)


def test_what_is_kept_is_what_is_computed(found: dict[str, Any], kept: dict[str, Any]) -> None:
    """Nothing is measured: the results that the page quotes are today's, to the last digit."""
    assert found == kept


def test_the_charts_of_the_page_are_of_the_results(kept: dict[str, Any], tmp_path: Path) -> None:
    """Drawn again they are the same, byte for byte, and the page shows both."""
    draw_margins(kept, tmp_path / "margins")
    for name in ("books", "losses"):
        file = f"margins-{name}.svg"
        assert (tmp_path / file).read_bytes() == (PAGE.parent / "images" / file).read_bytes()
        assert f"(images/{file})" in PAGE.read_text()


def test_the_command(tmp_path: Path) -> None:
    """It writes JSON and four files, and names the charts."""
    result = run_tacit("bench", "margins", "--json", "m.json", "--plot", "m.svg", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {
        *("m.json",),
        *(f"m-{name}.{end}" for name in ("books", "losses") for end in ("svg", "png")),
    }
    assert "SPAN's scan" in result.stdout


def test_books_of_one_coin(market: Preset) -> None:
    """A straddle is hedged, its other side is its mirror, and a pair has legs of one worth."""
    seen = Conditions.seen(market.observation, market.time)
    bought, sold = named(market, "bought"), named(market, "sold")
    delta = sum(each.greeks(seen).delta * held for each, held in bought.legs(market))
    assert abs(delta) < 0.001
    assert {slot: -held for slot, held in bought.lots.items()} == sold.lots
    pair = named(market, "pair").legs(market)
    assert [each.value(seen) * held for each, held in pair] == [notional(market), -notional(market)]


def test_margin_covers_what_is_drawn(found: dict[str, Any]) -> None:
    """Within the reach no loss is above maintenance; beyond it a sold straddle's is."""
    for losses in found["losses"]:
        pairs = list(zip(losses["prices"], losses["lost"], strict=True))
        inside = max(lost for price, lost in pairs if abs(price) <= losses["reach"])
        assert inside <= losses["asked"]["maintenance"]
    assert max(found["losses"][1]["lost"]) > found["losses"][1]["asked"]["initial"]


def test_the_table_of_the_books_is_the_ledger_s_formula(market: Preset) -> None:
    """By hand, of an outright perpetual: its extreme of three reaches at 35 %, and 25 bps."""
    demands, book = demands_of(market), named(market, "outright")
    asked = demands.requirement(demands.maintenance(0), book.values(market))
    assert asked == notional(market) * (0.45 * 0.35 + 0.0025)


def test_span_by_hand(market: Preset) -> None:
    """Of an outright the extreme is the most; what offsets within a coin does, across coins not."""
    seen = Conditions.seen(market.observation, market.time)
    whole, ranges = notional(market), market.parameters
    outright = span(named(market, "outright").legs(market), seen, ranges)
    assert outright == pytest.approx(0.45 * 0.35 * whole)
    pair = span(named(market, "pair").legs(market), seen, ranges)
    assert pair == pytest.approx((0.45 + 0.60) * 0.35 * whole)
    assert span(named(market, "calendar").legs(market), seen, ranges) < 0.002 * whole


def test_tims_by_hand(market: Preset) -> None:
    """Fifteen percent of an outright; a hedged straddle that was bought has the minimum alone."""
    seen = Conditions.seen(market.observation, market.time)
    assert tims(named(market, "outright").legs(market), seen) == pytest.approx(
        0.15 * notional(market)
    )
    bought = named(market, "bought")
    coins = sum(float(each.coins) * abs(held) for each, held in bought.legs(market))
    assert tims(bought.legs(market), seen) == pytest.approx(37.5 * coins)


def test_deribit_gives_the_example_of_its_reference(market: Preset) -> None:
    """0.314538364 of the perpetual against 0.001187534 of a future: a roll shock of 0.00315725898.

    The example's contracts are settled in coins, so that its price moves are not ours; its shock
    is 1 % of both deltas, whatever their sign.
    """
    outright = named(market, "outright").legs(market)
    perpetual, held = outright[0]
    seen = Conditions.seen(market.observation, market.time)
    whole = notional(market)
    assert deribit(outright, seen) == pytest.approx((0.16 + 0.01) * whole)
    near = (
        named(market, "calendar")
        .legs(market)[1][0]
        .model_copy(update={"expiry": market.time + 11 * 86_400})
    )
    level = replace(seen, basis=(Fraction(0),) * len(seen.basis))
    legs = ((perpetual, held), (near, -held))
    assert deribit(legs, level) == pytest.approx(2 * 0.01 * whole)
