"""Who looks for a book that loses more in one move than margin asks of it: a linear program.

Margin adds the losses of coins, and so do moves; no book does worse than its worst coin alone. So
for each coin, and one move of it, the program is

    greatest   −Σ change_k·v_k
    where      loss + Σ long_k·v_k⁺ + Σ short_k·v_k⁻ ≤ 1
               loss ≥ 0,  loss + Σ move_sk·v_k ≥ 0 in every row s

and its value is the greatest loss per unit of margin. Where margin can be escaped there is none.

It is a tool, never a rule: two solvers differ in the books that they find. HiGHS solves it, through
scipy, which is imported when somebody asks and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, Final

from zk.errors import Conflict

_SOLVED: Final = 0
_UNBOUNDED: Final = 3
#: Below this a loss is the solver's own rounding.
_NOTHING: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Attack:
    """The greatest loss per unit of margin, and a book that makes it.

    A ratio that is infinite comes with a book that loses and of which margin asks nothing.
    """

    ratio: float
    book: tuple[float, ...] = ()


@dataclass(frozen=True)
class Adversary:
    """Against the margin of one coin: rows, and what each side of each component is charged.

    All numbers are for as much of a component as is worth one, so that none is large or small.
    What cannot be owed has no short charge: None.
    """

    moves: Sequence[Sequence[float]]
    long: Sequence[float]
    short: Sequence[float | None]

    def attack(self, change: Sequence[float]) -> Attack:
        """Under one move: what a unit of each component gains in it."""
        return self.attack_sides(change, change)

    def attack_sides(self, longs: Sequence[float], shorts: Sequence[float]) -> Attack:
        """Were every long to gain the first, and every short to lose the second."""
        owed = [shorts[k] for k in self._owed]
        gains = [*longs, *(-each for each in owed), 0.0]
        result = _linprog(gains, A_ub=self._asked, b_ub=self._unit)
        if result.status == _SOLVED:
            return Attack(max(0.0, -float(result.fun)), self._book(result.x))
        free = self._free(gains)
        if not free and result.status != _UNBOUNDED:
            raise Conflict("linear program", expected="a solution, or none", actual=result.message)
        return Attack(inf, free)

    def _free(self, gains: Sequence[float]) -> tuple[float, ...]:
        """Of the books of which nothing is asked, and of no component more than one, the worst.

        A solver may also give up on a program that has no greatest value: this one has.
        """
        nothing = [0.0] * len(self._unit)
        result = _linprog(gains, A_ub=self._asked, b_ub=nothing, bounds=(0, 1))
        loses = result.status == _SOLVED and -result.fun > _NOTHING
        return self._book(result.x) if loses else ()

    @cached_property
    def _owed(self) -> list[int]:
        return [k for k, charge in enumerate(self.short) if charge is not None]

    @cached_property
    def _unit(self) -> list[float]:
        return [1.0] + [0.0] * len(self.moves)

    @cached_property
    def _asked(self) -> list[list[float]]:
        """Margin itself, then one line for each row; columns are longs, shorts and the loss."""
        shorts = [self.short[k] or 0.0 for k in self._owed]
        rows = [
            [*(-move for move in row), *(row[k] for k in self._owed), -1.0] for row in self.moves
        ]
        return [[*self.long, *shorts, 1.0], *rows]

    def _book(self, solution: Sequence[float]) -> tuple[float, ...]:
        book = [float(lots) for lots in solution[: len(self.long)]]
        for k, lots in zip(self._owed, solution[len(self.long) :], strict=False):
            book[k] -= float(lots)
        return tuple(book)


def _linprog(gains: Sequence[float], **constraints: Any) -> Any:
    try:
        from scipy.optimize import linprog
    except ImportError:
        raise Conflict(
            "linear programs", expected="scipy, as in pip install 'tacit[cover]'", actual="none"
        ) from None
    return linprog(gains, method="highs-ds", **constraints)
