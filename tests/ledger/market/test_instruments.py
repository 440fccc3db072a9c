from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import exp
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import WrongDimensions
from circuits.shape import SHAPES, Block, Shape
from ledger.errors import MalformedTransition, NotAdmitted, UnknownInstrument
from ledger.market import instruments
from ledger.market.black import Right
from ledger.market.conditions import Conditions
from ledger.market.data import Observation
from ledger.market.instrument import Contract, Greeks, Instrument
from ledger.market.instruments.cash import Cash
from ledger.market.instruments.future import Future
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.instruments.spot import Spot
from ledger.market.kinds import forget_kinds, kinds
from ledger.market.listing import Listing
from ledger.market.risk import RiskEngine
from ledger.market.scenarios import Scenario
from ledger.market.window import Surroundings, Window
from tests.ledger.market.markets import STANDARD, TINY, observations, one_error
from tests.strategies import SOME

EXPIRY = 1_000_000
NOW = EXPIRY - 86_400
SEEN = Conditions(
    spots=(Fraction(6_000_000),),
    vols=(Fraction(1, 2),),
    rate=Fraction(1, 25),
    funding=(Fraction(1_234),),
    basis=(Fraction(1, 10),),
    slopes=(Fraction(0),),
    time=NOW,
)
EXPIRED = replace(SEEN, time=EXPIRY)
TERMS = {"underlying": 0, "multiplier": 1_000}

USD = Cash(currency="USD")
COIN = Spot(underlying=0, units_per_coin=10**8, haircut_bps=1_000)
PERPETUAL = Perpetual(underlying=0, multiplier=1_000)
FUTURE = Future(underlying=0, multiplier=1_000, expiry=EXPIRY)


def option(right: Right, strike: int, multiplier: int = 1_000) -> Option:
    return Option(underlying=0, multiplier=multiplier, right=right, strike=strike, expiry=EXPIRY)


def test_linear_instruments_are_exact() -> None:
    """Cash, coins and perpetuals are worth what arithmetic says, without rounding."""
    assert USD.value(SEEN) == 1
    assert COIN.value(SEEN) == Fraction(6, 100)
    assert PERPETUAL.value(SEEN) == Fraction(6_000_000 - 1_234, 1_000)


def test_a_perpetual_is_quoted_net_of_its_funding() -> None:
    """Who buys at the spot has gained nothing at the mark, however much has accrued."""
    quoted = PERPETUAL.quote(SEEN.spots[0], SEEN)
    assert PERPETUAL.value(SEEN) - PERPETUAL.coins * quoted == 0


def test_a_future_converges_to_the_spot() -> None:
    """A basis of a tenth a year is a 3,650th over a day; from the expiry on there is none."""
    assert FUTURE.value(SEEN) == 6_000 + Fraction(6_000, 3_650)
    assert FUTURE.value(EXPIRED) == 6_000
    assert FUTURE.value(replace(SEEN, rate=Fraction(9))) == FUTURE.value(SEEN)
    assert FUTURE.greeks(EXPIRED) == Greeks(delta=0.001)
    assert FUTURE.greeks(SEEN).theta == -600


def test_what_arithmetic_decides_says_so() -> None:
    """A ledger recomputes cash, coins, perpetuals and futures; options it cannot."""
    exact = {kind: instrument.exact for kind, instrument in kinds().items()}
    assert exact == {
        "cash": True, "future": True, "option": False, "perpetual": True, "spot": True
    }  # fmt: skip


def test_a_lot_weighs_its_notional() -> None:
    """Spot times multiplier, whatever it is; what is not traded has none."""
    seen = TINY.observation
    assert [each.weight(seen) for each in (PERPETUAL, FUTURE, option("put", 1))] == [6 * 10**9] * 3
    assert [each.weight(seen) for each in (USD, COIN)] == [0, 0]


@pytest.mark.parametrize("spot", [1, 5_999_999, 6_000_000, 6_000_001, 10**12])
def test_a_settlement_is_the_value_at_expiry(spot: int) -> None:
    """Of every contract that expires, at any last spot."""
    last = replace(EXPIRED, spots=(Fraction(spot),))
    for each in (FUTURE, option("call", 6_000_000), option("put", 6_000_000)):
        assert each.settlement(Fraction(spot)) == each.value(last)
        assert each.expires == EXPIRY


