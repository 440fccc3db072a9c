"""Epochs that do not follow from what their oracles reported: more than one unit is a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from circuits.schedule import Schedule
from ledger.market.data import Clipped, RiskTable
from ledger.market.demands import Demands
from ledger.oracle import risk_table
from ledger.state import State
from ledger.transitions import UpdateMarket, market
from tests.ledger.world import World
from tests.verifier.stories import fallen
from tests.verifier.unproven import audited, errors_of
from verifier import AuditReport, Code

DAY = 86_400
PERPETUAL, CALL = 0, 1


def published(world: World, change: Callable[[RiskTable], RiskTable]) -> AuditReport:
    """The audit after one more epoch, with a changed table under the oracles' signatures."""
    world.publish()
    world.now += world.state.parameters.min_interval
    honest = risk_table(world.state, world.market.observation, world.now)
    world.publish(table=change(honest))
    return audited(world)


def moved(by: int, column: int, row: int = 3) -> Callable[[RiskTable], RiskTable]:
    """One entry of the rows of the first coin, moved by so much."""

    def change(table: RiskTable) -> RiskTable:
        rows = [list(each) for each in table.moves[0]]
        rows[row][column] += by
        return table.model_copy(update={"moves": (tuple(map(tuple, rows)),)})

    return change


def charged(by: int) -> Callable[[RiskTable], RiskTable]:
    """The charge of a short call, changed by so much."""

    def change(table: RiskTable) -> RiskTable:
        charges = (*table.short_charges[:CALL], table.short_charges[CALL] + by)
        return table.model_copy(update={"short_charges": charges})

    return change


def marked(by: int) -> Callable[[RiskTable], RiskTable]:
    """The mark of the call, changed by so much."""

    def change(table: RiskTable) -> RiskTable:
        return table.model_copy(update={"mark": (*table.mark[:-1], table.mark[-1] + by)})

    return change


@pytest.mark.parametrize("change", [moved(1, CALL), charged(1), marked(-1)])
def test_one_unit_is_what_floating_point_may_differ_by(world: World, change: Any) -> None:
    """It is counted and is no finding."""
    report = published(world, change)
    assert errors_of(report) == []
    assert report.invariants.tables_off_by_one == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (moved(2, CALL), "moves of block 0, row 3, entry 1"),
        (moved(-2, CALL), "moves of block 0, row 3, entry 1"),
        (moved(10**6, CALL), "moves of block 0, row 3, entry 1"),
        (charged(2), "short charge of instrument 1"),
        (charged(10**7), "short charge of instrument 1"),
        (marked(2), "mark, component 3"),
    ],
)
def test_more_is_a_finding_at_that_epoch(world: World, change: Any, words: str) -> None:
    """The place in the table is named, and the audit goes on."""
    report = published(world, change)
    last = [found for found in report.findings if found.severity == "error"][-1]
    assert (last.code, last.entry) == (Code.TABLE, report.entries - 1)
    assert words in last.actual
    assert report.unjudged == 0
    assert report.epochs[-1].difference


def test_a_column_that_arithmetic_decides_is_exact(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unit in the perpetual is no rounding: rules that let it pass are found."""
    monkeypatch.setattr(UpdateMarket, "_check_table", lambda *_: None)
    report = published(world, moved(1, PERPETUAL))
    last = report.findings[-1]
    assert (last.code, last.entry) == (Code.TABLE, report.entries - 1)
    assert "exact column of component 2" in last.actual


def test_charges_that_were_made_smaller_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who pays nothing for what no row sees."""
    monkeypatch.setattr(UpdateMarket, "_check_table", lambda *_: None)
    none = {"long_charges": (0, 0), "short_charges": (0, 0)}
    report = published(world, lambda table: table.model_copy(update=none))
    assert report.findings[-1].code is Code.TABLE
    assert "charge of instrument 0" in report.findings[-1].actual


def second_mark(change: Callable[[tuple[int, ...]], tuple[int, ...] | None]) -> Any:
    """Oracles that sign another one."""
    right = market.UpdateMarket.binding

    def signed(world: World, bps: int) -> None:
        world.now += world.state.parameters.min_interval
        seen = fallen(world, bps)
        honest = world.offices.update_market(world.state, [seen, seen], world.now)
        mark = None if honest.default_mark is None else change(honest.default_mark)
        draft = honest.model_copy(update={"default_mark": mark})
        binding = right(draft, world.state.charter.ledger)
        endorsements = world.offices.oracles.endorse(binding)
        governors = world.offices.governors.endorse(binding) if honest.governors else ()
        changes = {"endorsements": endorsements, "governors": governors}
        world.submit(draft.model_copy(update=changes))

    return signed


def test_a_locked_epoch_is_in_order_and_shown(world: World) -> None:
    """It moves as far as it may, and its second mark is that of the prices that were seen."""
    world.publish()
    second_mark(lambda mark: mark)(world, 1_000)
    second_mark(lambda mark: mark)(world, 6_000)  # beyond three bounds: governors signed
    world.next_epoch(world.state.current_market.observation)
    report = audited(world)
    assert errors_of(report) == []
    assert [any(one.locked) for one in report.epochs] == [False, True, True, False]
    assert report.standing is not None
    assert not report.standing.locked
    first, second = (one.spots[0] for one in report.epochs[:2])
    bound = world.state.parameters.max_spots_bps[0]
    assert second == first - first * bound // 10_000


@pytest.mark.parametrize("component", [0, 1, 2, 3])
@pytest.mark.parametrize("by", [2, -(10**6)])
def test_a_wrong_second_mark_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, component: int, by: int
) -> None:
    """Of an option, which the ledger cannot compute, and of what it should have computed."""
    monkeypatch.setattr(UpdateMarket, "_check_default_mark", lambda *_: None)
    monkeypatch.setattr(UpdateMarket, "check", lambda *_: None)
    world.publish()

    def change(mark: tuple[int, ...]) -> tuple[int, ...]:
        return (*mark[:component], mark[component] + by, *mark[component + 1 :])

    second_mark(change)(world, 1_000)
    report = audited(world)
    found = [f for f in report.findings if f.code is Code.TABLE]
    assert found
    assert {f.entry for f in found} == {report.entries - 1}
    assert f"second mark, component {component}" in found[0].actual


