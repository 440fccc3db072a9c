"""Who is overdue, since when, and how it ended: the audit agrees with the rules at every entry."""

from __future__ import annotations

from prover.author import Author
from tests.ledger.world import World
from tests.verifier.forging import Forge
from tests.verifier.honest import Played
from tests.verifier.unproven import audited
from verifier.auditing import Code
from verifier.auditing.report import AuditReport


def cases_of(report: AuditReport) -> list[tuple[int, str, int]]:
    return [(case.account, case.outcome, case.seconds) for case in report.overdue]


def late(world: World, seconds: int = 10) -> tuple[Author, Author]:
    """Two accounts with positions, and a time at which both are overdue by so much."""
    world.publish()
    one, two = world.join(10**8), world.join(10**8)
    world.trade(one, two, {0: -6_000, world.lot(0): 1})
    world.next_epoch()
    world.now += world.state.parameters.grace + seconds
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
    assert report.verdict == "valid"


def test_patience_is_the_callers_to_say(world: World) -> None:
    """With less of it the same ledger has remarks, and is still valid."""
    late(world)
    world.join()
    report = audited(world, patience=9)
    assert {found.code for found in report.findings} == {Code.OVERDUE}
    assert (report.verdict, report.exit_status) == ("valid with remarks", 0)


def test_nobody_is_overdue_within_the_grace(world: World) -> None:
    """Nor at its last second, nor who has nothing to prove."""
    late(world, seconds=0)
    world.join(5)
    assert cases_of(audited(world)) == []


def test_a_month_of_silence_is_a_month(world: World) -> None:
    """Time is the ledger's: it passes with the next entry, and so does the patience."""
    late(world, seconds=30 * 86_400)
    world.join()
    report = audited(world)
    assert cases_of(report) == [(0, "open", 30 * 86_400), (1, "open", 30 * 86_400)]
    assert [found.code for found in report.findings] == [Code.OVERDUE] * 2
