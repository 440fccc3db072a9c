"""Verification: e(A, B) = e(α, β)·e(Σ aᵢ·ICᵢ, γ)·e(C, δ), as one product of pairings."""

from __future__ import annotations

from collections.abc import Sequence

from zk import curve
from zk.bn254 import G1Point, affine_g1, pairing_product_is_one
from zk.errors import ProofRejected
from zk.groth16.keys import Proof, VerifyingKey
from zk.msm import multi_scalar_multiplication


def verify(key: VerifyingKey, public: tuple[int, ...], proof: Proof) -> None:
    """Raises `ProofRejected` unless the proof proves the statement with that public part."""
    key.check_public(public)
    pairs = (
        (-proof.a, proof.b),
        (key.alpha_1, key.beta_2),
        (public_sum(key, (1, *public)), key.gamma_2),
        (proof.c, key.delta_2),
    )
    if not pairing_product_is_one(pairs):
        raise ProofRejected("proof", expected="a product of pairings of one", actual="another")


def public_sum(key: VerifyingKey, weights: Sequence[int]) -> G1Point:
    """Σ weightᵢ·ICᵢ."""
    return affine_g1([multi_scalar_multiplication(key.ic, weights, curve.Z1)])[0]
