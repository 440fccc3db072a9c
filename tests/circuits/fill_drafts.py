"""Fills in the making: an order, a fraction of it, and what both are encrypted to."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from random import Random
from typing import Any, Self

from circuits.checks import as_integer
from circuits.escrow import pack
from circuits.fill import (
    QUANTITY_BITS,
    Fill,
    FillPrivate,
    FillPublic,
    TradedOpening,
    fill_notice,
    traded_widths,
)
from circuits.shape import BLINDING, CASH, Shape, Width
from tests.circuits.drafts import (
    SECRET,
    Draft,
    Statement,
    any_key,
    any_secret,
    commit,
    cut_to,
    encrypted,
    lowest_bits,
    within,
)
from zk.circuit import Circuit
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER


@dataclass(kw_only=True)
class FillDraft(Draft):
    """An order, a fill and the fraction between them; component 0 of both is cash."""

    order: list[int]
    fill: list[int]
    order_blinding: int
    fill_blinding: int
    filled: int
    whole: int
    secret: int
    key: int

    @classmethod
    def sample(cls, shape: Shape, random: Random) -> Self:
        """A true fill of some fraction, some at the limit exactly."""
        q, R = sorted(1 + random.randrange(1000) for _ in range(2))
        scale = random.choice((1, random.randrange(1, 1 << 30)))
        draft = cls(
            shape=shape,
            context=random.randrange(SCALAR_MODULUS),
            order=[within(width, random) for width in traded_widths(shape)],
            fill=[1] * len(shape.traded),
            order_blinding=random.randrange(SUBGROUP_ORDER),
            fill_blinding=random.randrange(SUBGROUP_ORDER),
            filled=q * scale,
            whole=R * scale,
            secret=any_secret(random),
            key=any_key(random),
        )
        draft.fill[0] = random.choice((draft.limit(), random.randint(draft.limit(), CASH.maximum)))
        draft.settle(random)
        return draft

    @property
    def circuit(self) -> Circuit[Any, Any]:
        return Fill(self.shape)

    def limit(self) -> int:
        """The least cash of a fill of this fraction."""
        return -(-self.filled * as_integer(self.order[0]) // (self.whole or 1))

    def settle(self, random: Random) -> None:
        q, R = self.filled, self.whole
        for index, width in list(enumerate(traded_widths(self.shape)))[1:]:
            whole, part = as_integer(self.order[index]), as_integer(self.fill[index])
            if R * part != q * whole:
                part, rest = divmod(q * whole, R)
                self.order[index], self.fill[index] = (
                    (whole, part) if not rest else (_fraction(q, R, width, random))
                )
        if R * as_integer(self.fill[0]) < q * as_integer(self.order[0]):
            self.fill[0] = self.limit()

    def made(self) -> Statement:
        widths = traded_widths(self.shape)
        order = commit(self.shape.traded, *self.opened(self.order, widths, self.order_blinding))
        fill = commit(self.shape.traded, *self.opened(self.fill, widths, self.fill_blinding))
        message = pack(cut_to(self.fill, widths), lowest_bits(self.fill_blinding, BLINDING), widths)
        escrow = encrypted(self.key, self.used(self.secret, SECRET), self.context, message)
        notice_key = self.order_blinding % SCALAR_MODULUS
        notice = fill_notice(notice_key, fill, self.context, message)
        private = FillPrivate(
            order=TradedOpening(tuple(self.order), self.order_blinding),
            fill=TradedOpening(tuple(self.fill), self.fill_blinding),
            filled=self.filled,
            whole=self.whole,
            secret=self.secret,
        )
        return FillPublic(order, fill, escrow, notice, self.context), private

    def proven(self, private: Any) -> Any:
        quantity = Width(QUANTITY_BITS, signed=False)
        filled = lowest_bits(private.filled - 1, quantity) + 1
        whole = filled + lowest_bits(private.whole - private.filled, quantity)
        order, fill = (
            TradedOpening(
                cut_to(opening.values, traded_widths(self.shape)),
                lowest_bits(opening.blinding, BLINDING),
            )
            for opening in (private.order, private.fill)
        )
        return FillPrivate(order, fill, filled, whole, lowest_bits(private.secret, SECRET))


def _fraction(q: int, R: int, width: Width, random: Random) -> tuple[int, int]:
    """A component of an order and the same fraction of it, both in range."""
    divisor = gcd(q, R)
    most = width.maximum // (R // divisor)
    multiple = random.randint(-most, most)
    return R // divisor * multiple, q // divisor * multiple
