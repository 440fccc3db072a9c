"""What a verifier takes: public inputs with one name each, and whole proofs."""

from __future__ import annotations

import json

import pytest

from tests.zk.curves_for_tests import small_order_twist_point
from tests.zk.keys_for_tests import ratio_key, ratio_statement, unchecked_replace
from zk.backends import Backend
from zk.bn254 import G1Point, G2Point
from zk.errors import Conflict, Malformed, MalformedPoint, ProofRejected
from zk.field import SCALAR_MODULUS
from zk.formats.json import decode_public
from zk.groth16 import Proof, VerifyingKey
from zk.groth16.verify import public_sum

R = SCALAR_MODULUS
G1_ZERO, G2_ZERO = G1Point.INFINITY, G2Point.INFINITY


def honest() -> VerifyingKey:
    return ratio_key().verifying_key


def test_unused_public_input_every_input_counts(backend: Backend) -> None:
    """Each public input moved by one, in either direction, refuses the proof."""
    public, proof = ratio_statement()
    verifier = backend.verifier(honest())
    verifier.verify(public, proof)
    assert not any(point.is_infinity for point in honest().ic)
    for index in range(len(public)):
        for step in (-1, 1):
            moved = tuple((x + step * (i == index)) % R for i, x in enumerate(public))
            with pytest.raises(ProofRejected):
                verifier.verify(moved, proof)


@pytest.mark.parametrize("public", [(), (35,), (35, 5, 0), (35, 5, 0, 0), (1, 35, 5)])
def test_wrong_number_of_public_inputs_is_refused(
    public: tuple[int, ...], backend: Backend
) -> None:
    """None, one too few, one too many, trailing zeros and the constant itself are refused."""
    _, proof = ratio_statement()
    verifier = backend.verifier(honest())
    with pytest.raises(Conflict, match="2 values"):
        honest().check_public(public)
    with pytest.raises(Conflict, match="2 values"):
        verifier.verify(public, proof)
    with pytest.raises(Conflict, match="2 values"):
        verifier.verify_batch([ratio_statement(), (public, proof)])


@pytest.mark.parametrize("public", [(), (0,), (0, 0, 0)])
def test_wrong_number_of_public_inputs_where_the_missing_ones_are_zero(
    public: tuple[int, ...], backend: Backend
) -> None:
    """A list cut short where its tail is zero sums to the same point, and is refused all the same.

    snarkjs 0.7.6 and ark-groth16 0.6.0 accept it.
    """
    whole, proof = ratio_statement(7, 0)
    assert whole == (0, 0)
    verifier = backend.verifier(honest())
    verifier.verify(whole, proof)
    with pytest.raises(Conflict):
        verifier.verify(public, proof)
    with pytest.raises(Conflict):
        verifier.verify_batch([(public, proof)])


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("alias", ["x + r", "r", "2^256 - 1", "-1", "x - r"])
def test_public_input_alias_is_refused(index: int, alias: str, backend: Backend) -> None:
    """An input has one name in [0, r): x + r and the like are refused by decoder, key and verifier.

    The pairings could not tell x + r from x, so nothing else would stop it.
    """
    whole, proof = ratio_statement()
    x = whole[index]
    number = {"x + r": x + R, "r": R, "2^256 - 1": (1 << 256) - 1, "-1": -1, "x - r": x - R}[alias]
    public = tuple(number if i == index else value for i, value in enumerate(whole))
    if alias in ("x + r", "x - r"):
        assert public_sum(honest(), (1, *public)) == public_sum(honest(), (1, *whole))
    with pytest.raises(Malformed):
        decode_public(json.dumps([str(value) for value in public]).encode())
    verifier = backend.verifier(honest())
    with pytest.raises(Malformed, match=f"public input {index}"):
        honest().check_public(public)
    with pytest.raises(Malformed, match=f"public input {index}"):
        verifier.verify(public, proof)
    with pytest.raises(Malformed, match=f"public input {index}"):
        verifier.verify_batch([(public, proof)])


def test_malleable_proof_is_a_documented_fact(backend: Backend) -> None:
    """(kA, k⁻¹B, C) and (A, B + kδ, C + kA) verify too, so nothing may be keyed on proof bytes.

    Both come from the proof and the key alone. They prove the same statement and no other.
    """
    key, (public, proof) = honest(), ratio_statement()
    k = 123456789
    scaled = Proof(proof.a * k, proof.b * pow(k, -1, R), proof.c)
    shifted = Proof(proof.a, proof.b + key.delta_2 * k, proof.c + proof.a * k)
    assert len({proof.encode(), scaled.encode(), shifted.encode()}) == 3
    verifier = backend.verifier(key)
    verifier.verify(public, scaled)
    verifier.verify(public, shifted)
    verifier.verify_batch([(public, p) for p in (proof, scaled, shifted)])
    with pytest.raises(ProofRejected):
        verifier.verify((28, 4), shifted)


@pytest.mark.parametrize("place", ["a", "b", "c"])
def test_proof_with_a_part_of_another_is_refused(place: str, backend: Backend) -> None:
    """A proof is one piece: each of its points from another proof, negated or left out, refuses."""
    (public, proof), (_, other) = ratio_statement(), ratio_statement(9, 5)
    zero = G2_ZERO if place == "b" else G1_ZERO
    verifier = backend.verifier(honest())
    for point in (getattr(other, place), -getattr(proof, place), zero):
        with pytest.raises(ProofRejected):
            verifier.verify(public, unchecked_replace(proof, **{place: point}))


def test_proof_with_a_point_outside_the_subgroup_or_the_curve_does_not_decode() -> None:
    """A proof's bytes are canonical points of their groups, or there is no proof."""
    _, proof = ratio_statement()
    assert Proof.decode(proof.encode()) == proof
    outside = proof.b + small_order_twist_point()
    for bad in (
        unchecked_replace(proof, b=outside),
        unchecked_replace(proof, a=G1Point.unchecked(proof.a.x, proof.c.y)),
        unchecked_replace(proof, c=G1Point.unchecked(1, 1)),
    ):
        with pytest.raises(MalformedPoint):
            Proof.decode(bad.encode())
    for size in (0, 255, 257):
        with pytest.raises(Malformed, match="256 bytes"):
            Proof.decode((proof.encode() + b"\0")[:size])
