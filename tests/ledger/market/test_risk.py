from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import SHAPES
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE, Observation, Rows, equity
from ledger.market.presets import DAY, preset
from ledger.market.risk import RiskEngine, RiskParameters
from ledger.market.scenarios import Scenario
from ledger.market.scene import set_scene
from tests.conftest import ROOT
from tests.ledger.market.markets import STANDARD, TINY, observations, portfolio
from tests.strategies import MANY, SOME

BTC_PERPETUAL, BTC_CALL = "i0", "i2"
SHAPE = STANDARD.shape
CRASH = Scenario(prices_bps=(-3_000, -4_000, -100), vols_bps=(5_000, 5_000, 0))
HALF = Scenario(prices_bps=(2_000, 0, 0), vols_bps=(0, -1_000, 0), cover_bps=5_000)


@SOME
@given(observations(3), st.integers(0, 40 * DAY))
def test_a_table_is_in_order_whatever_was_observed(observation: Observation, later: int) -> None:
    """It passes every check, its mark is the mark, and coins move by their own price and vol."""
    engine = STANDARD.engine()
    table = engine.table(observation, STANDARD.time + later)
    table.check(SHAPE)
    assert table.mark == engine.mark(observation, STANDARD.time + later)
    assert [len(rows) for rows in table.moves] == [8, 8]
    other = observation.model_copy(
        update={"spots": (observation.spots[0], 2 * observation.spots[1], 7)}
    )
    assert engine.table(other, STANDARD.time + later).moves[0] == table.moves[0]


def test_the_same_observation_gives_the_same_table() -> None:
    """Twice here, and in another process with another hash seed."""
    first, second = (
        preset("standard").engine().table(STANDARD.observation, STANDARD.time) for _ in range(2)
    )
    assert first.encode() == second.encode()
    script = """
from ledger.market.presets import preset
market = preset("standard")
print(market.engine().table(market.observation, market.time).digest().hex())
"""
    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == hashlib.sha256(first.encode()).hexdigest()


def test_funding_moves_the_mark_and_no_margin() -> None:
    """A long pays what accrues, through the mark; what its rows and charges take is unchanged."""
    engine = STANDARD.engine()
    paid = STANDARD.observation.model_copy(update={"funding": (1_000 * SCALE, 0, 0)})
    before = engine.table(STANDARD.observation, STANDARD.time)
    after = engine.table(paid, STANDARD.time)
    long = portfolio(SHAPE, **{BTC_PERPETUAL: 1_000})
    assert equity(before.mark, long) - equity(after.mark, long) == 1_000
    assert before.moves == after.moves
    for mine, other in (
        (before.long_charges, after.long_charges),
        (before.short_charges, after.short_charges),
    ):
        assert mine == other


def test_charges_grow_with_the_window() -> None:
    """No number of a window can move further without some charge that says so."""

    def charged(**changes: int) -> int:
        wide = replace(STANDARD.window, **changes)
        engine = RiskEngine(SHAPE, STANDARD.listing, STANDARD.parameters, wide)
        table = engine.table(STANDARD.observation, STANDARD.time)
        return sum(table.long_charges) + sum(table.short_charges)

    usual = charged()
    for changes in (
        {"seconds": 10 * DAY},
        {"rate_bps": 300},
        {"funding_bps": 60},
        {"basis_bps": 600},
        {"slope_bps": 900},
    ):
        assert charged(**changes) > usual


def test_a_settled_instrument_is_worth_its_final_value_everywhere() -> None:
    """Slot 3 at 12.34 a lot: its mark, no moves, no charges; the others do not notice."""
    engine = STANDARD.engine()
    column = SHAPE.assets + 3
    open_still = engine.table(STANDARD.observation, STANDARD.time)
    settled = engine.table(STANDARD.observation, STANDARD.time, {3: 1_234})
    assert settled.column(SHAPE, column).mark == 1_234 * SCALE
    assert set(settled.column(SHAPE, column).moves) == {0}
    assert settled.long_charges[3] == settled.short_charges[3] == 0
    for other in (*range(column), *range(column + 1, SHAPE.components)):
        assert settled.column(SHAPE, other) == open_still.column(SHAPE, other)
    for slot in (8, -1):
        with pytest.raises(OutOfBounds, match="instrument slot"):
            engine.table(STANDARD.observation, STANDARD.time, {slot: 0})


