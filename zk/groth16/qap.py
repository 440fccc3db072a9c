"""The quadratic arithmetic program of a constraint system.

Row i of the matrices lives at ωⁱ. Below the constraints stands one row per public wire
(the constant among them) that has that wire in A and nothing in B and C. They make the
public columns of A linearly independent, without which a proof for one public input can
be turned into a proof for another (Baghery, Kohlweiss, Siim, Volkhov, 2020/811).
"""

from __future__ import annotations

from collections.abc import Sequence

from zk.errors import UnsafeKey
from zk.field import SCALAR_MODULUS
from zk.groth16.domain import Domain
from zk.r1cs import R1CS, Row, evaluate

Matrix = tuple[Row, ...]


def domain_of(r1cs: R1CS) -> Domain:
    """The smallest domain for the constraints and the public rows."""
    return Domain.covering(len(r1cs.constraints) + r1cs.public + 1)


def matrices(r1cs: R1CS) -> tuple[Matrix, Matrix, Matrix]:
    """A, B and C, with the public rows."""
    public_rows: Matrix = tuple(((wire, 1),) for wire in range(r1cs.public + 1))
    empty: Matrix = ((),) * len(public_rows)
    a = tuple(constraint.a for constraint in r1cs.constraints) + public_rows
    b = tuple(constraint.b for constraint in r1cs.constraints) + empty
    c = tuple(constraint.c for constraint in r1cs.constraints) + empty
    check_public_rows(a, b, r1cs.public)
    return a, b, c


def check_public_rows(a: Matrix, b: Matrix, public: int) -> None:
    """Raises `UnsafeKey` unless each public wire stands alone in a row of A with empty B."""
    alone = {
        row[0][0]
        for index, row in enumerate(a)
        if len(row) == 1 and row[0][1] and (index >= len(b) or not b[index])
    }
    missing = set(range(public + 1)) - alone
    if missing:
        raise UnsafeKey(
            "public columns",
            expected="a row of its own for each",
            actual=f"none for {min(missing)}",
        )


def columns_at(matrix: Matrix, wires: int, lagrange: Sequence[int]) -> list[int]:
    """The value at τ of each wire's column polynomial."""
    columns = [0] * wires
    for row, weight in zip(matrix, lagrange, strict=False):
        for wire, coefficient in row:
            columns[wire] += coefficient * weight
    return [value % SCALAR_MODULUS for value in columns]


def rows_at(matrix: Matrix, witness: Sequence[int], size: int) -> list[int]:
    """⟨row, witness⟩ for each row of the domain."""
    values = [evaluate(row, witness) for row in matrix]
    return values + [0] * (size - len(values))


def quotient_values(a: Matrix, b: Matrix, witness: Sequence[int], domain: Domain) -> list[int]:
    """A·B − C at the odd powers of a 2n-th root of unity, where C = A·B on the domain.

    A·B − C vanishes on the domain, so these n values determine it; in the basis of a
    `.zkey` they are the coefficients of H, and no division is needed. Six transforms.
    """
    left = rows_at(a, witness, domain.size)
    right = rows_at(b, witness, domain.size)
    product = [x * y % SCALAR_MODULUS for x, y in zip(left, right, strict=True)]
    moved = (domain.move_to_coset(values) for values in (left, right, product))
    return [(x * y - z) % SCALAR_MODULUS for x, y, z in zip(*moved, strict=True)]
