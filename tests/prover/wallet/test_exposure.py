"""What an account stands to lose: margins, liquidation, Greeks, heartbeats, and their picture."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from circuits.schedule import judge
from development.genesis import development_parameters
from development.offices import InsecureOffices
from ledger.market.data import SCALE, Observation
from ledger.market.demands import Demands, weights_of
from ledger.market.presets import Preset, preset
from ledger.records import Market
from ledger.wording import money
from prover.row_names import row_label
from prover.wallet import Exposure, Heartbeat, exposure, heartbeat
from prover.wallet.exposure import market_exposure
from prover.wallet.liquidation import LiquidationPrices
from prover.wallet.picture import Axis, svg
from tacit.wallet.bars import bars
from tests.ledger.world import stand_in_world
from tests.prover.wallet.purses import act, funded, joined

USD, BTC, ETH, PERP, FUTURE, CALL, PUT, ETH_PERP, ETH_CALL = 0, 2, 3, 4, 5, 6, 7, 10, 11
#: Long and short of everything, and coins pledged.
MIXED = {USD: 10**7, 1: 500, BTC: 10**7, ETH: 10**6, PERP: 300, FUTURE: -200, CALL: 500, PUT: -400}
MIXED |= {8: 300, 9: -200, ETH_PERP: 100, ETH_CALL: -100}


@pytest.fixture(scope="module")
def standard() -> Preset:
    return preset("standard")


@pytest.fixture(scope="module")
def market(standard: Preset) -> Market:
    return market_at(standard, standard.observation)


def market_at(
    standard: Preset, observation: Observation, settled: Mapping[int, int] | None = None
) -> Market:
    table = standard.engine().table(observation, standard.time, settled or {})
    return Market(
        epoch=1,
        time=standard.time,
        published=standard.time,
        observation=observation,
        table=table,
    )


def demands_of(
    standard: Preset, market: Market, settled: Mapping[int, int] | None = None
) -> Demands:
    """As a development ledger has them."""
    parameters = development_parameters(standard, InsecureOffices.of(1))
    finals = tuple((settled or {}).get(slot) for slot in range(standard.shape.instruments))
    return Demands(
        shape=standard.shape,
        table=market.table,
        mark=market.table.mark,
        counted_bps=tuple(asset.counted_bps for asset in standard.listing.assets),
        weights=weights_of(standard.listing, market.observation, finals),
        factor_bps=parameters.risk.initial_factor_bps,
        floor=parameters.floor,
        cap=parameters.cap,
    )


def values_of(standard: Preset, holds: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(holds.get(k, 0) for k in range(standard.shape.components))


def exposed(standard: Preset, market: Market, holds: Mapping[int, int]) -> Exposure:
    demands, values = demands_of(standard, market), values_of(standard, holds)
    return market_exposure(market, demands, standard.engine(), values, {})


def hedged_straddle(lots: int) -> dict[int, int]:
    """A call and a put at the money, and the perpetual against their delta."""
    return {USD: 10**6, CALL: lots, PUT: lots, PERP: -75 * lots // 1000}


@pytest.mark.parametrize(
    ("lots", "maintenance", "legs"), [(1_000, 326_208, 841_135), (-1_000, 800_462, 1_752_858)]
)
def test_a_hedged_straddle_is_margined_below_half_of_its_legs(
    standard: Preset, market: Market, lots: int, maintenance: int, legs: int
) -> None:
    """1,000 straddles of a month: 0.39 of what the legs alone would need long, 0.46 short."""
    seen = exposed(standard, market, hedged_straddle(lots))
    assert (seen.maintenance, seen.legs) == (maintenance, legs)
    assert 2 * seen.maintenance < seen.legs
    assert seen.greeks["BTC"]["delta"] in range(-1_000, 1_000)


def test_two_coins_are_added(standard: Preset, market: Market) -> None:
    """Neither a gain nor a loss of one coin is set against the other's."""
    both = {USD: 10**7, PERP: 1_000, ETH_PERP: -1_000}
    seen = exposed(standard, market, both)
    alone = [exposed(standard, market, {USD: 10**7, k: both[k]}) for k in (PERP, ETH_PERP)]
    assert seen.maintenance in range(*_around(sum(each.maintenance for each in alone)))
    assert [coin.name for coin in seen.coins] == ["BTC", "ETH"]
    assert [coin.worst for coin in seen.coins] == ["BTC −45 % × 0.35", "ETH +60 % × 0.35"]


