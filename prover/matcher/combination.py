"""What a book is a book of: instruments in lowest terms, bought or sold together.

A single instrument is the combination 1; a spread of ten calls against twenty perpetuals is ten
times (1, −2). Orders meet only in the book of their exact combination. Legs are never implied from
other books: then every book clears by itself at one price, nobody is filled in half a spread, and
what each book adds to the accounts sums to zero because what is bought in it is sold in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from circuits.shape import Shape
from ledger.market.data import SCALE


@dataclass(frozen=True, slots=True, order=True)
class Combination:
    """Lots of each instrument in one lot of it; no common divisor, the first of them positive."""

    parts: tuple[int, ...]

    def mark(self, mark: Sequence[int]) -> Fraction:
        """What one lot is worth at the mark, in cash units."""
        instruments = mark[len(mark) - len(self.parts) :]
        return Fraction(sum(a * b for a, b in zip(self.parts, instruments, strict=True)), SCALE)

    def delta(self, shape: Shape, lots: int, cash: int) -> tuple[int, ...]:
        """The values that so many lots and so much cash add to an account."""
        return (cash, *(0,) * (shape.assets - 1), *(lots * part for part in self.parts))

    def label(self, names: Sequence[str]) -> str:
        """For people; `names` are those of the instruments."""
        legs = [(part, name) for part, name in zip(self.parts, names, strict=True) if part]
        if len(legs) == 1:
            return legs[0][1]
        return " ".join(f"{part:+,}×{name}" for part, name in legs)


def in_lowest_terms(instruments: Sequence[int]) -> tuple[Combination, int] | None:
    """The combination, and how many lots of it: negative where its first instrument is sold."""
    first = next((lots for lots in instruments if lots), 0)
    if not first:
        return None
    lots = gcd(*instruments) if first > 0 else -gcd(*instruments)
    return Combination(tuple(part // lots for part in instruments)), lots
