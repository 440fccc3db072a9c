from __future__ import annotations

import pytest

from circuits.escrow import encrypt
from circuits.margin import margin_private
from circuits.solvency import (
    SolvencyPrivate,
    read_message,
    solvency_message,
    solvency_public,
)
from ledger.transitions import Escrow, Settle, SignedLeg
from ledger.transitions.base import owner_context
from prover.author import Author
from prover.settlement import settled, settlement_terms, signed_terms
from tests.ledger.adversary.attacks import Forger, refused
from tests.ledger.world import World
from zk.babyjubjub import Point
from zk.errors import Malformed, ProofRejected, Unsatisfied
from zk.field import SUBGROUP_ORDER
from zk.generators import reserve_generator
from zk.pedersen import Commitment, Opening


def _leg(
    world: World, author: Author, terms: Settle, delta: Opening, reserved: int, *, honest: bool
) -> SignedLeg:
    """A leg whose account holds so much of the reserve afterwards, proven as well as can be."""
    state = world.state
    binding = terms.binding(world.ledger.id)
    own = next(leg for leg in terms.legs if leg.account == author.account)
    assert isinstance(own, SignedLeg)
    after = author.known + delta + Opening((-state.parameters.leg_fee, 0, 0, 0), 0)
    point = after.commit().point + reserve_generator() * (reserved % SUBGROUP_ORDER)
    schedule = state.demands(state.current_market).initial(state.parameters.floor)
    context = owner_context(binding, author.account)
    private = margin_private(state.shape, schedule, after, reserved)
    message = solvency_message(state.shape, after.values, max(reserved, 0), after.blinding)
    secret = author.escrow_secret(context, point)
    escrow = encrypt(state.parameters.escrow.point, secret, context, message)
    public = solvency_public(state.shape, Commitment(point), schedule, context, escrow)
    proving = author.proving if honest else Forger()
    proof = proving.prove("solvency", public, SolvencyPrivate(private, secret))
    ephemeral = Point.unchecked(escrow.ephemeral.x, escrow.ephemeral.y)
    return own.model_copy(
        update={
            "escrow": Escrow(ephemeral=ephemeral, words=escrow.words),
            "proof": proof,
            "signature": author.signer.sign(binding),
        }
    )


def _settlement(world: World, reserved: int) -> tuple[Settle, Opening]:
    """+n·F on one side and −n·F on the other: it balances."""
    delta = world.delta({0: 5})
    first, second = world.authors
    shift = reserve_generator() * reserved
    parts = [
        signed_terms(world.state, first.account, delta.commit().point + shift),
        signed_terms(world.state, second.account, (-delta).commit().point - shift),
    ]
    return settlement_terms(world.state, parts), delta


@pytest.mark.parametrize("reserved", [1, 1_000, (1 << 60) - 1])
def test_nobody_holds_a_reserve_of_his_own(world: World, reserved: int) -> None:
    """Whoever takes n·F proves it at his own expense; whoever gives it has no proof at all.

    So no account ever holds any: what guardians read is always an opening without it.
    """
    first, second = world.authors
    if reserved > 10**7:
        with pytest.raises(Unsatisfied, match="total"):
            _leg(world, first, *_settlement(world, reserved), reserved, honest=True)
        return
    terms, delta = _settlement(world, reserved)
    taken = _leg(world, first, terms, delta, reserved, honest=True)
    with refused(world, Unsatisfied, "constraint reserved"):
        _leg(world, second, terms, -delta, -reserved, honest=True)
    given = _leg(world, second, terms, -delta, -reserved, honest=False)
    crooked = settled(world.state, terms, [taken, given], 0, None, world.randomness)
    with refused(world, ProofRejected, "solvency of account 1 after the settlement"):
        world.submit(crooked)


def test_a_reserve_out_of_nothing_does_not_balance(world: World) -> None:
    """F is no blinding: a leg that adds some alone is no part of a settlement."""
    terms, delta = _settlement(world, 1)
    first, second = world.authors
    alone = [
        terms.legs[0],
        terms.legs[1].model_copy(update={"delta": (-delta).commit().point}),
    ]
    bent = settlement_terms(world.state, alone)
    legs = [
        _leg(world, first, bent, delta, 1, honest=True),
        second.signed_leg(world.state, bent, -delta).transition,
    ]
    with refused(world, ProofRejected, "span"):
        settled(world.state, bent, legs, 0, None, world.randomness)


def test_a_message_with_a_reserve_is_no_opening_of_an_account(world: World) -> None:
    """Should guardians ever read one, it says so, and not that values are others."""
    message = solvency_message(world.shape, (1, 2, 3, 4), 5, 6)
    with pytest.raises(Malformed, match="no reserve"):
        read_message(world.shape, message)
    opening = read_message(world.shape, solvency_message(world.shape, (1, 2, 3, 4), 0, 6))
    assert opening == Opening((1, 2, 3, 4), 6)