@pytest.mark.parametrize("holds", [MIXED, {USD: 10**6, CALL: 1_000, PUT: 1_000, PERP: -75}, {}])
def test_the_parts_add_up_to_the_ledgers_judgement(
    standard: Preset, market: Market, holds: dict[int, int]
) -> None:
    """Equity less haircuts, losses, charges and the floor is what is left, to the cent per part."""
    seen, values = exposed(standard, market, holds), values_of(standard, holds)
    demands = demands_of(standard, market)
    taken = sum(coin.loss + coin.charges for coin in seen.coins)
    left = seen.equity - seen.haircuts - taken - seen.floor
    judged = judge(standard.shape, demands.maintenance(seen.floor), values)
    assert seen.maintenance_left.total == judged.total // SCALE
    assert 0 <= seen.maintenance_left.total - left <= 2 + 2 * len(seen.coins)
    initial = judge(standard.shape, demands.initial(seen.floor), values)
    assert seen.initial_left.total == initial.total // SCALE
    assert (seen.initial_left.paid, seen.initial_left.room) == (
        initial.paid // SCALE,
        initial.room // SCALE,
    )


def test_headroom_is_what_would_be_left(standard: Preset, market: Market) -> None:
    """The least of each coin's rows is what is left: the others stand at their worst."""
    seen = exposed(standard, market, MIXED)
    for name in ("BTC", "ETH"):
        rows = [row for row in seen.rows if row.coin == name]
        assert min(row.maintenance for row in rows) == seen.maintenance_left.total
        assert min(row.initial for row in rows) == seen.initial_left.total


def _around(cents: int) -> tuple[int, int]:
    return cents - 2, cents + 3


@pytest.mark.parametrize(
    ("coin", "holds"),
    [
        (0, {USD: 1_500_000, CALL: -1_000, PUT: -1_000}),
        (0, {USD: -5_000_000, PERP: 1_000}),
        (0, {USD: 7_400_000, PERP: -1_000}),
        (0, {USD: -100_000, BTC: 10**8}),
        (0, {USD: 9_000_000, CALL: -500, BTC: 10**7, ETH_PERP: -900}),
        (1, {USD: 9_000_000, CALL: -500, BTC: 10**7, ETH_PERP: -900}),
    ],
)
def test_liquidation_prices_are_where_the_margin_turns(
    standard: Preset, market: Market, coin: int, holds: dict[int, int]
) -> None:
    """One cash unit nearer the mark the margin holds; at the price it does not.

    What is asked is the engine's whole table at that spot, and the ledger's own judgement.
    """
    prices = exposed(standard, market, holds).liquidation[standard.listing.underlyings[coin]]
    values = values_of(standard, holds)

    def is_met(spot: int) -> bool:
        spots = list(standard.observation.spots)
        spots[coin] = spot
        moved = standard.observation.model_copy(update={"spots": tuple(spots)})
        return demands_of(standard, market_at(standard, moved)).meets_maintenance(values)

    found = [(spot, step) for spot, step in ((prices.below, 1), (prices.above, -1)) if spot]
    assert found
    for spot, step in found:
        assert not is_met(spot)
        assert is_met(spot + step)


def test_liquidation_of_what_is_safe_and_of_what_is_not(standard: Preset, market: Market) -> None:
    """Cash alone is exposed to nothing; an account below its margin is at its price already."""
    assert exposed(standard, market, {USD: 100}).liquidation == {}
    mark = standard.observation.spots[0]
    assert exposed(standard, market, {USD: -60_000, PERP: 10}).liquidation[
        "BTC"
    ] == LiquidationPrices(mark, mark)


def test_a_long_perpetual_by_hand(standard: Preset, market: Market) -> None:
    """With n lots of 0.001 coins, what a fall leaves of n/1000 coins covers debt and floor.

    45 % down, of which 35 % must be covered, is 15.75 %: a little more than the whole range. The
    charge is the least there is, a four-hundredth.
    """
    lots, cash = 1_000, -4_150_000
    seen = exposed(standard, market, {USD: cash, PERP: lots})
    needed = (seen.floor - cash) * 1000 / lots / (1 - 0.45 * 0.35 - 0.0025)
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


