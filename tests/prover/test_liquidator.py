"""A liquidator looks at what is on sale, and takes as much as it can carry for what it is worth."""

from __future__ import annotations

import pytest

from ledger.transitions import Absorb
from prover.author import Author
from prover.liquidator import Liquidator, on_sale, overdue
from tests.ledger.world import World, stand_in_world

CASH = 11_000_000
LOTS = 8_000


@pytest.fixture
def world() -> World:
    """Two accounts that fell below maintenance, and are open."""
    world = stand_in_world()
    world.publish()
    maker = world.join(10**9)
    silent = [world.join(CASH), world.join(CASH)]
    for author in silent:
        world.trade(author, maker, {0: -6_000 * LOTS, world.lot(0): LOTS})
    while not world.state.is_overdue(world.state.account(silent[0].account)):
        seen = world.state.current_market.observation
        spots = tuple(
            spot * (10_000 - move + 1) // 10_000
            for spot, move in zip(seen.spots, world.state.parameters.max_spots_bps, strict=True)
        )
        world.next_epoch(seen.model_copy(update={"spots": spots}))
        world.accept(maker, maker.prove_margin(world.state))
    assert list(overdue(world.state)) == [author.account for author in silent]
    for author in silent:
        world.reveal(author)
    return world


def buyer(world: World, cash: int, discount_bps: int = 0) -> Liquidator:
    return Liquidator(world.join(cash), discount_bps)


def holds(author: Author) -> int:
    return author.known.values[2]


def test_what_is_on_sale_and_for_how_long(world: World) -> None:
    """Both slices, at the mark at first; the price falls with the steps."""
    first, second = on_sale(world.state)
    assert (first.account, second.account) == (1, 2)
    assert first.gain == 0
    assert list(first.parts) == list(range(1, first.offer.lot.parts + 1))
    world.now += 2 * world.state.parameters.sale_step
    later, _ = on_sale(world.ledger.state_at(world.now))
    assert later.gain > 0
    assert later.elapsed == 120


def test_it_waits_for_its_discount_and_takes_the_whole(world: World) -> None:
    """A book that can carry it takes all that is offered, and what is left is mended."""
    rich = buyer(world, 10**9, discount_bps=500)
    assert rich.bid(world.state) is None
    world.now += world.state.parameters.sale_duration // 2 + world.state.parameters.sale_step
    state = world.ledger.state_at(world.now)
    offered = {lot.account: lot.offer.lot for lot in on_sale(state)}
    bid = rich.bid(state)
    assert bid is not None
    assert bid.transition.part == offered[bid.transition.target].parts
    world.accept(rich.author, bid)
    assert world.state.account(bid.transition.target or 0).status == "revealed"


def test_it_takes_the_part_that_it_can_carry(world: World) -> None:
    """The largest: one more would be refused."""
    small = buyer(world, 2_000_000)
    bid = small.bid(world.state)
    assert bid is not None
    part = bid.transition.part
    whole = next(iter(on_sale(world.state))).offer.lot.parts
    assert 1 <= part < whole
    world.accept(small.author, bid)
    assert holds(small.author) == LOTS * part // 64


def test_who_can_carry_nothing_bids_nothing(world: World) -> None:
    """However cheap it is."""
    poor = buyer(world, 1_000)
    world.now += world.state.parameters.sale_duration
    assert poor.bid(world.ledger.state_at(world.now)) is None


def test_it_buys_of_the_fund(world: World) -> None:
    """What nobody wanted is the fund's, and on sale again."""
    world.submit(world.offices.endow(world.state, 10**8))
    world.now += world.state.parameters.sale_duration
    for account in (1, 2):
        world.submit(Absorb(target=account))
    (lot,) = on_sale(world.state)
    assert lot.account is None
    rich = buyer(world, 10**9)
    bid = rich.bid(world.state)
    assert bid is not None
    assert (bid.transition.target, bid.transition.part) == (None, 64)
    world.accept(rich.author, bid)
    assert list(on_sale(world.state)) == []
