"""Sparse linear algebra over F_r, for the derivatives of a constraint system at a witness.

Most of a circuit is triangular, since each constraint has one wire of its own. So both
directions peel first, without any arithmetic: a row with one unknown column determines it, a
column in one row alone makes that row independent of all others. What remains is eliminated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zk.field import SCALAR_MODULUS, inverse
from zk.r1cs import R1CS, evaluate

_P = SCALAR_MODULUS
#: column → coefficient, none of them zero.
Sparse = dict[int, int]


def jacobian(r1cs: R1CS, witness: Sequence[int]) -> list[Sparse]:
    """The derivative of every row A·B − C by every wire but the constant."""
    rows = []
    for constraint in r1cs.constraints:
        a, b = evaluate(constraint.a, witness), evaluate(constraint.b, witness)
        row: dict[int, int] = defaultdict(int)
        for side, factor in ((constraint.a, b), (constraint.b, a), (constraint.c, -1)):
            for wire, coefficient in side:
                row[wire] += coefficient * factor
        rows.append({wire: value % _P for wire, value in row.items() if wire and value % _P})
    return rows


def restricted(rows: Iterable[Sparse], columns: Collection[int]) -> list[Sparse]:
    """The same rows in these columns only."""
    return [{c: value for c, value in row.items() if c in columns} for row in rows]


def nullity(rows: Sequence[Sparse], columns: Collection[int]) -> int:
    """The dimension of what the rows leave free in these columns."""
    kept = restricted(rows, columns)
    known = _determined_by_peeling(kept)
    rest = restricted(kept, set(columns) - known)
    nonzero = [row for row in rest if row]
    rank = len(nonzero) - len(left_null_space(nonzero))
    return len(set(columns) - known) - rank


def left_null_space(rows: Sequence[Sparse]) -> list[Sparse]:
    """A basis of the row's linear dependencies, each as row → factor."""
    elimination = _Elimination.of(rows)
    while elimination.step():
        pass
    return elimination.dependencies


def _determined_by_peeling(rows: Sequence[Sparse]) -> set[int]:
    """The columns that follow one by one, each from a row in which all others are known."""
    unknown = [set(row) for row in rows]
    rows_with = _rows_with(rows)
    determined: set[int] = set()
    ready = [columns for columns in unknown if len(columns) == 1]
    while ready:
        single = ready.pop()
        if not single:
            continue
        (column,) = single
        determined.add(column)
        for index in rows_with[column]:
            unknown[index].discard(column)
            if len(unknown[index]) == 1:
                ready.append(unknown[index])
    return determined


def _rows_with(rows: Sequence[Mapping[int, int]]) -> dict[int, set[int]]:
    rows_with: dict[int, set[int]] = defaultdict(set)
    for index, row in enumerate(rows):
        for column in row:
            rows_with[column].add(index)
    return rows_with


@dataclass
class _Elimination:
    """Row elimination that remembers what each remaining row is made of."""

    rows: dict[int, Sparse]
    made_of: dict[int, Sparse]
    rows_with: dict[int, set[int]]
    buckets: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    dependencies: list[Sparse] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[Sparse]) -> _Elimination:
        made_of = {index: {index: 1} for index in range(len(rows))}
        elimination = cls({i: dict(row) for i, row in enumerate(rows)}, made_of, _rows_with(rows))
        for column, found in elimination.rows_with.items():
            elimination.buckets[len(found)].add(column)
        for index in [i for i, row in elimination.rows.items() if not row]:
            elimination.retire(index)
        return elimination

    def step(self) -> bool:
        """Removes one row as a pivot, by the column that occurs least; False where all are gone."""
        size = min((size for size, columns in self.buckets.items() if size and columns), default=0)
        if not size:
            return False
        column = next(iter(self.buckets[size]))
        pivot = min(self.rows_with[column], key=lambda index: len(self.rows[index]))
        for index in self.rows_with[column] - {pivot}:
            self.subtract(index, pivot, column)
        for other in self.rows[pivot]:
            self.forget(other, pivot)
        del self.rows[pivot], self.made_of[pivot]
        return True

    def subtract(self, index: int, pivot: int, column: int) -> None:
        """Clears a column of a row with the pivot's."""
        row, source = self.rows[index], self.rows[pivot]
        factor = -row[column] * inverse(source[column], _P)
        for other, value in source.items():
            before = row.get(other, 0)
            after = (before + factor * value) % _P
            if after:
                row[other] = after
                if not before:
                    self.note(other, index)
            elif before:
                del row[other]
                self.forget(other, index)
        parts = self.made_of[index]
        for part, value in self.made_of[pivot].items():
            parts[part] = (parts.get(part, 0) + factor * value) % _P
        if not row:
            self.retire(index)

    def retire(self, index: int) -> None:
        """A row of zeros is a dependency of the rows that it is made of."""
        del self.rows[index]
        self.dependencies.append({i: x for i, x in self.made_of.pop(index).items() if x})

    def note(self, column: int, index: int) -> None:
        """The row has the column now."""
        self.buckets[len(self.rows_with[column])].discard(column)
        self.rows_with[column].add(index)
        self.buckets[len(self.rows_with[column])].add(column)

    def forget(self, column: int, index: int) -> None:
        """The row has it no more."""
        self.buckets[len(self.rows_with[column])].discard(column)
        self.rows_with[column].discard(index)
        self.buckets[len(self.rows_with[column])].add(column)
