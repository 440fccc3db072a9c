"""Solvency(shape): a Claim whose opening is put in escrow.

Public: as Claim, and the escrow (P, E, words). Private: as Claim, and the escrow's secret.

| check    | says                                                             |
| -------- | ---------------------------------------------------------------- |
| as Claim | `range`, `opening`, `rows`                                        |
| `escrow` | E = e·B, and the words are (v, r) + keystream of (e·P, context)    |

The keystream absorbs the context, so nothing else needs to constrain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from circuits.bounds import Matrix, checked_key, checked_words
from circuits.checks import as_integer, require_escrow
from circuits.claim import Claim, ClaimPrivate, ClaimPublic, claim_public, enforce_claim
from circuits.escrow import EscrowPublic, enforce_escrow, message_words, pack, word_count
from circuits.gadgets.coordinates import Coordinates
from circuits.shape import Shape, Width
from zk.babyjubjub import Point
from zk.circuit import Circuit, Linear, System
from zk.pedersen import Commitment

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class SolvencyPublic(Generic[F]):
    """What the verifier knows; `solvency_public` makes one that is within its bounds."""

    claim: ClaimPublic[F]
    escrow: EscrowPublic[F]


@dataclass(frozen=True, slots=True, repr=False)
class SolvencyPrivate(Generic[F]):
    """What only the prover knows."""

    claim: ClaimPrivate[F]
    secret: F

    def __repr__(self) -> str:
        return "SolvencyPrivate(<redacted>)"


def checked_escrow(escrow: EscrowPublic[int], widths: Sequence[Width]) -> EscrowPublic[int]:
    """An escrow whose words a verifier may rely on, and whose points hide something."""
    for point in (escrow.key, escrow.ephemeral):
        checked_key(Point.unchecked(point.x, point.y))
    return replace(escrow, words=checked_words(escrow.words, word_count(widths)))


def solvency_public(
    shape: Shape,
    commitment: Commitment,
    matrix: Matrix,
    constants: Sequence[int],
    context: int,
    escrow: EscrowPublic[int],
) -> SolvencyPublic[int]:
    """The public part, refused where a bound is broken that the circuit relies on."""
    claim = claim_public(shape, commitment, matrix, constants, context)
    return SolvencyPublic(claim, checked_escrow(escrow, shape.widths))


@dataclass(frozen=True, slots=True)
class Solvency(Circuit[SolvencyPublic[Linear], SolvencyPrivate[Linear]]):
    """The statement for one shape."""

    shape: Shape

    def example(self) -> tuple[SolvencyPublic[int], SolvencyPrivate[int]]:
        public, private = Claim(self.shape).example()
        escrow = EscrowPublic(
            Coordinates(0, 0), Coordinates(0, 0), (0,) * word_count(self.shape.widths)
        )
        return SolvencyPublic(public, escrow), SolvencyPrivate(private, 0)

    def satisfaction(self, public: SolvencyPublic[int], private: SolvencyPrivate[int]) -> None:
        """Raises `Unsatisfied` with the name of the first check that fails."""
        Claim(self.shape).satisfaction(public.claim, private.claim)
        values = [as_integer(v) for v in private.claim.values]
        message = pack(values, as_integer(private.claim.blinding), self.shape.widths)
        require_escrow(public.escrow, as_integer(private.secret), public.claim.context, message)

    def define(
        self, cs: System, public: SolvencyPublic[Linear], private: SolvencyPrivate[Linear]
    ) -> None:
        bits = enforce_claim(cs, self.shape, public.claim, private.claim)
        with cs.scope("escrow"):
            message = message_words(bits.values, bits.blinding, self.shape.widths)
            enforce_escrow(cs, public.escrow, private.secret, public.claim.context, message)
