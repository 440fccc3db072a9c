"""P = p·B, proven by people none of whom knows p."""

from __future__ import annotations

import pytest

from ledger.evidence import Evidence
from ledger.judge import Judge
from prover.guardian import NoncePair, Nonces, join, respond
from prover.guardian.errors import MalformedCeremony, PartialRejected, TooFewGuardians
from tests.ledger.world import fastest
from tests.prover.guardian.circle import Circle, trusted
from zk.babyjubjub import Point
from zk.errors import Conflict, ProofRejected
from zk.randomness import insecure_seeded_randomness

_, SHARES = trusted(4, 3)
SHARED = SHARES[0].shared
RANDOMNESS = insecure_seeded_randomness(11)


def drawn(*guardians: int) -> tuple[list[Nonces], list[NoncePair]]:
    nonces = [Nonces(i, RANDOMNESS) for i in guardians]
    return nonces, [one.public for one in nonces]


def test_the_ledger_accepts_a_proof_made_together() -> None:
    """From ceremony to `EscrowKey.spanned()`: the checker sees an ordinary proof."""
    circle = Circle(n=3, t=2)
    shares = circle.shares(circle.hold(circle.terms()))
    checker = Judge({}, fastest())
    for chosen in ([0, 1], [0, 2], [1, 2], [0, 1, 2]):
        key = circle.prove([shares[i] for i in chosen])
        assert key.point == shares[0].shared.key
        checker.check(Evidence(spans=[key.spanned()]))
    other = key.model_copy(update={"point": key.point + Point.BASE8})
    with pytest.raises(ProofRejected, match="possession"):
        checker.check(Evidence(spans=[other.spanned()]))


def test_too_few_cannot_prove_it() -> None:
    """t − 1 guardians are refused, and so is one who is counted twice or does not exist."""
    nonces, pairs = drawn(0, 1)
    with pytest.raises(TooFewGuardians, match="3 of use"):
        respond(SHARES[0], nonces[0], pairs)
    nonces, pairs = drawn(0, 1, 1)
    with pytest.raises(Conflict, match="one of each"):
        respond(SHARES[0], nonces[0], pairs)
    nonces, pairs = drawn(0, 1, 9)
    with pytest.raises(MalformedCeremony, match="guardian"):
        respond(SHARES[0], nonces[0], pairs)


def test_a_wrong_response_is_named() -> None:
    """The one who spoils a proof is known."""
    nonces, pairs = drawn(0, 2, 3)
    responses = [respond(SHARES[p.guardian], n, pairs) for p, n in zip(pairs, nonces, strict=True)]
    join(SHARED, pairs, responses)
    wrong = responses[1].model_copy(update={"response": responses[1].response ^ 1})
    with pytest.raises(PartialRejected, match="guardian 2") as error:
        join(SHARED, pairs, [responses[0], wrong, responses[2]])
    assert error.value.guardian == 2
    with pytest.raises(Conflict, match="responses"):
        join(SHARED, pairs, responses[:2])


def test_nonces_answer_once() -> None:
    """Two answers from the same nonces would be two equations for the share."""
    nonces, pairs = drawn(0, 1, 2)
    respond(SHARES[0], nonces[0], pairs)
    with pytest.raises(Conflict, match="nonces"):
        respond(SHARES[0], nonces[0], pairs)


def test_nobody_answers_a_list_without_its_own_nonces() -> None:
    """Nor with the nonces of another guardian."""
    nonces, pairs = drawn(0, 1, 2)
    _, others = drawn(0, 1, 2)
    with pytest.raises(Conflict, match="our own"):
        respond(SHARES[0], nonces[0], others)
    with pytest.raises(Conflict, match="our own"):
        respond(SHARES[1], nonces[0], pairs)


def test_an_answer_belongs_to_its_whole_list() -> None:
    """The binding factor: a response does not fit where somebody's nonces were exchanged later.

    Without it an attacker who opens many sessions at once could steer their sum.
    """
    nonces, pairs = drawn(0, 1, 2)
    responses = [respond(SHARES[i], nonces[i], pairs) for i in range(3)]
    later = pairs[2].model_copy(update={"hiding": pairs[2].binding, "binding": pairs[2].hiding})
    with pytest.raises(PartialRejected, match="guardian 0"):
        join(SHARED, [*pairs[:2], later], responses)


def test_the_identity_is_no_nonce() -> None:
    """A guardian whose nonces are none would show its share."""
    nonces, pairs = drawn(0, 1, 2)
    bare = pairs[2].model_copy(update={"hiding": Point.IDENTITY})
    with pytest.raises(PartialRejected, match="guardian 2"):
        respond(SHARES[0], nonces[0], [*pairs[:2], bare])
