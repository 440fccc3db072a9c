from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import SHAPES
from ledger.market.columns import Snapshot, away_from_zero, exact_columns, least_charges
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE, Column, Observation
from ledger.market.presets import preset
from tests.ledger.market.markets import STANDARD, observations
from tests.strategies import SOME

SHAPE = STANDARD.shape
PARTS = (STANDARD.listing, SHAPE, STANDARD.parameters, STANDARD.window)


@SOME
@given(st.fractions())
def test_away_from_zero(number: Fraction) -> None:
    """By less than one, and never towards zero; what is whole stays."""
    rounded = away_from_zero(number)
    assert abs(rounded) >= abs(number)
    assert abs(rounded - number) < 1
    assert rounded * number >= 0


def test_columns_by_hand() -> None:
    """Numbers that anybody can follow: a perpetual, a future, a coin that is pledged, cash."""
    seen = STANDARD.observation.model_copy(update={"funding": (7 * SCALE, 0, 0)})
    columns = exact_columns(*PARTS, seen, STANDARD.time)
    assert sorted(columns) == [0, 1, 2, 3, 4, 5, 10]
    assert columns[0] == Column(SCALE, ())
    assert columns[1] == Column(10**6, ())
    # A thousandth of a coin at 60,000.00, net of seven cents per coin of funding.
    fall, rise = -900 * SCALE, 900 * SCALE
    tail = (-2_700 * SCALE * 35 // 100, 2_700 * SCALE * 35 // 100)
    assert columns[4] == Column(5_999_993_000, (fall, fall, 0, 0, rise, rise, *tail))
    # Ninety days at four percent a year: times 1 + 0.04·90/365, rounded once.
    carry = 1 + Fraction(4, 100) * 90 / 365
    moves = [away_from_zero(move * carry) for move in (fall, fall, 0, 0, rise, rise, *tail)]
    assert columns[5] == Column(round(6_000 * SCALE * carry), tuple(moves))
    # A satoshi is 60,000 units, of which nine tenths count.
    assert columns[2] == Column(60_000, (-8_100, -8_100, 0, 0, 8_100, 8_100, -8_505, 8_505))


@SOME
@given(observations(3))
def test_exact_columns_are_those_of_the_table(observation: Observation) -> None:
    """A ledger that recomputes them finds what oracles signed, whatever was observed."""
    table = STANDARD.engine().table(observation, STANDARD.time)
    for component, column in exact_columns(*PARTS, observation, STANDARD.time).items():
        assert table.column(SHAPE, component) == column
    least = least_charges(STANDARD.listing, observation)
    for mine, *signed in zip(least, table.long_charges, table.short_charges, strict=True):
        assert min(signed) >= mine


@SOME
@given(observations(3))
def test_moves_round_away_from_zero_and_assets_down(observation: Observation) -> None:
    """Entry by entry, against exact fractions; options as well."""
    seen = Conditions.seen(observation, STANDARD.time)
    snapshot = Snapshot.at(
        SHAPE,
        STANDARD.listing,
        STANDARD.parameters,
        STANDARD.window,
        observation,
        STANDARD.time,
    )
    for block, (grid, columns) in enumerate(zip(snapshot.grids, SHAPE.columns, strict=True)):
        coin = STANDARD.listing.coins(SHAPE)[block]
        for component in columns:
            instrument, column = STANDARD.listing.components[component], snapshot.column(component)
            value = instrument.value(seen)
            for row, entry in zip(grid.rows, column.moves, strict=True):
                spot = seen.spots[coin] * (ONE_BPS + row.price_bps) / ONE_BPS
                vol = seen.vols[coin] * (ONE_BPS + row.vol_bps) / ONE_BPS
                change = instrument.value(seen.with_coin(coin, spot, vol)) - value
                exact = change * SCALE * row.cover_bps / ONE_BPS
                if instrument.is_contract:
                    assert entry == away_from_zero(exact)
                    assert abs(column.mark - value * SCALE) <= Fraction(1, 2)
                else:
                    assert 0 <= exact * instrument.counted_bps / ONE_BPS - entry < 1
                    assert 0 <= value * SCALE - column.mark < 1


def test_what_is_settled_is_exact_and_does_not_move() -> None:
    """An option at its final value is known to everybody; nothing is charged of it."""
    columns = exact_columns(*PARTS, STANDARD.observation, STANDARD.time, {2: 1_234, 0: 0})
    assert columns[6] == Column(1_234 * SCALE, (0,) * 8)
    assert columns[4] == Column(0, (0,) * 8)
    least = least_charges(STANDARD.listing, STANDARD.observation, {2: 1_234, 0: 0})
    assert [slot for slot, charge in enumerate(least) if not charge] == [0, 2]


@pytest.mark.parametrize("left", [-1, 0, 1, 91_199, 91_200, 91_201])
def test_what_expires_within_the_window_moves_in_no_row(left: int) -> None:
    """From a window before its expiry on, a future is hedged by nothing; one second before, it is.

    It may be settled at one price while its coin goes on to another.
    """
    future = STANDARD.listing.instruments[1]
    assert future.expires is not None
    column = exact_columns(*PARTS, STANDARD.observation, future.expires - left)[5]
    assert column.mark >= 6_000 * SCALE
    assert any(column.moves) == (left > STANDARD.window.seconds)


def test_the_least_charge_rounds_up() -> None:
    """Twenty-five basis points of a notional that four hundred does not divide, and of one."""
    charges = least_charges(STANDARD.listing, STANDARD.observation)
    assert charges[0] == 6 * 10**9 // 400
    odd = STANDARD.observation.model_copy(update={"spots": (1, 1, 1)})
    assert least_charges(STANDARD.listing, odd)[0] == 3


def test_columns_of_another_market_are_refused() -> None:
    """Slots that are not there, and observations of other underlyings."""
    for slot in (-1, 8):
        with pytest.raises(OutOfBounds, match="instrument slot"):
            exact_columns(*PARTS, STANDARD.observation, STANDARD.time, {slot: 0})
    with pytest.raises(WrongDimensions, match="observation: expected 3 underlyings"):
        exact_columns(*PARTS, preset("tiny").observation, STANDARD.time)


@pytest.mark.parametrize("name", SHAPES)
def test_every_preset_has_exact_columns(name: str) -> None:
    """All that is linear, in every shape."""
    market = preset(name)
    columns = exact_columns(
        market.listing,
        market.shape,
        market.parameters,
        market.window,
        market.observation,
        market.time,
    )
    options = sum(not each.exact for each in market.listing.components)
    assert len(columns) == market.shape.components - options
