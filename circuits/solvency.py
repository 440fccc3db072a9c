"""Solvency(shape): Margin whose opening is put in escrow.

Public: as Margin, and the escrow (P, E, words). Private: as Margin, and the escrow's secret.

| check     | says                                                                |
| --------- | ------------------------------------------------------------------- |
| as Margin | `range`, `reserved`, `opening`, `losses`, `charges`, `total`, …       |
| `escrow`  | E = e·B, and the words are (v, n, r) + keystream of (e·P, context)    |

The keystream absorbs the context, so nothing else needs to constrain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from circuits.bounds import checked_key, checked_words
from circuits.checks import as_integer, require_escrow
from circuits.escrow import EscrowPublic, enforce_escrow, message_words, pack, unpack, word_count
from circuits.gadgets.coordinates import Coordinates
from circuits.margin import (
    Margin,
    MarginPrivate,
    MarginPublic,
    enforce_margin,
    escrowed_widths,
    margin_public,
)
from circuits.public import Market
from circuits.schedule import Schedule
from circuits.shape import Shape, Width
from zk.babyjubjub import Point
from zk.circuit import Circuit, Linear, System
from zk.errors import Malformed
from zk.pedersen import Commitment, Opening

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class SolvencyPublic(Generic[F]):
    """What the verifier knows; `solvency_public` makes one that is within its bounds."""

    margin: MarginPublic[F]
    escrow: EscrowPublic[F]

    def points(self) -> tuple[Coordinates[F], ...]:
        return (*self.margin.points(), *self.escrow.points())

    def market(self) -> Market:
        return self.margin.market()


@dataclass(frozen=True, slots=True, repr=False)
class SolvencyPrivate(Generic[F]):
    """What only the prover knows."""

    margin: MarginPrivate[F]
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
    schedule: Schedule[int],
    context: int,
    escrow: EscrowPublic[int],
) -> SolvencyPublic[int]:
    """The public part, refused where a bound is broken that the circuit relies on."""
    margin = margin_public(shape, commitment, schedule, context)
    return SolvencyPublic(margin, checked_escrow(escrow, escrowed_widths(shape)))


def solvency_message(
    shape: Shape, values: Sequence[int], reserved: int, blinding: int
) -> tuple[int, ...]:
    """What an escrow of this opening holds."""
    return pack((*values, reserved), blinding, escrowed_widths(shape))


def read_message(shape: Shape, words: Sequence[int]) -> Opening:
    """The opening in a decrypted message; no account holds a reserve of its own."""
    opening = unpack(words, escrowed_widths(shape))
    *values, reserved = opening.values
    if reserved:
        raise Malformed("escrow", expected="no reserve in an account", actual="another number")
    return Opening(tuple(values), opening.blinding)


@dataclass(frozen=True, slots=True)
class Solvency(Circuit[SolvencyPublic[Linear], SolvencyPrivate[Linear]]):
    """The statement for one shape."""

    shape: Shape

    def example(self) -> tuple[SolvencyPublic[int], SolvencyPrivate[int]]:
        public, private = Margin(self.shape).example()
        words = (0,) * word_count(escrowed_widths(self.shape))
        escrow = EscrowPublic(Coordinates(0, 0), Coordinates(0, 0), words)
        return SolvencyPublic(public, escrow), SolvencyPrivate(private, 0)

    def satisfaction(self, public: SolvencyPublic[int], private: SolvencyPrivate[int]) -> None:
        """Raises `Unsatisfied` with the name of the first check that fails."""
        margin = private.margin
        Margin(self.shape).satisfaction(public.margin, margin)
        values = [as_integer(v) for v in margin.values]
        reserved, blinding = as_integer(margin.reserved), as_integer(margin.blinding)
        message = solvency_message(self.shape, values, reserved, blinding)
        require_escrow(public.escrow, as_integer(private.secret), public.margin.context, message)

    def define(
        self, cs: System, public: SolvencyPublic[Linear], private: SolvencyPrivate[Linear]
    ) -> None:
        bits = enforce_margin(cs, self.shape, public.margin, private.margin)
        with cs.scope("escrow"):
            packed = (*bits.values, bits.reserved)
            message = message_words(packed, bits.blinding, escrowed_widths(self.shape))
            enforce_escrow(cs, public.escrow, private.secret, public.margin.context, message)