def test_an_expired_instrument_moves_no_more(standard: Preset) -> None:
    """Its settlement value counts, no row changes it, and nothing is charged for it."""
    values, settled = values_of(standard, {CALL: 100}), {CALL - standard.shape.assets: 700}
    after = market_at(standard, standard.observation, settled)
    demands = demands_of(standard, after, settled)
    seen = market_exposure(after, demands, standard.engine(), values, settled)
    assert {row.profit for row in seen.rows} == {0}
    assert (seen.equity, seen.maintenance) == (70_000, 0)
    assert not any(seen.greeks["BTC"].values())
    assert seen.liquidation["BTC"] == LiquidationPrices(None, None)


def test_heartbeats(tmp_path: Path) -> None:
    """Exempt at first; in standing after a proof; due after the next epoch; overdue at last.

    The oracles' clocks say so, and no other: given time that passes makes nobody overdue.
    """
    world = stand_in_world()
    world.publish()
    wallet = funded(world, tmp_path, "alice")
    assert heartbeat(world.state, wallet.account).status.startswith("exempt")
    act(world, wallet, lambda author, state: author.refresh(state))
    assert heartbeat(world.state, wallet.account).status.startswith("in standing")
    world.next_epoch()
    grace = world.state.parameters.grace
    due = world.now + grace
    assert heartbeat(world.state, wallet.account) == Heartbeat(due, "due")
    world.now += 2 * grace
    world.deposit(joined(world), 0, 1)
    assert heartbeat(world.state, wallet.account) == Heartbeat(due, "due")
    world.publish()
    assert heartbeat(world.state, wallet.account) == Heartbeat(due, "overdue")
    act(world, wallet, lambda author, state: author.prove_margin(state))
    assert heartbeat(world.state, wallet.account).due is None


def test_the_heartbeat_is_for_the_newest_epoch(tmp_path: Path) -> None:
    """A proof under an older one would tell of distress: it is made only if it is asked for."""
    world = stand_in_world()
    world.publish()
    wallet = funded(world, tmp_path, "alice")
    act(world, wallet, lambda author, state: author.refresh(state))
    world.next_epoch()
    world.next_epoch()
    act(world, wallet, lambda author, state: author.prove_margin(state, epoch=2))
    assert world.state.account(wallet.account).standing == 2
    act(world, wallet, lambda author, state: author.prove_margin(state))
    assert world.state.account(wallet.account).standing == 3


def test_the_exposure_of_a_ledger(tmp_path: Path) -> None:
    """The market that counts is the ledger's."""
    world = stand_in_world()
    world.publish()
    seen = exposure(world.state, (10**6, 0, 10, 0))
    mark = world.state.current_market.table.mark
    assert seen.equity == 10**6 + 10 * mark[2] // SCALE
    assert seen.epoch == 1
    assert len(seen.rows) == 8


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
        assert ("░│" in line) == (row.profit < 0) or abs(row.profit) < 20_000


def test_deltas_are_told_in_coins(standard: Preset, market: Market) -> None:
    """Ten lots of a perpetual are a hundredth of a coin; JSON has millionths."""
    seen = exposed(standard, market, {USD: 10**6, PERP: 10})
    stream = StringIO()
    Console(file=stream, width=120).print(bars(seen, "USD"))
    coins = seen.greeks["BTC"]["delta"] / 10**6
    assert 0 < coins < 1
    assert f"delta {coins:,.6g} BTC" in stream.getvalue()


def test_axes_have_round_ticks_and_zero() -> None:
    """Whatever the numbers are."""
    for numbers in ([3.0, 17.0], [-250.0, 1.0], [0.0], [-1e7, -5e6]):
        axis = Axis.over(0, numbers)
        assert 0 in [round(tick, 6) for tick in axis.ticks]
        assert axis.low <= min(numbers)
        assert max(numbers) <= axis.high
        assert axis.place(axis.low) == 0


def test_labels_say_what_moves(standard: Preset) -> None:
    """A price, a vol, or both; and how much of an extreme is covered."""
    rows = standard.engine().grids[1].rows
    labels = [row_label(row, standard.listing, 1) for row in rows]
    assert labels[0] == "ETH −20 % vol −30 %"
    assert labels[2] == "ETH vol −30 %"
    assert labels[-1] == "ETH +60 % × 0.35"
