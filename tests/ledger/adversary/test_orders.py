from __future__ import annotations

import pytest

from ledger.errors import NotAdmitted, OutOfOrder, Unauthorised
from ledger.transitions import Transition
from prover.author import Author
from tests.ledger.adversary.attacks import (
    NO_PROOF,
    forging,
    marked,
    refused,
    resigned,
)
from tests.ledger.adversary.crossed_orders import ASK, BID, crossed
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import ProofRejected, SignatureRejected, Unsatisfied
from zk.signatures import SigningKey


@pytest.fixture
def world() -> World:
    return peopled(stand_in_world(), 3)


def test_an_order_is_filled_at_most_once(world: World) -> None:
    """What remains of it is no order."""
    fills = crossed(world)
    first, second = world.firm_settlement(fills), world.firm_settlement(fills)
    world.submit(first)
    for again in (first, second):
        with refused(world, NotAdmitted, r"order \d+"):
            world.submit(again)


def test_a_cancelled_order_is_not_filled(world: World) -> None:
    """Once it has had its time to settle; nor one placed anew, which is another order."""
    fills = crossed(world)
    settlement = world.firm_settlement(fills)
    author = world.authors[1]
    world.accept(author, author.cancel_order(world.state))
    world.now += world.state.parameters.settling
    with refused(world, NotAdmitted, f"order {fills[1].order}"):
        world.submit(settlement)
    world.order(author, ASK)
    with refused(world, NotAdmitted, f"order {fills[1].order}"):
        world.submit(settlement)


def test_a_cancellation_undoes_no_clearing(world: World) -> None:
    """Until the last second of the settling time what was being cleared is filled."""
    fills = crossed(world)
    author = world.authors[1]
    world.accept(author, author.cancel_order(world.state))
    world.now += world.state.parameters.settling - 1
    world.submit(world.firm_settlement(fills))
    assert world.state.account(1).order is None


def test_a_cancelled_order_holds_its_account_until_it_has_settled(world: World) -> None:
    """Else the owner would prove what a fill could falsify; nor is it cancelled twice."""
    author = world.authors[0]
    world.order(author, BID)
    world.accept(author, author.cancel_order(world.state))
    start = world.now
    again = author.cancel_order(world.state).transition
    with refused(world, NotAdmitted, f"order {again.order}"):
        world.submit(again)
    for second in (0, world.state.parameters.settling - 1):
        world.now = start + second
        for attempt in _attempts(world, author):
            with refused(world, NotAdmitted, "account 0"):
                world.submit(attempt)
    world.now = start + world.state.parameters.settling
    world.accept(author, author.withdraw(world.state, 0, 5))


def test_an_epoch_ends_a_cancelled_order_at_once(world: World) -> None:
    """What was proven of it was of another market."""
    fills = crossed(world)
    settlement = world.firm_settlement(fills)
    author = world.authors[1]
    world.now += world.state.parameters.min_interval - 1
    world.accept(author, author.cancel_order(world.state))
    world.now += 1
    world.publish()
    with refused(world, OutOfOrder, "epoch"):
        world.submit(settlement)
    world.accept(author, author.withdraw(world.state, 0, 5))


def test_an_order_ends_with_its_epoch(world: World) -> None:
    """It was solvent under another market."""
    fills = crossed(world)
    world.next_epoch()
    with refused(world, NotAdmitted, f"order {fills[0].order}"):
        world.submit(world.firm_settlement(fills))
    author = world.authors[0]
    stale = author.cancel_order(world.state).transition
    with refused(world, NotAdmitted, f"order {fills[0].order}"):
        world.submit(stale)


def test_another_matcher_fills_nothing(world: World) -> None:
    """Whoever learned the openings: the order names its matcher."""
    fills = crossed(world)
    settlement = world.firm_settlement(fills)
    world.matcher = SigningKey(bytes(32))
    with refused(world, Unauthorised, f"matcher of order {fills[0].order}"):
        world.submit(world.firm_settlement(fills))
    forged = world.matcher.sign(settlement.binding(world.ledger.id))
    with refused(world, SignatureRejected, "signature of the matcher"):
        world.submit(settlement.model_copy(update={"matcher_signature": forged}))


def test_the_owner_of_an_order_does_not_fill_it_alone(world: World) -> None:
    """Not by naming an own key as the matcher of a settlement."""
    fills = crossed(world)
    world.matcher = world.authors[0].signer
    with refused(world, Unauthorised, f"matcher of order {fills[0].order}"):
        world.submit(world.firm_settlement(fills))


def _attempts(world: World, author: Author) -> list[Transition]:
    state, matcher = world.state, world.matcher.public
    rows = marked(world)
    return [
        author.withdraw(state, 0, 5).transition,
        author.refresh(state).transition,
        author.prove_margin(state).transition,
        author.prove_margin(state, escrowed=True).transition,
        author.publish_claim(state, "", rows).transition,
        author.place_order(state, world.delta(BID), matcher).transition,
        forging(author).prove_flat(state).transition,
    ]


def test_an_open_order_admits_deposits_and_its_cancellation_only(world: World) -> None:
    """Anything else would prove what a fill could falsify."""
    author = world.authors[0]
    world.order(author, BID)
    for attempt in _attempts(world, author):
        with refused(world, NotAdmitted, "account 0"):
            world.submit(attempt)
    world.deposit(author, 0, 5)
    world.accept(author, author.cancel_order(world.state))
    world.now += world.state.parameters.settling
    world.accept(author, author.withdraw(world.state, 0, 5))


def test_an_order_is_cancelled_by_its_owner_and_by_its_number(world: World) -> None:
    """Not by another account, not another's, not twice."""
    author, thief = world.authors[:2]
    world.order(author, BID)
    cancel = author.cancel_order(world.state).transition
    with refused(world, SignatureRejected, "signature of the owner of account 0"):
        world.submit(resigned(world, thief, cancel))
    with refused(world, NotAdmitted, f"order {cancel.order + 1}"):
        world.submit(resigned(world, author, cancel, order=cancel.order + 1))
    theirs = resigned(world, thief, cancel, account=1, nonce=world.state.account(1).nonce)
    with refused(world, NotAdmitted, f"order {cancel.order}"):
        world.submit(theirs)
    world.submit(cancel)
    again = resigned(world, author, cancel, nonce=cancel.nonce + 1)
    with refused(world, NotAdmitted, f"order {cancel.order}"):
        world.submit(again)
    with refused(world, OutOfOrder, "nonce of account 0"):
        world.submit(cancel)


def test_an_order_that_nobody_could_pay_is_not_placed(world: World) -> None:
    """C is solvent and C + O is not: no claim, and no order without one."""
    author = world.authors[0]
    greedy = world.delta({0: -10 * 60_000_000, 2: 100_000})
    with refused(world, Unsatisfied, "constraint total"):
        author.place_order(world.state, greedy, world.matcher.public)
    honest = author.place_order(world.state, world.delta(BID), world.matcher.public).transition
    point = greedy.commit().point
    bent = honest.model_copy(update={"order": point, "filled_proof": NO_PROOF})
    with refused(world, ProofRejected, "(solvency|margin) of account 0 .*"):
        world.submit(resigned(world, author, bent))
