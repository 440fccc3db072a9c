"""Proving: 2016/260, section 3.2, with A·B − C taken in the basis of a `.zkey`.

| paper                          | here                                    |
| ------------------------------ | --------------------------------------- |
| aᵢ                              | witness[i]                              |
| r, s                           | `Blinding`                              |
| A = α + Σ aᵢuᵢ(x) + rδ           | a                                       |
| B = β + Σ aᵢvᵢ(x) + sδ           | b in G2, b_1 in G1                      |
| C = Σ priv + h(x)t(x)/δ + As + rB − rsδ | c                                |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from zk import curve
from zk.bn254 import GroupPoint, Projective, affine_g1, affine_g2
from zk.errors import Conflict
from zk.field import SCALAR_MODULUS, canonical_secret
from zk.groth16.keys import Proof, ProvingKey
from zk.groth16.qap import quotient_values
from zk.msm import multi_scalar_multiplication
from zk.parallel import run_jobs, slices, workers_for
from zk.progress import Progress, silent
from zk.r1cs import check_elements
from zk.randomness import Randomness, system_randomness

_Sum = tuple[Sequence[GroupPoint], Sequence[int], Projective]


@dataclass(frozen=True, slots=True, repr=False)
class Blinding:
    """r and s: with them uniform, a proof says nothing but that the statement holds."""

    r: int
    s: int

    def __post_init__(self) -> None:
        canonical_secret(self.r, SCALAR_MODULUS, "blinding r")
        canonical_secret(self.s, SCALAR_MODULUS, "blinding s")

    @classmethod
    def draw(cls, randomness: Randomness = system_randomness) -> Self:
        """Fresh ones."""
        return cls(randomness(SCALAR_MODULUS), randomness(SCALAR_MODULUS))

    def __repr__(self) -> str:
        return "Blinding(<redacted>)"


def prove(
    key: ProvingKey, witness: Sequence[int], blinding: Blinding, progress: Progress = silent
) -> Proof:
    """A proof for the witness's public part.

    A witness that breaks a constraint gives a proof that does not verify: whoever hands
    proofs out verifies them first.
    """
    check_witness(key, witness)
    r, s = blinding.r, blinding.s
    h = quotient_values(key.a, key.b, witness, key.domain)
    private = witness[key.public + 1 :]
    vk, r_times_s = key.verifying_key, -r * s % SCALAR_MODULUS
    sums: list[_Sum] = [
        ((vk.alpha_1, key.delta_1, *key.a_query), (1, r, *witness), curve.Z1),
        ((key.beta_1, key.delta_1, *key.b1_query), (1, s, *witness), curve.Z1),
        ((key.delta_1, *key.c_query, *key.h_query), (r_times_s, *private, *h), curve.Z1),
        ((vk.beta_2, vk.delta_2, *key.b2_query), (1, s, *witness), curve.Z2),
    ]
    a_sum, b_1_sum, c_sum, b_sum = _sum_all(sums, progress)
    a, b_1 = affine_g1([a_sum, b_1_sum])
    blinded = multi_scalar_multiplication((a, b_1), (s, r), curve.Z1)
    (c,) = affine_g1([curve.add(c_sum, blinded)])
    (b,) = affine_g2([b_sum])
    return Proof(a, b, c)


def check_witness(key: ProvingKey, witness: Sequence[int]) -> None:
    """Canonical elements, as many as the key has wires."""
    if len(witness) != key.wires:
        raise Conflict(
            "witness", expected=f"{key.wires} wires, as the key", actual=f"{len(witness)} wires"
        )
    check_elements(witness)


def _sum_all(sums: Sequence[_Sum], progress: Progress) -> list[Projective]:
    """The multi-scalar multiplications, each cut into one slice per core."""
    workers = workers_for(sum(sum(k.bit_length() // 9 for k in scalars) for _, scalars, _ in sums))
    parts = 1 if workers == 1 else 2 * workers
    jobs: list[Any] = []
    for points, scalars, zero in sums:
        for some, ks in zip(slices(points, parts), slices(scalars, parts), strict=True):
            jobs.append((multi_scalar_multiplication, (some, ks, zero)))
    made = run_jobs(jobs, workers=workers, stage="prove", progress=progress)
    totals = []
    for index, (_, _, zero) in enumerate(sums):
        total = zero
        for part in made[index * parts : (index + 1) * parts]:
            total = curve.add(total, part)
        totals.append(total)
    return totals
