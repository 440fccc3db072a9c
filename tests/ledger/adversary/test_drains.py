"""The attacks that emptied an earlier ledger, on real proofs: a refusal, or nobody else's loss."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ledger.errors import NotAdmitted, OutOfOrder
from ledger.market.data import Observation
from ledger.payout import deficit, share
from ledger.transitions import Absorb, PayOut
from prover.author import Author
from tests.ledger.adversary.attacks import (
    account_of,
    assert_conserved,
    at_present,
    followed,
    forging,
    refused,
)
from tests.ledger.world import World, real_world
from zk.errors import ProofRejected, Unsatisfied

#: Components of a `standard` ledger.
CASH, PERP, FUTURE, CALL, PUT, HIGH_CALL, LOW_PUT = 0, 4, 5, 6, 7, 8, 9
#: Portfolios that no joint row of earlier ledgers saw, and what of a market they bet on.
UNSEEN: Mapping[str, Mapping[int, int]] = {
    "basis": {PERP: 100_000, FUTURE: -99_019},
    "roll": {CALL: 100_000, PUT: -100_000, PERP: -100_000},
    "rate": {CALL: 50_000, PUT: -50_000, FUTURE: -50_000},
    "wings": {CALL: -50_000, PUT: -50_000, HIGH_CALL: 60_000, LOW_PUT: 60_000},
}


@pytest.fixture(scope="module")
def empty() -> World:
    """A standard ledger with real proofs and savers' money in it; nothing here changes it."""
    world = real_world(shape="standard", leg_fee=0)
    world.publish()
    world.join(100_000)
    world.join(100_000)
    return world


