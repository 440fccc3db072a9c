"""Folds linear constraints away.

A linear constraint says of each signal in it what it is in terms of the others. Where one
of them is private it can be replaced everywhere, and signal and constraint both go.

Why that is safe: the replaced signal is private and its coefficient is not zero, so every
solution of the smaller system extends to exactly one of the larger and every solution of
the larger restricts to one of the smaller. Public signals are never replaced: they are
the statement. A linear constraint among public signals alone stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zk.circuit.linear import ONE, Linear, combination
from zk.circuit.system import NamedConstraint
from zk.errors import CircuitError
from zk.field import SCALAR_MODULUS, inverse

_Replacements = dict[int, Linear]


@dataclass(frozen=True, slots=True)
class Folded:
    """What folding left, and the registers whose values follow from the others."""

    constraints: list[NamedConstraint]
    replaced: frozenset[int]


def fold(constraints: Sequence[NamedConstraint], first_private: int) -> Folded:
    """An equivalent system with the linear constraints folded into the others."""
    linear = [(c.scope, _as_zero(c)) for c in constraints if is_linear(c)]
    others = [c for c in constraints if not is_linear(c)]
    uses = _count_uses(others, (zero for _, zero in linear))
    replacements: _Replacements = {}
    kept: list[NamedConstraint] = []
    for scope, zero in linear:
        reduced = _reduce(zero, replacements)
        pivots = [i for i in reduced.terms if i >= first_private]
        if pivots:
            pivot = min(pivots, key=lambda i: (uses[i], -i))
            replacements[pivot] = _solve_for(pivot, reduced)
        elif reduced.terms:
            kept.append(_linear_constraint(scope, reduced))
    _resolve(replacements)
    rewritten = [_rewrite(c, replacements) for c in others]
    if any(is_linear(c) for c in rewritten):  # a replacement turned a factor into a constant
        again = fold(rewritten, first_private)
        return Folded(kept + again.constraints, again.replaced.union(replacements))
    return Folded(kept + rewritten, frozenset(replacements))


def is_linear(constraint: NamedConstraint) -> bool:
    """True where a factor is a constant."""
    return constraint.a.constant_value is not None or constraint.b.constant_value is not None


def _as_zero(constraint: NamedConstraint) -> Linear:
    scale = constraint.a.constant_value
    if scale is not None:
        return constraint.b * scale - constraint.c
    return constraint.a * (constraint.b.constant_value or 0) - constraint.c


def _count_uses(constraints: Iterable[NamedConstraint], linear: Iterable[Linear]) -> Counter[int]:
    uses: Counter[int] = Counter()
    for constraint in constraints:
        for row in (constraint.a, constraint.b, constraint.c):
            uses.update(row.terms.keys())
    for row in linear:
        uses.update(row.terms.keys())
    return uses


def _reduce(row: Linear, replacements: _Replacements) -> Linear:
    while any(i in replacements for i in row.terms):
        row = _substitute(row, replacements)
    return row


def _substitute(row: Linear, replacements: _Replacements) -> Linear:
    if not any(i in replacements for i in row.terms):
        return row
    return combination((c, replacements.get(i) or Linear.register(i)) for i, c in row.terms.items())


def _solve_for(pivot: int, zero: Linear) -> Linear:
    """zero = 0 read as pivot = …"""
    scale = -inverse(zero.terms[pivot], SCALAR_MODULUS)
    return Linear({i: c * scale for i, c in zero.terms.items() if i != pivot})


def _resolve(replacements: _Replacements) -> None:
    """A replacement may mention pivots chosen after it, never before: go backwards."""
    for pivot in reversed(list(replacements)):
        replacements[pivot] = _reduce(replacements[pivot], replacements)


def _linear_constraint(scope: str, zero: Linear) -> NamedConstraint:
    if set(zero.terms) == {ONE}:
        raise CircuitError(scope, expected="linear constraints that can hold", actual=zero)
    return NamedConstraint(scope, zero, Linear.constant(1), Linear.constant(0))


def _rewrite(constraint: NamedConstraint, replacements: _Replacements) -> NamedConstraint:
    a, b, c = (_substitute(x, replacements) for x in (constraint.a, constraint.b, constraint.c))
    return NamedConstraint(constraint.scope, a, b, c)
