"""A bid and an ask that cross, and a matcher without scruples about how they are filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.transitions import Settle
from prover.settlement import OrderFill
from tests.ledger.adversary.attacks import Forger
from tests.ledger.world import World

BID: Final[Mapping[int, int]] = {0: -60_000, 2: 10}
ASK: Final[Mapping[int, int]] = {0: 60_000, 2: -10}


def crossed(world: World) -> tuple[OrderFill, OrderFill]:
    """A bid and an ask, each to be filled by half."""
    buyer, seller = world.authors[:2]
    bid, ask = world.order(buyer, BID), world.order(seller, ASK)
    return world.fill(buyer, bid, 1, 2), world.fill(seller, ask, 1, 2)


def order_of(world: World, account: int) -> int:
    """The number of the account's open order."""
    order = world.state.account(account).order
    assert order is not None
    return order.id


def forged(world: World, fills: tuple[OrderFill, ...]) -> Settle:
    """What a matcher without a true statement would submit."""
    honest, world.proving = world.proving, Forger()
    try:
        return world.firm_settlement(fills)
    finally:
        world.proving = honest
