from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.market.attacked import Attacked, attacked
from ledger.market.cover import interior, listed
from ledger.market.data import SCALE, Observation
from ledger.market.grid import Grid
from ledger.market.presets import DAY
from ledger.market.reach import Reach
from ledger.market.residuals import prices_bps, times
from tests.ledger.market.markets import STANDARD, TINY, observations
from tests.strategies import FEW, SOME

GRID = Grid.of(Reach(price_bps=1_000, vol_bps=0), 8)


def shares(coin: Attacked, observation: Observation, time: int, seed: int) -> list[float]:
    """For each contract and side, how much of a charge a move inside takes at most."""
    table = STANDARD.engine().table(observation, time)
    labels = STANDARD.listing.labels
    worst = [0.0] * (2 * len(coin.components))
    random = Random(seed)
    for _ in range(60):
        world = interior(coin, random)
        place = coin.around.underlying
        moved = (
            float(world.spots[place] / coin.spot - 1) * 1e4,
            float(world.vols[place] / coin.vol - 1) * 1e4,
        )
        for index, (label, instrument) in enumerate(zip(coin.labels, coin.components, strict=True)):
            if not instrument.is_contract:
                continue
            component = labels.index(label)
            slot = component - STANDARD.shape.assets
            moves = table.column(STANDARD.shape, component).moves
            said = coin.grid.interpolated([float(each) for each in moves], *moved)
            change = float(instrument.value(world) - instrument.value(coin.around.seen)) * SCALE
            long, short = table.long_charges[slot], table.short_charges[slot]
            worst[2 * index] = max(worst[2 * index], (said - change) / long)
            worst[2 * index + 1] = max(worst[2 * index + 1], (change - said) / short)
    return worst


@FEW
@given(
    observations(3),
    st.sampled_from([0, 23 * DAY, 29 * DAY, 30 * DAY - 3_600, 30 * DAY]),
    st.integers(0, 1 << 30),
)
def test_charges_cover_what_rows_do_not_see(
    observation: Observation, later: int, seed: int
) -> None:
    """One by one, whatever was observed: λ is the interpolation, and no solver has chosen it."""
    time = STANDARD.time + later
    for coin in attacked(STANDARD.engine(), observation, time):
        assert max(shares(coin, observation, time, seed)) <= 1


def test_a_sharp_bend_is_on_the_list() -> None:
    """At a vol of a percent an option bends where its strike is discounted, not at the strike.

    With the strike alone on the list a hundredth was missing.
    """
    observation = STANDARD.observation.model_copy(
        update={
            "vols": (11_653, 756_408, 10_000),
            "rate": 112_472,
            "spots": (7_000_000, 300_000, 1),
        }
    )
    for coin in attacked(STANDARD.engine(), observation, STANDARD.time + 10 * DAY):
        assert max(shares(coin, observation, STANDARD.time + 10 * DAY, 3)) <= 1


def test_residuals_are_told_with_their_moves() -> None:
    """A call at the money is short of most between two levels, at the end of the window."""
    engine = TINY.engine()
    perpetual, call = engine.residuals(TINY.observation, TINY.time)
    assert call.long.seconds == TINY.window.seconds
    assert 500 < abs(call.long.price_bps) < 1_000
    # A perpetual is short of what its funding can become, at the top of the reach, both ways.
    funding = 6_000 * 1.15 * 6 / 10_000
    assert perpetual.long.amount == pytest.approx(funding, rel=1e-9)
    assert perpetual.short.amount == pytest.approx(funding, rel=1e-9)
    assert perpetual.long.charge == pytest.approx(funding * 1.02 * SCALE, abs=2)
    table = engine.table(TINY.observation, TINY.time)
    assert table.long_charges == (15_000_000, call.long.charge)
    assert table.short_charges == (15_000_000, 15_000_000)
    assert call.short.charge < 15_000_000 < call.long.charge


def test_what_is_settled_has_no_residual() -> None:
    """And is charged nothing, while the others are charged as before."""
    engine = TINY.engine()
    before = engine.table(TINY.observation, TINY.time)
    table = engine.table(TINY.observation, TINY.time, {1: 5})
    assert table.long_charges == (before.long_charges[0], 0)
    assert table.short_charges == (before.short_charges[0], 0)
    assert engine.residuals(TINY.observation, TINY.time, {1: 5})[1].long.amount == 0


def test_the_prices_of_the_list() -> None:
    """Nine in each cell, and every kink strictly inside; one at an end is there already."""
    plain = prices_bps(GRID, 100.0, [])
    assert plain == [125.0 * step for step in range(-8, 9)]
    assert prices_bps(GRID, 100.0, [100.0, 89.9, 110.1, 1e9]) == plain
    more = sorted(set(prices_bps(GRID, 100.0, [90.1, 101.0])) - set(plain))
    assert more == pytest.approx([-990, 100])


@pytest.mark.parametrize(
    ("expiry", "more"),
    [
        (None, []),
        (1_000, []),
        (1_001, [1_001]),
        (1_100, [1_099]),
        (1_101, []),
        (1_030, [1_029, 1_030]),
    ],
)
def test_the_times_of_the_list(expiry: int | None, more: list[int]) -> None:
    """Now, half and all of the window, and about an expiry that is in it and has not been."""
    assert times(1_000, 100, [expiry, None]) == sorted([1_000, 1_050, 1_100, *more])


def test_the_adversary_tries_the_list_and_what_is_inside() -> None:
    """All of the list lies within the reach and the window, and so does what is drawn."""
    (coin,) = attacked(TINY.engine(), TINY.observation, TINY.time)
    worlds = list(listed(coin))
    assert len(worlds) == len(set(worlds)) == 18 * 7 * 3
    spots, vols, moments = (set(each) for each in zip(*worlds, strict=True))
    assert (min(spots), max(spots)) == (5_100_000, 6_900_000)
    assert {float(each) for each in vols} >= {0.35, 0.5, 0.65}
    assert (min(moments), max(moments)) == (TINY.time, TINY.time + 91_200)


@SOME
@given(st.integers(0, 1 << 60))
def test_what_is_drawn_is_inside(seed: int) -> None:
    """Every number within its ends; the same seed draws the same."""
    (coin,) = attacked(TINY.engine(), TINY.observation, TINY.time + 29 * DAY)
    world = interior(coin, Random(seed))
    assert world == interior(coin, Random(seed))
    assert 5_100_000 <= world.spots[0] <= 6_900_000
    assert 0.35 - 1e-12 <= world.vols[0] <= 0.65 + 1e-12
    start = coin.around.seen.time
    assert start <= world.time <= start + 91_200
    for number, ends in (
        (world.rate, coin.around.rate),
        (world.funding[0], coin.around.funding),
        (world.basis[0], coin.around.basis),
        (world.slopes[0], coin.around.slope),
    ):
        assert ends.low <= number <= ends.high
