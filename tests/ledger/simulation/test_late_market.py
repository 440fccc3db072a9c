"""When the grace begins, and what it runs on."""

from __future__ import annotations

from tests.ledger.world import World, stand_in_world


def test_a_market_that_arrives_late_makes_nobody_overdue() -> None:
    """Whoever was in standing has the whole grace to answer a market, whenever it came."""
    world = _traded()
    seen, parameters = world.market.observation, world.state.parameters
    named = world.now + parameters.min_interval
    world.now = named + parameters.grace + 1
    assert not world.state.is_overdue(world.state.account(0))
    world.submit(world.offices.update_market(world.state, [seen, seen], named))
    assert not world.state.is_overdue(world.state.account(0))
    world.now += parameters.max_gap - parameters.grace - 1
    assert not world.ledger.state_at(world.now).is_overdue(world.state.account(0))


def test_the_grace_runs_on_the_time_of_the_oracles() -> None:
    """The next market that is later by the grace makes overdue who has not answered the first."""
    world = _traded()
    grace = world.state.parameters.grace
    world.next_epoch()
    first = world.now
    world.now = first + grace - 1
    world.publish()
    assert not world.state.is_overdue(world.state.account(0))
    world.next_epoch()
    assert world.now - first >= grace
    assert world.state.is_overdue(world.state.account(0))


def _traded() -> World:
    world = stand_in_world()
    world.publish()
    buyer, seller = world.join(1_000_000), world.join(1_000_000)
    world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    return world
