from __future__ import annotations

from time import perf_counter

import pytest

from circuits.shape import MATRIX_ENTRY, SHAPES
from ledger.errors import LimitExceeded
from ledger.market.columns import least_charges
from ledger.market.data import ONE_BPS, SCALE, MoveBounds, check_move, median
from ledger.market.presets import START, preset
from zk.errors import Malformed


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_has_a_market(name: str) -> None:
    """It fits its shape, nothing in it has expired, and its table passes with room to spare."""
    market = preset(name)
    market.listing.check(market.shape)
    market.listing.check_new(market.time)
    table = market.engine().table(market.observation, market.time)
    table.check(market.shape)
    moves = [abs(entry) for rows in table.moves for row in rows for entry in row]
    assert max(*moves, *table.mark) * 100 < MATRIX_ENTRY.maximum
    assert min(table.mark[: market.shape.assets]) >= 10_000
    assert median([market.observation] * 3) == market.observation
    still = MoveBounds((0,) * market.observation.underlyings, 0, 0, 0, 0, 0)
    check_move(market.observation, market.observation, still)


@pytest.mark.parametrize("name", SHAPES)
def test_pledged_coins_count_for_something_in_every_row(name: str) -> None:
    """After haircut, worst row and initial factor; a coin whose haircut is all of it does not."""
    market = preset(name)
    table = market.engine().table(market.observation, market.time)
    factor = market.parameters.initial_factor_bps
    counted = [
        mark * asset.counted_bps // ONE_BPS
        for mark, asset in zip(table.mark, market.listing.assets, strict=False)
    ]
    table.check_collateral(market.shape, counted, factor)
    with pytest.raises(LimitExceeded, match="in its worst row"):
        table.check_collateral(market.shape, [0] * market.shape.assets, factor)


@pytest.mark.parametrize("name", SHAPES)
def test_no_position_goes_free(name: str) -> None:
    """Every instrument loses in some row of its coin or is charged, long and short."""
    market = preset(name)
    least = least_charges(market.listing, market.observation)
    table = market.engine().table(market.observation, market.time)
    for slot, smallest in enumerate(least):
        assert 0 < smallest <= min(table.long_charges[slot], table.short_charges[slot])
        moves = table.column(market.shape, market.shape.assets + slot).moves
        assert min(moves) < 0 < max(moves)


@pytest.mark.parametrize(
    ("name", "seconds"), [("tiny", 0.2), ("standard", 0.6), ("desk", 2), ("large", 10)]
)
def test_a_table_is_made_in_a_moment(name: str, seconds: float) -> None:
    """The least of three runs, with room for a machine that others use as well."""
    market, taken = preset(name), []
    for _ in range(3):
        start = perf_counter()
        market.engine().table(market.observation, market.time)
        taken.append(perf_counter() - start)
    assert min(taken) < seconds


def test_a_market_can_start_at_any_time() -> None:
    """Expiries move along."""
    later = preset("tiny", START + 5)
    assert later.listing.instruments[1].expires == (
        (preset("tiny").listing.instruments[1].expires or 0) + 5
    )
    assert later.engine().table(later.observation, later.time).mark[0] == SCALE


def test_a_preset_that_is_not_there_is_refused() -> None:
    """The error lists those that are."""
    with pytest.raises(Malformed, match="one of tiny, standard, desk, large, got huge"):
        preset("huge")
