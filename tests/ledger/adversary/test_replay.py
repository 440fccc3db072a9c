from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.errors import NotAdmitted, OutOfOrder
from ledger.transitions import Transition
from prover.author import Author
from prover.owner import Written
from tests.ledger.adversary.attacks import marked, pure_balance, refused, resigned
from tests.ledger.world import World, stand_in_world
from zk.errors import ProofRejected, SignatureRejected

Write = Callable[[World, Author], Written[Transition]]


def _claim(world: World, author: Author) -> Written[Transition]:
    rows = marked(world)
    return _any(author.publish_claim(world.state, "solvent", rows))


def _any(written: object) -> Written[Transition]:
    assert isinstance(written, Written)
    return written


OWNED: dict[str, Write] = {
    "deposit": lambda w, a: _any(a.deposit(w.state, 0, 5, w.offices.custodian)),
    "withdraw": lambda w, a: _any(a.withdraw(w.state, 0, 5)),
    "refresh": lambda w, a: _any(a.refresh(w.state)),
    "place-order": lambda w, a: _any(
        a.place_order(w.state, w.delta({0: -60_000, 2: 10}), w.matcher.public)
    ),
    "prove-margin": lambda w, a: _any(a.prove_margin(w.state)),
    "prove-margin with escrow": lambda w, a: _any(a.prove_margin(w.state, escrowed=True)),
    "prove-flat": lambda w, a: _any(a.prove_flat(w.state)),
    "publish-claim": _claim,
}


@pytest.mark.parametrize("kind", OWNED)
def test_an_applied_transition_is_not_applied_again(world: World, kind: str) -> None:
    """The nonce is used up."""
    author = world.authors[0]
    written = OWNED[kind](world, author)
    world.accept(author, written)
    with refused(world, OutOfOrder, "nonce of account 0"):
        world.submit(written.transition)


@pytest.mark.parametrize("kind", OWNED)
def test_a_nonce_is_neither_skipped_nor_used_twice(world: World, kind: str) -> None:
    """One signed for the next but one, for the one before, and for the last that there could be."""
    author = world.authors[0]
    draft = OWNED[kind](world, author).transition
    for nonce in (0, 2, (1 << 53) - 1):
        with refused(world, OutOfOrder, "nonce of account 0"):
            world.submit(resigned(world, author, draft, nonce=nonce))


@pytest.mark.parametrize("kind", OWNED)
def test_nobody_but_the_owner_signs(world: World, kind: str) -> None:
    """Everything is proven, and somebody else has signed."""
    author, thief = world.authors
    draft = OWNED[kind](world, author).transition
    with refused(world, SignatureRejected, "signature of the owner of account 0"):
        world.submit(resigned(world, thief, draft))


@pytest.mark.parametrize("kind", OWNED)
def test_a_transition_is_not_moved_to_another_account(world: World, kind: str) -> None:
    """The account is in the terms: the signature is of another transition."""
    author = world.authors[0]
    draft = OWNED[kind](world, author).transition
    subject = "signature of (the owner of account 1|the custodian)"
    with refused(world, SignatureRejected, subject):
        world.submit(draft.model_copy(update={"account": 1}))


@pytest.mark.parametrize("kind", OWNED)
def test_a_transition_of_another_ledger_is_refused(world: World, kind: str) -> None:
    """Same offices, same accounts, same nonces; another name in every binding."""
    other = stand_in_world()
    other.ledger = stand_in_world(2).ledger
    author = world.authors[0]
    draft = OWNED[kind](world, author).transition
    signature = author.signer.sign(draft.binding(other.ledger.id))
    evidence: dict[str, object] = {"signature": signature}
    with refused(world, SignatureRejected, "signature of the owner of account 0"):
        world.submit(draft.model_copy(update=evidence))