def test_vols_are_spread_over_expiries() -> None:
    """A slope raises what is far more than what is near, and never takes nine tenths."""
    near, far = (
        Option(underlying=0, multiplier=1_000, right="call", strike=6_000_000, expiry=expiry)
        for expiry in (EXPIRY, EXPIRY + 31_536_000)
    )
    steep = replace(SEEN, slopes=(Fraction(1, 10),))
    assert near.value(SEEN) < near.value(steep) < near.value(SEEN) * Fraction(1_001, 1_000)
    assert far.value(steep) > far.value(SEEN) * Fraction(11, 10)
    inverted = replace(SEEN, slopes=(Fraction(-9),))
    tenth = replace(SEEN, vols=(Fraction(1, 20),))
    assert far.value(inverted) == far.value(tenth)
    assert far.greeks(inverted) == far.greeks(tenth)


WIDE = Window(updates=3, seconds=9, rate_bps=500, funding_bps=6, basis_bps=900, slope_bps=800)


@SOME
@given(
    observations(1),
    st.lists(st.integers(1_000, 10**7), min_size=1, max_size=3),
    st.sampled_from([EXPIRY - 86_400, EXPIRY - 1, EXPIRY, EXPIRY + 5]),
    st.sampled_from(["call", "put"]),
)
def test_spans_are_over_every_corner(
    observation: Observation, spots: list[int], time: int, right: Right
) -> None:
    """What each contract knows of its own corners is what trying all of them finds."""
    around = Surroundings.of(Conditions.seen(observation, NOW), 0, WIDE, 2_000)
    for each in (PERPETUAL, FUTURE, option(right, observation.spots[0])):
        known = each.spans(around, spots, 0.3, time)
        for span, found in zip(known, Contract.spans(each, around, spots, 0.3, time), strict=True):
            tolerance = 1e-9 * float(each.coins) * (max(spots) + float(around.funding.high))
            assert span.least == pytest.approx(found.least, abs=tolerance)
            assert span.greatest == pytest.approx(found.greatest, abs=tolerance)
            assert span.least <= span.greatest


@pytest.mark.parametrize(
    ("right", "strike", "value", "delta"),
    [
        ("call", 5_000_000, 1_000, 0.001),
        ("call", 6_000_000, 0, 0),
        ("call", 7_000_000, 0, 0),
        ("put", 5_000_000, 0, 0),
        ("put", 6_000_000, 0, 0),
        ("put", 7_000_000, 1_000, -0.001),
    ],
)
def test_an_expired_option_is_worth_what_it_would_pay(
    right: Right, strike: int, value: int, delta: float
) -> None:
    """From the second of its expiry on, until it is settled."""
    expired = option(right, strike)
    assert expired.value(EXPIRED) == value
    assert expired.greeks(EXPIRED).delta == delta
    assert expired.value(SEEN) > 0


def test_a_long_call_and_a_short_put_are_a_discounted_forward() -> None:
    """Parity holds through the plug-ins, multipliers included."""
    call, put = option("call", 6_500_000), option("put", 6_500_000)
    growth = exp(0.04 / 365)
    expected = 6_000 - 6_500 / growth
    assert float(call.value(SEEN) - put.value(SEEN)) == pytest.approx(expected, rel=1e-9)


