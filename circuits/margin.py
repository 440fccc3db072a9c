"""Margin(shape): I can open P, and what it is worth covers what it may lose, coin by coin.

Public: P, the schedule, context. Private: v, n, r, and per coin a loss, per instrument a long.

| check           | says                                                                       |
| --------------- | -------------------------------------------------------------------------- |
| `range`         | every vₖ within the inner half of its width where it is signed; r below 2²⁵² |
| `reserved`      | 0 ≤ n < 2⁶⁰, what open orders hold back                                     |
| `opening`       | P = Σ vₖ·Gₖ + n·F + r·H                                                     |
| `losses`        | loss_u ≥ 0, and loss_u + Σ move[u][s]·v ≥ 0 for every row s of coin u        |
| `charges`       | 0 ≤ longₖ < 2⁴⁷ and 0 ≤ longₖ − vₖ < 2⁴⁸                                     |
| `total`         | Σ value·v + Σ mark·v − Σ loss − Σ charge·long − n − floor ≥ 0                |
| `paid`          | credit + v₀ + Σ mark·v − n ≥ 0: nobody pays with what is only pledged        |
| `concentration` | cap − Σ weight·(2·long − v) ≥ 0                                             |
| `context`       | the proof is bound to one use (a square keeps it constrained)               |

A loss or a long that is too small is refused; one that is too large only takes from the total and
from the room under the cap, so nothing holds it from above. The inner half of a width is where its
two highest bits differ: four fills of 60 bits of cash and 45 of lots cannot carry an account out of
the whole. Cash, n and the floor count `SCALE` entries a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from circuits.bounds import checked_context
from circuits.checks import as_integer, require, require_opening, require_range
from circuits.gadgets.bits import enforce_bits, enforce_inner_half
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.gadgets.pedersen import Component, enforce_opening
from circuits.public import Market
from circuits.schedule import (
    LONG_BITS,
    SHORT_BITS,
    Schedule,
    checked_schedule,
    empty_schedule,
    left,
    longs,
    loss_bits,
    loss_row_bits,
    losses,
    paid_bits,
    room_bits,
    total_bits,
)
from circuits.shape import BLINDING, RESERVED, SCALE, Shape, Width
from zk.babyjubjub import Point
from zk.circuit import Circuit, Linear, System, field_elements, total
from zk.generators import reserve_generator, value_generators
from zk.pedersen import Commitment, Opening

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class MarginPublic(Generic[F]):
    """What the verifier knows; `margin_public` makes one that is within its bounds."""

    commitment: Coordinates[F]
    schedule: Schedule[F]
    context: F

    def points(self) -> tuple[Coordinates[F], ...]:
        return (self.commitment,)

    def market(self) -> Market:
        return Market(len(field_elements(self.commitment)), field_elements(self.schedule))


@dataclass(frozen=True, slots=True, repr=False)
class MarginPrivate(Generic[F]):
    """What only the prover knows."""

    values: tuple[F, ...]
    reserved: F
    blinding: F
    losses: tuple[F, ...]
    longs: tuple[F, ...]

    def __repr__(self) -> str:
        return "MarginPrivate(<redacted>)"


@dataclass(frozen=True, slots=True)
class MarginBits:
    """The bits that were constrained; escrow packs the same ones."""

    values: tuple[list[Linear], ...]
    reserved: list[Linear]
    blinding: list[Linear]


def margin_public(
    shape: Shape, commitment: Commitment, schedule: Schedule[int], context: int
) -> MarginPublic[int]:
    """The public part, refused where a bound is broken that the circuit relies on."""
    return MarginPublic(
        commitment=coordinates(commitment.point),
        schedule=checked_schedule(shape, schedule),
        context=checked_context(context),
    )


def margin_private(
    shape: Shape, schedule: Schedule[int], opening: Opening, reserved: int = 0
) -> MarginPrivate[int]:
    """The private part of an honest prover: no loss and no long is larger than it has to be."""
    return MarginPrivate(
        values=opening.values,
        reserved=reserved,
        blinding=opening.blinding,
        losses=losses(shape, schedule, opening.values),
        longs=longs(shape, opening.values),
    )


def escrowed_widths(shape: Shape) -> tuple[Width, ...]:
    """The widths of what an escrow holds besides the blinding: the values, and n."""
    return (*shape.widths, RESERVED)


def opening_generators(shape: Shape) -> tuple[Point, ...]:
    """G₀ … G_{K−1} and F."""
    return (*value_generators(shape.components), reserve_generator())


@dataclass(frozen=True, slots=True)
class Margin(Circuit[MarginPublic[Linear], MarginPrivate[Linear]]):
    """The statement for one shape."""

    shape: Shape

    def example(self) -> tuple[MarginPublic[int], MarginPrivate[int]]:
        schedule = empty_schedule(self.shape)
        public = MarginPublic(Coordinates(0, 0), schedule, 0)
        opening = Opening((0,) * self.shape.components, 0)
        return public, margin_private(self.shape, schedule, opening)

    def satisfaction(self, public: MarginPublic[int], private: MarginPrivate[int]) -> None:
        """Raises `Unsatisfied` with the name of the first check that fails."""
        shape = self.shape
        values = [as_integer(v) for v in private.values]
        reserved, blinding = as_integer(private.reserved), as_integer(private.blinding)
        require_range(values, [width.inner for width in shape.widths], blinding)
        require("reserved", reserved in RESERVED, expected=f"n in {RESERVED}", actual=reserved)
        generators = opening_generators(shape)
        require_opening(public.commitment, generators, (*values, reserved), blinding)
        lost = [as_integer(loss) for loss in private.losses]
        _require_losses(shape, public.schedule, values, lost)
        held = [as_integer(long) for long in private.longs]
        for index, (long, v) in enumerate(zip(held, values[shape.assets :], strict=True)):
            fits = 0 <= long < 1 << LONG_BITS and 0 <= long - v < 1 << SHORT_BITS
            require("charges", fits, expected=f"long[{index}] at least {v} and 0", actual=long)
        rest = left(shape, public.schedule, values, reserved, lost, held)
        for name, amount in (
            ("total", rest.total),
            ("paid", rest.paid),
            ("concentration", rest.room),
        ):
            require(name, amount >= 0, expected="at least 0", actual=amount)

    def define(
        self, cs: System, public: MarginPublic[Linear], private: MarginPrivate[Linear]
    ) -> None:
        enforce_margin(cs, self.shape, public, private)
        with cs.scope("context"):
            cs.square(public.context)


def enforce_margin(
    cs: System, shape: Shape, public: MarginPublic[Linear], private: MarginPrivate[Linear]
) -> MarginBits:
    """Everything but the context, which is for the caller to constrain."""
    bits = _enforce_ranges(cs, shape, private)
    with cs.scope("opening"):
        parts = zip(
            opening_generators(shape),
            escrowed_widths(shape),
            (*bits.values, bits.reserved),
            strict=True,
        )
        components = [Component(generator, width, some) for generator, width, some in parts]
        enforce_opening(cs, public.commitment, components, bits.blinding)
    _enforce_losses(cs, shape, public.schedule, private)
    with cs.scope("charges"):
        for long, v in zip(private.longs, private.values[shape.assets :], strict=True):
            enforce_bits(cs, long, LONG_BITS)
            enforce_bits(cs, long - v, SHORT_BITS)
    _enforce_what_is_left(cs, shape, public.schedule, private)
    return bits


def _enforce_ranges(cs: System, shape: Shape, private: MarginPrivate[Linear]) -> MarginBits:
    with cs.scope("range"):
        parts = zip(private.values, shape.widths, strict=True)
        values = tuple(enforce_inner_half(cs, value, width) for value, width in parts)
        blinding = enforce_bits(cs, private.blinding, BLINDING.bits)
    with cs.scope("reserved"):
        reserved = enforce_bits(cs, private.reserved, RESERVED.bits)
    return MarginBits(values, reserved, blinding)


def _enforce_losses(
    cs: System, shape: Shape, schedule: Schedule[Linear], private: MarginPrivate[Linear]
) -> None:
    blocks = zip(shape.columns, schedule.moves, private.losses, strict=True)
    with cs.scope("losses"):
        for place, (columns, rows, loss) in enumerate(blocks):
            with cs.scope(str(place)):
                enforce_bits(cs, loss, loss_bits(shape, place))
                held = [private.values[column] for column in columns]
                for row in rows:
                    profit = _dot(cs, row, held)
                    enforce_bits(cs, loss + profit, loss_row_bits(shape, place))


def _enforce_what_is_left(
    cs: System, shape: Shape, schedule: Schedule[Linear], private: MarginPrivate[Linear]
) -> None:
    cash, collateral = private.values[0], private.values[1 : shape.assets]
    positions = private.values[shape.assets :]
    with cs.scope("total"):
        at_mark = SCALE * (cash - private.reserved) + _dot(cs, schedule.mark, positions)
        counted = at_mark + _dot(cs, schedule.values, collateral)
        charged = _dot(cs, schedule.charges, private.longs) + total(private.losses)
        left_over = counted - charged - SCALE * schedule.floor
        enforce_bits(cs, left_over, total_bits(shape))
    with cs.scope("paid"):
        enforce_bits(cs, schedule.credit + at_mark, paid_bits(shape))
    with cs.scope("concentration"):
        gross = [2 * long - v for long, v in zip(private.longs, positions, strict=True)]
        room = schedule.cap - _dot(cs, schedule.weights, gross)
        enforce_bits(cs, room, room_bits(shape))


def _require_losses(
    shape: Shape, schedule: Schedule[int], values: Sequence[int], lost: Sequence[int]
) -> None:
    least = losses(shape, schedule, values)
    for place, (loss, floor) in enumerate(zip(lost, least, strict=True)):
        fits = floor <= loss < 1 << loss_bits(shape, place)
        expected = f"loss {place} from {floor} to 2^{loss_bits(shape, place)} - 1"
        require("losses", fits, expected=expected, actual=loss)


def _dot(cs: System, entries: Sequence[Linear], values: Sequence[Linear]) -> Linear:
    return total([cs.product(entry, value) for entry, value in zip(entries, values, strict=True)])
