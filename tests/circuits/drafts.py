"""Statements in the making: private values to mutate, and a public part that is made to fit.

What was mutated is committed to and encrypted again, so that a case reaches the check that it
is about instead of ending at `opening`. A draft keeps its public part within the bounds that a
verifier holds it to, whatever the private part is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self

from circuits.checks import as_integer
from circuits.claim import Claim, ClaimPrivate, ClaimPublic
from circuits.escrow import SECRET_BITS, EscrowPublic, encrypt
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.shape import BLINDING, CONSTANT, Shape, Width
from zk.babyjubjub import Point, combine
from zk.circuit import Circuit
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.generators import blinding_generator, value_generator

Statement = tuple[Any, Any]
SECRET = Width(SECRET_BITS, signed=False)


def lowest_bits(value: int, width: Width) -> int:
    """The value whose bits a prover's program writes down: the input's own where it is in range."""
    return ((value - width.minimum) % SCALAR_MODULUS & (1 << width.bits) - 1) + width.minimum


def within(width: Width, random: Random) -> int:
    """A value of that width: an edge, a small one, or any."""
    edges = [v for v in (width.minimum, width.minimum + 1, -1, 0, 1, width.maximum) if v in width]
    small = random.randrange(1 << 20) * (random.choice((1, -1)) if width.signed else 1)
    return random.choice(
        (random.choice(edges), small, random.randint(width.minimum, width.maximum))
    )


def commit(indices: Sequence[int], values: Sequence[int], blinding: int) -> Coordinates[int]:
    """The commitment of these components, whatever their size."""
    bases = [*(value_generator(index) for index in indices), blinding_generator()]
    return coordinates(combine(bases, [*values, blinding]))


@dataclass(kw_only=True)
class Draft(ABC):
    """A statement before it is made; `tampering` changes it afterwards."""

    shape: Shape
    context: int
    tampering: list[Callable[[Statement], Statement]] = field(default_factory=list)
    #: Commit to the lowest bits of each input, and encrypt with them, instead of all of it.
    cut: bool = False

    def statement(self) -> Statement:
        """Both parts."""
        made = self.made()
        for tamper in self.tampering:
            made = tamper(made)
        return made

    @property
    @abstractmethod
    def circuit(self) -> Circuit[Any, Any]:
        """The circuit of the statement."""

    @abstractmethod
    def settle(self, random: Random) -> None:
        """Repairs what values in range leave untrue."""

    @abstractmethod
    def made(self) -> Statement:
        """Both parts, the public one from the private one."""

    @abstractmethod
    def proven(self, private: Any) -> Any:
        """The private part whose bits the witness holds: the same where all of it is in range.

        Folding may replace a private input by the sum of its bits. Then nobody proves anything of
        the number that was typed in, and what is proven is proven of this part.
        """

    def used(self, value: int, width: Width) -> int:
        """What the public part is made with."""
        return lowest_bits(value, width) if self.cut else as_integer(value)

    def opened(
        self, values: Sequence[int], widths: Sequence[Width], blinding: int
    ) -> tuple[list[int], int]:
        """What is committed to."""
        used = [self.used(value, width) for value, width in zip(values, widths, strict=True)]
        return used, self.used(blinding, BLINDING)


def cut_to(values: Sequence[int], widths: Sequence[Width]) -> tuple[int, ...]:
    """The lowest bits of each."""
    return tuple(lowest_bits(v, w) for v, w in zip(values, widths, strict=True))


@dataclass(kw_only=True)
class ClaimDraft(Draft):
    """A portfolio and the rows of a claim."""

    values: list[int]
    blinding: int
    matrix: list[list[int]]
    constants: list[int]

    @classmethod
    def sample(cls, shape: Shape, random: Random) -> Self:
        """A true claim, some of whose rows are exactly zero."""
        draft = cls(
            shape=shape,
            context=random.randrange(SCALAR_MODULUS),
            values=[random.choice((0, within(width, random))) for width in shape.widths],
            blinding=random.randrange(SUBGROUP_ORDER),
            matrix=[
                [random.randint(-1000, 1000) for _ in range(shape.components)]
                for _ in range(shape.scenarios)
            ],
            constants=[CONSTANT.minimum] * shape.scenarios,
        )
        draft.settle(random)
        return draft

    @property
    def circuit(self) -> Circuit[Any, Any]:
        return Claim(self.shape)

    def products(self) -> list[int]:
        """M·v."""
        values = [as_integer(v) for v in self.values]
        return [sum(m * v for m, v in zip(row, values, strict=True)) for row in self.matrix]

    def settle(self, random: Random) -> None:
        for index, product in enumerate(self.products()):
            if product + self.constants[index] < 0:
                slack = random.choice((0, 0, 1, random.randrange(1 << 40)))
                self.constants[index] = min(slack - product, CONSTANT.maximum)

    def private(self) -> ClaimPrivate[int]:
        """v and r."""
        return ClaimPrivate(tuple(self.values), self.blinding)

    def public(self) -> ClaimPublic[int]:
        """C, b, M and the context."""
        opened = self.opened(self.values, self.shape.widths, self.blinding)
        commitment = commit(range(self.shape.components), *opened)
        matrix = tuple(tuple(row) for row in self.matrix)
        return ClaimPublic(commitment, tuple(self.constants), matrix, self.context)

    def made(self) -> Statement:
        return self.public(), self.private()

    def proven(self, private: Any) -> Any:
        values = cut_to(private.values, self.shape.widths)
        return ClaimPrivate(values, lowest_bits(private.blinding, BLINDING))


def any_secret(random: Random) -> int:
    """The number u that e is made of."""
    return random.randrange(1 << SECRET_BITS)


def any_key(random: Random) -> int:
    """The discrete logarithm of an escrow key."""
    return random.randrange(1, SUBGROUP_ORDER)


def encrypted(key: int, secret: int, context: int, message: Sequence[int]) -> EscrowPublic[int]:
    """The escrow under key·B."""
    return encrypt(Point.BASE8 * key, secret, context, message)
