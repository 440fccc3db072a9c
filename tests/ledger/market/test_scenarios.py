from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from circuits.errors import WrongDimensions
from ledger.market.scenarios import Scenario, ScenarioSet, span_scenarios
from tests.ledger.market.markets import one_error

SIZES = [(scenarios, count) for scenarios in (16, 32, 64) for count in range(1, 9)]


def columns(scenarios: ScenarioSet, field: str) -> list[list[int]]:
    """The moves of each underlying, one list each."""
    return [
        list(each) for each in zip(*(getattr(s, field) for s in scenarios.scenarios), strict=True)
    ]


def rank(vectors: list[list[int]]) -> int:
    """Of exact numbers, by elimination."""
    rows = [[Fraction(x) for x in vector] for vector in vectors]
    found = 0
    for place in range(len(rows[0])):
        pivot = next((r for r in rows[found:] if r[place]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for row in rows[found + 1 :]:
            factor = row[place] / pivot[place]
            row[:] = [x - factor * y for x, y in zip(row, pivot, strict=True)]
        found += 1
    return found


def test_one_underlying_and_sixteen_rows_are_spans() -> None:
    """The sixteen scenarios of SPAN, each once."""
    moves = Counter(
        (each.prices_bps[0], each.vols_bps[0], each.cover_bps)
        for each in span_scenarios(16, 1, 1_500, 3_000).scenarios
    )
    expected = [
        (price, vol, 10_000)
        for price in (0, 500, -500, 1_000, -1_000, 1_500, -1_500)
        for vol in (3_000, -3_000)
    ]
    assert moves == Counter([*expected, (4_500, 0, 3_500), (-4_500, 0, 3_500)])


@pytest.mark.parametrize(("scenarios", "underlyings"), SIZES)
def test_every_underlying_alone_sees_spans_moves(scenarios: int, underlyings: int) -> None:
    """However many share the rows, none sees another set than if it were alone."""
    span = span_scenarios(scenarios, underlyings, 1_500, 3_000)
    span.check(scenarios, underlyings)
    for prices, vols in zip(columns(span, "prices_bps"), columns(span, "vols_bps"), strict=True):
        covers = [each.cover_bps for each in span.scenarios]
        seen = Counter(zip(prices, vols, covers, strict=True))
        assert len(seen) == 16
        assert set(seen.values()) == {scenarios // 16}


@pytest.mark.parametrize(("scenarios", "underlyings"), SIZES)
def test_no_linear_portfolio_goes_free(scenarios: int, underlyings: int) -> None:
    """Moves sum to zero over the rows and are independent across underlyings.

    So the profits of a portfolio with any delta sum to zero and are not all zero: one is a
    loss. Prices and vols together are told apart too, as far as the module promises.
    """
    span = span_scenarios(scenarios, underlyings, 1_500, 3_000)
    prices, vols = columns(span, "prices_bps"), columns(span, "vols_bps")
    assert {sum(column) for column in (*prices, *vols)} == {0}
    assert rank(prices) == underlyings
    if scenarios > 16 or underlyings <= 4:
        assert rank(prices + vols) == 2 * underlyings


@pytest.mark.parametrize("scenarios", [16, 32, 64])
def test_two_underlyings_move_together_and_apart_at_every_level(scenarios: int) -> None:
    """All four combinations: neither a spread nor an outright goes free at any level."""
    span = span_scenarios(scenarios, 2, 1_500, 3_000)
    pairs = {each.prices_bps for each in span.scenarios}
    for level in (500, 1_000, 1_500):
        assert pairs >= {(x, y) for x in (level, -level) for y in (level, -level)}


@pytest.mark.parametrize(("scenarios", "underlyings"), SIZES)
def test_everybodys_crash_is_among_them(scenarios: int, underlyings: int) -> None:
    """All prices down their whole range with vol up; and all of them to the extreme."""
    span = span_scenarios(scenarios, underlyings, 1_500, 3_000).scenarios
    alike = {(*set(each.prices_bps), *set(each.vols_bps), each.cover_bps) for each in span}
    assert {(-1_500, 3_000, 10_000), (4_500, 0, 3_500), (-4_500, 0, 3_500)} <= alike


@pytest.mark.parametrize("underlyings", range(1, 9))
def test_four_rows_are_for_experiments(underlyings: int) -> None:
    """Up and down for everybody, and nothing moving but vol, which a straddle must not miss."""
    span = span_scenarios(4, underlyings, 1_500, 3_000)
    span.check(4, underlyings)
    for prices in columns(span, "prices_bps"):
        assert sorted(prices) == [-1_500, 0, 0, 1_500]
    assert span.scenarios[3].vols_bps == (-3_000,) * underlyings


def test_each_underlying_has_its_own_range() -> None:
    """Thirds of a range round away from zero."""
    span = span_scenarios(16, 2, (1_000, 100), (2_000, 0))
    prices = columns(span, "prices_bps")
    assert {abs(move) for move in prices[0]} == {0, 334, 667, 1_000, 3_000}
    assert {abs(move) for move in prices[1]} == {0, 34, 67, 100, 300}
    assert set(columns(span, "vols_bps")[1]) == {0}


def test_sets_that_make_no_sense_are_refused() -> None:
    """Wrong counts, and moves that leave nothing of a price."""
    for scenarios, underlyings, ranges in ((8, 1, 100), (16, 9, 100), (16, 0, 100), (16, 1, -1)):
        with pytest.raises(WrongDimensions):
            span_scenarios(scenarios, underlyings, ranges, 100)
    with pytest.raises(WrongDimensions, match="price ranges"):
        span_scenarios(16, 2, (100,), 100)
    with one_error("greater than -10000"):
        span_scenarios(16, 1, 3_400, 100)
    with one_error("as many vol moves"):
        Scenario(prices_bps=(1,), vols_bps=(1, 2))
    with one_error("at least one price move"):
        Scenario(prices_bps=(), vols_bps=())
    with one_error("the same underlyings"):
        ScenarioSet(scenarios=())
    one, two = (
        Scenario(prices_bps=(1,), vols_bps=(1,)),
        Scenario(prices_bps=(1,) * 2, vols_bps=(1,) * 2),
    )
    with one_error("the same underlyings"):
        ScenarioSet(scenarios=(one, two))
    with pytest.raises(WrongDimensions, match="2 scenarios of 1"):
        ScenarioSet(scenarios=(one,)).check(2, 1)
