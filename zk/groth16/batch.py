"""Many proofs under one key: a random combination of their equations, one product.

∏ e(ρⱼ·Aⱼ, Bⱼ) = e(α, β)^Σρⱼ · e(Σⱼ ρⱼ·Σᵢ aⱼᵢ·ICᵢ, γ) · e(Σⱼ ρⱼ·Cⱼ, δ)

A batch with a false proof passes with probability 2⁻¹²⁷. The coefficients ρⱼ come from a
hash of everything in the batch, so that every replica of a ledger reaches the same verdict;
whoever chooses the proofs has chosen the coefficients' input before he can know them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from zk import curve
from zk.bn254 import affine_g1, pairing_product_is_one
from zk.errors import ProofRejected
from zk.field import SCALAR_MODULUS, encode
from zk.groth16.keys import Proof, VerifyingKey
from zk.groth16.verify import public_sum
from zk.msm import multi_scalar_multiplication

Statement = tuple[tuple[int, ...], Proof]

_COEFFICIENT_BYTES: Final = 16


def verify_batch(key: VerifyingKey, statements: Sequence[Statement]) -> None:
    """Raises `ProofRejected` unless every proof proves its statement; empty is accepted."""
    for public, _ in statements:
        key.check_public(public)
    if not statements:
        return
    rho = batch_coefficients(key, statements)
    weights = [sum(rho) % SCALAR_MODULUS] + [
        sum(p * public[i] for p, (public, _) in zip(rho, statements, strict=True)) % SCALAR_MODULUS
        for i in range(key.public)
    ]
    proofs = [proof for _, proof in statements]
    c = multi_scalar_multiplication([proof.c for proof in proofs], rho, curve.Z1)
    (c_sum,) = affine_g1([c])
    pairs = [(-(proof.a * p), proof.b) for p, proof in zip(rho, proofs, strict=True)]
    pairs += [
        (key.alpha_1 * weights[0], key.beta_2),
        (public_sum(key, weights), key.gamma_2),
        (c_sum, key.delta_2),
    ]
    if not pairing_product_is_one(pairs):
        raise ProofRejected(
            f"batch of {len(statements)} proofs", expected="all of them true", actual="a false one"
        )


def batch_coefficients(key: VerifyingKey, statements: Sequence[Statement]) -> list[int]:
    """128-bit ρⱼ, none zero, from SHA-256 over the key, every input and every proof."""
    seed = hashlib.sha256(b"tacit/v1/batch" + bytes.fromhex(key.digest()))
    for public, proof in statements:
        seed.update(b"".join(encode(value) for value in public) + proof.encode())
    digest = seed.digest()

    def coefficient(index: int) -> int:
        block = hashlib.sha256(digest + index.to_bytes(8, "big")).digest()
        return int.from_bytes(block[:_COEFFICIENT_BYTES], "big") | 1

    return [coefficient(index) for index in range(len(statements))]