def test_a_second_mark_that_is_missing_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losses beyond the bound would not show: rules that do not ask for it are found."""
    monkeypatch.setattr(UpdateMarket, "_check_default_mark", lambda *_: None)
    world.publish()
    second_mark(lambda _: None)(world, 1_000)
    found = audited(world).findings[-1]
    assert found.code is Code.TABLE
    assert found.subject == "second mark of epoch 2"


def test_a_market_that_moved_too_far_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules without bounds: what was carried is not what one update may carry."""
    world.publish()
    right = market.bounded

    def unbounded(state: State, agreed: Any) -> Any:
        return Clipped(agreed, (False,)) if state.pool.epoch == 1 else right(state, agreed)

    monkeypatch.setattr(market, "bounded", unbounded)
    monkeypatch.setattr("development.offices.bounded", unbounded)
    monkeypatch.setattr("ledger.oracle.bounded", unbounded)
    world.now += world.state.parameters.min_interval
    world.publish(fallen(world, 1_000))
    subjects = [f.subject for f in audited(world).findings if f.severity == "error"]
    assert "observation of epoch 2" in subjects
    assert "second mark of epoch 2" in subjects


def test_a_liar_is_not_heard(world: World) -> None:
    """Three report, one of them nonsense: the epoch is that of the other two, and says so."""
    world.publish()
    world.now += world.state.parameters.min_interval
    seen, lie = world.market.observation, fallen(world, 3_000)
    world.submit(world.offices.update_market(world.state, [seen, lie, seen], world.now))
    report = audited(world)
    assert errors_of(report) == []
    assert (report.epochs[-1].reports, report.epochs[-1].heard) == (3, 2)
    assert report.epochs[-1].spots == seen.spots


def test_a_liar_who_is_heard_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that take the first report for what was agreed on."""
    world.publish()
    world.now += world.state.parameters.min_interval
    seen, lie = world.market.observation, fallen(world, 400)
    right = market.agreed_by

    def first(state: State, observations: Any) -> Any:
        return observations[0] if state.pool.epoch == 1 else right(state, observations)

    monkeypatch.setattr(market, "agreed_by", first)
    monkeypatch.setattr("development.offices.agreed_by", first)
    world.submit(world.offices.update_market(world.state, [lie, seen, seen], world.now))
    found = [f.subject for f in audited(world).findings if f.severity == "error"]
    assert "observation of epoch 2" in found


def test_demands_that_do_not_follow_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that ask for a part of the charges: the schedules are our own as well."""
    world.publish()
    right = Demands.initial

    def lenient(demands: Demands, floor: int) -> Schedule[int]:
        schedule = right(demands, floor)
        return replace(schedule, charges=tuple(charge // 2 for charge in schedule.charges))

    monkeypatch.setattr(Demands, "initial", lenient)
    subjects = [f.subject for f in audited(world).findings if f.severity == "error"]
    assert {"initial margin of epoch 1", "margin of a sale of epoch 1"} <= set(subjects)


def test_a_final_value_within_its_bounds_is_in_order(world: World) -> None:
    """The last two markets, and one move more."""
    assert errors_of(expired(world, 0)) == []


@pytest.mark.parametrize("beyond", [1, -1])
def test_a_final_value_beyond_its_bounds_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    """Rules that take any: one unit more than what one move allows, and one less."""
    monkeypatch.setattr(market, "settlement_bounds", lambda *_: (-(10**9), 10**9))
    report = expired(world, beyond)
    last = [f for f in report.findings if f.severity == "error"]
    assert [(f.code, f.entry) for f in last] == [(Code.SETTLEMENT, report.entries - 1)]
    assert report.invariants.settlements.failed == 1


def expired(world: World, beyond: int) -> AuditReport:
    """The call is settled at the top of what is allowed, or just outside of it."""
    world.publish()
    world.now = world.market.listing.instruments[CALL].expires or 0
    world.publish(world.market.observation.model_copy(update={"spots": (6_200_000,)}))
    world.now += world.state.parameters.min_interval
    spots = [world.state.market(each) for each in (1, 2)]
    top = max(one.observation.spots[0] for one in spots if one is not None)
    bound = world.state.parameters.max_spots_bps[0]
    # A thousandth of a coin, above a strike of 6,000,000.
    most = -((6_000_000 * 10_000 - top * (10_000 + bound)) // 10_000_000)
    value = most + beyond if beyond >= 0 else -1
    world.submit(world.offices.expire(world.state, CALL, value))
    return audited(world)
