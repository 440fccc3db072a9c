"""A default goes by the rules, or is found: who is on sale, what is sold, what the fund pays."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import offers
from ledger.offers import Lot
from ledger.requirements import bought
from ledger.state import State
from ledger.transitions import Absorb, Reveal, TakeOver
from tests.ledger.world import World
from tests.verifier.stories import Story, broken
from tests.verifier.unproven import audited, errors_of
from verifier import Code


def at_the_last_step(story: Story) -> None:
    """The sale has gone on for as long as it may, under a market that is fresh."""
    story.world.now += 400
    story.quiet(1)
    story.world.now += 600


def test_a_default_with_a_sale_is_in_order(world: World) -> None:
    """The least slice, at a price of the present; the rest stays the owner's."""
    story = Story.begun(world)
    story.reveal()
    story.world.now += 300
    story.buy(story.loser)
    assert world.state.account(story.loser.account).status == "revealed"
    report = audited(world)
    assert errors_of(report) == []
    assert report.invariants.defaults.checked == 2


def test_parts_of_a_lot_coins_and_a_price_above_the_least_are_in_order(world: World) -> None:
    """Coins come first where cash and positions are below zero; then i/64, with more than asked."""
    story = Story.begun(world)
    story.reveal(bps=460, epochs=6)
    world.now += 120
    values = world.state.account(story.loser.account).opening
    assert values is not None
    story.buy(story.loser)
    if world.state.account(story.loser.account).status == "frozen":
        story.buy(story.loser, part=3, more=1_000)
    while world.state.account(story.loser.account).status == "frozen":
        world.now += 5
        story.buy(story.loser)
    assert errors_of(audited(world)) == []


@pytest.mark.parametrize("epochs", [4, 8])
def test_what_nobody_wants_is_the_funds_and_is_sold(world: World, epochs: int) -> None:
    """Lot after lot at the last step; below zero the fund makes it whole, and then sells."""
    story = Story.begun(world)
    story.reveal(bps=460 if epochs == 8 else 400, epochs=epochs)
    at_the_last_step(story)
    world.submit(Absorb(target=story.loser.account))
    assert world.state.pool.fund_sale is not None
    world.now += 120
    if any(world.state.pool.fund.values[2:]):
        story.buy(None, part=5)
    while world.state.pool.fund_sale is not None:
        story.buy(None)
    report = audited(world)
    assert errors_of(report) == []
    assert report.standing is not None
    assert not report.standing.fund_on_sale


def test_a_deposit_that_mends_is_in_order(world: World) -> None:
    """The sale ends with it, and nothing else changes."""
    story = Story.begun(world)
    story.reveal()
    world.deposit(story.loser, 0, 10**9)
    assert world.state.account(story.loser.account).status == "revealed"
    assert errors_of(audited(world)) == []


def test_a_market_that_mends_is_in_order(world: World) -> None:
    """So does a price that comes back; one that does not come far enough changes nothing."""
    story = Story.begun(world)
    story.reveal()
    story.quiet(1)
    assert world.state.account(story.loser.account).status == "frozen"
    seen = world.market.observation
    for _ in range(5):
        world.next_epoch(seen)
    assert world.state.account(story.loser.account).status == "revealed"
    assert errors_of(audited(world)) == []


def test_a_sound_book_that_is_put_on_sale_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that freeze whoever was late."""
    story = Story.begun(world, lots=100)
    story.quiet(4)
    monkeypatch.setattr("ledger.market.demands.Demands.meets_maintenance", lambda *_: False)
    entry = world.reveal(story.loser)
    assert (Code.DEFAULT, entry.number) in errors_of(audited(world))


def test_a_book_that_is_sold_whole_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that take everything where a part would do: the lot is not the one on offer."""
    story = Story.begun(world)
    story.reveal()

    def whole(demands: Any, _bps: int, values: Any) -> Lot | None:
        assets = demands.shape.assets
        positions = values[assets:]
        return Lot("slice", 64, (*(0,) * assets, *positions)) if any(positions) else None

    monkeypatch.setattr(offers, "next_lot", whole)
    number = story.buy(story.loser)
    found = errors_of(audited(world))
    assert (Code.DEFAULT, number) in found


def test_a_price_below_the_present_step_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules under which the price is at its last step at once."""
    story = Story.begun(world)
    story.reveal()
    monkeypatch.setattr(offers, "_step", lambda _state, sale: sale.steps)
    number = story.buy(story.loser)
    found = [f for f in audited(world).findings if f.severity == "error"]
    assert [(f.code, f.entry, f.subject) for f in found] == [
        (Code.DEFAULT, number, f"price of account {story.loser.account}")
    ]


def test_equity_that_is_confiscated_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of a sale must stay its owner's: here the fund keeps it."""
    story = Story.begun(world)
    story.reveal()
    taken = 5_000_000

    def confiscate(_: Any, state: State) -> None:
        account = state.account(story.loser.account)
        assert account.opening is not None
        change = (-taken, *(0,) * (state.shape.components - 1))
        state.put_account(bought(account, change))
        state.update_pool(fund=state.pool.fund.plus(tuple(-v for v in change)))

    monkeypatch.setattr(TakeOver, "apply", broken(TakeOver, confiscate))
    number = story.buy(story.loser)
    found = [f for f in audited(world).findings if f.severity == "error"]
    assert {f.entry for f in found} == {number}
    subjects = [f.subject for f in found]
    assert f"equity of account {story.loser.account}" in subjects
    assert "insurance fund" in subjects


def test_a_fund_that_pays_more_than_its_bounds_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gift to the owner out of everybody's capital, with which the sum still agrees."""
    story = Story.begun(world)
    story.reveal()
    at_the_last_step(story)

    def give(_: Any, state: State) -> None:
        account = state.account(story.loser.account)
        change = (1_000_000, *(0,) * (state.shape.components - 1))
        state.put_account(bought(account, change))
        state.update_pool(fund=state.pool.fund.plus(tuple(-v for v in change)))

    monkeypatch.setattr(Absorb, "apply", broken(Absorb, give))
    entry = world.submit(Absorb(target=story.loser.account))
    found = [f for f in audited(world).findings if f.severity == "error"]
    assert {(f.code, f.entry) for f in found} == {(Code.DEFAULT, entry.number)}
    assert "insurance fund" in [f.subject for f in found]


def test_a_list_of_sales_that_forgets_one_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is not on it owes nothing in the reckoning of what is paid."""
    story = Story.begun(world)

    def forget(_: Any, state: State) -> None:
        state.update_pool(frozen=())

    monkeypatch.setattr(Reveal, "apply", broken(Reveal, forget))
    story.reveal()
    found = [f.subject for f in audited(world).findings if f.severity == "error"]
    assert found == ["accounts on sale"]
