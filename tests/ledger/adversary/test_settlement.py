from __future__ import annotations

from collections.abc import Sequence

import pytest

from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
    Unauthorised,
)
from ledger.transitions import FirmLeg, Settle
from ledger.transitions.settlement import MAX_LEGS, Leg
from prover.author import Author
from prover.blank import BLANK_ESCROW, BLANK_PROOF, BLANK_SIGNATURE, BLANK_SPAN
from tests.ledger.adversary.attacks import assert_conserved, refused, signed, with_leg
from tests.ledger.world import World, peopled, stand_in_world
from zk.babyjubjub import Point
from zk.errors import SignatureRejected, Unsatisfied


@pytest.fixture
def world() -> World:
    return peopled(stand_in_world(), 3)


def _settlement(world: World) -> Settle:
    delta = world.delta({0: -60_000, 2: 10})
    return world.settlement([(world.authors[0], delta), (world.authors[1], -delta)])[0]


def _firm(account: int, order: int) -> FirmLeg:
    return FirmLeg(
        account=account,
        order=order,
        delta=Point.BASE8,
        escrow=BLANK_ESCROW,
        notice=(),
        proof=BLANK_PROOF,
    )


def _of(legs: Sequence[Leg], **changes: object) -> Settle:
    fields: dict[str, object] = {
        "epoch": 1,
        "legs": tuple(legs),
        "matcher": bytes(32),
        "balance": BLANK_SPAN,
        "matcher_signature": BLANK_SIGNATURE,
    }
    return Settle.model_validate({**fields, **changes})


@pytest.mark.parametrize("kinds", ["signed signed", "signed firm", "firm signed", "firm firm"])
def test_an_account_is_in_a_settlement_once(world: World, kinds: str) -> None:
    """Each leg proves against the state before: together they could leave it insolvent."""
    own = signed(_settlement(world), 0)
    legs: list[Leg] = []
    for place, kind in enumerate(kinds.split()):
        legs.append(own if kind == "signed" else _firm(own.account, 7 + place))
    firm = "firm" in kinds
    evidence: dict[str, object] = {} if firm else {"matcher": None, "matcher_signature": None}
    with refused(world, MalformedTransition, "legs"):
        world.submit(_of(legs, **evidence))


def test_legs_come_in_the_order_of_their_accounts(world: World) -> None:
    """Any other order could say who bought, who sold, and at what limit: signed or firm."""
    settlement = _settlement(world)
    two = settlement.model_copy(update={"legs": settlement.legs[::-1]})
    with refused(world, MalformedTransition, "legs"):
        world.submit(two)
    for accounts in ((1, 0), (0, 2, 1), (2, 1, 0), (1, 2, 0)):
        with refused(world, MalformedTransition, "legs"):
            world.submit(_of([_firm(account, 7 + account) for account in accounts]))
    mixed: list[Leg] = [_firm(2, 7), signed(settlement, 0)]
    with refused(world, MalformedTransition, "legs"):
        world.submit(_of(mixed))
    world.submit(settlement)


def test_a_settlement_has_a_bounded_number_of_legs(world: World) -> None:
    """None at all, and one too many."""
    with refused(world, LimitExceeded, "legs"):
        world.submit(_of([]))
    many = _of([]).model_copy(update={"legs": tuple(_firm(i, i) for i in range(MAX_LEGS + 1))})
    with refused(world, MalformedTransition, "settle.legs"):
        world.submit(many)


def test_a_matcher_signs_exactly_where_a_leg_is_firm(world: World) -> None:
    """Neither without firm legs, nor half, nor not at all."""
    own = signed(_settlement(world), 0)
    none: dict[str, object] = {"matcher": None, "matcher_signature": None}
    with refused(world, MalformedTransition, "matcher"):
        world.submit(_of([own]))
    for half in (none, {"matcher": None}, {"matcher_signature": None}):
        with refused(world, MalformedTransition, "matcher"):
            world.submit(_of([_firm(0, 7)], **half))


def test_every_signed_leg_signs_the_whole(world: World) -> None:
    """Another party's leg, exchanged for one of other terms, breaks both signatures."""
    settlement = _settlement(world)
    other = _settlement(world)
    with refused(world, SignatureRejected, "signature of the owner of account 0"):
        world.submit(settlement.model_copy(update={"legs": (settlement.legs[0], other.legs[1])}))
    swapped = with_leg(settlement, 0, signature=signed(settlement, 1).signature)
    with refused(world, SignatureRejected, "signature of the owner of account 0"):
        world.submit(swapped)


def test_a_party_is_not_drawn_in(world: World) -> None:
    """A leg of an account whose owner has not signed, written by somebody else."""
    thief, victim = world.authors[:2]
    delta = world.delta({0: 5})
    posing = Author(thief.signer, victim.seed, victim.proving, victim.randomness, 1, victim.opening)
    crooked, _ = world.settlement([(thief, delta), (posing, -delta)])
    with refused(world, SignatureRejected, "signature of the owner of account 1"):
        world.submit(crooked)


def test_a_settlement_happens_once(world: World) -> None:
    """All nonces of signed legs are used up."""
    settlement = _settlement(world)
    world.submit(settlement)
    with refused(world, OutOfOrder, "nonce of account 0"):
        world.submit(settlement)


def test_a_leg_at_another_nonce_refuses_the_whole(world: World) -> None:
    """All or nothing: the first leg was in order."""
    settlement = _settlement(world)
    author = world.authors[1]
    world.accept(author, author.prove_margin(world.state))
    with refused(world, OutOfOrder, "nonce of account 1"):
        world.submit(settlement)
    assert_conserved(world)


def test_a_settlement_under_an_old_epoch_is_refused(world: World) -> None:
    """Proofs made before the crash do not land after it."""
    settlement = _settlement(world)
    world.next_epoch()
    with refused(world, OutOfOrder, "epoch"):
        world.submit(settlement)


def test_an_account_with_an_open_order_signs_no_leg(world: World) -> None:
    """It would prove against a state that a fill may change."""
    settlement = _settlement(world)
    world.order(world.authors[2], {0: -60_000, 2: 10})
    world.order(world.authors[1], {0: -60_000, 2: 10})
    nonce = world.state.account(1).nonce
    with refused(world, NotAdmitted, "account 1"):
        world.submit(with_leg(settlement, 1, nonce=nonce))


def test_a_firm_leg_needs_an_order(world: World) -> None:
    """No order, an unknown account, an order of another account."""
    with refused(world, NotAdmitted, "order 7"):
        world.submit(_of([_firm(0, 7)]))
    with refused(world, NotAdmitted, "account"):
        world.submit(_of([_firm(99, 7)]))
    world.order(world.authors[0], {0: -60_000, 2: 10})
    order = world.state.account(0).order
    assert order is not None
    with refused(world, NotAdmitted, f"order {order.id}"):
        world.submit(_of([_firm(1, order.id)]))
    with refused(world, Unauthorised, f"matcher of order {order.id}"):
        world.submit(_of([_firm(0, order.id)]))


@pytest.mark.parametrize(("lots", "check"), [(1 << 46, "range"), ((1 << 46) - 1, "total")])
def test_a_position_past_its_width_has_no_proof(world: World, lots: int, check: str) -> None:
    """One lot past the inner half it is the range that fails; within it is what it costs."""
    buyer, seller = world.authors[:2]
    delta = world.delta({2: lots})
    with refused(world, Unsatisfied, f"constraint {check}"):
        world.settlement([(seller, -delta), (buyer, delta)][:: 1 if check == "total" else -1])
