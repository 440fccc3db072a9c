"""Sigma proofs: the form of statements and messages, small-order points, encodings, nonces."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import SOME
from tests.zk.curves_for_tests import edwards_add, pack, torsion_points
from tests.zk.test_sigma import EQUALITY, EQUALITY_PROOF, OTHER, SECRETS, SPAN, SPAN_PROOF, H, L, X
from zk.babyjubjub import Point
from zk.errors import Malformed, ProofRejected
from zk.field import encode
from zk.randomness import Randomness, insecure_seeded_randomness
from zk.sigma import Equality, EqualityProof, Span, SpanProof


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_wrong_number_of_responses_is_refused(count: int) -> None:
    """There is one response per base: fewer, more, or zeros added to fill up are refused."""
    responses = (*SPAN_PROOF.responses, 0)[:count]
    with pytest.raises(ProofRejected, match="responses"):
        SPAN.verify(SpanProof(SPAN_PROOF.commitment, responses), b"context")


@pytest.mark.parametrize("secrets", [(), (5,), (5, -3), (5, -3, 1234567, 0)])
def test_wrong_number_of_scalars_is_refused(secrets: tuple[int, ...]) -> None:
    """The prover takes one scalar per base and guesses none."""
    with pytest.raises(Malformed, match="scalars"):
        SPAN.prove(secrets, b"context")


def test_identity_as_a_base_is_refused() -> None:
    """The identity is no base: any scalar of it is right, so it would prove nothing."""
    with pytest.raises(Malformed):
        Span((), H)
    for some in ((Point.IDENTITY,), (Point.IDENTITY, H), (H, Point.IDENTITY)):
        with pytest.raises(Malformed):
            Span(some, H)
    for pair in ((Point.IDENTITY, H), (H, Point.IDENTITY)):
        with pytest.raises(Malformed):
            Equality(pair, (H, H))


def test_identity_as_a_target_is_allowed() -> None:
    """The identity is in every span: zero scalars write it, and a refresh by nothing is one.

    It gives no power, since zeros are the only representation of it that anybody knows.
    """
    span = Span((H,), Point.IDENTITY)
    span.verify(span.prove((0,), b"nothing"), b"nothing")
    with pytest.raises(ProofRejected):
        span.prove((1,), b"nothing")
    equality = Equality((H, OTHER), (Point.IDENTITY, Point.IDENTITY))
    equality.verify(equality.prove(0, b"zero"), b"zero")
    with pytest.raises(ProofRejected):
        EQUALITY.verify(replace(EQUALITY_PROOF, commitments=(Point.IDENTITY,) * 2), b"context")


@pytest.mark.parametrize("index", range(1, 8))
def test_small_order_point_in_a_proof_is_refused(index: int) -> None:
    """A commitment that is moved by a torsion point, or is one, does not decode."""
    torsion = torsion_points()[index]
    t, (t1, t2) = SPAN_PROOF.commitment, EQUALITY_PROOF.commitments
    for bad in (torsion, edwards_add(torsion, (t.x, t.y))):
        with pytest.raises(Malformed):
            SpanProof.decode(pack(bad) + SPAN_PROOF.encode()[32:])
        with pytest.raises(Malformed):
            EqualityProof.decode(pack(bad) + EQUALITY_PROOF.encode()[32:])
        with pytest.raises(Malformed):
            EqualityProof.decode(t1.encode() + pack(bad) + encode(EQUALITY_PROOF.response))
    # Even a point that was smuggled past the decoder satisfies no equation in the subgroup.
    smuggled = Point.unchecked(*edwards_add(torsion, (t2.x, t2.y)))
    with pytest.raises(ProofRejected):
        EQUALITY.verify(EqualityProof((t1, smuggled), EQUALITY_PROOF.response), b"context")


@pytest.mark.parametrize("alias", [L, L + 1, (1 << 256) - 1])
def test_non_canonical_response_is_refused(alias: int) -> None:
    """A response has one name in [0, l), in the object as in the bytes."""
    head = SPAN_PROOF.encode()[:32]
    with pytest.raises(Malformed):
        SpanProof(SPAN_PROOF.commitment, (1, 2, alias))
    with pytest.raises(Malformed):
        SpanProof.decode(head + encode(1) + encode(alias))
    with pytest.raises(Malformed):
        EqualityProof.decode(EQUALITY_PROOF.encode()[:64] + encode(alias))
    with pytest.raises(Malformed):
        EqualityProof(EQUALITY_PROOF.commitments, -1)


@pytest.mark.parametrize("size", [0, 31, 32, 63, 65, 95, 97])
def test_a_proof_of_another_length_is_refused(size: int) -> None:
    """A point and at least one response, in whole words, or it is no span proof."""
    with pytest.raises(Malformed):
        SpanProof.decode(SPAN_PROOF.encode()[:size])
    with pytest.raises(Malformed):
        EqualityProof.decode((EQUALITY_PROOF.encode() + bytes(9))[:size])


@SOME
@given(data=st.one_of(st.binary(min_size=64, max_size=64), st.binary(min_size=96, max_size=96)))
def test_random_bytes_are_no_proof_or_decode_canonically(data: bytes) -> None:
    """Decoding and encoding again is the identity on whatever is accepted."""
    for kind in (SpanProof, EqualityProof):
        with suppress(Malformed):
            assert kind.decode(data).encode() == data


def test_nonces_come_from_the_given_randomness() -> None:
    """One draw per base, so two proofs of one statement share nothing that reveals a scalar."""
    asked: list[int] = []
    source = insecure_seeded_randomness(3)

    def draw(bound: int) -> int:
        asked.append(bound)
        return source(bound)

    randomness: Randomness = draw
    SPAN.prove(SECRETS, b"context", randomness)
    assert asked == [L] * 3
    one, two = SPAN.prove(SECRETS, b"context"), SPAN.prove(SECRETS, b"context")
    assert one.commitment != two.commitment
    assert EQUALITY.prove(X, b"").commitments != EQUALITY.prove(X, b"").commitments
