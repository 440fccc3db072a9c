"""Fill(shape): a fill is a fraction of its order, or better.

An order O commits to its own full-fill delta at the limit: buy 10 of i at 100 is +10 at i and
−1000 at cash. The fill D is q/R of it in every instrument, and at least so much in cash (cash is
signed: one line serves buyer and seller, negative prices and zero).

Public: O, D, the escrow of D's opening, the notice, context. Private: both openings, q, R, e.

| check      | says                                                               |
| ---------- | ------------------------------------------------------------------ |
| `range`    | every component of both within its width; both blindings below 2²⁵²   |
| `opening`  | O and D open to cash and instruments; their collateral is zero       |
| `quantity` | 0 < q ≤ R, with q ≤ 2⁴⁷ and R − q < 2⁴⁷                              |
| `fraction` | R·D_k = q·O_k for every instrument                                  |
| `price`    | R·D_cash ≥ q·O_cash                                                 |
| `escrow`   | D's opening, encrypted to the escrow key                             |
| `notice`   | D's opening, encrypted to whoever knows the order's blinding          |

The notice is how an owner who was offline learns what was filled, from the public log and the
own order, even if the matcher never speaks again. Its keystream is that of (r_O, x of D,
context): D has a blinding of its own, so no two messages share one. A matcher may write r_O + l
or r_O + 2l for r_O, which open the same order: a reader tries every form below 2²⁵².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from circuits.bounds import checked_context, checked_words
from circuits.checks import as_integer, require, require_escrow, require_opening, require_range
from circuits.escrow import (
    EscrowPublic,
    enforce_escrow,
    enforce_masked,
    mask,
    message_words,
    pack,
    word_count,
)
from circuits.gadgets.bits import enforce_bits, enforce_width
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.gadgets.pedersen import Component, enforce_opening
from circuits.shape import BLINDING, Shape, Width
from circuits.solvency import checked_escrow
from zk.babyjubjub import Point
from zk.circuit import Circuit, Linear, System
from zk.generators import value_generator
from zk.pedersen import Commitment

F = TypeVar("F")

QUANTITY_BITS: Final = 47
#: |R·D_cash| + |q·O_cash| < 2⁴⁸·2⁶² + 2⁴⁷·2⁶² < 2¹¹¹.
PRICE_BITS: Final = 111


@dataclass(frozen=True, slots=True)
class FillPublic(Generic[F]):
    """What the verifier knows; `fill_public` makes one that is within its bounds."""

    order: Coordinates[F]
    fill: Coordinates[F]
    escrow: EscrowPublic[F]
    notice: tuple[F, ...]
    context: F

    def points(self) -> tuple[Coordinates[F], ...]:
        return (self.order, self.fill, *self.escrow.points())

    def market(self) -> None:
        """It says nothing of prices."""


@dataclass(frozen=True, slots=True, repr=False)
class TradedOpening(Generic[F]):
    """Cash and instruments of an order or a fill, and its blinding."""

    values: tuple[F, ...]
    blinding: F

    def __repr__(self) -> str:
        return "TradedOpening(<redacted>)"


@dataclass(frozen=True, slots=True, repr=False)
class FillPrivate(Generic[F]):
    """What only the matcher and the order's owner know."""

    order: TradedOpening[F]
    fill: TradedOpening[F]
    filled: F
    whole: F
    secret: F

    def __repr__(self) -> str:
        return "FillPrivate(<redacted>)"


@dataclass(frozen=True, slots=True)
class _TradedBits:
    values: list[list[Linear]]
    blinding: list[Linear]


def traded_widths(shape: Shape) -> tuple[Width, ...]:
    """The widths of cash and instruments."""
    return tuple(shape.widths[index] for index in shape.traded)


def traded_generators(shape: Shape) -> tuple[Point, ...]:
    """The generators of cash and instruments."""
    return tuple(value_generator(index) for index in shape.traded)


def fill_notice(
    order_blinding: int, fill: Coordinates[int], context: int, message: Sequence[int]
) -> tuple[int, ...]:
    """The notice's words."""
    return mask(message, (order_blinding, fill.x, context))


def fill_public(
    shape: Shape,
    order: Commitment,
    fill: Commitment,
    escrow: EscrowPublic[int],
    notice: Sequence[int],
    context: int,
) -> FillPublic[int]:
    """The public part, refused where a bound is broken that the circuit relies on."""
    widths = traded_widths(shape)
    return FillPublic(
        order=coordinates(order.point),
        fill=coordinates(fill.point),
        escrow=checked_escrow(escrow, widths),
        notice=checked_words(notice, word_count(widths)),
        context=checked_context(context),
    )


