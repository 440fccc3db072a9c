from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, TypeVar

import pytest

from ledger.errors import NotAdmitted, OutOfOrder
from ledger.transitions import OpenAccount, Transition
from prover.author import Author
from prover.blank import BLANK_SIGNATURE, BLANK_SPAN
from tests.ledger.adversary.attacks import (
    NO_PROOF,
    marked,
    pure_balance,
    refused,
    resigned,
    with_leg,
)
from tests.ledger.world import World, dev_provers, fastest, peopled, real_world
from tests.zk.curves_for_tests import twist_point
from zk.errors import ProofRejected
from zk.field import SCALAR_MODULUS, inverse
from zk.groth16 import Proof
from zk.signatures import SigningKey

T = TypeVar("T", bound=Transition)


R: Final = 0x1234567


@pytest.fixture
def world() -> World:
    return peopled(real_world())


def _scaled(proof: bytes, _: str) -> bytes:
    """(rA, r⁻¹B, C)."""
    old = Proof.decode(proof)
    return Proof(old.a * R, old.b * inverse(R, SCALAR_MODULUS), old.c).encode()


def _shifted(proof: bytes, statement: str) -> bytes:
    """(A, B + kδ, C + kA)."""
    key = dev_provers("tiny", fastest().name).provers[statement].prover.verifying_key
    old = Proof.decode(proof)
    return Proof(old.a, old.b + key.delta_2 * R, old.c + old.a * R).encode()


def _reproven(transition: T, **evidence: Any) -> T:
    return transition.model_copy(update=evidence)


@pytest.mark.parametrize("again", [_scaled, _shifted])
def test_a_rerandomised_proof_is_the_same_transition(world: World, again: Any) -> None:
    """Nothing is keyed on proof bytes: whoever changes them gains nothing, first or second."""
    author = world.authors[0]
    written = author.withdraw(world.state, 0, 5)
    other = _reproven(written.transition, proof=again(written.transition.proof, "solvency"))
    assert other.proof != written.transition.proof
    world.submit(other)
    author.opening = written.opening
    for duplicate in (written.transition, other):
        with refused(world, OutOfOrder, "nonce of account 0"):
            world.submit(duplicate)


@pytest.mark.parametrize("again", [_scaled, _shifted])
def test_a_rerandomised_fill_does_not_fill_twice(world: World, again: Any) -> None:
    """The order is closed, whatever the proof looks like."""
    buyer, seller = world.authors
    bid = world.order(buyer, {0: -60_000, 2: 10})
    ask = world.order(seller, {0: 60_000, 2: -10})
    fills = [world.fill(buyer, bid, 1, 2), world.fill(seller, ask, 1, 2)]
    settlement = world.firm_settlement(fills)
    world.submit(settlement)
    legs = tuple(_reproven_leg(leg, again) for leg in settlement.legs)
    with refused(world, NotAdmitted, "order .*"):
        world.submit(settlement.model_copy(update={"legs": legs}))


def test_a_proof_is_not_moved_to_another_ledger(world: World) -> None:
    """The same keys, offices, owner, commitment and nonce on both; only the name differs."""
    other = real_world(delay=61)
    other.publish()
    author = world.authors[0]
    twin = _open_with(other, replace(author), author)
    other.deposit(twin, 0, 10**7)
    proven = author.withdraw(world.state, 0, 5).transition
    mine = other.state.account(0).commitment
    assert mine == world.state.account(0).commitment
    with refused(other, ProofRejected, "solvency of account 0 after the withdrawal"):
        other.submit(resigned(other, twin, proven))


def test_a_proof_is_not_moved_to_another_account(world: World) -> None:
    """Two accounts of one owner with one commitment: still two accounts."""
    author = world.authors[0]
    empty = world.join()
    twin = _open_with(world, replace(author, signer=SigningKey(bytes(32))), empty)
    proven = empty.prove_margin(world.state).transition
    nonce = world.state.account(twin.account).nonce
    moved = resigned(world, twin, proven, account=twin.account, nonce=nonce)
    assert nonce == proven.nonce
    with refused(world, ProofRejected, f"margin of account {twin.account}"):
        world.submit(moved)


def test_a_proof_is_not_moved_to_another_nonce(world: World) -> None:
    """The commitment has not changed in between."""
    author = world.authors[0]
    proven = author.prove_margin(world.state).transition
    world.accept(author, author.prove_margin(world.state))
    with refused(world, ProofRejected, "margin of account 0"):
        world.submit(resigned(world, author, proven, nonce=proven.nonce + 1))