@pytest.mark.parametrize("kind", ["withdraw", "refresh", "place-order", "publish-claim"])
def test_a_proof_of_another_epoch_is_refused(world: World, kind: str) -> None:
    """One that has passed and one to come."""
    author = world.authors[0]
    old = OWNED[kind](world, author).transition
    world.next_epoch()
    with refused(world, OutOfOrder, "epoch"):
        world.submit(old)
    with refused(world, OutOfOrder, "epoch"):
        world.submit(resigned(world, author, old, epoch=3))
    with refused(
        world, ProofRejected, "((solvency|claim) of account 0|refresh that holds no value).*"
    ):
        world.submit(resigned(world, author, old, epoch=2))


def test_an_account_is_not_opened_twice(world: World) -> None:
    """A key owns one account, whatever it is opened with."""
    author = world.authors[0]
    again = replace(author, seed=bytes(32)).open_account(world.state).transition
    with refused(world, NotAdmitted, "owner"):
        world.submit(again)


def test_a_commitment_is_not_opened_under_another_key(world: World) -> None:
    """The possession of one's commitment does not show the possession of it by a thief."""
    author, thief = world.authors
    stranger = replace(author, signer=world.matcher)
    honest = stranger.open_account(world.state).transition
    stolen = honest.model_copy(update={"owner": world.offices.custodian.public})
    signature = world.offices.custodian.sign(stolen.binding(world.ledger.id))
    with refused(world, ProofRejected, "opening of the account"):
        world.submit(stolen.model_copy(update={"signature": signature}))
    with refused(world, SignatureRejected, "signature of the new owner"):
        world.submit(honest.model_copy(update={"signature": thief.signer.sign(b"")}))


def test_an_account_is_not_opened_with_something_in_it(world: World) -> None:
    """C = G + r·H is no multiple of H, and no proof says so."""
    rich = replace(world.authors[0], signer=world.matcher)
    draft = rich.open_account(world.state).transition
    commitment = draft.commitment + world.delta({0: 1}).commit().point
    with refused(world, ProofRejected, "opening of the account"):
        world.submit(resigned(world, rich, draft, commitment=commitment))


@pytest.mark.parametrize("key", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32, b"\x02" * 32])
def test_an_owner_that_is_no_key_is_refused(world: World, key: bytes) -> None:
    """Points of small order, off the curve, not reduced: one refusal, no other exception."""
    draft = replace(world.authors[0], signer=world.matcher).open_account(world.state).transition
    with refused(world, SignatureRejected, "signature of the new owner"):
        world.submit(draft.model_copy(update={"owner": key}))


@pytest.mark.parametrize(
    "key",
    [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"],
    ids=["order 4", "order 1", "order 2"],
)
def test_a_key_under_which_everybody_signs_is_refused(world: World, key: bytes) -> None:
    """Orders 4, 1 and 2: R = 0 and s = 0 sign every message, and verifiers differ about it."""
    everything = b"\x01" + bytes(63)
    author = replace(world.authors[0], signer=world.matcher)
    blinding = author.open_account(world.state).opening.blinding
    draft = author.open_account(world.state).transition.model_copy(update={"owner": key})
    possession = pure_balance(world, draft.binding(world.ledger.id), blinding)
    evidence = {"possession": possession, "signature": everything}
    with refused(world, SignatureRejected, "signature of the new owner"):
        world.submit(draft.model_copy(update=evidence))


def test_an_account_that_is_not_there_is_refused(world: World) -> None:
    """The next one, and the last one that a number can name."""
    draft = world.authors[0].prove_margin(world.state).transition
    for account in (2, (1 << 53) - 1):
        with refused(world, NotAdmitted, "account"):
            world.submit(draft.model_copy(update={"account": account}))


def test_time_does_not_run_backwards(world: World) -> None:
    """Nor ahead, past all that an entry can hold."""
    draft = world.authors[0].prove_margin(world.state).transition
    for time in (world.now - 1, (1 << 53) - 1, 1 << 53, 10**20):
        with refused(world, OutOfOrder, "time"):
            world.ledger.submit(draft.encode(), time)