@dataclass(frozen=True, slots=True)
class Fill(Circuit[FillPublic[Linear], FillPrivate[Linear]]):
    """The statement for one shape; scenarios play no part in it."""

    shape: Shape

    def example(self) -> tuple[FillPublic[int], FillPrivate[int]]:
        count, words = len(self.shape.traded), (0,) * word_count(traded_widths(self.shape))
        zero = Coordinates(0, 0)
        opening = TradedOpening((0,) * count, 0)
        public = FillPublic(zero, zero, EscrowPublic(zero, zero, words), words, 0)
        return public, FillPrivate(opening, opening, 0, 0, 0)

    def satisfaction(self, public: FillPublic[int], private: FillPrivate[int]) -> None:
        """Raises `Unsatisfied` with the name of the first check that fails."""
        widths, generators = traded_widths(self.shape), traded_generators(self.shape)
        order, fill = _as_integers(private.order), _as_integers(private.fill)
        q, R = as_integer(private.filled), as_integer(private.whole)
        for opening in (order, fill):
            require_range(opening.values, widths, opening.blinding)
        for point, opening in ((public.order, order), (public.fill, fill)):
            require_opening(point, generators, opening.values, opening.blinding)
        fits = 0 <= q - 1 < 1 << QUANTITY_BITS and 0 <= R - q < 1 << QUANTITY_BITS
        require("quantity", fits, expected="0 < q ≤ R", actual=(q, R))
        for whole, part in zip(order.values[1:], fill.values[1:], strict=True):
            require("fraction", R * part == q * whole, expected=q * whole, actual=R * part)
        limit, paid = q * order.values[0], R * fill.values[0]
        require("price", paid >= limit, expected=f"at least {limit}", actual=paid)
        message = pack(fill.values, fill.blinding, widths)
        require_escrow(public.escrow, as_integer(private.secret), public.context, message)
        notice = fill_notice(order.blinding, public.fill, public.context, message)
        require("notice", notice == public.notice, expected=notice, actual=public.notice)

    def define(self, cs: System, public: FillPublic[Linear], private: FillPrivate[Linear]) -> None:
        with cs.scope("range"):
            order_bits, fill_bits = (
                self._enforce_range(cs, opening) for opening in (private.order, private.fill)
            )
        with cs.scope("opening"):
            for point, bits in ((public.order, order_bits), (public.fill, fill_bits)):
                enforce_opening(cs, point, self._components(bits), bits.blinding)
        _enforce_fraction_or_better(cs, private)
        message = message_words(fill_bits.values, fill_bits.blinding, traded_widths(self.shape))
        with cs.scope("escrow"):
            enforce_escrow(cs, public.escrow, private.secret, public.context, message)
        with cs.scope("notice"):
            key = (private.order.blinding, public.fill.x, public.context)
            enforce_masked(cs, public.notice, message, key)

    def _enforce_range(self, cs: System, opening: TradedOpening[Linear]) -> _TradedBits:
        widths = traded_widths(self.shape)
        values = [enforce_width(cs, v, w) for v, w in zip(opening.values, widths, strict=True)]
        return _TradedBits(values, enforce_bits(cs, opening.blinding, BLINDING.bits))

    def _components(self, bits: _TradedBits) -> list[Component]:
        generators, widths = traded_generators(self.shape), traded_widths(self.shape)
        parts = zip(generators, widths, bits.values, strict=True)
        return [Component(generator, width, some) for generator, width, some in parts]


def _enforce_fraction_or_better(cs: System, private: FillPrivate[Linear]) -> None:
    """`quantity`, `fraction` and `price`; no product reaches 2¹¹¹, so none wraps."""
    order, fill, q, R = private.order, private.fill, private.filled, private.whole
    with cs.scope("quantity"):
        enforce_bits(cs, q - 1, QUANTITY_BITS)
        enforce_bits(cs, R - q, QUANTITY_BITS)
    with cs.scope("fraction"):
        for whole, part in zip(order.values[1:], fill.values[1:], strict=True):
            cs.enforce_product(R, part, cs.product(q, whole))
    with cs.scope("price"):
        better = cs.product(R, fill.values[0]) - cs.product(q, order.values[0])
        enforce_bits(cs, better, PRICE_BITS)


def _as_integers(opening: TradedOpening[int]) -> TradedOpening[int]:
    values = tuple(as_integer(value) for value in opening.values)
    return TradedOpening(values, as_integer(opening.blinding))