def _at_mark(world: World, book: Mapping[int, int]) -> dict[int, int]:
    """The book, paid for at the mark."""
    mark = world.state.current_market.table.mark
    return {**book, CASH: -sum(mark[k] * lots for k, lots in book.items()) // 10**6}


@pytest.mark.parametrize("name", UNSEEN)
def test_two_accounts_of_one_owner_have_no_proof(empty: World, name: str) -> None:
    """A thousand dollars each, twelve billions gross: the statement is false on either side."""
    first, second = empty.authors
    delta = empty.delta(_at_mark(empty, UNSEEN[name]))
    for legs in ([(first, delta), (second, -delta)], [(second, -delta), (first, delta)]):
        with refused(empty, Unsatisfied, "constraint total"):
            empty.settlement(legs)
    crooked = [(forging(first), delta), (forging(second), -delta)]
    settlement, _ = empty.settlement(crooked)
    with refused(empty, ProofRejected, "solvency of account 0 after the settlement"):
        empty.submit(settlement)


def test_a_book_past_the_cap_has_no_proof_however_rich(empty: World) -> None:
    """What one sale has to carry is bounded, whoever owns it."""
    world = real_world(shape="standard", leg_fee=0)
    world.publish()
    rich, other = world.join(10**13), world.join(10**13)
    delta = world.delta(_at_mark(world, {PERP: 1_700_000}))
    with refused(world, Unsatisfied, "constraint concentration"):
        world.settlement([(rich, delta), (other, -delta)])


def _margin(world: World, book: Mapping[int, int]) -> int:
    """What initial margin asks of whichever side it asks more of, and the floor."""
    demands, parameters = world.state.demands(world.state.current_market), world.state.parameters
    sides = []
    for sign in (1, -1):
        vector = [0] * world.shape.components
        for component, lots in book.items():
            vector[component] = sign * lots
        sides.append(demands.requirement(demands.initial(0), vector))
    return max(sides) + parameters.floor + 10


def _moved(world: World, **by: int) -> Observation:
    """BTC's numbers moved from the current market, as far as one update may."""
    seen = world.state.current_market.observation
    changes: dict[str, object] = {}
    for name, change in by.items():
        values = getattr(seen, name)
        changes[name] = (
            values + change if isinstance(values, int) else (values[0] + change, *values[1:])
        )
    return seen.model_copy(update=changes)


#: What the market does in three updates, in its own units, and what the pair had bet on.
MOVES: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "basis": ("basis", {"basis": -1_000}),
    "roll": ("the same prices half an hour later", {}),
    "rate": ("rate and basis", {"rate": 1_000, "basis": -1_000}),
    "wings": ("half a bound of price and vol", {"spots": 142_500, "vols": -22_500}),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_margin_is_paid_for_takes_nothing_from_anybody_else(name: str) -> None:
    """A hundredth of the size, with its margin; the market does its worst, one side is silent."""
    world = real_world(shape="standard", leg_fee=0)
    world.publish()
    book = {component: lots // 100 for component, lots in UNSEEN[name].items()}
    margin = _margin(world, book)
    first, second = world.join(margin), world.join(margin)
    saver = world.join(10**7)
    world.trade(first, second, _at_mark(world, book))
    for _ in range(3):
        world.next_epoch(_moved(world, **MOVES[name][1]))
    for author in (first, second):
        assert world.state.is_overdue(account_of(world, author))
        world.reveal(author)
        worth = world.state.sale_demands().equity(followed(world, author).values)
        assert worth > 0, "nobody else pays"
    assert deficit(world.state) <= 0
    world.accept(saver, saver.withdraw(world.state, 0, 10**7))
    assert_conserved(world)


def _tiny() -> World:
    world = real_world(leg_fee=0, order_fee=0)
    world.publish()
    return world


#: The perpetual of a `tiny` ledger, which follows the spot.
SPOT = 2
LOTS = 1_000


def _winner_takes(world: World) -> tuple[Author, Author]:
    """The winner of one move closes with a third and withdraws all; returns loser and third.

    The loser has as much as a trade of that size takes, and is silent from then on.
    """
    margin = 1_300_000
    loser, winner, third = world.join(margin), world.join(margin), world.join(10**8)
    world.trade(winner, loser, {SPOT: LOTS, 0: -6_000 * LOTS})
    _rise(world, 100)
    price = world.state.current_market.table.mark[SPOT] * LOTS // 10**6
    world.trade(winner, third, {SPOT: -LOTS, 0: price})
    world.accept(winner, winner.withdraw(world.state, 0, winner.known.values[0]))
    assert world.state.pool.totals[0] == 2 * margin + 10**8
    return loser, third


def _rise(world: World, part: int) -> None:
    spot = world.state.current_market.observation.spots[0]
    most = spot * world.state.parameters.max_spots_bps[0] // 10_000
    seen = world.market.observation.model_copy(update={"spots": (spot + most * part // 100,)})
    world.next_epoch(seen)


def test_a_winner_who_closes_and_withdraws_is_paid_by_the_loser() -> None:
    """At the end of all that bounded updates can do the loser's margin is still there."""
    world = _tiny()
    loser, third = _winner_takes(world)
    with refused(world, NotAdmitted, "withdrawal 0"):
        world.submit(PayOut(withdrawal=0))
    _rise(world, 100)
    world.accept(third, third.prove_margin(world.state))
    _rise(world, 100)
    assert world.state.is_overdue(account_of(world, loser))
    world.accept(third, third.prove_margin(world.state))
    world.reveal(loser)
    assert account_of(world, loser).status == "frozen"
    assert world.state.sale_demands().equity(followed(world, loser).values) > 0
    world.now += world.state.parameters.sale_duration
    world.accept(third, third.take_over(at_present(world), 0))
    assert account_of(world, loser).status == "revealed"
    assert deficit(world.state) <= 0
    _rise(world, 0)
    world.now = max(world.now, world.state.clock(2).due or 0)
    waiting = world.state.withdrawal(0).amount
    before = world.state.pool.totals[0]
    world.submit(PayOut(withdrawal=0))
    assert before - world.state.pool.totals[0] == waiting
    assert_conserved(world)


def test_a_winner_beyond_all_bounds_shares_the_loss_and_savers_do_not() -> None:
    """Prices jump where no margin reaches: the gain was not carried off before the loss showed."""
    world = _tiny()
    loser, third = _winner_takes(world)
    saver, trader = world.join(10**7), world.join(10**7)
    world.trade(trader, third, {})
    _rise(world, 100)
    for author in (third, trader):
        world.accept(author, author.prove_margin(world.state))
    _rise(world, 900)
    assert world.state.current_market.is_locked
    for author in (third, trader):
        world.accept(author, author.prove_margin(world.state))
    world.reveal(loser)
    assert world.state.sale_demands().equity(followed(world, loser).values) < 0
    part = share(world.state, untraded=False)
    assert not part.is_whole
    with refused(world, NotAdmitted, "market|withdrawal 0"):
        world.submit(PayOut(withdrawal=0))
    world.accept(saver, saver.withdraw(world.state, 0, 10**7))
    world.now += world.state.parameters.sale_duration
    world.submit(Absorb(target=0))
    locked = world.state.current_market
    assert locked.default_mark is not None
    while world.state.current_market.is_locked:
        seen = world.market.observation.model_copy(
            update={"spots": (locked.default_mark[SPOT] // 1_000,)}
        )
        world.next_epoch(seen)
    for author in (third, trader):
        world.accept(author, author.prove_margin(world.state))
    amount, part = world.state.withdrawal(0).amount, share(world.state, untraded=False)
    before = world.state.pool.totals[0]
    world.submit(PayOut(withdrawal=0))
    assert before - world.state.pool.totals[0] == part.of(amount) < amount
    assert_conserved(world)


def test_a_clock_makes_nobody_overdue_and_opens_nobody() -> None:
    """A jump to the limit, and past it, with guardians who open whomever the ledger calls late."""
    world = _tiny()
    first, second = world.join(10**7), world.join(10**7)
    world.trade(first, second, {SPOT: 10, 0: -60_000})
    limit = world.state.current_market.time + world.state.parameters.max_gap
    heartbeat = first.prove_margin(world.state)
    for late in (limit + 1, limit + 10 * world.state.parameters.max_gap, (1 << 53) - 1):
        with refused(world, OutOfOrder, "time"):
            world.ledger.submit(heartbeat.transition.encode(), late)
    world.now = limit
    world.accept(first, heartbeat)
    with refused(world, NotAdmitted, "age of the market"):
        world.reveal(second)
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(second.withdraw(world.state, 0, 5).transition)
    world.publish()
    with refused(world, NotAdmitted, "account 1"):
        world.reveal(second)
    world.trade(first, second, {SPOT: -10, 0: 60_000})


def test_a_default_from_beginning_to_end() -> None:
    """Silent, opened, sold in part, cured by a deposit, refreshed: and the owner has the rest."""
    world = _tiny()
    loser, winner = world.join(1_300_000), world.join(10**8)
    world.trade(loser, winner, {SPOT: LOTS, 0: -6_000 * LOTS})
    for _ in range(3):
        _rise(world, -60)
        world.accept(winner, winner.prove_margin(world.state))
    world.reveal(loser)
    assert account_of(world, loser).status == "frozen"
    before = world.state.sale_demands().equity(followed(world, loser).values)
    world.accept(winner, winner.take_over(world.state, 0, part=4))
    assert account_of(world, loser).status == "frozen"
    followed(world, loser)
    world.deposit(loser, 0, 1_000_000)
    assert account_of(world, loser).status == "revealed"
    after = world.state.sale_demands().equity(followed(world, loser).values)
    assert before + 1_000_000 - 1 <= after <= before + 1_000_000
    world.accept(loser, loser.refresh(world.state))
    assert account_of(world, loser).status == "active"
    assert_conserved(world)
