from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder, Unauthorised
from ledger.market.data import Observation
from ledger.parameters import DAY
from ledger.transitions import Absorb, PayOut
from ledger.transitions.default import current_offer
from tests.ledger.adversary.attacks import (
    PERP,
    account_of,
    assert_conserved,
    at_present,
    followed,
    is_overdue,
    overdue,
    refused,
    worth,
)
from tests.ledger.adversary.defaults import bid, equity, on_sale
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import SignatureRejected

FAR = (1 << 53) - 1


@pytest.fixture
def world() -> World:
    """Two who have traded, and owe proofs."""
    world = peopled(stand_in_world())
    world.trade(world.authors[0], world.authors[1], {PERP: 10, 0: -60_000})
    return world


def _gap(world: World) -> int:
    return world.state.parameters.max_gap


def _newest(world: World) -> int:
    return world.state.current_market.time


@pytest.mark.parametrize("ahead", [1, 43_200, 10 * 43_200, 366 * DAY])
def test_given_time_does_not_run_from_the_oracles(world: World, ahead: int) -> None:
    """Past their newest and the gap nothing is entered, whoever writes it: deposits neither."""
    author, limit = world.authors[0], _newest(world) + _gap(world)
    for transition in (
        author.prove_margin(world.state).transition,
        author.deposit(world.state, 0, 5, world.offices.custodian).transition,
        world.offices.endow(world.state, 5),
        author.withdraw(world.state, 0, 5).transition,
    ):
        with refused(world, OutOfOrder, "time"):
            world.ledger.submit(transition.encode(), limit + ahead)
    with refused(world, OutOfOrder, "time"):
        world.ledger.submit(author.prove_margin(world.state).transition.encode(), FAR)


def test_given_time_reaches_as_far_as_the_gap(world: World) -> None:
    """To the second."""
    author = world.authors[0]
    world.now = _newest(world) + _gap(world)
    world.accept(author, author.prove_margin(world.state))


def test_one_entry_does_not_end_a_ledger_before_its_first_market() -> None:
    """Until oracles have spoken, the founding is what given time is held to."""
    world = stand_in_world()
    founded = world.now
    author = world.join(10**6)
    deposit = author.deposit(world.state, 0, 5, world.offices.custodian).transition
    for time in (founded + _gap(world) + 1, FAR):
        with refused(world, OutOfOrder, "time"):
            world.ledger.submit(deposit.encode(), time)
    world.ledger.submit(deposit.encode(), founded + _gap(world))
    world.now = founded + 3 * DAY
    world.publish()
    assert world.state.pool.epoch == 1


def test_a_market_does_not_carry_the_clock_past_its_own_time(world: World) -> None:
    """Whoever enters what oracles and governors have signed adds no more to it than the gap."""
    seen = world.market.observation
    late = _newest(world) + 10 * DAY
    update = world.offices.update_market(world.state, [seen, seen], late)
    assert update.governors
    for time in (late + _gap(world) + 1, FAR):
        with refused(world, OutOfOrder, "time"):
            world.ledger.submit(update.encode(), time)
    world.ledger.submit(update.encode(), late + _gap(world))


def test_a_change_of_parameters_carries_the_clock_no_further_than_it_says(world: World) -> None:
    """Governors name the moment: what is entered after it, less the delay, is refused."""
    parameters = world.state.parameters
    effective = _newest(world) + 10 * DAY
    cheaper = parameters.model_copy(update={"leg_fee": 1})
    change = world.offices.update_params(world.state, cheaper, effective)
    with refused(world, OutOfOrder, "effective time"):
        world.ledger.submit(change.encode(), effective - parameters.delay + 1)
    with refused(world, OutOfOrder, "effective time"):
        world.ledger.submit(change.encode(), FAR)
    with refused(world, LimitExceeded, "time"):
        world.ledger.submit(change.encode(), FAR + 1)
    world.ledger.submit(change.encode(), effective - parameters.delay)