@SOME
@given(observations(1), st.integers(-9_000, 20_000), st.sampled_from(["call", "put"]))
def test_greeks_are_how_values_move(observation: Observation, move: int, right: Right) -> None:
    """The delta of every instrument against a small move of the spot, wherever that is."""
    seen = Conditions.seen(observation, NOW)
    conditions = seen.moved(Scenario(prices_bps=(move,), vols_bps=(0,)))
    spot = conditions.spots[0]
    up, down = (replace(conditions, spots=(spot + bump,)) for bump in (spot / 10**6, -spot / 10**6))
    quoted = option(right, observation.spots[0])
    units = ((USD, 1.0), (COIN, 1e-8), (PERPETUAL, 1e-3), (FUTURE, 1e-3), (quoted, 1e-3))
    for each, coins in units:
        slope = (each.value(up) - each.value(down)) / (up.spots[0] - down.spots[0])
        assert each.greeks(conditions).delta == pytest.approx(float(slope), abs=1e-4 * coins)


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        (Cash, {"currency": "no"}, "match pattern"),
        (Spot, {"underlying": 0, "units_per_coin": 100, "haircut_bps": -1}, "or equal to 0"),
        (Spot, {"underlying": 0, "units_per_coin": 100, "haircut_bps": 10_001}, "equal to 10000"),
        (Spot, {"underlying": 0, "units_per_coin": 0, "haircut_bps": 0}, "equal to 1"),
        (Perpetual, {"underlying": 0, "multiplier": 0}, "equal to 1"),
        (Perpetual, {"underlying": -1, "multiplier": 1}, "equal to 0"),
        (Future, {**TERMS, "expiry": 0}, "equal to 1"),
        (Future, {**TERMS, "expiry": 32_503_680_000}, "less than"),
        (Option, {**TERMS, "right": "call", "strike": 0, "expiry": 1}, "equal to 1"),
        (Option, {**TERMS, "right": "swap", "strike": 1, "expiry": 1}, "'call' or 'put'"),
        (Option, {**TERMS, "right": "call", "strike": 1.5, "expiry": 1}, "valid integer"),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    kind: type[Instrument], fields: dict[str, object], says: str
) -> None:
    """One error, which says what was expected."""
    with one_error(says):
        kind.model_validate(fields)


def test_a_listing_survives_its_bytes() -> None:
    """Every kind of instrument is told apart when it is read."""
    assert Listing.decode(STANDARD.listing.encode()) == STANDARD.listing
    assert list(kinds()) == ["cash", "future", "option", "perpetual", "spot"]


def test_everything_has_a_name() -> None:
    """In the order of a portfolio, each its own."""
    labels = STANDARD.listing.labels
    assert labels[:7] == (
        "USD", "1000USDC", "BTC", "ETH", "BTC-PERP", "BTC-2026-04-01", "BTC-2026-01-31-6000000-C"
    )  # fmt: skip
    assert labels[10] == "ETH-PERP"
    assert len(set(labels)) == STANDARD.shape.components


def test_an_unknown_kind_is_refused() -> None:
    """It is no fault of the listing: the error names it, and the kinds that there are here."""
    data = TINY.listing.encode()
    with pytest.raises(UnknownInstrument, match=r"'swap'.*cash, future, option.*not installed"):
        Listing.decode(data.replace(b'"perpetual"', b'"swap"'))
    with pytest.raises(MalformedTransition, match=r"multiplier: expected at least 1, got 0"):
        Listing.decode(data.replace(b'"multiplier":1000', b'"multiplier":0'))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"assets": ()}, "an asset"),
        ({"instruments": ()}, "an instrument"),
        ({"underlyings": ()}, "an underlying"),
        ({"underlyings": ("BTC", "BTC")}, "different names"),
        ({"assets": (COIN, USD)}, "component 0: expected cash, got collateral"),
        ({"assets": (USD, USD)}, "component 1: expected collateral, got cash"),
        ({"instruments": (COIN, COIN)}, "component 2: expected contract"),
        ({"instruments": (Perpetual(underlying=1, multiplier=1),)}, "one of 1 underlyings, got 1"),
    ],
)
def test_a_listing_that_does_not_fit_together_is_refused(
    fields: dict[str, object], says: str
) -> None:
    """Cash first, collateral next, contracts last, each on an underlying that there is."""
    whole = {
        "underlyings": ("BTC",), "assets": (USD, COIN), "instruments": (PERPETUAL, PERPETUAL)
    }  # fmt: skip
    Listing.model_validate(whole).check(SHAPES["tiny"])
    with one_error(says):
        Listing.model_validate({**whole, **fields})


def test_a_listing_is_of_one_shape() -> None:
    """As many of each as the circuits have room for."""
    with pytest.raises(WrongDimensions, match="4 assets and 8 instruments, got 2 and 2"):
        TINY.listing.check(SHAPES["standard"])
    assert STANDARD.listing.coins(STANDARD.shape) == (0, 1)


BTC, ETH = (Perpetual(underlying=coin, multiplier=1_000) for coin in (0, 1))
ETHER = Spot(underlying=1, units_per_coin=10**6, haircut_bps=0)


