from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import WrongDimensions
from ledger.market.grid import Grid, GridRow
from ledger.market.reach import Reach, RiskParameters
from tests.ledger.market.markets import one_error
from tests.strategies import MANY, SOME

REACH = Reach(price_bps=1_500, vol_bps=3_000)

reaches = st.builds(Reach, price_bps=st.integers(1, 3_300), vol_bps=st.integers(0, 10_000))
sizes = st.sampled_from([6, 8, 10, 12, 20])


def test_eight_rows_are_six_corners_and_two_extremes() -> None:
    """Down, nowhere and up, each with both vols; then three reaches, of which 35 % count."""
    assert Grid.of(REACH, 8).rows == (
        GridRow(-1_500, -3_000),
        GridRow(-1_500, 3_000),
        GridRow(0, -3_000),
        GridRow(0, 3_000),
        GridRow(1_500, -3_000),
        GridRow(1_500, 3_000),
        GridRow(-4_500, 0, 3_500),
        GridRow(4_500, 0, 3_500),
    )


@pytest.mark.parametrize(
    ("rows", "reach", "levels"),
    [
        (6, 1_500, (-1_500, 1_500)),
        (10, 1_500, (-1_500, -500, 500, 1_500)),
        (10, 100, (-100, -34, 34, 100)),
        (12, 101, (-101, -51, 0, 51, 101)),
        (12, 1, (-1, -1, 0, 1, 1)),
    ],
)
def test_levels_are_even_and_round_away_from_zero(
    rows: int, reach: int, levels: tuple[int, ...]
) -> None:
    """So that no level is nearer to the mark than it should be."""
    assert Grid.of(Reach(price_bps=reach, vol_bps=0), rows).levels == levels


@pytest.mark.parametrize("rows", [-2, 0, 4, 5, 7, 9])
def test_a_coin_has_an_even_number_of_rows(rows: int) -> None:
    """Two for each level, of which there are two at least, and two extremes."""
    with pytest.raises(WrongDimensions, match="rows of a coin: expected an even number from 6"):
        Grid.of(REACH, rows)


@MANY
@given(reaches, sizes, st.floats(-1, 1), st.floats(-1, 1), st.integers(-(10**9), 10**9))
def test_what_is_linear_is_interpolated_exactly(
    reach: Reach, rows: int, price: float, vol: float, slope: int
) -> None:
    """In the price, in the vol, and in their product: no cell shows."""
    grid = Grid.of(reach, rows)

    def bilinear(price_bps: float, vol_bps: float) -> float:
        return slope + 3 * price_bps - 5 * vol_bps + price_bps * vol_bps / 100

    moves = [bilinear(row.price_bps, row.vol_bps) for row in grid.rows]
    at = (price * reach.price_bps, vol * reach.vol_bps)
    assert grid.interpolated(moves, *at) == pytest.approx(bilinear(*at), rel=1e-9, abs=1e-3)


@SOME
@given(reaches, sizes)
def test_at_its_corners_a_grid_says_what_its_rows_say(reach: Reach, rows: int) -> None:
    """Each row by itself, whatever the others say."""
    grid = Grid.of(reach, rows)
    if len(set(grid.levels)) < len(grid.levels) or not grid.vol_bps:
        return
    moves = [float(7 * index * index) for index in range(rows)]
    for index, row in enumerate(grid.rows[:-2]):
        assert grid.interpolated(moves, row.price_bps, row.vol_bps) == pytest.approx(moves[index])


@SOME
@given(reaches, sizes, st.integers(2, 9))
def test_spots_and_vols_span_the_reach(reach: Reach, rows: int, count: int) -> None:
    """In order, both ends and every level among them, and as many as asked for in each cell."""
    grid = Grid.of(reach, rows)
    spots, vols = list(grid.spots(count)), list(grid.vols(count))
    assert spots == sorted(spots)
    assert (spots[0], spots[-1]) == (grid.levels[0], grid.levels[-1])
    assert spots[:: count - 1] == pytest.approx(list(grid.levels))
    assert len(spots) == (count - 1) * (len(grid.levels) - 1) + 1
    assert (vols[0], vols[-1], len(vols)) == (-reach.vol_bps, reach.vol_bps, count)


@pytest.mark.parametrize(
    ("field", "low", "high"), [("price_bps", 1, 3_300), ("vol_bps", 0, 10_000)]
)
def test_a_reach_has_bounds(field: str, low: int, high: int) -> None:
    """Some move of the price, and no extreme that takes all of it."""
    whole = {"price_bps": 100, "vol_bps": 100}
    for inside in (low, high):
        Reach.model_validate({**whole, field: inside})
    for outside in (low - 1, high + 1):
        with one_error("Input should be"):
            Reach.model_validate({**whole, field: outside})


def test_the_factor_of_initial_margin_has_bounds() -> None:
    """From one to three times."""
    for factor in (10_000, 30_000):
        RiskParameters(reaches=(REACH,), initial_factor_bps=factor)
    for factor in (9_999, 30_001):
        with one_error("Input should be"):
            RiskParameters(reaches=(REACH,), initial_factor_bps=factor)
    with one_error("at least 1 item"):
        RiskParameters(reaches=())
    with one_error("at most 32 items"):
        RiskParameters(reaches=(REACH,) * 33)


@pytest.mark.parametrize(("reach", "most"), [(3_300, 28_860), (3_174, 30_000), (1, 30_000)])
def test_a_scaled_fall_leaves_a_pledged_coin_no_less_than_nothing(reach: int, most: int) -> None:
    """The extreme, 1.05 times the reach, times the factor; one more basis point is refused."""
    whole = Reach(price_bps=reach, vol_bps=0)
    RiskParameters(reaches=(REACH, whole), initial_factor_bps=most)
    if most < 30_000:
        with one_error("reach 1: expected a fall of at most the whole price"):
            RiskParameters(reaches=(REACH, whole), initial_factor_bps=most + 1)
    if reach == 3_174:
        with one_error("reach 0: expected a fall"):
            RiskParameters(
                reaches=(Reach(price_bps=reach + 1, vol_bps=0),), initial_factor_bps=most
            )
