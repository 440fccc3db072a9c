from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import OutOfBounds, WrongDimensions
from ledger.errors import LimitExceeded
from ledger.market.conditions import Conditions
from ledger.market.data import SCALE, Rows, equity
from ledger.market.limits import Greek, sensitivity
from ledger.market.scenarios import Scenario
from tests.ledger.market.markets import STANDARD, TINY, portfolio, portfolios
from tests.strategies import SOME

ENGINE = STANDARD.engine()
SHAPE = STANDARD.shape
TEN_COINS = 10 * SCALE


def holds(rows: Rows, **values: int) -> bool:
    return rows.worst(portfolio(SHAPE, **values)) >= 0


@SOME
@given(portfolios(SHAPE), st.dictionaries(st.integers(0, 7), st.integers(0, 1 << 46)))
def test_position_limits(values: tuple[int, ...], limits: dict[int, int]) -> None:
    """The rows hold exactly for those who are within every limit, on both sides."""
    within = all(abs(values[SHAPE.assets + slot]) <= most for slot, most in limits.items())
    assert (ENGINE.position_limits(limits).worst(values) >= 0) == within


def test_a_position_at_its_limit_is_within_it() -> None:
    """One more lot, on either side, is not; and a limit of zero means flat."""
    rows = ENGINE.position_limits({2: 100, 5: 0})
    assert holds(rows, i2=100, i0=10**9)
    assert holds(rows, i2=-100)
    assert not holds(rows, i2=101)
    assert not holds(rows, i2=-101)
    assert not holds(rows, i5=1)
    assert not holds(rows, i5=-1)


def test_limits_that_do_not_fit_are_refused() -> None:
    """A negative limit, a slot that is not there, more rows than the shape has."""
    with pytest.raises(LimitExceeded, match="limit of slot 0"):
        ENGINE.position_limits({0: -1})
    with pytest.raises(OutOfBounds, match="instrument slot"):
        ENGINE.position_limits({8: 1})
    three = TINY.engine()
    with pytest.raises(WrongDimensions, match="at most 4"):
        three.stress(TINY.observation, TINY.time, [Scenario(prices_bps=(1,), vols_bps=(1,))] * 5)


def test_delta_within_ten_coins() -> None:
    """Two rows: ten thousand lots of a thousandth of a coin, collateral counted."""
    rows = ENGINE.greek_limits(
        STANDARD.observation, STANDARD.time, Greek.DELTA, -TEN_COINS, TEN_COINS
    )
    assert holds(rows, i0=10_000)
    assert holds(rows, i0=-10_000)
    assert not holds(rows, i0=10_001)
    assert not holds(rows, i0=-10_001)
    assert holds(rows, i0=-11_000, a2=10**8)
    assert not holds(rows, i0=10_000, a2=1)
    assert holds(rows, i6=10**9)
    assert set(rows.matrix[2:]) == {(0,) * SHAPE.components}


def test_delta_of_another_underlying() -> None:
    """Ether's limit sees ether, in hundredths of a coin per lot."""
    rows = ENGINE.greek_limits(
        STANDARD.observation, STANDARD.time, Greek.DELTA, -TEN_COINS, TEN_COINS, underlying=1
    )
    assert holds(rows, i6=1_000, i0=10**9)
    assert not holds(rows, i6=1_001)


@pytest.mark.parametrize(
    ("greek", "bump", "per"),
    [
        (Greek.VEGA, {"vols": (501_000, 650_000, 10_000)}, 10),
        (Greek.RHO, {"rate": 41_000}, 10),
    ],
)
def test_limits_are_in_the_units_that_traders_use(
    greek: Greek, bump: dict[str, object], per: int
) -> None:
    """A point of vol, a percentage point: ten times what a tenth of one does to the value."""
    option = STANDARD.listing.instruments[2]
    before = option.value(Conditions.seen(STANDARD.observation, STANDARD.time))
    bumped = STANDARD.observation.model_copy(update=bump)
    change = option.value(Conditions.seen(bumped, STANDARD.time)) - before
    entry = sensitivity(option, Conditions.seen(STANDARD.observation, STANDARD.time), greek)
    assert entry == pytest.approx(float(change) * per * SCALE, rel=1e-2)


def test_theta_is_a_day_and_gamma_a_percent() -> None:
    """Against an hour that passes, and the delta a tenth of a percent further."""
    option = STANDARD.listing.instruments[2]
    seen = Conditions.seen(STANDARD.observation, STANDARD.time)
    later = Conditions.seen(STANDARD.observation, STANDARD.time + 3_600)
    decay = float(option.value(later) - option.value(seen)) * 24 * SCALE
    assert sensitivity(option, seen, Greek.THETA) == pytest.approx(decay, rel=1e-2)
    up = STANDARD.observation.model_copy(update={"spots": (6_006_000, 300_000, 100_000)})
    further = Conditions.seen(up, STANDARD.time)
    change = option.greeks(further).delta - option.greeks(seen).delta
    assert sensitivity(option, seen, Greek.GAMMA) == pytest.approx(
        change * 10 * SCALE * SCALE, rel=1e-2
    )


def test_a_settled_instrument_has_no_greeks() -> None:
    """Its final price moves with nothing."""
    rows = ENGINE.greek_limits(
        STANDARD.observation, STANDARD.time, Greek.DELTA, 0, 0, settled={0: 1}
    )
    assert holds(rows, i0=10**9)
    assert not holds(rows, i2=1)


def test_limits_of_greeks_that_make_no_sense_are_refused() -> None:
    """An empty range, an underlying that is not there."""
    with pytest.raises(LimitExceeded, match="limits of delta"):
        ENGINE.greek_limits(STANDARD.observation, STANDARD.time, Greek.DELTA, 1, 0)
    with pytest.raises(OutOfBounds, match="underlying"):
        ENGINE.greek_limits(STANDARD.observation, STANDARD.time, Greek.DELTA, 0, 1, underlying=3)


@SOME
@given(portfolios(SHAPE), st.integers(-(10**12), 10**12))
def test_an_equity_floor(values: tuple[int, ...], minimum: int) -> None:
    """One row, which holds exactly for those who are worth as much at the mark."""
    rows = ENGINE.equity_floor(STANDARD.observation, STANDARD.time, minimum)
    mark = ENGINE.mark(STANDARD.observation, STANDARD.time)
    assert (rows.worst(values) >= 0) == (equity(mark, values) >= minimum)
    assert rows.constants == (-minimum * SCALE, *[0] * 15)
