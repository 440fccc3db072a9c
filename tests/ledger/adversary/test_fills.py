from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from prover.settlement import OrderFill
from tests.ledger.adversary.attacks import (
    assert_conserved,
    refused,
    with_leg,
)
from tests.ledger.adversary.crossed_orders import ASK, BID, crossed, forged, order_of
from tests.ledger.world import World, peopled, real_world, stand_in_world
from zk.errors import ProofRejected, Unsatisfied
from zk.pedersen import Opening


@pytest.fixture
def world() -> World:
    return peopled(stand_in_world(), 3)


#: What a matcher may not do to a bid of 10 for 60 000, and the check that says so.
WORSE: dict[str, tuple[Mapping[int, int], int, int, str]] = {
    "a cent worse": ({0: -30_001, 2: 5}, 1, 2, "price"),
    "nothing at all": ({}, 0, 2, "quantity"),
    "less than nothing": ({0: 30_000, 2: -5}, -1, 2, "quantity"),
    "more than the order": ({0: -120_000, 2: 20}, 2, 1, "quantity"),
    "another fraction than it says": ({0: -30_000, 2: 4}, 1, 2, "fraction"),
    "an instrument that was not ordered": ({0: -30_000, 2: 5, 3: 1}, 1, 2, "fraction"),
    "the other side": ({0: 30_000, 2: -5}, 1, 2, "fraction"),
    "cash that comes from nowhere in the order": ({0: -60_000}, 1, 1, "fraction"),
    "a whole of zero": ({}, 0, 0, "quantity"),
}


def _worse(world: World, name: str) -> tuple[OrderFill, str]:
    amounts, filled, whole, check = WORSE[name]
    author = world.authors[0]
    order = world.order(author, BID)
    fill = OrderFill(0, order_of(world, 0), order, world.delta(amounts), filled, whole)
    return fill, check


@pytest.mark.parametrize("name", WORSE)
def test_a_fill_that_is_worse_has_no_proof(world: World, name: str) -> None:
    """The statement is false in the check that is named."""
    fill, check = _worse(world, name)
    with refused(world, Unsatisfied, f"constraint {check}"):
        world.firm_settlement([fill])


@pytest.mark.parametrize("name", WORSE)
def test_a_fill_that_is_worse_is_not_admitted_without_proof(world: World, name: str) -> None:
    """Balanced by an accomplice and signed by the matcher: only the proof is missing."""
    fill, _ = _worse(world, name)
    accomplice = world.authors[1]
    opposite = world.order(accomplice, ASK)
    other = OrderFill(1, order_of(world, 1), opposite, -fill.opening, 1, 1)
    with refused(world, ProofRejected, f"fill of order {fill.order} of account 0"):
        world.submit(forged(world, (fill, other)))


def test_the_proof_of_a_better_fill_is_not_used_for_a_worse_one() -> None:
    """A real proof, of other publics: half the order is proven, the whole is taken."""
    world = peopled(real_world())
    half = crossed(world)
    honest = world.firm_settlement(half)
    worse = tuple(
        replace(fill, opening=fill.opening + world.delta({0: cash}))
        for fill, cash in zip(half, (-1_000, 1_000), strict=True)
    )
    crooked = forged(world, worse)
    for place, leg in enumerate(honest.legs):
        crooked = with_leg(crooked, place, proof=leg.proof, escrow=leg.escrow)
        crooked = with_leg(crooked, place, notice=getattr(leg, "notice"))  # noqa: B009
    with refused(world, ProofRejected, f"fill of order {half[0].order} of account 0"):
        world.submit(crooked)
    world.submit(honest)


def test_a_matcher_creates_nothing(world: World) -> None:
    """Each side gets a fraction of its order or better, and the matcher keeps no difference."""
    buyer, seller = world.authors[:2]
    bid, ask = world.order(buyer, BID), world.order(seller, ASK)
    better = (world.fill(buyer, bid, 1, 2, 1), world.fill(seller, ask, 1, 2))
    with refused(world, ProofRejected, "span"):
        world.firm_settlement(better)
    world.clear([(buyer, world.fill(buyer, bid, 1, 2)), (seller, world.fill(seller, ask, 1, 2))])
    assert_conserved(world)


def test_an_order_of_collateral_is_never_filled(world: World) -> None:
    """Placed it may be; the fill proves that collateral does not move."""
    author = world.authors[0]
    order = world.order(author, {0: -5, 1: 5})
    bare = Opening((-5, 5, 0, 0), order.blinding)
    with refused(world, Unsatisfied, "constraint opening"):
        world.firm_settlement([OrderFill(0, order_of(world, 0), order, bare, 1, 1)])
