"""Equality of discrete logarithms: I know x with X₁ = x·B₁ and X₂ = x·B₂.

Chaum and Pedersen, "Wallet databases with observers" (1992). A guardian proves with it
that a partial decryption used the very share that its public key commits to.

| symbol | is                                             |
| ------ | ---------------------------------------------- |
| k      | nonce; T₁ = k·B₁, T₂ = k·B₂                     |
| c      | challenge over context, statement, T₁ and T₂    |
| s      | k + c·x; accepted where s·Bᵢ = Tᵢ + c·Xᵢ twice  |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from zk.babyjubjub import Point, combine
from zk.errors import Malformed, ProofRejected
from zk.field import SUBGROUP_ORDER, canonical, decode, encode
from zk.randomness import Randomness, system_randomness
from zk.transcript import Transcript


@dataclass(frozen=True, slots=True)
class EqualityProof:
    """T₁, T₂ and the response."""

    commitments: tuple[Point, Point]
    response: int

    def __post_init__(self) -> None:
        canonical(self.response, SUBGROUP_ORDER, "response")

    def encode(self) -> bytes:
        """96 bytes: T₁, T₂, s."""
        first, second = self.commitments
        return first.encode() + second.encode() + encode(self.response)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Canonical only."""
        if len(data) != 96:
            raise Malformed("equality proof", expected="96 bytes", actual=f"{len(data)} bytes")
        commitments = (Point.decode(data[:32]), Point.decode(data[32:64]))
        return cls(commitments, decode(data[64:], SUBGROUP_ORDER, "response"))


@dataclass(frozen=True, slots=True)
class Equality:
    """The statement: `targets` are the same multiple of `bases`."""

    bases: tuple[Point, Point]
    targets: tuple[Point, Point]

    def __post_init__(self) -> None:
        if any(base.is_identity for base in self.bases):
            raise Malformed("equality", expected="bases off the identity", actual=self.bases)

    def prove(
        self, x: int, context: bytes, randomness: Randomness = system_randomness
    ) -> EqualityProof:
        """A proof bound to `context`; an x that does not fit is refused."""
        if tuple(base * x for base in self.bases) != self.targets:
            raise ProofRejected("equality", expected=self.targets, actual="another scalar")
        k = randomness(SUBGROUP_ORDER)
        commitments = (self.bases[0] * k, self.bases[1] * k)
        c = self._challenge(commitments, context)
        return EqualityProof(commitments, (k + c * x) % SUBGROUP_ORDER)

    def verify(self, proof: EqualityProof, context: bytes) -> None:
        """Raises `ProofRejected` unless the proof is of this statement in this context."""
        c = self._challenge(proof.commitments, context)
        for base, target, commitment in zip(
            self.bases, self.targets, proof.commitments, strict=True
        ):
            actual = combine((base, target), (proof.response, -c))
            if actual != commitment:
                raise ProofRejected("equality proof", expected=commitment, actual=actual)

    def _challenge(self, commitments: tuple[Point, Point], context: bytes) -> int:
        transcript = Transcript("equality")
        transcript.absorb("context", context).absorb_points("bases", *self.bases)
        transcript.absorb_points("targets", *self.targets)
        transcript.absorb_points("commitments", *commitments)
        return transcript.challenge("c", SUBGROUP_ORDER)
