"""`insecure_dev_setup`: a key whose trapdoor somebody knew.

Groth, "On the Size of Pairing-based Non-interactive Arguments" (2016/260), section 3.2.

| paper               | here                                          |
| ------------------- | --------------------------------------------- |
| τ = (α, β, γ, δ, x) | `Trapdoor`, with x called tau                 |
| uᵢ(x), vᵢ(x), wᵢ(x) | u, v, w: the wires' columns at tau            |
| ℓ                   | r1cs.public                                   |

Whoever draws the trapdoor can prove anything under the key, so the key is marked, and a
production key comes from a ceremony instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self, TypeVar

from zk.bn254 import G1Point, G2Point
from zk.field import SCALAR_MODULUS, inverse
from zk.fixed_base import GeneratorMultiples, generator_multiples
from zk.formats.r1cs import encode_r1cs
from zk.groth16.domain import Domain
from zk.groth16.keys import ProvingKey, VerifyingKey, insecure_ceremony
from zk.groth16.qap import columns_at, domain_of, matrices
from zk.progress import Progress, silent
from zk.r1cs import R1CS
from zk.randomness import Randomness, system_randomness

_P: Final = SCALAR_MODULUS
_Point = TypeVar("_Point", G1Point, G2Point)


@dataclass(frozen=True, slots=True, repr=False)
class Trapdoor:
    """The toxic waste: non-zero, γ ≠ ±δ, δ ≠ ±1."""

    alpha: int
    beta: int
    gamma: int
    delta: int
    tau: int

    @classmethod
    def draw(cls, randomness: Randomness = system_randomness) -> Self:
        """Five elements of F_r other than zero; what they must not be, the key refuses."""
        return cls(*(1 + randomness(_P - 1) for _ in range(5)))

    def __repr__(self) -> str:
        return "Trapdoor(<redacted>)"


def insecure_dev_setup(
    r1cs: R1CS,
    trapdoor: Trapdoor,
    progress: Progress = silent,
    multiples: GeneratorMultiples = generator_multiples,
) -> ProvingKey:
    """The key of that trapdoor, complete but for the trust.

    Nearly all of the time goes into multiples of the two generators; `multiples` makes them.
    """
    domain = domain_of(r1cs)
    a, b, c = matrices(r1cs)
    lagrange = domain.lagrange_at(trapdoor.tau)
    u, v, w = (columns_at(matrix, r1cs.wires, lagrange) for matrix in (a, b, c))
    mixed = [
        (trapdoor.beta * ui + trapdoor.alpha * vi + wi) % _P
        for ui, vi, wi in zip(u, v, w, strict=True)
    ]
    public = r1cs.public + 1
    scalars_1 = {
        "ends": [trapdoor.alpha, trapdoor.beta, trapdoor.delta],
        "ic": _scale(mixed[:public], inverse(trapdoor.gamma, _P)),
        "a": u,
        "b": v,
        "c": _scale(mixed[public:], inverse(trapdoor.delta, _P)),
        "h": _odd_lagrange(domain, trapdoor),
    }
    scalars_2 = {"ends": [trapdoor.beta, trapdoor.gamma, trapdoor.delta], "b": v}
    made_1, made_2 = multiples(chain(*scalars_1.values()), chain(*scalars_2.values()), progress)
    points_1, points_2 = _regroup(made_1, scalars_1), _regroup(made_2, scalars_2)
    alpha_1, beta_1, delta_1 = points_1["ends"]
    beta_2, gamma_2, delta_2 = points_2["ends"]
    return ProvingKey(
        verifying_key=VerifyingKey(alpha_1, beta_2, gamma_2, delta_2, points_1["ic"], True),
        beta_1=beta_1,
        delta_1=delta_1,
        domain=domain,
        a=a,
        b=b,
        a_query=points_1["a"],
        b1_query=points_1["b"],
        b2_query=points_2["b"],
        c_query=points_1["c"],
        h_query=points_1["h"],
        ceremony=insecure_ceremony(hashlib.sha256(encode_r1cs(r1cs)).hexdigest()),
    )


def _odd_lagrange(domain: Domain, trapdoor: Trapdoor) -> list[int]:
    """L_{2i+1}(τ)/δ for the Lagrange basis of the domain of twice the size."""
    doubled = Domain(domain.log_size + 1).lagrange_at(trapdoor.tau)
    return _scale(doubled[1::2], inverse(trapdoor.delta, _P))


def _scale(values: Sequence[int], factor: int) -> list[int]:
    return [value * factor % _P for value in values]


def _regroup(
    made: Sequence[_Point], scalars: dict[str, list[int]]
) -> dict[str, tuple[_Point, ...]]:
    points = iter(made)
    return {name: tuple(next(points) for _ in values) for name, values in scalars.items()}
