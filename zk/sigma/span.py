"""Span(bases; X): I know scalars x with X = Σ xᵢ·Bᵢ (Okamoto's representation proof).

| symbol | is                                   |
| ------ | ------------------------------------ |
| Bᵢ, X  | the statement                        |
| kᵢ     | nonces, T = Σ kᵢ·Bᵢ                   |
| c      | challenge over context, statement, T |
| sᵢ     | kᵢ + c·xᵢ; accepted where Σ sᵢ·Bᵢ = T + c·X |

With {H} it opens or refreshes an account; with {asset generators, H} it says "no
positions". The identity is in every span, so it is allowed as X; it is refused as a base,
where it would let the proof speak about fewer bases than it names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from zk.babyjubjub import Point, combine
from zk.errors import Malformed, ProofRejected
from zk.field import SUBGROUP_ORDER, canonical, decode, encode
from zk.randomness import Randomness, system_randomness
from zk.transcript import Transcript

Combination = Callable[[Sequence[Point], Sequence[int]], Point]


@dataclass(frozen=True, slots=True)
class SpanProof:
    """T and one response per base."""

    commitment: Point
    responses: tuple[int, ...]

    def __post_init__(self) -> None:
        for s in self.responses:
            canonical(s, SUBGROUP_ORDER, "response")

    def encode(self) -> bytes:
        """T, then the responses; the statement gives their number."""
        return self.commitment.encode() + b"".join(encode(s) for s in self.responses)

    @classmethod
    def decode(cls, data: bytes, point: Callable[[bytes], Point] = Point.decode) -> Self:
        """Canonical only; `point` decodes T, the reference's way or a backend's."""
        if len(data) < 64 or len(data) % 32:
            raise Malformed("span proof", expected="64 + 32·n bytes", actual=f"{len(data)} bytes")
        words = [data[i : i + 32] for i in range(32, len(data), 32)]
        responses = tuple(decode(w, SUBGROUP_ORDER, "response") for w in words)
        return cls(point(data[:32]), responses)


@dataclass(frozen=True, slots=True)
class Span:
    """The statement: `target` is a combination of `bases`."""

    bases: tuple[Point, ...]
    target: Point

    def __post_init__(self) -> None:
        if not self.bases or any(base.is_identity for base in self.bases):
            raise Malformed(
                "span", expected="at least one base, none the identity", actual=self.bases
            )

    def prove(
        self,
        scalars: Sequence[int],
        context: bytes,
        randomness: Randomness = system_randomness,
    ) -> SpanProof:
        """A proof bound to `context`; scalars that do not give the target are refused."""
        if combine(self.bases, scalars) != self.target:
            raise ProofRejected("span", expected=self.target, actual="scalars of another point")
        nonces = [randomness(SUBGROUP_ORDER) for _ in self.bases]
        commitment = combine(self.bases, nonces)
        c = self._challenge(commitment, context)
        responses = [(k + c * x) % SUBGROUP_ORDER for k, x in zip(nonces, scalars, strict=True)]
        return SpanProof(commitment, tuple(responses))

    def verify(self, proof: SpanProof, context: bytes, combination: Combination = combine) -> None:
        """Raises `ProofRejected` unless the proof is of this statement in this context.

        `combination` computes Σ scalar·point: the reference's way, or a backend's.
        """
        if len(proof.responses) != len(self.bases):
            raise ProofRejected(
                "span proof",
                expected=f"{len(self.bases)} responses",
                actual=f"{len(proof.responses)} responses",
            )
        c = self._challenge(proof.commitment, context)
        difference = combination((*self.bases, self.target), (*proof.responses, -c))
        if difference != proof.commitment:
            raise ProofRejected("span proof", expected=proof.commitment, actual=difference)

    def _challenge(self, commitment: Point, context: bytes) -> int:
        transcript = Transcript("span")
        transcript.absorb("context", context).absorb_points("bases", *self.bases)
        transcript.absorb_points("target", self.target).absorb_points("commitment", commitment)
        return transcript.challenge("c", SUBGROUP_ORDER)
