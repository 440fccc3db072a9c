from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import SHAPES
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE, Observation, Rows, equity
from ledger.market.presets import DAY, Preset, preset
from ledger.market.risk import RiskEngine, RiskParameters
from ledger.market.scenarios import Scenario, ScenarioSet, span_scenarios
from ledger.market.scene import away_from_zero
from tests.conftest import ROOT
from tests.ledger.market.markets import STANDARD, TINY, observations, one_error, portfolio
from tests.strategies import MANY, SOME

STANDARD_ROWS = range(STANDARD.shape.scenarios)
#: Rows of scenarios in which no price moves.
STILL_ROWS = [
    row
    for row, scenario in enumerate(STANDARD.parameters.scenarios.scenarios)
    if not any(scenario.prices_bps)
]
BTC_CALL, BTC_PUT, BTC_PERPETUAL, ETH_PERPETUAL = "i3", "i4", "i0", "i1"


def with_factor(market: Preset, factor_bps: int) -> RiskEngine:
    parameters = market.parameters.model_copy(update={"initial_factor_bps": factor_bps})
    return RiskEngine(market.shape, market.listing, parameters)


def exact_moves(market: Preset, observation: Observation) -> list[list[Fraction]]:
    """Computed here a second time, in matrix units: what each scenario does to each component."""
    seen = Conditions.seen(observation, market.time)
    rows = []
    for scenario in market.parameters.scenarios.scenarios:
        moved, cover = seen.moved(scenario), Fraction(scenario.cover_bps, ONE_BPS)
        rows.append(
            [
                SCALE * cover * (each.value(moved) - each.value(seen))
                for each in market.listing.components
            ]
        )
    return rows


@SOME
@given(st.fractions())
def test_away_from_zero(number: Fraction) -> None:
    """By less than one, and never towards zero; what is whole stays."""
    rounded = away_from_zero(number)
    assert abs(rounded) >= abs(number)
    assert abs(rounded - number) < 1
    assert rounded * number >= 0


@SOME
@given(observations(3))
def test_moves_round_away_from_zero_and_assets_down(observation: Observation) -> None:
    """Entry by entry, at initial and at maintenance margin, against exact fractions."""
    market = STANDARD
    matrices = market.engine().matrices(observation, market.time)
    seen = Conditions.seen(observation, market.time)
    exact = exact_moves(market, observation)
    factors = {"maintenance": Fraction(1), "initial": Fraction(5, 4)}
    for (name, factor), row in ((f, r) for f in factors.items() for r in STANDARD_ROWS):
        entries = getattr(matrices, name).matrix[row]
        for place, component in enumerate(market.listing.components):
            move = exact[row][place] * factor
            if place >= market.shape.assets:
                assert entries[place] - matrices.mark[place] == away_from_zero(move)
            elif name == "initial" and place and row in STILL_ROWS:
                assert entries[place] == 0
            else:
                counted = Fraction(component.counted_bps, ONE_BPS)
                worth = (component.value(seen) * SCALE + move) * counted
                assert 0 <= worth - entries[place] < 1


@MANY
@given(observations(3), st.data())
def test_no_rounding_helps_a_portfolio(observation: Observation, data: st.DataObject) -> None:
    """Against the exact row of any portfolio, from the same mark.

    Where every leg loses, the integer row is the lower. Where some gain, it is higher by less
    than one unit, a millionth of a cent, for each lot that does.
    """
    market = STANDARD
    shape = market.shape
    matrices = market.engine().matrices(observation, market.time)
    row = data.draw(st.sampled_from(STANDARD_ROWS))
    moves = exact_moves(market, observation)[row]
    assets = [data.draw(st.integers(0, 1 << 62)) for _ in range(shape.assets)]
    lots = [data.draw(st.integers(-(1 << 47), (1 << 47) - 1)) for _ in range(shape.instruments)]
    seen = Conditions.seen(observation, market.time)
    exact = Fraction(0)
    for place, value in enumerate([*assets, *lots]):
        component = market.listing.components[place]
        if component.is_contract:
            exact += (matrices.mark[place] + moves[place]) * value
        else:
            counted = Fraction(component.counted_bps, ONE_BPS)
            exact += (component.value(seen) * SCALE + moves[place]) * counted * value
    gaining = sum(
        abs(value)
        for move, value in zip(moves[shape.assets :], lots, strict=True)
        if move * value > 0
    )
    held = matrices.maintenance.values_of([*assets, *lots])[row]
    assert held - exact <= gaining
    if not gaining:
        assert held <= exact


