from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction

import pytest

from ledger.errors import LimitExceeded
from ledger.market.conditions import Conditions
from ledger.market.data import Observation
from ledger.market.presets import WINDOW
from ledger.market.scenarios import Scenario
from ledger.market.window import Surroundings, Window

SEEN = Conditions.seen(
    Observation(
        spots=(1_000, 50),
        vols=(400_000, 10_000),
        rate=40_000,
        funding=(3, 2_000_000),
        basis=(0, 50_000),
        slopes=(0, -200_000),
    ),
    31_536_000,
)


@pytest.mark.parametrize("name", asdict(WINDOW))
def test_nothing_in_a_window_is_negative(name: str) -> None:
    """Zero is."""
    Window(**{**asdict(WINDOW), name: 0})
    with pytest.raises(LimitExceeded, match=f"window, {name}: expected at least 0, got -1"):
        Window(**{**asdict(WINDOW), name: -1})


def test_a_coin_is_surrounded_by_the_ends_of_everything_else() -> None:
    """A funding index by parts of the spot at the top of its reach, the rest by points a year."""
    window = Window(updates=3, seconds=60, rate_bps=30, funding_bps=6, basis_bps=100, slope_bps=10)
    around = Surroundings.of(SEEN, 1, window, 2_000)
    assert around.rate == (Fraction(37, 1_000), Fraction(43, 1_000))
    assert around.funding == (2 - Fraction(36, 1_000), 2 + Fraction(36, 1_000))
    assert around.basis == (Fraction(4, 100), Fraction(6, 100))
    assert around.slope == (Fraction(-201, 1_000), Fraction(-199, 1_000))
    corners = list(around.corners())
    assert len(set(corners)) == 16
    world = around.at(Fraction(7), Fraction(8), 9, corners[0])
    assert [*world.spots, *world.vols, world.time] == [1_000, 7, Fraction(2, 5), 8, 9]
    assert (world.rate, world.funding[1], world.basis[1], world.slopes[1]) == corners[0]
    assert [world.funding[0], world.basis[0], world.slopes[0]] == [Fraction(3, 10**6), 0, 0]


def test_vols_of_expiries_lie_on_a_line_that_never_reaches_zero() -> None:
    """A year on, two years on, and where a tenth of the vol is all that is left."""
    year = 31_536_000
    up = Conditions.seen(
        Observation(
            spots=(1,), vols=(500_000,), rate=0, funding=(0,), basis=(0,), slopes=(20_000,)
        ),
        0,
    )
    assert up.vol_to(0, year) == Fraction(52, 100)
    assert up.vol_to(0, 2 * year) == Fraction(54, 100)
    assert SEEN.vol_to(0, 5 * year) == Fraction(4, 10)
    assert SEEN.vol_to(1, SEEN.time) == Fraction(1, 100)
    assert SEEN.vol_to(1, SEEN.time + year) == Fraction(1, 1_000)
    assert SEEN.years_to(2 * year) == 1


def test_a_scenario_moves_prices_and_vols_alone() -> None:
    """Everything else stays, and so does the clock."""
    moved = SEEN.moved(Scenario(prices_bps=(-1_000, 2_000), vols_bps=(5_000, 0)))
    assert [*moved.spots, *moved.vols] == [900, 60, Fraction(6, 10), Fraction(1, 100)]
    assert (moved.rate, moved.funding, moved.basis, moved.slopes, moved.time) == (
        SEEN.rate, SEEN.funding, SEEN.basis, SEEN.slopes, SEEN.time
    )  # fmt: skip
