"""Claim(shape): I can open C, every vₖ is in range, and M·v + b ≥ 0 row by row.

Public: C, b[S], M[S][K], context. Private: v, r.

| check     | says                                                        |
| --------- | ----------------------------------------------------------- |
| `range`   | every vₖ within its width; r below 2²⁵²                      |
| `opening` | C = Σ vₖ·Gₖ + r·H                                            |
| `rows`    | Σₖ M[s][k]·vₖ + b[s] ≥ 0 for every row s, without wrapping    |
| `context` | the proof is bound to one use (a square keeps it constrained) |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from circuits.bounds import Matrix, checked_constants, checked_context, checked_matrix
from circuits.checks import as_integer, require, require_opening, require_range
from circuits.gadgets.bits import enforce_bits, enforce_width
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.gadgets.pedersen import Component, enforce_opening
from circuits.public import Market
from circuits.shape import BLINDING, Shape
from zk.circuit import Circuit, Linear, System, field_elements, total
from zk.generators import value_generators
from zk.pedersen import Commitment

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class ClaimPublic(Generic[F]):
    """What the verifier knows; `claim_public` makes one that is within its bounds."""

    commitment: Coordinates[F]
    constants: tuple[F, ...]
    matrix: tuple[tuple[F, ...], ...]
    context: F

    def points(self) -> tuple[Coordinates[F], ...]:
        return (self.commitment,)

    def market(self) -> Market:
        start = len(field_elements(self.commitment))
        return Market(start, field_elements((self.constants, self.matrix)))


@dataclass(frozen=True, slots=True, repr=False)
class ClaimPrivate(Generic[F]):
    """What only the prover knows."""

    values: tuple[F, ...]
    blinding: F

    def __repr__(self) -> str:
        return "ClaimPrivate(<redacted>)"


def claim_public(
    shape: Shape, commitment: Commitment, matrix: Matrix, constants: Sequence[int], context: int
) -> ClaimPublic[int]:
    """The public part, refused where a bound is broken that the circuit relies on."""
    return ClaimPublic(
        commitment=coordinates(commitment.point),
        constants=checked_constants(shape, constants),
        matrix=checked_matrix(shape, matrix),
        context=checked_context(context),
    )


@dataclass(frozen=True, slots=True)
class Claim(Circuit[ClaimPublic[Linear], ClaimPrivate[Linear]]):
    """The statement for one shape."""

    shape: Shape

    def example(self) -> tuple[ClaimPublic[int], ClaimPrivate[int]]:
        rows, columns = self.shape.scenarios, self.shape.components
        matrix = ((0,) * columns,) * rows
        public = ClaimPublic(Coordinates(0, 0), (0,) * rows, matrix, 0)
        return public, ClaimPrivate((0,) * columns, 0)

    def satisfaction(self, public: ClaimPublic[int], private: ClaimPrivate[int]) -> None:
        """Raises `Unsatisfied` with the name of the first check that fails."""
        values = [as_integer(v) for v in private.values]
        blinding = as_integer(private.blinding)
        require_range(values, self.shape.widths, blinding)
        generators = value_generators(self.shape.components)
        require_opening(public.commitment, generators, values, blinding)
        for index, (row, constant) in enumerate(zip(public.matrix, public.constants, strict=True)):
            value = sum(m * v for m, v in zip(row, values, strict=True)) + constant
            require("rows", value >= 0, expected=f"row {index} ≥ 0", actual=value)

    def define(
        self, cs: System, public: ClaimPublic[Linear], private: ClaimPrivate[Linear]
    ) -> None:
        widths = self.shape.widths
        with cs.scope("range"):
            values = [enforce_width(cs, v, w) for v, w in zip(private.values, widths, strict=True)]
            blinding = enforce_bits(cs, private.blinding, BLINDING.bits)
        with cs.scope("opening"):
            generators = value_generators(self.shape.components)
            parts = zip(generators, widths, values, strict=True)
            components = [Component(generator, width, bits) for generator, width, bits in parts]
            enforce_opening(cs, public.commitment, components, blinding)
        self._enforce_rows(cs, public, private)
        with cs.scope("context"):
            cs.square(public.context)

    def _enforce_rows(
        self, cs: System, public: ClaimPublic[Linear], private: ClaimPrivate[Linear]
    ) -> None:
        with cs.scope("rows"):
            rows = zip(public.matrix, public.constants, strict=True)
            for index, (row, constant) in enumerate(rows):
                with cs.scope(str(index)):
                    products = [cs.product(m, v) for m, v in zip(row, private.values, strict=True)]
                    enforce_bits(cs, total([*products, constant]), self.shape.row_bits)