@SOME
@given(observations(3), st.lists(st.integers(-(10**6), 10**6), min_size=12, max_size=12))
def test_initial_margin_implies_maintenance(observation: Observation, values: list[int]) -> None:
    """Row by row, for whoever is not under water at the mark with collateral cut.

    The cash is what just meets the initial margin, or any less. Exactly, maintenance is a mean
    of initial margin and that equity; rounding adds at most two units for each unit held.
    """
    values[1:4] = map(abs, values[1:4])
    matrices = STANDARD.engine().matrices(observation, STANDARD.time)
    short_by = matrices.initial.worst([0, *values[1:]])
    values[0] = -(short_by // SCALE) - max(values[0], 0)
    cut = [
        mark * component.counted_bps
        for mark, component in zip(matrices.mark, STANDARD.listing.components, strict=True)
    ]
    standing = sum(map(int.__mul__, cut, values))
    slack = 2 * sum(map(abs, values))
    initial, maintenance = (
        rows.values_of(values) for rows in (matrices.initial, matrices.maintenance)
    )
    for row in STANDARD_ROWS:
        if standing >= 0 and initial[row] >= 0:
            assert maintenance[row] >= -slack


def test_the_factor_scales_the_requirement() -> None:
    """A quarter more of what a scenario takes, up to rounding; at one, both are the same."""
    values = portfolio(STANDARD.shape, a0=10**6, **{BTC_PERPETUAL: 1_000})
    seen = STANDARD.engine().explain(values, STANDARD.observation, STANDARD.time)
    assert seen.initial == seen.maintenance * 5 // 4 == 1_181_250
    plain = with_factor(STANDARD, ONE_BPS).matrices(STANDARD.observation, STANDARD.time)
    assets = STANDARD.shape.assets
    assert STILL_ROWS
    for row in STANDARD_ROWS:
        initial, maintenance = plain.initial.matrix[row], plain.maintenance.matrix[row]
        if row in STILL_ROWS:
            maintenance = (maintenance[0], *(0,) * (assets - 1), *maintenance[assets:])
        assert initial == maintenance


def test_what_is_lost_already_is_not_backed_by_collateral() -> None:
    """Cash and positions at the mark pay for it; what may yet be lost, collateral may back."""
    matrices = STANDARD.engine().matrices(STANDARD.observation, STANDARD.time)
    shape = STANDARD.shape
    pledged = {"a1": 10**9, "a2": 10**9}
    assert matrices.initial.worst(portfolio(shape, **pledged)) >= 0
    assert matrices.initial.worst(portfolio(shape, a0=-1, **pledged)) < 0
    assert matrices.maintenance.worst(portfolio(shape, a0=-1, **pledged)) >= 0
    lots = portfolio(shape, **pledged, **{BTC_PERPETUAL: 10})
    owed = (-matrices.mark[shape.assets] * 10 // SCALE, *lots[1:])
    assert matrices.initial.worst(owed) >= 0
    assert matrices.initial.worst((owed[0] - 1, *owed[1:])) < 0


def test_the_same_observation_gives_the_same_matrices() -> None:
    """Twice here, and in another process with another hash seed."""
    first, second = (
        preset("standard").engine().matrices(STANDARD.observation, STANDARD.time) for _ in range(2)
    )
    assert first.encode() == second.encode()
    script = """
from ledger.market.presets import preset
market = preset("standard")
print(market.engine().matrices(market.observation, market.time).digest().hex())
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
    """A long pays what accrues, through the mark; what its scenarios take is unchanged."""
    engine = STANDARD.engine()
    paid = STANDARD.observation.model_copy(update={"funding": (1_000 * SCALE, 0, 0)})
    before = engine.matrices(STANDARD.observation, STANDARD.time)
    after = engine.matrices(paid, STANDARD.time)
    long = portfolio(STANDARD.shape, **{BTC_PERPETUAL: 1_000})
    assert equity(before.mark, long) - equity(after.mark, long) == 1_000
    assert before.initial.requirement(before.mark, long) == after.initial.requirement(
        after.mark, long
    )


def test_a_settled_instrument_is_worth_its_final_value_everywhere() -> None:
    """Slot 3 at 12.34 a lot, in every row and in the mark; the others do not notice."""
    engine = STANDARD.engine()
    column = STANDARD.shape.assets + 3
    open_still = engine.matrices(STANDARD.observation, STANDARD.time)
    settled = engine.matrices(STANDARD.observation, STANDARD.time, {3: 1_234})
    for rows in (settled.initial, settled.maintenance, settled.withdrawal):
        assert {row[column] for row in rows.matrix} == {1_234 * SCALE}
    assert settled.mark[column] == 1_234 * SCALE
    assert settled.initial.matrix[0][:column] == open_still.initial.matrix[0][:column]
    with pytest.raises(OutOfBounds, match="instrument slot"):
        engine.matrices(STANDARD.observation, STANDARD.time, {8: 0})


def test_an_expired_option_has_its_intrinsic_value_in_each_scenario() -> None:
    """Between expiry and settlement it still moves with the spot, and no longer with vol."""
    late = STANDARD.time + 30 * DAY
    matrices = STANDARD.engine().matrices(STANDARD.observation, late)
    column = STANDARD.shape.assets + 3
    assert matrices.mark[column] == 0
    scenarios = STANDARD.parameters.scenarios.scenarios
    for row, scenario in zip(matrices.maintenance.matrix, scenarios, strict=True):
        gain = max(scenario.prices_bps[0], 0) * 6_000_000 // ONE_BPS
        assert row[column] == gain * scenario.cover_bps // ONE_BPS * SCALE // 1_000


def test_a_hedged_straddle_needs_far_less_than_its_legs() -> None:
    """A call and a put sold, the delta that is left hedged with the perpetual.

    What one leg loses another gains, scenario by scenario; margins per leg cannot see that.
    """
    engine = STANDARD.engine()
    legs: list[dict[str, int]] = [{BTC_CALL: -1_000}, {BTC_PUT: -1_000}, {BTC_PERPETUAL: 94}]
    whole = {name: lots for leg in legs for name, lots in leg.items()}

    def asked(position: dict[str, int]) -> int:
        values = portfolio(STANDARD.shape, **position)
        return engine.explain(values, STANDARD.observation, STANDARD.time).initial

    assert asked(whole) < sum(map(asked, legs)) // 2
    bought = {name: -lots for name, lots in whole.items()}
    separately = sum(asked({name: lots}) for name, lots in bought.items())
    assert asked(bought) < separately // 3


def test_spreads_between_coins_do_not_go_free() -> None:
    """Long one and short the other for the same money: as much as both, and not nothing."""
    engine = STANDARD.engine()

    def asked(**lots: int) -> int:
        values = portfolio(STANDARD.shape, **lots)
        return engine.explain(values, STANDARD.observation, STANDARD.time).maintenance

    one, other = asked(**{BTC_PERPETUAL: 1_000}), asked(**{ETH_PERPETUAL: -2_000})
    both = asked(**{BTC_PERPETUAL: 1_000, ETH_PERPETUAL: -2_000})
    assert both >= (one + other) * 95 // 100


def test_the_picture_of_a_portfolio_adds_up() -> None:
    """Equity less what is asked is the worst row; each profit is the scenario's own."""
    engine = STANDARD.engine()
    values = portfolio(STANDARD.shape, a0=500_000, a2=10**7, i0=-50, i3=20)
    seen = engine.explain(values, STANDARD.observation, STANDARD.time)
    matrices = engine.matrices(STANDARD.observation, STANDARD.time)
    assert seen.equity == equity(matrices.mark, values)
    assert abs(seen.equity - seen.initial - matrices.initial.worst(values) // SCALE) <= 1
    scenarios = tuple(outcome.scenario for outcome in seen.outcomes)
    assert scenarios == STANDARD.parameters.scenarios.scenarios
    assert seen.worst.profit == min(outcome.profit for outcome in seen.outcomes)
    short = portfolio(STANDARD.shape, **{BTC_PERPETUAL: -1_000})
    profits = engine.explain(short, STANDARD.observation, STANDARD.time).outcomes
    assert [outcome.profit for outcome in profits] == [
        -600 * outcome.scenario.prices_bps[0] for outcome in profits
    ]


@pytest.mark.parametrize(("factor", "fall"), [(12_500, 8_000), (10_000, 9_999), (20_000, 5_000)])
def test_collateral_is_never_worth_less_than_nothing(factor: int, fall: int) -> None:
    """A fall that would leave less than nothing, once scaled, is refused; one before is not."""

    def parameters(move: int) -> RiskParameters:
        scenario = Scenario(prices_bps=(-move,), vols_bps=(0,))
        still = Scenario(prices_bps=(0,), vols_bps=(0,))
        return RiskParameters(
            scenarios=ScenarioSet(scenarios=(*(scenario,) * 3, still)), initial_factor_bps=factor
        )

    engine = RiskEngine(TINY.shape, TINY.listing, parameters(fall))
    engine.matrices(TINY.observation, TINY.time)
    if fall < 9_999:
        with one_error("a fall of at most the whole price"):
            parameters(fall + 1)


def test_parameters_that_do_not_fit_are_refused() -> None:
    """A factor below one, sets of another size, observations of other underlyings."""
    with one_error("greater than or equal to 10000"):
        RiskParameters(scenarios=TINY.parameters.scenarios, initial_factor_bps=9_999)
    wrong = RiskParameters(scenarios=span_scenarios(16, 1, 100, 100))
    with pytest.raises(WrongDimensions, match="4 scenarios of 1 underlyings, got 16 of 1"):
        RiskEngine(TINY.shape, TINY.listing, wrong)
    with pytest.raises(WrongDimensions, match="listing"):
        RiskEngine(SHAPES["standard"], TINY.listing, TINY.parameters)
    with pytest.raises(WrongDimensions, match="observation: expected 1 underlyings"):
        TINY.engine().matrices(STANDARD.observation, TINY.time)
    rich = TINY.observation.model_copy(update={"spots": (10**12,)})
    with pytest.raises(OutOfBounds, match="matrix row"):
        TINY.engine().matrices(rich, TINY.time)


def test_rows_of_a_stress_test_are_rows_of_margin() -> None:
    """The set's own scenarios give the maintenance rows; fewer leave the rest at zero."""
    engine = STANDARD.engine()
    scenarios = STANDARD.parameters.scenarios.scenarios
    matrices = engine.matrices(STANDARD.observation, STANDARD.time)
    stressed = engine.stress(STANDARD.observation, STANDARD.time, scenarios)
    assert stressed == matrices.maintenance
    two = engine.stress(STANDARD.observation, STANDARD.time, scenarios[:2])
    nothing = ((0,) * 12,) * 14
    assert two == Rows(matrix=(*stressed.matrix[:2], *nothing), constants=(0,) * 16)
    with pytest.raises(WrongDimensions, match="at most 16"):
        engine.stress(STANDARD.observation, STANDARD.time, (*scenarios, scenarios[0]))
    with pytest.raises(WrongDimensions, match="scenario"):
        engine.stress(
            STANDARD.observation, STANDARD.time, [Scenario(prices_bps=(1,), vols_bps=(1,))]
        )
