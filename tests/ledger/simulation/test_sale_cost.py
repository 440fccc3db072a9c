"""What a default may cost the insurance fund."""

from __future__ import annotations

from ledger.transitions.default import sale_price
from tests.ledger.world import World, stand_in_world

LEG_FEE = 500_000


def test_a_small_default_costs_the_fund_little() -> None:
    """The first step of a sale asks no more of the fund than the portfolio's own margin."""
    world = _one_lot_in_default()
    frozen, matrices = world.state.account(0), world.state.current_market.matrices
    assert frozen.sale is not None
    assert frozen.opening is not None
    assert frozen.sale.equity > 0
    margin = matrices.initial.requirement(matrices.mark, frozen.opening.values)
    world.now += world.state.parameters.sale_step
    view = world.state.draft(world.ledger.head.number + 1)
    view.advance(world.now)
    assert sale_price(view, 0) >= -margin


def _one_lot_in_default() -> World:
    """A fund with a million, and a portfolio of one lot that is below maintenance, not below 0."""
    world = stand_in_world(leg_fee=LEG_FEE)
    world.publish()
    small, large = world.join(LEG_FEE + 1_200), world.join(100_000_000)
    world.trade(small, large, {0: -6_000, world.lot(0): 1})
    seen = world.market.observation
    for _ in range(4):
        seen = seen.model_copy(update={"spots": (seen.spots[0] * 9_560 // 10_000,)})
        world.next_epoch(seen)
    world.reveal(small)
    return world
