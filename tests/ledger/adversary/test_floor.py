from __future__ import annotations

import pytest

from ledger.errors import MalformedTransition
from tests.ledger.adversary.attacks import PERP, refused, resigned
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import ProofRejected, Unsatisfied

FLOOR = 10_000
BUY = {0: -6_000, PERP: 1}


@pytest.fixture
def world() -> World:
    """Account 0 has what one lot takes and nearly the floor, account 1 is rich."""
    world = stand_in_world(leg_fee=0, order_fee=0)
    world.publish()
    world.join(FLOOR - 1)
    world.join(10**7)
    return world


def test_whoever_has_positions_has_the_floor(world: World) -> None:
    """One cent below what it asks and the requirement of a lot: no trade; with it there is one."""
    poor, rich = world.authors
    demands = world.state.demands(world.state.current_market)
    asked = demands.requirement(demands.initial(0), (0, 0, 1, 0))
    world.deposit(poor, 0, asked)
    with refused(world, Unsatisfied, "constraint total"):
        world.trade(poor, rich, BUY)
    world.deposit(poor, 0, 1)
    world.trade(poor, rich, BUY)


def test_whoever_is_flat_needs_no_floor(world: World) -> None:
    """Never traded, or shown to be flat: the last cent can be withdrawn and proven."""
    poor, rich = world.authors
    world.deposit(poor, 0, 20_000)
    world.trade(poor, rich, BUY)
    world.trade(poor, rich, {0: 6_000, PERP: -1})
    left = poor.known.values[0]
    world.accept(poor, poor.withdraw(world.state, 0, left - 1))
    world.accept(poor, poor.prove_margin(world.state))
    world.accept(poor, poor.refresh(world.state))
    world.accept(poor, poor.withdraw(world.state, 0, 1))
    saver = world.join(1)
    written = saver.prove_margin(world.state)
    assert written.transition.flat is None
    world.accept(saver, written)


def test_flatness_is_shown_of_what_the_account_becomes(world: World) -> None:
    """Not of another account, not of what it was, not of another transition; and not by bytes."""
    poor, rich = world.authors
    world.deposit(poor, 0, 20_000)
    world.trade(poor, rich, BUY)
    world.trade(poor, rich, {0: 6_000, PERP: -1})
    stale = poor.prove_margin(world.state).transition
    assert stale.flat is not None
    other = rich.prove_margin(world.state).transition
    draft = poor.withdraw(world.state, 0, 5).transition
    assert draft.flat is not None
    for flat in (stale.flat, other.flat, draft.flat[:-32] + bytes(32)):
        with refused(world, ProofRejected, "account 0 after the withdrawal without positions"):
            world.submit(draft.model_copy(update={"flat": flat}))
    for flat in (b"", bytes(32), draft.flat[:-1]):
        with refused(world, MalformedTransition, "withdraw.flat"):
            world.submit(draft.model_copy(update={"flat": flat}))
    with refused(world, ProofRejected, "solvency of account 0 after the withdrawal"):
        world.submit(resigned(world, poor, draft, flat=None))
    world.submit(draft)


def test_nobody_with_positions_is_shown_to_be_flat(world: World) -> None:
    """The proof of flatness has no bases for instruments."""
    poor, rich = world.authors
    world.deposit(poor, 0, 20_000)
    world.trade(poor, rich, BUY)
    draft = poor.prove_margin(world.state).transition
    assert draft.flat is None
    shown = world.join(5).prove_flat(world.state).transition.flat
    with refused(world, ProofRejected, "account 0 without positions"):
        world.submit(draft.model_copy(update={"flat": shown}))


def test_the_floor_is_not_dodged_by_a_part_of_an_order() -> None:
    """A lot of a large order from a flat account: what is left meets the floor all the same.

    So the floor is asked of what an order begins with, and not only of what it would become.
    """
    world = peopled(stand_in_world(leg_fee=0, order_fee=0), 0)
    poor, rich = world.join(FLOOR - 1), world.join(10**7)
    present = 64 * 1_407
    bid = {0: present - 6_000 * 64, PERP: 64}
    with refused(world, Unsatisfied, "constraint total"):
        poor.place_order(world.state, world.delta(bid), world.matcher.public)
    world.deposit(poor, 0, 1)
    placed = world.order(poor, bid)
    ask = world.order(rich, {component: -amount for component, amount in bid.items()})
    world.clear([(poor, world.fill(poor, placed, 1, 64)), (rich, world.fill(rich, ask, 1, 64))])
    assert poor.known.values == (FLOOR + 1_407 - 6_000, 0, 1, 0)
    assert world.state.demands(world.state.current_market).meets_initial(poor.known.values)
    world.accept(poor, poor.prove_margin(world.state))