def test_an_option_that_expires_in_the_window_is_charged_for_its_whole_reach() -> None:
    """It moves in no row: a long may lose all of it, a short all that it may come to pay."""
    engine, expiry = STANDARD.engine(), STANDARD.time + 30 * DAY
    column = SHAPE.assets + 2
    for time in (expiry - STANDARD.window.seconds, expiry - 1, expiry, expiry + DAY):
        table = engine.table(STANDARD.observation, time)
        said = table.column(SHAPE, column)
        assert set(said.moves) == {0}
        # At the top of the reach the call at the money pays 900.00.
        most = 1.02 * (900 * SCALE - said.mark)
        assert table.short_charges[2] >= most - 2
        assert table.long_charges[2] >= max(15_000_000, 1.02 * said.mark - 2)
    assert engine.table(STANDARD.observation, expiry).column(SHAPE, column).mark == 0
    before = engine.table(STANDARD.observation, expiry - STANDARD.window.seconds - 1)
    assert any(before.column(SHAPE, column).moves)


def test_parts_that_do_not_fit_are_refused() -> None:
    """Reaches of other underlyings, a listing of another shape, observations of another market."""
    few = RiskParameters(reaches=STANDARD.parameters.reaches[:2])
    with pytest.raises(WrongDimensions, match="reaches: expected 3, got 2"):
        RiskEngine(SHAPE, STANDARD.listing, few, STANDARD.window)
    with pytest.raises(WrongDimensions, match="listing"):
        RiskEngine(SHAPES["standard"], TINY.listing, TINY.parameters, TINY.window)
    with pytest.raises(WrongDimensions, match="observation: expected 1 underlyings"):
        TINY.engine().table(STANDARD.observation, TINY.time)
    with pytest.raises(WrongDimensions, match="observation: expected 1 underlyings"):
        TINY.engine().mark(STANDARD.observation, TINY.time)
    rich = TINY.observation.model_copy(update={"spots": (10**12,)})
    with pytest.raises(OutOfBounds, match="mark, entry"):
        TINY.engine().table(rich, TINY.time)


def test_rows_of_a_stress_test_move_everything_at_once() -> None:
    """Mark and moves in one row, collateral after its haircut; rows that are left say nothing."""
    engine = STANDARD.engine()
    stressed = engine.stress(STANDARD.observation, STANDARD.time, [CRASH])
    row = stressed.matrix[0]
    assert row[:5] == (SCALE, 970_200, 37_800, 153_000, 4_200 * SCALE)
    assert stressed == Rows(matrix=(row, *((0,) * 12,) * 15), constants=(0,) * 16)
    with pytest.raises(WrongDimensions, match="at most 16"):
        engine.stress(STANDARD.observation, STANDARD.time, [CRASH] * 17)
    one = Scenario(prices_bps=(1,), vols_bps=(1,))
    with pytest.raises(WrongDimensions, match="scenario"):
        engine.stress(STANDARD.observation, STANDARD.time, [one])


@MANY
@given(observations(3), st.data())
def test_no_rounding_helps_a_portfolio(observation: Observation, data: st.DataObject) -> None:
    """Against the exact row of any portfolio, from the same mark.

    Where every leg loses, the integer row is the lower. Where some gain, it is higher by less
    than one unit, a millionth of a cent, for each lot that does.
    """
    seen = Conditions.seen(observation, STANDARD.time)
    scene = set_scene(STANDARD.listing.components, seen, [CRASH, HALF], {})
    index = data.draw(st.integers(0, 1))
    cover = Fraction((CRASH, HALF)[index].cover_bps, ONE_BPS)
    assets = [data.draw(st.integers(0, 1 << 53)) for _ in range(SHAPE.assets)]
    lots = [data.draw(st.integers(-(1 << 47), (1 << 47) - 1)) for _ in range(SHAPE.instruments)]
    exact, gaining = Fraction(0), 0
    for place, value in enumerate([*assets, *lots]):
        component = STANDARD.listing.components[place]
        move = SCALE * cover * scene.moves[index][place]
        if component.is_contract:
            exact += (scene.mark[place] + move) * value
            gaining += abs(value) if move * value > 0 else 0
        else:
            worth = scene.values[place] * SCALE + move
            exact += worth * component.counted_bps * value / ONE_BPS
    row = sum(
        entry * value for entry, value in zip(scene.rows[index], [*assets, *lots], strict=True)
    )
    assert row < exact + gaining or row == exact
