"""Verification of many proofs at once."""

from __future__ import annotations

import pytest

from tests.zk.keys_for_tests import ratio_key, ratio_statement, unchecked_replace
from zk.backends import Backend
from zk.bn254 import G1Point, G2Point, pairing_product_is_one
from zk.errors import Conflict, Malformed, ProofRejected
from zk.field import SCALAR_MODULUS
from zk.groth16 import Proof, VerifyingKey, verify
from zk.groth16.batch import Statement, batch_coefficients
from zk.groth16.verify import public_sum

R = SCALAR_MODULUS
OTHER_1, OTHER_2 = G1Point.GENERATOR * 77, G2Point.GENERATOR * 77


def three() -> list[Statement]:
    """Three statements of one key with true proofs."""
    return [ratio_statement(7, 5), ratio_statement(3, 9), ratio_statement(11, 2)]


def vk() -> VerifyingKey:
    return ratio_key().verifying_key


def test_a_batch_of_true_proofs_is_accepted(backend: Backend) -> None:
    """All true is accepted, also with one proof, and with the same statement twice."""
    verifier = backend.verifier(vk())
    verifier.verify_batch(three())
    verifier.verify_batch(three()[:1])
    verifier.verify_batch([three()[0], three()[0]])


def test_an_empty_batch_is_accepted(backend: Backend) -> None:
    """Nothing claimed is nothing false."""
    backend.verifier(vk()).verify_batch([])


@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_false_proof_spoils_a_batch(backend: Backend, position: int) -> None:
    """A false proof is found at every position: one point moved, or one public input."""
    public, proof = three()[position]
    false = [
        (public, Proof(proof.a, proof.b, proof.c + G1Point.GENERATOR)),
        ((public[0], (public[1] + 1) % R), proof),
    ]
    for statement in false:
        batch = three()
        batch[position] = statement
        with pytest.raises(ProofRejected, match="batch of 3 proofs"):
            backend.verifier(vk()).verify_batch(batch)


def test_statements_with_each_others_proofs_are_refused(backend: Backend) -> None:
    """The sum over a batch does not care whose C it was; its coefficients do."""
    (public_0, proof_0), (public_1, proof_1), _ = three()
    with pytest.raises(ProofRejected):
        backend.verifier(vk()).verify_batch([(public_0, proof_1), (public_1, proof_0)])


def test_two_false_proofs_that_cancel_are_refused(backend: Backend) -> None:
    """C + X in one proof and C − X in another: unweighted they pass, weighted they do not.

    The first assertion shows that the attack is real, so that the second one means something.
    """
    (public_0, p), (public_1, q), _ = three()
    batch = [
        (public_0, Proof(p.a, p.b, p.c + OTHER_1)),
        (public_1, Proof(q.a, q.b, q.c + -OTHER_1)),
    ]
    assert unweighted_product_is_one(vk(), batch)
    for public, proof in batch:
        with pytest.raises(ProofRejected):
            verify(vk(), public, proof)
    with pytest.raises(ProofRejected):
        backend.verifier(vk()).verify_batch(batch)


def test_inputs_moved_in_opposite_directions_are_refused(backend: Backend) -> None:
    """An input raised in one statement and lowered in another cancels only unweighted."""
    (public_0, p), (public_1, q), _ = three()
    raised, lowered = (public_0[0] + 1, public_0[1]), (public_1[0] - 1, public_1[1])
    batch: list[Statement] = [(raised, p), (lowered, q)]
    assert unweighted_product_is_one(vk(), batch)
    with pytest.raises(ProofRejected):
        backend.verifier(vk()).verify_batch(batch)


@pytest.mark.parametrize(
    ("public", "error"),
    [((35,), Conflict), ((35, 5, 0), Conflict), ((35 + R, 5), Malformed), ((35, 5 - R), Malformed)],
)
def test_every_statement_of_a_batch_has_canonical_inputs(
    backend: Backend, public: tuple[int, ...], error: type[Exception]
) -> None:
    """Threats: wrong number of public inputs, alias x + r. One such statement: refused."""
    batch = three()
    batch[2] = (public, batch[2][1])
    with pytest.raises(error):
        backend.verifier(vk()).verify_batch(batch)


def test_coefficients_are_odd_and_of_128_bits() -> None:
    """No coefficient is zero modulo r, all differ, and the same batch has the same ones."""
    rho = batch_coefficients(vk(), three() * 40)
    assert len(set(rho)) == 120
    assert all(p % 2 == 1 and 0 < p < 1 << 128 for p in rho)
    assert max(rho) > 1 << 120
    assert rho == batch_coefficients(vk(), three() * 40)


def test_coefficients_depend_on_everything() -> None:
    """Threat: weak Fiat–Shamir. Any part of key, inputs or proofs changes every coefficient."""
    key, batch = vk(), three()
    honest = batch_coefficients(key, batch)
    keys = [
        unchecked_replace(key, alpha_1=OTHER_1),
        unchecked_replace(key, beta_2=OTHER_2),
        unchecked_replace(key, gamma_2=OTHER_2),
        unchecked_replace(key, delta_2=OTHER_2),
        *(
            unchecked_replace(key, ic=(*key.ic[:i], OTHER_1, *key.ic[i + 1 :]))
            for i in range(len(key.ic))
        ),
    ]
    batches: list[list[Statement]] = [
        [batch[1], batch[0], batch[2]],
        [*batch, batch[0]],
        batch[:2],
    ]
    for j, (public, proof) in enumerate(batch):
        (x, y), (a, b, c) = public, (proof.a, proof.b, proof.c)
        changes: list[Statement] = [
            ((x + 1, y), proof),
            ((x, y + 1), proof),
            ((y, x), proof),
            (public, Proof(OTHER_1, b, c)),
            (public, Proof(a, OTHER_2, c)),
            (public, Proof(a, b, OTHER_1)),
            (public, Proof(-a, b, c)),
            (public, Proof(a, -b, c)),
            (public, Proof(a, b, -c)),
        ]
        batches += [[*batch[:j], changed, *batch[j + 1 :]] for changed in changes]
    others = [batch_coefficients(k, batch) for k in keys]
    others += [batch_coefficients(key, changed) for changed in batches]
    for other in others:
        assert all(p != q for p, q in zip(honest, other, strict=False))
    assert len({tuple(rho) for rho in others}) == len(others)


def unweighted_product_is_one(key: VerifyingKey, batch: list[Statement]) -> bool:
    """The product of the proofs' equations with all coefficients 1."""
    pairs: list[tuple[G1Point, G2Point]] = []
    for public, proof in batch:
        pairs += [
            (-proof.a, proof.b),
            (key.alpha_1, key.beta_2),
            (public_sum(key, (1, *public)), key.gamma_2),
            (proof.c, key.delta_2),
        ]
    return pairing_product_is_one(pairs)
