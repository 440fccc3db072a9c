"""Representation proofs and equality proofs on Baby Jubjub."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.strategies import SOME, bases, elements, points, scalars
from zk.babyjubjub import Point, combine
from zk.errors import ProofRejected
from zk.field import SUBGROUP_ORDER
from zk.generators import blinding_generator, value_generators
from zk.randomness import insecure_seeded_randomness
from zk.sigma import Equality, EqualityProof, Span, SpanProof

L = SUBGROUP_ORDER
H = blinding_generator()
BASES = (*value_generators(2), H)
SECRETS = (5, -3, 1234567)
SPAN = Span(BASES, combine(BASES, SECRETS))
SPAN_PROOF = SPAN.prove(SECRETS, b"context", insecure_seeded_randomness(1))
X = 987654321
EQUALITY = Equality((BASES[0], H), (BASES[0] * X, H * X))
EQUALITY_PROOF = EQUALITY.prove(X, b"context", insecure_seeded_randomness(2))
OTHER = Point.BASE8 * 77


def spans() -> dict[str, Span]:
    """The statement with one item moved."""
    g, k, h = BASES
    return {
        "first base": Span((OTHER, k, h), SPAN.target),
        "last base": Span((g, k, OTHER), SPAN.target),
        "bases swapped": Span((k, g, h), SPAN.target),
        "negative base": Span((-g, k, h), SPAN.target),
        "target": Span(BASES, SPAN.target + g),
        "negative target": Span(BASES, -SPAN.target),
        "identity as target": Span(BASES, Point.IDENTITY),
    }


def equalities() -> dict[str, Equality]:
    """The statement with one item moved."""
    (b1, b2), (x1, x2) = EQUALITY.bases, EQUALITY.targets
    return {
        "first base": Equality((OTHER, b2), (x1, x2)),
        "second base": Equality((b1, OTHER), (x1, x2)),
        "first target": Equality((b1, b2), (x1 + b1, x2)),
        "second target": Equality((b1, b2), (x1, x2 + b2)),
        "both targets": Equality((b1, b2), (x1 + b1, x2 + b2)),
        "targets swapped": Equality((b1, b2), (x2, x1)),
        "everything swapped": Equality((b2, b1), (x2, x1)),
    }


@SOME
@given(
    terms=st.lists(st.tuples(bases(), scalars()), min_size=1, max_size=4),
    context=st.binary(max_size=8),
    seed=st.integers(),
)
def test_an_honest_span_proof_verifies(
    terms: list[tuple[Point, int]], context: bytes, seed: int
) -> None:
    """Whoever knows the scalars proves the span, for any bases, zeros and negatives included."""
    several, secrets = tuple(point for point, _ in terms), [k for _, k in terms]
    span = Span(several, combine(several, secrets))
    proof = span.prove(secrets, context, insecure_seeded_randomness(seed))
    span.verify(proof, context)
    assert SpanProof.decode(proof.encode()) == proof


@SOME
@given(x=scalars(), context=st.binary(max_size=8), seed=st.integers())
def test_an_honest_equality_proof_verifies(x: int, context: bytes, seed: int) -> None:
    """Whoever knows the common logarithm proves that it is common."""
    equality = Equality((H, OTHER), (H * x, OTHER * x))
    proof = equality.prove(x, context, insecure_seeded_randomness(seed))
    equality.verify(proof, context)
    assert EqualityProof.decode(proof.encode()) == proof


@pytest.mark.parametrize("item", spans())
def test_weak_fiat_shamir_span_statement(item: str) -> None:
    """Each item of the statement, moved, changes the challenge and refuses the proof."""
    SPAN.verify(SPAN_PROOF, b"context")
    moved, commitment = spans()[item], SPAN_PROOF.commitment
    assert moved._challenge(commitment, b"context") != SPAN._challenge(commitment, b"context")
    with pytest.raises(ProofRejected):
        moved.verify(SPAN_PROOF, b"context")


@pytest.mark.parametrize("item", equalities())
def test_weak_fiat_shamir_equality_statement(item: str) -> None:
    """Each item of the statement, moved, changes the challenge and refuses the proof."""
    EQUALITY.verify(EQUALITY_PROOF, b"context")
    moved, commitments = equalities()[item], EQUALITY_PROOF.commitments
    assert moved._challenge(commitments, b"context") != EQUALITY._challenge(commitments, b"context")
    with pytest.raises(ProofRejected):
        moved.verify(EQUALITY_PROOF, b"context")


@pytest.mark.parametrize("context", [b"", b"contexT", b"context\0", b"ontext"])
def test_weak_fiat_shamir_context(context: bytes) -> None:
    """A proof does not move to another context."""
    with pytest.raises(ProofRejected):
        SPAN.verify(SPAN_PROOF, context)
    with pytest.raises(ProofRejected):
        EQUALITY.verify(EQUALITY_PROOF, context)


def test_weak_fiat_shamir_span_messages() -> None:
    """The commitment and each response, moved, refuse the proof."""
    moved = [SpanProof(SPAN_PROOF.commitment + H, SPAN_PROOF.responses)]
    moved += [SpanProof(-SPAN_PROOF.commitment, SPAN_PROOF.responses)]
    for index, s in enumerate(SPAN_PROOF.responses):
        responses = list(SPAN_PROOF.responses)
        responses[index] = (s + 1) % L
        moved.append(SpanProof(SPAN_PROOF.commitment, tuple(responses)))
    # Shifting commitment and response together satisfies the equation for the old challenge.
    shifted = (*SPAN_PROOF.responses[:2], (SPAN_PROOF.responses[2] + 1) % L)
    moved.append(SpanProof(SPAN_PROOF.commitment + H, shifted))
    for proof in moved:
        with pytest.raises(ProofRejected):
            SPAN.verify(proof, b"context")


def test_weak_fiat_shamir_equality_messages() -> None:
    """Each commitment and the response, moved, refuse the proof."""
    (t1, t2), s = EQUALITY_PROOF.commitments, EQUALITY_PROOF.response
    b1, b2 = EQUALITY.bases
    for proof in (
        EqualityProof((t1 + b1, t2), s),
        EqualityProof((t1, t2 + b2), s),
        EqualityProof((t2, t1), s),
        EqualityProof((t1, t2), (s + 1) % L),
        EqualityProof((t1 + b1, t2 + b2), (s + 1) % L),
    ):
        with pytest.raises(ProofRejected):
            EQUALITY.verify(proof, b"context")


@SOME
@given(responses=st.tuples(*[elements(L)] * 3), commitment=points())
def test_frozen_heart_a_target_solved_for_afterwards_is_refused(
    responses: tuple[int, int, int], commitment: Point
) -> None:
    """Messages first and the target solved from the equation: a transcript without X falls to it.

    The solved target satisfies the equation for the challenge that was drawn before it existed.
    """
    c = SPAN._challenge(commitment, b"context")
    target = (combine(BASES, responses) - commitment) * pow(c, -1, L)
    assume(not target.is_identity)  # which is in the span, so that there is nothing to forge
    assert combine((*BASES, target), (*responses, -c)) == commitment
    with pytest.raises(ProofRejected):
        Span(BASES, target).verify(SpanProof(commitment, responses), b"context")


@SOME
@given(responses=st.tuples(*[elements(L)] * 3), c=elements(L))
def test_simulated_proof_is_refused(responses: tuple[int, int, int], c: int) -> None:
    """A transcript that fits a challenge of the forger's own choice does not fit the real one."""
    commitment = combine((*BASES, SPAN.target), (*responses, -c))
    with pytest.raises(ProofRejected):
        SPAN.verify(SpanProof(commitment, responses), b"context")


