"""Margins and solvencies in the making: a book, what the market asks of it, and what is claimed.

A draft claims the least losses and longs that there are, and `more_lost` and `more_long` beside
them: above zero they hurt, below zero they are lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Self

from circuits.checks import as_integer
from circuits.gadgets.coordinates import coordinates
from circuits.margin import Margin, MarginPrivate, MarginPublic
from circuits.schedule import (
    FLOOR,
    LIMIT,
    LONG_BITS,
    UNSIGNED_ENTRY,
    Judgement,
    Schedule,
    empty_schedule,
    left,
    longs,
    loss_bits,
    losses,
)
from circuits.shape import BLINDING, MATRIX_ENTRY, RESERVED, SCALE, Shape, Width
from circuits.solvency import Solvency, SolvencyPrivate, SolvencyPublic, solvency_message
from tests.circuits.drafts import (
    SECRET,
    Draft,
    Statement,
    any_key,
    any_secret,
    cut_to,
    encrypted,
    lowest_bits,
    within,
)
from tests.circuits.statements import commit, margin_widths
from zk.circuit import Circuit
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER

LONG = Width(LONG_BITS, signed=False)


@dataclass(kw_only=True)
class MarginDraft(Draft):
    """A book, its reserve, and the schedule that it meets."""

    values: list[int]
    reserved: int
    blinding: int
    schedule: Schedule[int]
    more_lost: list[int]
    more_long: list[int]
    #: The component that a case is about: settling leaves it alone.
    held: int | None = field(default=None)

    @classmethod
    def sample(cls, shape: Shape, random: Random) -> Self:
        """A true margin, met to the last unit in one condition or another."""
        draft = cls(
            shape=shape,
            context=random.randrange(SCALAR_MODULUS),
            values=[random.choice((0, within(width, random))) for width in margin_widths(shape)],
            reserved=random.choice((0, 0, random.randrange(1 << 40))),
            blinding=random.randrange(SUBGROUP_ORDER),
            schedule=any_schedule(shape, random),
            more_lost=[0] * len(shape.blocks),
            more_long=[0] * shape.instruments,
        )
        draft.settle(random)
        return draft

    @property
    def circuit(self) -> Circuit[Any, Any]:
        return Margin(self.shape)

    @property
    def book(self) -> list[int]:
        """The values as integers."""
        return [as_integer(value) for value in self.values]

    @property
    def lost(self) -> list[int]:
        """The losses that are claimed."""
        least = losses(self.shape, self.schedule, self.book)
        return [loss + more for loss, more in zip(least, self.more_lost, strict=True)]

    @property
    def long(self) -> list[int]:
        """The longs that are claimed."""
        least = longs(self.shape, self.book)
        return [long + more for long, more in zip(least, self.more_long, strict=True)]

    def judgement(self) -> Judgement:
        """What is left under these claims."""
        reserved = as_integer(self.reserved)
        return left(self.shape, self.schedule, self.book, reserved, self.lost, self.long)

    def settle(self, random: Random) -> None:
        """Cap and credit give way first, then the floor, then the market, and at last a value."""
        self.limit(random)
        if self.judgement().total < 0:
            self.ask_nothing()
        if self.judgement().total < 0:
            self.enrich()
        self.limit(random)

    def limit(self, random: Random) -> None:
        """Cap and credit that are enough, to the last unit or by some."""
        rest = self.judgement()
        for name, missing in (("credit", -rest.paid), ("cap", -rest.room)):
            if missing > 0:
                enough = getattr(self.schedule, name) + missing + random.choice((0, 0, 1, 1 << 40))
                self.set(**{name: min(enough, LIMIT.maximum)})

    def ask_nothing(self) -> None:
        """No floor, no moves, no charges, and for what is held the most that an entry can be."""
        free = empty_schedule(self.shape)
        positions = self.book[self.shape.assets :]
        self.set(
            values=(UNSIGNED_ENTRY.maximum,) * (self.shape.assets - 1),
            mark=tuple(MATRIX_ENTRY.maximum if v > 0 else MATRIX_ENTRY.minimum for v in positions),
            moves=free.moves,
            charges=free.charges,
            floor=0,
        )
        self.more_lost = [0] * len(self.shape.blocks)

    def enrich(self) -> None:
        """As many lots of one instrument as there can be, at the highest mark."""
        index = self.shape.components - 1
        if index == self.held:
            index -= 1
        self.values[index] = self.shape.widths[index].inner.maximum
        self.ask_nothing()

    def set(self, **changes: Any) -> None:
        """Changes the schedule."""
        self.schedule = replace(self.schedule, **changes)

    def opening(self) -> tuple[list[int], int, int]:
        """What is committed to: values, reserve and blinding."""
        widths = margin_widths(self.shape)
        values = [self.used(value, width) for value, width in zip(self.values, widths, strict=True)]
        return values, self.used(self.reserved, RESERVED), self.used(self.blinding, BLINDING)

    def public(self) -> MarginPublic[int]:
        """P, the schedule and the context."""
        values, reserved, blinding = self.opening()
        point = commit(range(self.shape.components), values, blinding, reserved).point
        return MarginPublic(coordinates(point), self.schedule, self.context)

    def private(self) -> MarginPrivate[int]:
        """v, n, r, and what is claimed."""
        return MarginPrivate(
            tuple(self.values), self.reserved, self.blinding, tuple(self.lost), tuple(self.long)
        )

    def made(self) -> Statement:
        return self.public(), self.private()

    def proven(self, private: Any) -> Any:
        lost = [
            lowest_bits(loss, Width(loss_bits(self.shape, place), signed=False))
            for place, loss in enumerate(private.losses)
        ]
        return MarginPrivate(
            values=cut_to(private.values, margin_widths(self.shape)),
            reserved=lowest_bits(private.reserved, RESERVED),
            blinding=lowest_bits(private.blinding, BLINDING),
            losses=tuple(lost),
            longs=cut_to(private.longs, [LONG] * self.shape.instruments),
        )


@dataclass(kw_only=True)
class SolvencyDraft(MarginDraft):
    """A margin, and what its escrow is made of."""

    secret: int = 0
    key: int = 1

    @classmethod
    def sample(cls, shape: Shape, random: Random) -> Self:
        """A true margin, under a key and a secret of its own."""
        draft = super().sample(shape, random)
        draft.secret, draft.key = any_secret(random), any_key(random)
        return draft

    @property
    def circuit(self) -> Circuit[Any, Any]:
        return Solvency(self.shape)

    def made(self) -> Statement:
        message = solvency_message(
            self.shape,
            cut_to(self.values, margin_widths(self.shape)),
            lowest_bits(self.reserved, RESERVED),
            lowest_bits(self.blinding, BLINDING),
        )
        escrow = encrypted(self.key, self.used(self.secret, SECRET), self.context, message)
        return SolvencyPublic(self.public(), escrow), SolvencyPrivate(self.private(), self.secret)

    def proven(self, private: Any) -> Any:
        secret = lowest_bits(private.secret, SECRET)
        return SolvencyPrivate(super().proven(private.margin), secret)


def any_schedule(shape: Shape, random: Random) -> Schedule[int]:
    """Moves both ways, marks of either sign, and a floor; cap and credit are still to be set."""

    def some(low: int) -> tuple[int, ...]:
        return tuple(random.randint(low, 1000) for _ in range(shape.instruments))

    return Schedule(
        values=tuple(random.randint(0, 1000) for _ in range(shape.assets - 1)),
        mark=some(-1000),
        moves=tuple(
            tuple(
                tuple(random.randint(-1000, 1000) for _ in range(block.columns))
                for _ in range(block.rows)
            )
            for block in shape.blocks
        ),
        charges=some(0),
        weights=some(0),
        floor=random.choice((0, random.randrange(1000))),
        cap=0,
        credit=0,
    )


def met_exactly(draft: MarginDraft) -> int:
    """Raises the floor until less than a unit of cash is left; what is left."""
    floor = draft.schedule.floor + draft.judgement().total // SCALE
    draft.set(floor=min(max(floor, 0), FLOOR.maximum))
    return draft.judgement().total
