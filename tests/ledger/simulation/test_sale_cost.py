"""What a default may cost its owner and the insurance fund."""

from __future__ import annotations

from ledger.transitions import Absorb
from ledger.transitions.default import current_offer
from tests.ledger.world import World, stand_in_world

LEG_FEE = 500_000
FALL = 9_560


def test_a_small_default_costs_the_fund_nothing() -> None:
    """A fund with a million, and a book of one lot, below maintenance and worth something."""
    world = _in_default(lots=1, cash=LEG_FEE + 11_200)
    opening = world.state.account(0).opening
    assert opening is not None
    equity = world.state.sale_demands().equity(opening.values)
    assert equity > 0
    parameters, fund = world.state.parameters, world.state.pool.fund.values
    world.now += parameters.sale_duration
    offer = current_offer(world.ledger.state_at(world.now), 0, None)
    asked = world.state.sale_demands()
    requirement = asked.requirement(asked.maintenance(0), offer.lot.values)
    assert 0 < offer.discount <= requirement * parameters.discount_bps // 10_000
    world.submit(Absorb(target=0))
    after = world.state.sale_demands().equity(world.state.pool.fund.values)
    assert after == world.state.sale_demands().equity(fund) + offer.discount
    left = world.state.account(0).opening
    assert left is not None
    assert left.values[0] >= equity - offer.discount - 1


def test_a_debt_costs_the_fund_no_more_than_what_is_missing() -> None:
    """Nobody is paid for taking it: there is no surplus, and the fund's discount is its own."""
    world = _in_default(lots=10, cash=LEG_FEE + 22_500, falls=12)
    opening = world.state.account(0).opening
    assert opening is not None
    equity = world.state.sale_demands().equity(opening.values)
    assert equity < 0
    before = world.state.sale_demands().equity(world.state.pool.fund.values)
    assert current_offer(world.state, 0, None).discount == 0
    world.now += world.state.parameters.sale_duration
    world.submit(Absorb(target=0))
    after = world.state.sale_demands().equity(world.state.pool.fund.values)
    assert after - before in (equity, equity - 1)
    left = world.state.account(0).opening
    assert left is not None
    assert not any(left.values)


def _in_default(lots: int, cash: int, falls: int = 4) -> World:
    """Somebody small is long, and prices fall until it is opened."""
    world = stand_in_world(leg_fee=LEG_FEE)
    world.publish()
    small, large = world.join(cash), world.join(100_000_000)
    seen = world.market.observation
    world.trade(small, large, {0: -6_000 * lots, world.lot(0): lots})
    for _ in range(falls):
        seen = seen.model_copy(update={"spots": (seen.spots[0] * FALL // 10_000,)})
        world.next_epoch(seen)
    world.reveal(small)
    return world
