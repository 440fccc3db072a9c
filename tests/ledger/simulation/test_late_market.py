"""When the grace begins."""

from __future__ import annotations

from tests.ledger.world import stand_in_world


def test_a_market_that_arrives_late_makes_nobody_overdue_at_once() -> None:
    """Whoever was in standing has the whole grace to answer a market, from its entry on."""
    world = stand_in_world()
    world.publish()
    buyer, seller = world.join(1_000_000), world.join(1_000_000)
    world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    seen, parameters = world.market.observation, world.state.parameters
    named = world.now + parameters.min_interval
    world.now = named + parameters.grace + 1
    assert not world.state.is_overdue(world.state.account(0))
    world.submit(world.offices.update_market(world.state, [seen, seen], named))
    assert not world.state.is_overdue(world.state.account(0))