def test_a_proof_is_not_moved_to_another_epoch(world: World) -> None:
    """Not even where both epochs have the same table."""
    author = world.authors[0]
    proven = author.prove_margin(world.state).transition
    world.now += 1_800
    world.publish(table=world.state.current_market.table)
    with refused(world, ProofRejected, "margin of account 0"):
        world.submit(resigned(world, author, proven, epoch=2))


def test_a_proof_is_not_moved_to_another_amount(world: World) -> None:
    """Neither to more nor to another asset."""
    author = world.authors[0]
    world.deposit(author, 1, 100)
    proven = author.withdraw(world.state, 0, 5).transition
    for terms in ({"amount": 6}, {"amount": 4, "least": 4}, {"asset": 1}, {"least": 4}):
        with refused(world, ProofRejected, "solvency of account 0 after the withdrawal"):
            world.submit(resigned(world, author, proven, **terms))


def test_a_proof_is_not_moved_to_another_kind(world: World) -> None:
    """A heartbeat is no disclosure, a disclosure no heartbeat, and one role is not the other."""
    author = world.authors[0]
    rows = marked(world)
    claim = author.publish_claim(world.state, "", rows).transition
    heartbeat = author.prove_margin(world.state).transition
    with refused(world, ProofRejected, "claim of account 0: "):
        world.submit(_reproven(claim, proof=heartbeat.proof))
    with refused(world, ProofRejected, "margin of account 0"):
        world.submit(_reproven(heartbeat, proof=claim.proof))
    nothing = world.delta({}) - world.delta({})
    order = author.place_order(world.state, nothing, world.matcher.public).transition
    with refused(world, ProofRejected, "margin of account 0 with its order filled"):
        world.submit(_reproven(order, filled_proof=heartbeat.proof))


@pytest.mark.parametrize("proof", [bytes(256), NO_PROOF, bytes([255]) * 256])
def test_bytes_that_are_no_proof_are_refused(world: World, proof: bytes) -> None:
    """Points at infinity, off the curve, past the modulus."""
    draft = world.authors[0].prove_margin(world.state).transition
    with refused(world, ProofRejected, "margin of account 0"):
        world.submit(_reproven(draft, proof=proof))


def test_a_proof_with_b_outside_the_subgroup_is_refused(world: World) -> None:
    """On the twist, and not of order r."""
    draft = world.authors[0].prove_margin(world.state).transition
    bent = draft.proof[:64] + twist_point().encode() + draft.proof[192:]
    with refused(world, ProofRejected, "margin of account 0"):
        world.submit(_reproven(draft, proof=bent))


def test_a_market_that_is_prepared_judges_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its part of the sum computed in advance, false is refused and true is accepted."""
    monkeypatch.setattr("circuits.prepared.PREPARE_AFTER", 0)
    author = world.authors[0]
    good = author.prove_margin(world.state)
    stale = author.publish_claim(world.state, "", marked(world)).transition
    with refused(world, ProofRejected, "margin of account 0"):
        world.submit(_reproven(good.transition, proof=stale.proof))
    world.accept(author, good)
    delta = world.delta({0: -60_000, 2: 10})
    settlement, _ = world.settlement([(world.authors[0], delta), (world.authors[1], -delta)])
    with refused(world, ProofRejected, "solvency of account 1 after the settlement"):
        world.submit(with_leg(settlement, 1, escrow=settlement.legs[0].escrow))
    world.submit(settlement)


def _reproven_leg(leg: Any, again: Any) -> Any:
    return leg.model_copy(update={"proof": again(leg.proof, "fill")})


def _open_with(world: World, author: Author, model: Author) -> Author:
    """Opens an account with the blinding that `model` opened its own with."""
    blinding = model.known.blinding
    values = (0,) * world.shape.components
    opening = replace(model.known, values=values)
    draft = OpenAccount(
        owner=author.signer.public,
        commitment=opening.commit().point,
        possession=BLANK_SPAN,
        signature=BLANK_SIGNATURE,
    )
    possession = pure_balance(world, draft.binding(world.ledger.id), blinding)
    author.account = world.state.pool.accounts
    author.opening = opening
    world.submit(resigned(world, author, draft, possession=possession))
    return author
