"""An adversary with a solver finds no book that loses more than its margin. Numbers of our own.

`tacit market cover --moves 5000` looks longer; what is here is run each time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from math import inf

import pytest

from circuits.shape import SHAPES
from ledger.market.adversary import Adversary
from ledger.market.cover import cover
from ledger.market.data import Observation
from ledger.market.offsets import offsets
from ledger.market.presets import DAY, Preset, preset
from ledger.market.risk import RiskEngine
from tests.command import run_tacit
from tests.conftest import ROOT
from tests.ledger.market.markets import STANDARD, TINY

pytest.importorskip("scipy", reason="the adversary's linear programs need scipy")

MOVES = 200
#: All of the fixed list takes its time where there are many instruments; no cell has so many moves.
STRIDES = {"standard": 2, "desk": 11, "large": 23}


def at_spots(market: Preset, percent: int) -> Observation:
    spots = tuple(spot * percent // 100 for spot in market.observation.spots)
    return market.observation.model_copy(update={"spots": spots})


@pytest.mark.parametrize("name", SHAPES)
def test_margin_covers_what_the_market_may_do(name: str) -> None:
    """A part of the fixed list, and moves inside, in every preset."""
    market = preset(name)
    stride = STRIDES.get(name, 1)
    found = cover(
        market.engine(), market.observation, market.time, moves=MOVES, seed=1, stride=stride
    )
    assert found.holds
    assert found.unbounded == 0
    assert 0.9 < found.ratio <= 1
    assert found.moves >= MOVES * len(market.shape.blocks)


@pytest.mark.parametrize("percent", [80, 96, 104, 125])
@pytest.mark.parametrize("before", [7 * DAY, DAY, 3_600])
def test_margin_covers_the_last_week_of_an_option(before: int, percent: int) -> None:
    """Near its expiry an option bends, and the spot has moved since it was listed."""
    found = cover(
        STANDARD.engine(),
        at_spots(STANDARD, percent),
        STANDARD.time + 30 * DAY - before,
        moves=MOVES // 10,
        seed=before + percent,
        stride=11,
    )
    assert found.holds


@pytest.mark.parametrize("name", ["standard", "desk", "large"])
def test_without_charges_some_books_are_asked_for_nothing(name: str) -> None:
    """What they are for: such a book is long and short, sees no row, and loses for certain."""
    market = preset(name)
    engine = RiskEngine(
        market.shape, market.listing, market.parameters, replace(market.window, seconds=0)
    )
    found = cover(
        engine, market.observation, market.time, moves=3, seed=1, charged=False, stride=23
    )
    assert found.unbounded > 0
    assert not found.holds
    assert found.free is not None
    held = found.free.holdings.values()
    assert min(held) < 0 < max(held)


def test_a_free_book_is_free_and_loses() -> None:
    """Judged again in integers: no row of its coin takes anything to speak of, and it falls."""
    engine = STANDARD.engine()
    found = cover(
        engine, STANDARD.observation, STANDARD.time, moves=0, seed=1, charged=False, stride=97
    )
    assert found.free is not None
    lots = [found.free.holdings.get(label, 0) for label in STANDARD.listing.labels]
    table = engine.table(STANDARD.observation, STANDARD.time)
    coin = STANDARD.listing.underlyings.index(found.free.move.underlying)
    block = STANDARD.listing.coins(STANDARD.shape).index(coin)
    columns = STANDARD.shape.columns[block]
    gross = sum(
        abs(lots[c]) * STANDARD.listing.components[c].weight(STANDARD.observation) for c in columns
    )
    for row in table.moves[block]:
        left = sum(move * lots[c] for move, c in zip(row, columns, strict=True))
        assert left > -gross // 20_000


def test_a_market_that_moves_further_is_not_covered() -> None:
    """The test of the test: charges of this window, and moves of one in which funding runs away."""
    tame = TINY.engine()
    wild = RiskEngine(
        TINY.shape, TINY.listing, TINY.parameters, replace(TINY.window, funding_bps=600)
    )
    honest = tame.table(TINY.observation, TINY.time)
    wild.table = lambda *_: honest  # type: ignore[method-assign]
    found = cover(wild, TINY.observation, TINY.time, moves=10, seed=1)
    assert not found.holds
    assert found.ratio > 1


def test_what_is_settled_no_longer_hedges() -> None:
    """A table of rows that reckon with no expiry is escaped by a book across one.

    The option is settled at one price, and what hedged it goes on to another.
    """
    time = TINY.time + 30 * DAY - 3_600
    blind = RiskEngine(
        TINY.shape, TINY.listing, TINY.parameters, replace(TINY.window, seconds=3_599)
    )
    unaware = blind.table(TINY.observation, time)
    engine = TINY.engine()
    assert cover(engine, TINY.observation, time, moves=5, seed=1, stride=5).holds
    engine.table = lambda *_: unaware  # type: ignore[method-assign]
    assert not cover(engine, TINY.observation, time, moves=5, seed=1, stride=5).holds


def test_the_same_seed_finds_the_same() -> None:
    """And another one draws other moves, of which none is worse than the list."""
    first, second = (
        cover(TINY.engine(), TINY.observation, TINY.time, moves=20, seed=9) for _ in range(2)
    )
    assert first == second


def test_an_adversary_by_hand() -> None:
    """One row in which a unit loses a tenth, and charges of a fiftieth long, a tenth short."""
    one = Adversary(moves=[[-0.1]], long=[0.02], short=[0.1])
    assert one.attack([-0.06]).ratio == pytest.approx(0.5)
    assert one.attack([-0.06]).book == pytest.approx((1 / 0.12,))
    assert one.attack([0.06]).ratio == pytest.approx(0.6)
    assert one.attack([0.06]).book == pytest.approx((-10.0,))
    assert one.attack([0.0]).ratio == 0
    pledged = Adversary(moves=[[-0.1]], long=[0.0], short=[None])
    assert pledged.attack([-0.1]).ratio == pytest.approx(1)
    assert pledged.attack([0.5]).ratio == 0


def test_an_adversary_takes_what_is_free() -> None:
    """Two of the same in every row, and a move that tells them apart."""
    pair = Adversary(moves=[[-0.1, -0.1], [0.1, 0.1]], long=[0.0, 0.0], short=[0.0, 0.0])
    found = pair.attack([-0.01, 0.01])
    assert found.ratio == inf
    assert found.book == pytest.approx((1, -1))
    charged = replace(pair, long=[0.01, 0.01], short=[0.01, 0.01])
    assert charged.attack([-0.01, 0.01]).ratio == pytest.approx(1)


@pytest.mark.parametrize("name", SHAPES)
def test_margin_is_of_some_use(name: str) -> None:
    """Perpetuals can be levered; spreads and hedged straddles need less than their legs."""
    market = preset(name)
    asked = offsets(market.engine(), market.observation, market.time)
    assert all(2.8 <= leverage <= 6 for leverage in asked.leverages.values())
    assert all(0.01 <= share <= 0.25 for share in asked.calendar_spreads.values())
    for straddle in asked.straddles.values():
        assert 0 < straddle.long < 0.5
        assert 0 < straddle.short < 0.5
    if name == "standard":
        assert asked.leverages["BTC-PERP"] == pytest.approx(5.0, abs=0.05)
        assert asked.leverages["ETH-PERP"] == pytest.approx(3.8, abs=0.05)
        assert len(asked.calendar_spreads) == len(asked.straddles) == 1


def test_the_command_says_what_was_found() -> None:
    """As JSON, and for people."""
    result = run_tacit("market", "cover", "--shape", "tiny", "--moves", "5", "--json", cwd=ROOT)
    document = json.loads(result.stdout)
    assert 0.9 < document["worst"] <= 1
    assert (document["unbounded"], document["moves"]) == (0, 383)
    assert set(document["portfolio"]) <= set(TINY.listing.labels)
    assert [line["instrument"] for line in document["charges"]] == list(TINY.listing.labels[2:])
    told = run_tacit(
        "market", "cover", "--shape", "tiny", "--moves", "5", "--zero-charges", cwd=ROOT
    )
    assert "a book loses of which nothing is asked" in told.stdout
    assert "5.00 times levered" in told.stdout
    assert "a market is locked" in told.stderr


def test_the_command_without_scipy() -> None:
    """One line that says what to install."""
    script = (
        "import sys; sys.modules['scipy'] = None; sys.modules['scipy.optimize'] = None\n"
        "sys.argv = ['tacit', 'market', 'cover', '--shape', 'tiny']\n"
        "from tacit.__main__ import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "pip install 'tacit[cover]'" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
