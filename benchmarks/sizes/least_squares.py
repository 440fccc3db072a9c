"""Least squares by the normal equations, in fractions: what is exact comes out exact.

The relative errors are what is made small, so that a circuit of a thousand constraints counts as
much as one of a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Number = int | float


def least_squares(
    rows: Sequence[Sequence[Number]], values: Sequence[Number]
) -> tuple[Fraction, ...] | None:
    """The coefficients x that make Σ ((row·x − value) / value)² least; None where several do."""
    scaled = [
        [Fraction(number) / Fraction(value) for number in row]
        for row, value in zip(rows, values, strict=True)
    ]
    width = len(rows[0])
    normal = [
        [sum((row[i] * row[j] for row in scaled), Fraction(0)) for j in range(width)]
        + [sum((row[i] for row in scaled), Fraction(0))]
        for i in range(width)
    ]
    return _solved(normal)


def _solved(system: list[list[Fraction]]) -> tuple[Fraction, ...] | None:
    """Gauss and Jordan, on the equations with their right sides in the last column."""
    size = len(system)
    for column in range(size):
        pivot = next((i for i in range(column, size) if system[i][column]), None)
        if pivot is None:
            return None
        system[column], system[pivot] = system[pivot], system[column]
        leading = system[column][column]
        system[column] = [entry / leading for entry in system[column]]
        for i in range(size):
            factor = system[i][column]
            if i != column and factor:
                pairs = zip(system[i], system[column], strict=True)
                system[i] = [entry - factor * above for entry, above in pairs]
    return tuple(row[-1] for row in system)
