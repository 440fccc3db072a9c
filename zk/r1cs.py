"""A rank-1 constraint system: ⟨A, w⟩·⟨B, w⟩ = ⟨C, w⟩, row by row.

Wire 0 is the constant 1; then come the public wires, then the private ones. Rows are
sparse: (wire, coefficient) pairs, ascending by wire, no coefficient zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zk.errors import Conflict, Malformed, Unsatisfied
from zk.field import SCALAR_MODULUS, is_canonical

Row = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One row of each of the three matrices."""

    a: Row
    b: Row
    c: Row


@dataclass(frozen=True, slots=True)
class R1CS:
    """The matrices, and how many wires are public (the constant not counted)."""

    wires: int
    public: int
    private_inputs: int
    constraints: tuple[Constraint, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.public + self.private_inputs < self.wires:
            raise Malformed(
                "constraint system",
                expected=f"fewer than {self.wires} inputs",
                actual=self.public + self.private_inputs,
            )
        for constraint in self.constraints:
            for row in (constraint.a, constraint.b, constraint.c):
                _check_row(row, self.wires)

    def check(self, witness: Sequence[int]) -> None:
        """Raises `Unsatisfied` at the first row that the witness breaks."""
        violation = self.first_violation(witness)
        if violation is not None:
            index, expected, actual = violation
            raise Unsatisfied(str(index), expected=f"A·B = {expected}", actual=actual)

    def first_violation(self, witness: Sequence[int]) -> tuple[int, int, int] | None:
        """(row, A·B, C) of the first row that the witness breaks, or None."""
        self.check_witness_form(witness)
        for index, row in enumerate(self.constraints):
            product = evaluate(row.a, witness) * evaluate(row.b, witness) % SCALAR_MODULUS
            actual = evaluate(row.c, witness)
            if product != actual:
                return index, product, actual
        return None

    def check_witness_form(self, witness: Sequence[int]) -> None:
        """As many canonical elements as there are wires, the first of them 1."""
        if len(witness) != self.wires:
            raise Conflict(
                "witness", expected=f"{self.wires} wires", actual=f"{len(witness)} wires"
            )
        check_elements(witness)


def check_elements(witness: Sequence[int]) -> None:
    """Canonical elements, the first of them 1."""
    if not witness or witness[0] != 1:
        raise Malformed("witness", expected="wire 0 = 1", actual=list(witness[:1]))
    for wire, value in enumerate(witness):
        if not is_canonical(value, SCALAR_MODULUS):
            raise Malformed(f"witness wire {wire}", expected="an integer in [0, r)", actual=value)


def evaluate(row: Row, witness: Sequence[int]) -> int:
    """⟨row, witness⟩."""
    return sum(coefficient * witness[wire] for wire, coefficient in row) % SCALAR_MODULUS


def _check_row(row: Row, wires: int) -> None:
    previous = -1
    for wire, coefficient in row:
        if not previous < wire < wires:
            raise Malformed(
                "constraint row", expected=f"ascending wires below {wires}", actual=wire
            )
        if coefficient == 0 or not is_canonical(coefficient, SCALAR_MODULUS):
            raise Malformed("constraint row", expected="coefficients in [1, r)", actual=coefficient)
        previous = wire
