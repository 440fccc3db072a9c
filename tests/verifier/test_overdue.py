"""Who is overdue, since when, and how it ended: the audit agrees with the rules at every entry."""

from __future__ import annotations

import pytest

from ledger.state import State
from prover.author import Author
from tests.ledger.world import World
from tests.verifier.forgery import Forge
from tests.verifier.honest import Played
from tests.verifier.unproven import audited, errors_of, remarks_of
from verifier import Code
from verifier.report import AuditReport


def cases_of(report: AuditReport) -> list[tuple[int, str, int]]:
    return [(case.account, case.outcome, case.seconds) for case in report.overdue]


def late(world: World, seconds: int = 10) -> tuple[Author, Author]:
    """Two accounts with positions, and a time at which both are overdue by so much."""
    world.publish()
    one, two = world.join(10**8), world.join(10**8)
    world.trade(one, two, {0: -6_000, world.lot(0): 1})
    for _ in range(3):
        world.next_epoch()
    world.now += seconds
    return one, two


def test_the_rules_and_the_audit_agree(honest: Played, forge: Forge, remembering: object) -> None:
    """At each entry of the honest ledger exactly those are overdue whom its state calls so."""
    report = remembering.audit(honest.entries)  # type: ignore[attr-defined]
    for entry in honest.entries[1:]:
        state = forge.state_after(entry.number)
        ours = {
            case.account
            for case in report.overdue
            if case.entry <= entry.number < case.until_entry
            or (case.outcome == "open" and case.entry <= entry.number)
        }
        accounts = [state.account(index) for index in range(state.pool.accounts)]
        assert ours == {each.id for each in accounts if state.is_overdue(each)}, entry.number


def test_an_owner_who_proves_late_is_told(world: World) -> None:
    """The case ends with the proof; within the patience it is no finding."""
    one, _ = late(world)
    world.accept(one, one.prove_margin(world.state))
    report = audited(world)
    assert cases_of(report) == [(0, "proven late", 10), (1, "open", 10)]
    assert (errors_of(report), remarks_of(report)) == ([], [])


def test_patience_is_the_time_of_a_reveal(world: World) -> None:
    """To the second; whoever has less of it says so, and the ledger is still valid."""
    late(world, seconds=600)
    world.join()
    assert remarks_of(audited(world)) == []
    world.now += 1
    world.join()
    assert remarks_of(audited(world)) == [Code.OVERDUE] * 2
    report = audited(world, patience=700)
    assert (remarks_of(report), report.exit_status) == ([], 0)


def test_nobody_is_overdue_before_the_market_that_ends_the_grace(world: World) -> None:
    """However late it is by the given time; nor is who has nothing to prove."""
    world.publish()
    one, two = world.join(10**8), world.join(10**8)
    world.trade(one, two, {0: -6_000, world.lot(0): 1})
    world.next_epoch()
    world.next_epoch()
    world.now += 12 * 3_600 - 1
    world.join(5)
    assert cases_of(audited(world)) == []
    world.publish(world.state.current_market.observation)
    world.now += 3
    world.join(5)
    assert cases_of(audited(world)) == [(0, "open", 3), (1, "open", 3)]


def test_the_grace_is_that_of_the_epoch_that_followed(world: World) -> None:
    """One that is lengthened excuses nobody whose time was running."""
    one, two = late(world, seconds=0)
    world.accept(one, one.prove_margin(world.state))
    changes = {"grace": 7_200, "max_spots_bps": (50,), "max_vol_bps": 50}
    longer = world.state.parameters.model_copy(update=changes)
    world.submit(world.offices.update_params(world.state, longer, world.now + 86_400))
    world.now += 40_000
    world.publish(world.state.current_market.observation)
    world.now += 40_000
    world.publish(world.state.current_market.observation)
    world.now += 10_000
    world.publish(world.state.current_market.observation)
    cases = cases_of(audited(world))
    assert [(account, outcome) for account, outcome, _ in cases] == [
        (0, "proven late"),
        (0, "open"),
        (1, "open"),
    ]
    assert world.state.is_overdue(world.state.account(two.account))


def test_a_reveal_that_comes_too_early_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that count the given time: the oracles' says that the account is in standing."""
    world.publish()
    one, two = world.join(10**8), world.join(10**8)
    world.trade(one, two, {0: -6_000, world.lot(0): 1})
    world.next_epoch()
    world.now += 2_000
    monkeypatch.setattr(State, "is_overdue", lambda *_: True)
    entry = world.reveal(one)
    assert errors_of(audited(world)) == [(Code.EARLY, entry.number)]


def test_a_rule_that_lets_nobody_be_overdue_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours goes by the times of the markets alone: whoever is late, is late."""
    monkeypatch.setattr(State, "is_over", lambda *_: False)
    late(world, seconds=601)
    world.join()
    report = audited(world)
    assert cases_of(report) == [(0, "open", 601), (1, "open", 601)]
    assert remarks_of(report) == [Code.OVERDUE] * 2
