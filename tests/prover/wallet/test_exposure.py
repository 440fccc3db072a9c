"""What an account stands to lose: margins, liquidation, Greeks, heartbeats, and their picture."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ledger.market.data import SCALE
from ledger.market.presets import Preset, preset
from ledger.records import Market
from prover.scenario_names import scenario_label
from prover.wallet import Exposure, exposure, heartbeat
from prover.wallet.bars import bars
from prover.wallet.exposure import market_exposure
from prover.wallet.liquidation import LiquidationPrices
from prover.wallet.picture import Axis, money, svg
from tests.ledger.world import stand_in_world
from tests.prover.wallet.purses import act, funded

USD, BTC, PERP, CALL, PUT = 0, 2, 4, 7, 8


@pytest.fixture(scope="module")
def standard() -> Preset:
    return preset("standard")


@pytest.fixture(scope="module")
def market(standard: Preset) -> Market:
    matrices = standard.engine().matrices(standard.observation, standard.time)
    return Market(
        epoch=1,
        time=standard.time,
        published=standard.time,
        observation=standard.observation,
        matrices=matrices,
    )


def exposed(standard: Preset, market: Market, holds: dict[int, int]) -> Exposure:
    values = tuple(holds.get(k, 0) for k in range(standard.shape.components))
    return market_exposure(market, standard.engine(), standard.listing, values, {})


def hedged_straddle(lots: int) -> dict[int, int]:
    """A call and a put at the money, and the perpetual against their delta."""
    return {USD: 10**6, CALL: lots, PUT: lots, PERP: -75 * lots // 1000}


def test_a_hedged_straddle_is_margined_far_below_its_legs(standard: Preset, market: Market) -> None:
    """1,000 straddles: $2,051 for the whole where the legs alone would need $7,200."""
    seen = exposed(standard, market, hedged_straddle(1_000))
    assert (seen.maintenance, seen.legs) == (205_072, 719_999)
    assert seen.legs > 3 * seen.maintenance
    assert seen.greeks["BTC"]["delta"] in range(-1_000, 1_000)


def test_headroom_is_what_the_ledger_would_see(standard: Preset, market: Market) -> None:
    """Row by row: equity plus the scenario's profit, of which an extreme counts in part."""
    seen = exposed(standard, market, hedged_straddle(1_000))
    for row in seen.rows[:-2]:
        assert abs(row.maintenance - (seen.equity + row.profit)) <= 2
    # Each of the two is rounded against the account.
    assert seen.equity - seen.worst.maintenance - seen.maintenance in (0, -1, 1)
    assert seen.equity - min(row.initial for row in seen.rows) - seen.initial in (0, -1, 1)


@pytest.mark.parametrize(
    "holds",
    [
        {USD: 1_500_000, CALL: -1_000, PUT: -1_000},
        {USD: -5_000_000, PERP: 1_000},
        {USD: 7_000_000, PERP: -1_000},
        {USD: -100_000, BTC: 10**8},
    ],
)
def test_liquidation_prices_are_where_the_worst_row_turns(
    standard: Preset, market: Market, holds: dict[int, int]
) -> None:
    """One cash unit nearer the mark the margin holds; at the price it does not."""
    seen = exposed(standard, market, holds)
    prices = seen.liquidation["BTC"]
    values = tuple(holds.get(k, 0) for k in range(standard.shape.components))
    engine = standard.engine()

    def worst(spot: int) -> int:
        spots = (spot, *standard.observation.spots[1:])
        moved = standard.observation.model_copy(update={"spots": spots})
        return engine.matrices(moved, standard.time).maintenance.worst(values)

    found = [(spot, step) for spot, step in ((prices.below, 1), (prices.above, -1)) if spot]
    assert found
    for spot, step in found:
        assert worst(spot) < 0 <= worst(spot + step)


def test_liquidation_of_what_is_safe_and_of_what_is_not(standard: Preset, market: Market) -> None:
    """Cash alone is exposed to nothing; an account below its margin is at its price already."""
    assert exposed(standard, market, {USD: 100}).liquidation == {}
    mark = standard.observation.spots[0]
    assert exposed(standard, market, {USD: -60_000, PERP: 10}).liquidation[
        "BTC"
    ] == LiquidationPrices(mark, mark)


def test_a_long_perpetual_by_hand(standard: Preset, market: Market) -> None:
    """With n lots of 0.001 coins, what the extreme fall leaves of n/1000 coins covers the debt.

    45 % down, of which 35 % must be covered, is 15.75 %: a little more than the whole range.
    """
    lots, cash = 1_000, -4_150_000
    seen = exposed(standard, market, {USD: cash, PERP: lots})
    needed = -cash * 1000 / lots / (1 - 0.45 * 0.35)
    below = seen.liquidation["BTC"].below
    assert below is not None
    assert abs(below - needed) <= 2
    assert seen.liquidation["BTC"].above is None


def test_greeks_are_of_the_whole_account(standard: Preset, market: Market) -> None:
    """A coin of collateral and a thousand lots of the perpetual short: no delta is left."""
    seen = exposed(standard, market, {BTC: 10**8, PERP: -1_000})
    assert seen.greeks == {"BTC": {"delta": 0, "gamma": 0, "vega": 0, "theta": 0, "rho": 0}}
    straddle = exposed(standard, market, {CALL: 1_000, PUT: 1_000}).greeks["BTC"]
    assert straddle["gamma"] > 0
    assert straddle["vega"] > 0
    assert straddle["theta"] < 0


