"""Which part of a claim is paid while a loss is public, by a formula of our own.

| number | is                                                                            |
| ------ | ----------------------------------------------------------------------------- |
| owed   | what accounts on sale are below zero, less what the fund is worth              |
| rest   | what the ledger holds, less what accounts hold that never traded               |
| part   | rest / (rest + owed); savers are paid in full while there is enough for them    |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.state import State
from verifier.valuation import Valuation


@dataclass(frozen=True, slots=True)
class Fractions:
    """At one moment: what is owed, and the two parts as numerator and denominator."""

    owed: int
    traders: tuple[int, int]
    savers: tuple[int, int]


WHOLE = Fractions(0, (1, 1), (1, 1))


def fractions_of(state: State, saved: Sequence[int]) -> Fractions:
    """After an entry; `saved` is what accounts hold that never traded, of every asset."""
    pool = state.pool
    if not pool.epoch:
        return WHOLE
    valuation = Valuation.of_sales(state)
    owed = owed_of(valuation, _books_on_sale(state), pool.fund.values)
    instruments = (0,) * state.shape.instruments
    held = valuation.equity((*pool.totals, *instruments))
    theirs = valuation.equity((*saved, *instruments))
    savers = (1, 1) if held >= theirs else (max(0, held), theirs)
    if owed <= 0:
        return Fractions(owed, (1, 1), savers)
    rest = max(0, held - theirs)
    return Fractions(owed, (rest, rest + owed), savers)


def owed_of(valuation: Valuation, books: Iterable[Sequence[int]], fund: Sequence[int]) -> int:
    """What is lost and not covered; below zero it is what the fund has."""
    debts = (-valuation.equity(book) for book in books)
    return sum(debt for debt in debts if debt > 0) - valuation.equity(fund)


def part_of(amount: int, fraction: tuple[int, int]) -> int:
    """Rounded down."""
    numerator, denominator = fraction
    return amount * numerator // denominator


def _books_on_sale(state: State) -> Iterable[Sequence[int]]:
    for index in state.pool.frozen:  # which is held against the records elsewhere
        opening = state.account(index).opening
        if opening is not None:
            yield opening.values