@pytest.mark.parametrize("times", [1, 10])
def test_a_jump_past_the_age_of_a_market_makes_trading_stale_and_nothing_else(
    world: World, times: int
) -> None:
    """Nobody is overdue by it, nobody is opened; the next market heals it."""
    author, other = world.authors
    start = world.now
    world.now += world.state.parameters.max_age * times + 1
    delta = world.delta({PERP: 1})
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(world.settlement([(author, delta), (other, -delta)])[0])
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(author.withdraw(world.state, 0, 5).transition)
    world.deposit(author, 0, 5)
    world.accept(author, author.prove_margin(world.state))
    assert not is_overdue(world, other)
    with refused(world, NotAdmitted, "age of the market"):
        world.reveal(other)
    world.publish()
    assert world.state.current_market.time - start > world.state.parameters.max_age
    world.trade(author, other, {PERP: 1})


def test_a_clock_set_ahead_heals_once_time_has_caught_up(world: World) -> None:
    """Set to its limit it stands there; when the oracles' time has come so far, all is as ever."""
    author, other = world.authors
    start, limit = _newest(world), _newest(world) + _gap(world)
    world.now = limit
    world.deposit(author, 0, 5)
    seen = world.market.observation
    first = world.offices.update_market(world.state, [seen, seen], start + 1_800)
    world.submit(first)
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(author.withdraw(world.state, 0, 5).transition)
    world.now = limit + world.state.parameters.min_interval
    world.submit(world.offices.update_market(world.state, [seen, seen], world.now))
    world.accept(author, author.prove_margin(world.state))
    world.accept(other, other.prove_margin(world.state))
    world.trade(author, other, {PERP: 1})


def test_a_jump_over_a_whole_sale_costs_no_more_than_the_discount() -> None:
    """Whoever sets given time runs a sale to its last step: that is all that there is to gain."""
    world = on_sale(-20_000, 40_000, fund=10**6)
    buyer, before = world.authors[1], equity(world)
    world.now += world.state.parameters.sale_duration
    offer = current_offer(at_present(world), 0, None)
    demands = world.state.sale_demands()
    most = demands.requirement(demands.maintenance(0), offer.lot.values) // 10
    assert offer.discount == most
    world.accept(buyer, bid(world, buyer))
    assert before - most - 1 <= equity(world) <= before
    assert_conserved(world)


def test_a_jump_far_over_a_sale_stands_still_with_the_market() -> None:
    """Ten times its length: the market is stale, and nothing is sold or absorbed."""
    world = on_sale(-20_000, 40_000, fund=10**6)
    offer = bid(world, world.authors[1]).transition
    world.now += 10 * world.state.parameters.sale_duration
    for transition in (offer, Absorb(target=0)):
        with refused(world, NotAdmitted, "age of the market"):
            world.submit(transition)
    world.deposit(world.authors[0], 0, 2 * 10**6)
    assert account_of(world, world.authors[0]).status == "revealed"


@pytest.mark.parametrize("silence", [2_701, 27_000, 43_200, 43_201, 10 * 43_200, 3 * 366 * DAY])
def test_silence_of_oracles_makes_nobody_overdue(world: World, silence: int) -> None:
    """Their next market, after however long, is taken; and leaves everybody the grace."""
    author, other = world.authors
    world.now += silence
    update = world.offices.update_market(world.state, [world.market.observation] * 2, world.now)
    assert bool(update.governors) == (silence > 43_200)
    world.submit(update)
    assert not is_overdue(world, author)
    world.accept(author, author.prove_margin(world.state))
    world.trade(author, other, {PERP: 1})