def test_an_expired_instrument_moves_no_more(standard: Preset, market: Market) -> None:
    """Its settlement value counts, and no scenario changes it."""
    values = tuple({CALL: 100}.get(k, 0) for k in range(standard.shape.components))
    engine, settled = standard.engine(), {CALL - standard.shape.assets: 700}
    matrices = engine.matrices(standard.observation, standard.time, settled)
    after = market.model_copy(update={"matrices": matrices})
    seen = market_exposure(after, engine, standard.listing, values, settled)
    assert {row.profit for row in seen.rows} == {0}
    assert seen.equity == 70_000
    assert not any(seen.greeks["BTC"].values())


def test_heartbeats(tmp_path: Path) -> None:
    """Exempt at first; in standing after a proof; due after the next epoch; overdue at last."""
    world = stand_in_world()
    world.publish()
    wallet = funded(world, tmp_path, "alice")
    assert heartbeat(world.state, wallet.account).status.startswith("exempt")
    act(world, wallet, lambda author, state: author.refresh(state))
    assert heartbeat(world.state, wallet.account).status.startswith("in standing")
    world.next_epoch()
    beat, grace = heartbeat(world.state, wallet.account), world.state.parameters.grace
    assert (beat.due, beat.status) == (world.now + grace, "due")
    world.now += grace + 1
    world.publish()
    assert heartbeat(world.state, wallet.account).status == "overdue"
    act(world, wallet, lambda author, state: author.prove_margin(state))
    assert heartbeat(world.state, wallet.account).due is None


def test_the_exposure_of_a_ledger(tmp_path: Path) -> None:
    """The market that counts is the ledger's."""
    world = stand_in_world()
    world.publish()
    seen = exposure(world.state, (10**6, 0, 10, 0))
    mark = world.state.current_market.matrices.mark
    assert seen.equity == 10**6 + 10 * mark[2] // SCALE
    assert seen.epoch == 1
    assert len(seen.rows) == 4


def test_the_picture_is_svg_with_named_axes(standard: Preset, market: Market) -> None:
    """Well formed, a bar for every number, axes with their unit, and no colour but greys."""
    seen = exposed(standard, market, hedged_straddle(1_000))
    document = svg(seen, "Straddle & perpetual", "USD")
    root = ElementTree.fromstring(document)
    space = "{http://www.w3.org/2000/svg}"
    texts = [text.text or "" for text in root.iter(f"{space}text")]
    assert "Straddle & perpetual" in texts
    assert "profit or loss (USD)" in texts
    assert any("left of the margin" in text and "(USD)" in text for text in texts)
    assert {row.label for row in seen.rows} <= set(texts)
    bars_drawn = [rect for rect in root.iter(f"{space}rect") if rect.get("stroke")]
    assert len(bars_drawn) == 3 * len(seen.rows)
    shades = {rect.get("fill") for rect in bars_drawn}
    assert _lightness("#3b3b3b") + 60 < _lightness("#7d8da0") < _lightness("#b9c7d6") - 40
    assert shades == {"#3b3b3b", "#b9c7d6", "#7d8da0", "none"}


def _lightness(colour: str) -> float:
    red, green, blue = bytes.fromhex(colour[1:])
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_the_picture_of_nothing(standard: Preset, market: Market) -> None:
    """An empty account has a picture as well."""
    document = svg(exposed(standard, market, {}), "Nothing", "USD")
    assert ElementTree.fromstring(document).tag.endswith("svg")
    assert "nothing moves" in document


def test_bars_in_a_terminal_of_eighty_columns(standard: Preset, market: Market) -> None:
    """Every scenario on one line, losses to the left of zero and gains to the right."""
    seen = exposed(standard, market, hedged_straddle(1_000))
    stream = StringIO()
    Console(file=stream, width=80).print(bars(seen, "USD"))
    lines = {line.strip() for line in stream.getvalue().splitlines()}
    for row in seen.rows:
        line = next(each for each in lines if each.startswith(row.label + " "))
        assert money(row.profit) in line
        assert money(row.maintenance) in line
        assert ("░│" in line) == (row.profit < -6_000) or abs(row.profit) < 200_000


def test_axes_have_round_ticks_and_zero() -> None:
    """Whatever the numbers are."""
    for numbers in ([3.0, 17.0], [-250.0, 1.0], [0.0], [-1e7, -5e6]):
        axis = Axis.over(0, numbers)
        assert 0 in [round(tick, 6) for tick in axis.ticks]
        assert axis.low <= min(numbers)
        assert max(numbers) <= axis.high
        assert axis.place(axis.low) == 0


def test_labels_say_who_moves(standard: Preset) -> None:
    """Only what the account is exposed to, if that is said."""
    scenario = standard.parameters.scenarios.scenarios[11]
    names = standard.listing.underlyings
    assert scenario_label(scenario, names, {0}) == "BTC −15 % vol +30 %"
    assert scenario_label(scenario, names).count(",") == 2
    assert scenario_label(scenario, names, set()) == "nothing moves"
