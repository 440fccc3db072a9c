from __future__ import annotations

import pytest

from circuits.schedule import judge
from ledger.errors import NotAdmitted, OutOfOrder, Unauthorised
from ledger.market.data import SCALE, Observation
from ledger.market.demands import Demands
from ledger.transitions import Absorb, PayOut
from ledger.transitions.default import current_offer
from tests.ledger.adversary.attacks import (
    PERP,
    account_of,
    assert_conserved,
    at_present,
    followed,
    refused,
)
from tests.ledger.adversary.crossed_orders import crossed
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import Unsatisfied

LONG = {PERP: 1_000, 0: -6_000_000}


@pytest.fixture
def world() -> World:
    """Account 0 is long, 1 short and waits for a thousand, 2 never traded; 3 may place orders."""
    world = peopled(stand_in_world(leg_fee=0), 4)
    long, short = world.authors[:2]
    world.trade(long, short, LONG)
    world.accept(short, short.withdraw(world.state, 0, 1_000))
    return world


def _defaulting() -> World:
    """Account 0 is long with as little as it may, and has not proven since; 1 is rich."""
    world = peopled(stand_in_world(leg_fee=0), 1)
    loser, winner = world.authors[0], world.join(10**9)
    world.accept(loser, loser.withdraw(world.state, 0, 8_700_000))
    world.trade(loser, winner, LONG)
    for _ in range(2):
        world.next_epoch()
    _locked(world, 0.8)
    world.accept(winner, winner.prove_margin(world.state))
    world.reveal(loser)
    assert account_of(world, loser).status == "frozen"
    return world


def _seen(world: World, part: float) -> Observation:
    spot = world.state.current_market.observation.spots[0]
    return world.market.observation.model_copy(update={"spots": (round(spot * part),)})


def _locked(world: World, part: float = 0.9) -> None:
    world.now += world.state.parameters.min_interval
    world.publish(_seen(world, part))
    assert world.state.current_market.is_locked


def test_a_locked_market_moves_by_its_bound_and_says_what_was_seen(world: World) -> None:
    """The epoch's prices are those that rows reach; the second mark is the honest one."""
    before = world.state.current_market.observation.spots[0]
    _locked(world)
    market = world.state.current_market
    assert market.observation.spots[0] == before - before * 475 // 10_000
    assert market.default_mark is not None
    assert market.default_mark[PERP] == round(before * 0.9) * 1_000


def test_a_locked_market_takes_no_new_risk(world: World) -> None:
    """Neither by signed legs nor by orders; and nobody who traded takes anything out."""
    long, short, saver, _ = world.authors
    _locked(world)
    delta = world.delta({PERP: 1})
    for attempt in (
        world.settlement([(long, delta), (short, -delta)])[0],
        short.place_order(world.state, delta, world.matcher.public).transition,
        short.withdraw(world.state, 0, 5).transition,
    ):
        with refused(world, NotAdmitted, "market"):
            world.submit(attempt)
    world.accept(saver, saver.withdraw(world.state, 0, 5))
    world.accept(short, short.prove_margin(world.state))
    world.accept(short, short.refresh(world.state))
    world.deposit(long, 0, 5)
    assert_conserved(world)


def test_orders_are_not_filled_in_a_locked_market(world: World) -> None:
    """They ended with the epoch before it, and no new ones are placed."""
    fills = crossed(world)
    settlement = world.firm_settlement(fills)
    _locked(world)
    with refused(world, NotAdmitted, "market"):
        world.submit(settlement.model_copy(update={"epoch": 2}))
    with refused(world, OutOfOrder, "epoch"):
        world.submit(settlement)


def test_a_locked_market_pays_no_withdrawal_of_a_trader(world: World) -> None:
    """Though its date has come: until prices are within their bounds again."""
    world.next_epoch()
    _locked(world)
    due = world.state.clock(1).due
    assert due is not None
    world.now = due
    with refused(world, NotAdmitted, "market"):
        world.submit(PayOut(withdrawal=0))
    world.next_epoch(world.state.current_market.observation)
    assert not world.state.current_market.is_locked
    world.submit(PayOut(withdrawal=0))
    assert_conserved(world)


def test_a_default_goes_on_in_a_locked_market_at_the_honest_price() -> None:
    """Opened, judged, sold and absorbed where prices are, not where they were let to go."""
    world = _defaulting()
    loser, winner = world.authors
    values = followed(world, loser).values
    clipped = world.state.demands(world.state.current_market)
    assert world.state.sale_demands().equity(values) < clipped.equity(values) - 500_000
    offer = current_offer(at_present(world), 0, None)
    assert offer.worth == offer.lot.values[PERP] * round(6_000 * 0.8)
    world.accept(winner, winner.take_over(at_present(world), 0, part=8))
    assert account_of(world, loser).status == "frozen"
    world.now += world.state.parameters.sale_duration
    world.submit(Absorb(target=0))
    assert account_of(world, loser).status == "revealed"
    assert_conserved(world)


def test_a_cure_in_a_locked_market_is_at_the_honest_price() -> None:
    """What would do at the price that the epoch was let to go to does not."""
    world = _defaulting()
    loser, honest = world.authors[0], world.state.sale_demands()
    clipped = world.state.demands(world.state.current_market)
    missing = _missing(world, clipped)
    if missing > 0:
        world.deposit(loser, 0, missing)
    assert clipped.meets_maintenance(followed(world, loser).values)
    assert account_of(world, loser).status == "frozen"
    world.deposit(loser, 0, _missing(world, honest) - 1)
    assert account_of(world, loser).status == "frozen"
    world.deposit(loser, 0, 1)
    assert account_of(world, loser).status == "revealed"


def _missing(world: World, demands: Demands) -> int:
    values = followed(world, world.authors[0]).values
    floor = world.state.parameters.floor
    return -(judge(world.shape, demands.maintenance(floor), values).total // SCALE)


def test_a_buyer_in_a_locked_market_proves_at_the_honest_price() -> None:
    """Whoever could hold the lot only at the price that was let through has no proof."""
    world = _defaulting()
    poor = world.join()
    honest, clipped = world.state.sale_demands(), world.state.demands(world.state.current_market)
    offer = current_offer(at_present(world), 0, None)
    after = (-offer.price, *offer.lot.values[1:])
    cash = -(judge(world.shape, honest.initial(10_000), after).total // SCALE)
    assert clipped.meets_initial((after[0] + cash - 1, *after[1:]))
    world.deposit(poor, 0, cash - 1)
    with refused(world, Unsatisfied, "constraint total"):
        poor.take_over(at_present(world), 0)
    world.deposit(poor, 0, 1)
    world.accept(poor, poor.take_over(at_present(world), 0))


@pytest.mark.parametrize(
    ("part", "needed"), [(0.86, False), (0.857, True), (0.5, True), (2.0, True)]
)
def test_far_prices_need_governors_too(world: World, part: float, needed: bool) -> None:
    """Beyond three bounds of an update; nearer, oracles are enough."""
    world.now += world.state.parameters.min_interval
    seen = _seen(world, part)
    update = world.offices.update_market(world.state, [seen, seen], world.now)
    assert bool(update.governors) is needed
    if needed:
        with refused(world, Unauthorised, "signatures of governors"):
            world.submit(update.model_copy(update={"governors": ()}))
    world.submit(update)
    assert world.state.current_market.is_locked