@pytest.mark.parametrize("secrets", [(6, -3, 1234567), (5, -3, 0), (0, 0, 0), (-3, 5, 1234567)])
def test_wrong_scalars_prove_nothing(secrets: tuple[int, ...]) -> None:
    """The prover refuses scalars of another point; what they would prove does not verify."""
    with pytest.raises(ProofRejected, match="span"):
        SPAN.prove(secrets, b"context")
    nonces = (1, 2, 3)
    commitment = combine(BASES, nonces)
    c = SPAN._challenge(commitment, b"context")
    responses = tuple((k + c * x) % L for k, x in zip(nonces, secrets, strict=True))
    with pytest.raises(ProofRejected):
        SPAN.verify(SpanProof(commitment, responses), b"context")


def test_unequal_logarithms_prove_nothing() -> None:
    """Targets with different logarithms, and a scalar that fits only one of them, are refused."""
    b1, b2 = EQUALITY.bases
    unequal = Equality((b1, b2), (b1 * 5, b2 * 6))
    for x in (5, 6):
        with pytest.raises(ProofRejected, match="equality"):
            unequal.prove(x, b"context")
        k = 99
        commitments = (b1 * k, b2 * k)
        s = (k + unequal._challenge(commitments, b"context") * x) % L
        with pytest.raises(ProofRejected):
            unequal.verify(EqualityProof(commitments, s), b"context")
