"""What leaves the ledger leaves it in time and in the share that is everybody's, or is found."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.payout import WHOLE
from ledger.state import State
from ledger.transitions import PayOut, UpdateMarket, withdrawals
from tests.ledger.world import World
from tests.verifier.stories import Story, broken
from tests.verifier.unproven import audited, errors_of, remarks_of
from verifier import AuditReport, Code


def queued(world: World, capital: int = 10**7) -> Story:
    """The winner has asked for a million in epoch 1."""
    story = Story.begun(world, capital)
    world.accept(story.winner, story.winner.withdraw(world.state, 0, 1_000_000))
    return story


def due(story: Story) -> None:
    """Until the withdrawal of epoch 1 may be paid."""
    story.quiet(2)
    clock = story.world.state.clock(1)
    assert clock.due is not None
    story.world.now = clock.due


def lost(world: World) -> Story:
    """The loser is opened far below zero: more is lost than the fund has."""
    story = queued(world, capital=10**6)
    story.reveal(bps=460, epochs=8)
    return story


def standing_of(report: AuditReport) -> Any:
    assert report.standing is not None
    return report.standing


def test_what_waits_and_what_is_paid_is_in_order(world: World) -> None:
    """Asked for, shown as waiting, and paid when it is due."""
    story = queued(world)
    waiting = standing_of(audited(world))
    assert (waiting.waiting, waiting.queued) == (1, (1_000_000, 0))
    assert waiting.untraded == (10**9 + 5_000_000, 1_000)
    due(story)
    world.submit(PayOut(withdrawal=0))
    report = audited(world)
    assert errors_of(report) == []
    assert report.invariants.payouts.checked == 1
    assert (standing_of(report).waiting, standing_of(report).queued) == (0, (0, 0))


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_payment_that_comes_too_early_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, epochs: int
) -> None:
    """Rules that date it with the next market: ours counts the grace, the reveal and the sale."""
    story = queued(world)
    story.quiet(epochs)

    def at_once(_: Any, state: State) -> None:
        if state.pool.epoch == epochs + 2:
            clock = state.clock(1)
            state.put_clock(1, clock.model_copy(update={"due": state.pool.time}))

    monkeypatch.setattr(UpdateMarket, "apply", broken(UpdateMarket, at_once))
    story.quiet(1)
    entry = world.submit(PayOut(withdrawal=0))
    assert errors_of(audited(world)) == [(Code.PAYOUT, entry.number)]


def test_it_is_due_a_reveal_and_a_sale_after_the_grace(world: World) -> None:
    """To the second: one earlier, and the rules refuse it; our own date is the same."""
    story = queued(world)
    due(story)
    entry = world.submit(PayOut(withdrawal=0))
    report = audited(world)
    assert errors_of(report) == []
    last = next(epoch for epoch in report.epochs if epoch.time - report.epochs[0].time >= 3_600)
    assert entry.time == last.given + 600 + 600


def test_a_loss_is_shared_and_savers_come_first(world: World) -> None:
    """The fraction is the same by our own formula; the report gives it, and remarks on it."""
    story = lost(world)
    before = world.state.pool.totals[0]
    world.accept(story.saver, story.saver.withdraw(world.state, 0, 1_000))
    assert before - world.state.pool.totals[0] == 1_000
    story.quiet(2)
    world.now += 1_200
    world.submit(PayOut(withdrawal=0))
    paid = before - 1_000 - world.state.pool.totals[0]
    assert 0 < paid < 1_000_000
    report = audited(world)
    assert errors_of(report) == []
    assert Code.DEFICIT in remarks_of(report)
    standing = standing_of(report)
    numerator, denominator = standing.fraction
    assert standing.deficit == denominator - numerator > 0
    assert standing.untraded_fraction == (1, 1)
    assert standing.on_sale == (story.loser.account,)
    assert report.invariants.payouts.checked == 2


def test_a_payment_that_is_no_fair_share_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that pay in full while a loss is public: too much, and out of the others' money."""
    story = lost(world)
    story.quiet(2)
    world.now += 1_200
    monkeypatch.setattr(withdrawals, "share", lambda *_, **__: WHOLE)
    entry = world.submit(PayOut(withdrawal=0))
    found = errors_of(audited(world))
    assert (Code.PAYOUT, entry.number) in found
    assert (Code.TOTALS, entry.number) in found
    assert (Code.CONSERVATION, entry.number) in found
    assert {number for _, number in found} == {entry.number}


def test_a_trader_who_is_paid_at_once_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rules take for savings is not: it traded."""
    story = Story.begun(world)
    monkeypatch.setattr("ledger.records.Account.is_untraded", True)
    entry = world.accept(story.winner, story.winner.withdraw(world.state, 0, 1_000_000))
    found = errors_of(audited(world))
    assert (Code.TOTALS, entry.number) in found
    assert (Code.CONSERVATION, entry.number) in found