def test_after_a_long_silence_governors_sign_too(world: World) -> None:
    """A second past the gap, and by their quorum: oracles alone do not bridge it."""
    gap = _gap(world)
    world.now += gap + 1
    update = world.offices.update_market(world.state, [world.market.observation] * 2, world.now)
    for governors in ((), update.governors[:1]):
        with refused(world, Unauthorised, "signatures of governors"):
            world.submit(update.model_copy(update={"governors": governors}))
    with refused(world, SignatureRejected, "signature of governor 0"):
        world.submit(update.model_copy(update={"governors": update.endorsements}))
    world.submit(update)


def test_governors_replace_dead_oracles(world: World) -> None:
    """Two days of silence: a change of keys, and the new oracles' first market is taken."""
    author, other = world.authors
    parameters = world.state.parameters
    world.now += 2 * DAY
    with refused(world, OutOfOrder, "time"):
        world.deposit(author, 0, 5)
    others = replace(world.offices, oracles=type(world.offices).of(99).oracles)
    named = parameters.model_copy(update={"oracles": others.oracles.quorum})
    world.submit(world.offices.update_params(world.state, named, world.now + parameters.key_delay))
    world.now += parameters.key_delay
    world.offices = others
    state = at_present(world)
    update = others.update_market(state, [world.market.observation] * 2, world.now)
    assert update.governors
    world.submit(update)
    assert not is_overdue(world, author)
    for each in (author, other):
        world.accept(each, each.prove_margin(world.state))
    world.trade(author, other, {PERP: 1})


def test_updates_keep_the_interval_in_both_clocks(world: World) -> None:
    """Neither given time alone nor the oracles' alone lets one follow the other faster."""
    seen, interval = world.market.observation, world.state.parameters.min_interval
    start = world.now
    world.now = start + interval + 100
    for time, subject in ((start + interval - 1, "time of the market"),):
        with refused(world, OutOfOrder, subject):
            world.submit(world.offices.update_market(world.state, [seen, seen], time))
    world.submit(world.offices.update_market(world.state, [seen, seen], start + interval))
    entered = world.now
    world.now = entered + interval - 1
    with refused(world, OutOfOrder, "time of the entry"):
        world.submit(world.offices.update_market(world.state, [seen, seen], world.now))
    world.now += 1
    world.submit(world.offices.update_market(world.state, [seen, seen], world.now))


def test_overdue_is_what_oracles_say_and_nothing_else(world: World) -> None:
    """Given time at its limit between two of their markets: not overdue; then by theirs alone."""
    author = world.authors[0]
    world.next_epoch()
    world.now = _newest(world) + world.state.parameters.grace - 1
    world.publish()
    world.now = _newest(world) + _gap(world)
    world.deposit(author, 0, 5)
    assert not is_overdue(world, author)
    seen: Observation = world.market.observation
    second = world.state.clock(2).time + world.state.parameters.grace
    update = world.offices.update_market(
        world.state, [seen, seen], max(second, _newest(world) + 1_800)
    )
    world.submit(update)
    assert is_overdue(world, author)


def test_a_jump_pays_nobody_before_the_losers_are_overdue() -> None:
    """A withdrawal has no date until the oracles have given it one."""
    world = stand_in_world(leg_fee=0)
    world.publish()
    loser, winner = world.join(5_000_000), world.join(10**7)
    world.now += 1_800
    world.publish(table=worth(world, 0))
    world.trade(loser, winner, {3: 100})
    world.now += 1_800
    world.publish(table=worth(world, -150_000))
    world.accept(winner, winner.prove_margin(world.state))
    world.now += world.state.parameters.max_age
    world.accept(winner, winner.withdraw(world.state, 0, 10**6))
    world.now = _newest(world) + _gap(world)
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(PayOut(withdrawal=0))
    seen = world.market.observation
    early = world.offices.update_market(
        world.state, [seen, seen], _newest(world) + 1_800, worth(world, -150_000)
    )
    world.submit(early)
    assert world.state.clock(3).due is None
    overdue(world)
    world.reveal(loser)
    assert followed(world, loser).values[3] == 100