@pytest.mark.parametrize(
    ("instruments", "blocks", "says"),
    [
        ((BTC, BTC, ETH), (Block(2, 8, 1), Block(1, 8, 2)), None),
        ((ETH, BTC, BTC), (Block(1, 8, 2), Block(2, 8, 1)), None),
        ((ETH, BTC, BTC), (Block(1, 8), Block(2, 8)), None),
        ((BTC, ETH, BTC), (Block(2, 8, 1), Block(1, 8)), "block 0, component 4: expected BTC, got"),
        ((BTC, BTC, ETH), (Block(1, 8, 1), Block(2, 8)), "block 1, component 5: expected BTC, got"),
        ((BTC, BTC, ETH), (Block(1, 8, 1), Block(1, 8), Block(1, 8, 2)), "a different underlying"),
        ((BTC, BTC, ETH), (Block(2, 8, 2), Block(1, 8)), "block 0, component 2: expected BTC, got"),
    ],
)
def test_a_block_is_one_coin_and_a_coin_is_one_block(
    instruments: tuple[Instrument, ...], blocks: tuple[Block, ...], says: str | None
) -> None:
    """Its instruments and what is pledged of it are of one underlying, which no other block has."""
    listing = Listing(
        underlyings=("BTC", "ETH"), assets=(USD, COIN, ETHER), instruments=instruments
    )
    shape = Shape(3, 3, 1, blocks)
    if says is None:
        listing.check(shape)
        return
    with pytest.raises(WrongDimensions, match=says):
        listing.check(shape)


def test_nothing_is_listed_that_has_expired() -> None:
    """Not even in the second in which it expires."""
    expiry = TINY.listing.instruments[1].expires
    assert expiry is not None
    TINY.listing.check_new(expiry - 1)
    with pytest.raises(NotAdmitted, match=f"instrument 1: expected an expiry after {expiry}"):
        TINY.listing.check_new(expiry)


POWER = '''
from fractions import Fraction
from typing import Literal

from ledger.market.conditions import Conditions
from ledger.market.instrument import Contract, Greeks


class Power(Contract):
    """The square of the spot, in millions."""

    kind: Literal["power"] = "power"

    def label(self, symbol: str) -> str:
        return f"{symbol}-POWER"

    def value(self, conditions: Conditions) -> Fraction:
        return self.coins * conditions.spots[self.underlying] ** 2 / 10**6

    def greeks(self, conditions: Conditions) -> Greeks:
        return Greeks(delta=float(2 * self.coins * conditions.spots[self.underlying] / 10**6))
'''


@pytest.fixture
def grown_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package of instruments with one more file in it."""
    (tmp_path / "power.py").write_text(POWER)
    monkeypatch.setattr(instruments, "__path__", [*instruments.__path__, str(tmp_path)])
    forget_kinds()
    yield
    sys.modules.pop("ledger.market.instruments.power")
    forget_kinds()


@pytest.mark.usefixtures("grown_package")
def test_an_instrument_is_one_new_file() -> None:
    """A file in the package, and it is listed, decoded, priced and margined."""
    power = kinds()["power"].model_validate(TERMS)
    listing = TINY.listing.model_copy(update={"instruments": (power, TINY.listing.instruments[1])})
    assert Listing.decode(listing.encode()).instruments[0] == power
    engine = RiskEngine(TINY.shape, listing, TINY.parameters, TINY.window)
    table = engine.table(TINY.observation, TINY.time)
    assert table.mark[2] == 6_000_000**2 * 1_000 // 10**6
    # Between −R and 0 the square is (R/2)² below its chord, and a fiftieth is added.
    below = table.mark[2] * Fraction(75, 1_000) ** 2 * Fraction(102, 100)
    assert table.long_charges[0] == pytest.approx(float(below), rel=1e-9)


def test_two_of_the_same_kind_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of the two a listing meant could not be told."""
    (tmp_path / "other.py").write_text(POWER.replace('"power"', '"spot"'))
    monkeypatch.setattr(instruments, "__path__", [*instruments.__path__, str(tmp_path)])
    forget_kinds()
    with pytest.raises(ValueError, match="two instruments call themselves spot"):
        kinds()
    sys.modules.pop("ledger.market.instruments.other")
    monkeypatch.undo()
    forget_kinds()
