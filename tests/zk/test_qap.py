"""The quadratic arithmetic program against galois's polynomials over F_r."""

from __future__ import annotations

from typing import Any

import galois
import numpy as np
import pytest

from tests.zk.circuits_for_tests import CubeRoot, Ratio, SumOfSquares
from zk.circuit import Circuit, CompiledCircuit, compile_circuit
from zk.errors import UnsafeKey
from zk.field import SCALAR_MODULUS
from zk.groth16.domain import Domain
from zk.groth16.qap import (
    Matrix,
    check_public_rows,
    columns_at,
    domain_of,
    matrices,
    quotient_values,
)

R = SCALAR_MODULUS
GF = galois.GF(R, primitive_element=5, verify=False)
TAU = 0xDECAF_C0FFEE << 100

CIRCUITS = pytest.mark.parametrize(
    ("circuit", "size"),
    [(CubeRoot(), 4), (Ratio(), 8), (SumOfSquares(2, 2), 8)],
    ids=["CubeRoot", "Ratio", "SumOfSquares"],
)


def root(order: int) -> int:
    """The power of 5 of that order, without our own table of roots."""
    return pow(5, (R - 1) // order, R)


def columns(matrix: Matrix, wires: int, size: int) -> list[Any]:
    """The wires' column polynomials: row i is the value at ωⁱ."""
    points = GF([pow(root(size), i, R) for i in range(size)])
    dense = [[0] * size for _ in range(wires)]
    for index, row in enumerate(matrix):
        for wire, coefficient in row:
            dense[wire][index] = coefficient
    return [galois.lagrange_poly(points, GF(values)) for values in dense]


def combined(matrix: Matrix, witness: list[int], size: int) -> Any:
    """Σ witnessᵢ·columnᵢ."""
    total = galois.Poly.Zero(GF)
    for polynomial, value in zip(columns(matrix, len(witness), size), witness, strict=True):
        total += polynomial * GF(value)
    return total


def vanishing(size: int) -> Any:
    """xⁿ − 1."""
    return galois.Poly.Degrees([size, 0], [1, R - 1], field=GF)


def numerator(compiled: CompiledCircuit, witness: list[int], size: int) -> Any:
    """A·B − C."""
    a, b, c = (combined(matrix, witness, size) for matrix in matrices(compiled.r1cs))
    return a * b - c


def honest(circuit: Any) -> tuple[CompiledCircuit, list[int]]:
    compiled = compile_circuit(circuit)
    return compiled, compiled.solve(*circuit.honest())


@CIRCUITS
def test_an_honest_witness_is_divisible(circuit: Circuit[Any, Any], size: int) -> None:
    """A·B − C of an honest witness vanishes on the domain, whose size is as expected."""
    compiled, witness = honest(circuit)
    assert domain_of(compiled.r1cs).size == size
    assert numerator(compiled, witness, size) % vanishing(size) == galois.Poly.Zero(GF)


@CIRCUITS
def test_a_false_witness_is_not_divisible(circuit: Circuit[Any, Any], size: int) -> None:
    """Moving any wire leaves a remainder modulo xⁿ − 1."""
    compiled, witness = honest(circuit)
    for wire in range(1, len(witness)):
        moved = [*witness[:wire], (witness[wire] + 1) % R, *witness[wire + 1 :]]
        assert numerator(compiled, moved, size) % vanishing(size) != galois.Poly.Zero(GF)


@CIRCUITS
def test_the_quotients_values_are_those_of_the_numerator(
    circuit: Circuit[Any, Any], size: int
) -> None:
    """`quotient_values` is A·B − C at the odd powers of the 2n-th root, as in a `.zkey`."""
    compiled, witness = honest(circuit)
    a, b, _ = matrices(compiled.r1cs)
    odd = GF([pow(root(2 * size), 2 * i + 1, R) for i in range(size)])
    expected = [int(value) for value in numerator(compiled, witness, size)(odd)]
    assert quotient_values(a, b, witness, Domain.covering(size)) == expected


@CIRCUITS
def test_the_odd_lagrange_basis_gives_the_quotient_at_tau(
    circuit: Circuit[Any, Any], size: int
) -> None:
    """Σ valueᵢ·L_{2i+1}(τ) is h(τ)·(τⁿ − 1), with h by galois's own division.

    This is what a prover computes with the H query, and why no division is needed.
    """
    compiled, witness = honest(circuit)
    a, b, _ = matrices(compiled.r1cs)
    values = quotient_values(a, b, witness, Domain.covering(size))
    weights = Domain.covering(2 * size).lagrange_at(TAU)[1::2]
    quotient = numerator(compiled, witness, size) // vanishing(size)
    expected = int(quotient(GF(TAU))) * (pow(TAU, size, R) - 1) % R
    assert sum(v * w for v, w in zip(values, weights, strict=True)) % R == expected


@CIRCUITS
def test_columns_at_tau_are_the_column_polynomials(circuit: Circuit[Any, Any], size: int) -> None:
    """Each wire's column at τ is galois's interpolation of that column, evaluated there."""
    compiled, _ = honest(circuit)
    lagrange = Domain.covering(size).lagrange_at(TAU)
    for matrix in matrices(compiled.r1cs):
        expected = [int(p(GF(TAU))) for p in columns(matrix, compiled.r1cs.wires, size)]
        assert columns_at(matrix, compiled.r1cs.wires, lagrange) == expected


@CIRCUITS
def test_the_public_rows_stand_below_the_constraints(circuit: Circuit[Any, Any], size: int) -> None:
    """One row per public wire and the constant: that wire in A, nothing in B and C."""
    r1cs = compile_circuit(circuit).r1cs
    a, b, c = matrices(r1cs)
    count = len(r1cs.constraints)
    assert a[count:] == tuple(((wire, 1),) for wire in range(r1cs.public + 1))
    assert b[count:] == c[count:] == ((),) * (r1cs.public + 1)
    assert len(a) == len(b) == len(c) <= size


@CIRCUITS
def test_the_constraints_alone_are_refused(circuit: Circuit[Any, Any], size: int) -> None:
    """Threat: Groth16 without the rows that make public columns independent is refused."""
    r1cs = compile_circuit(circuit).r1cs
    a, b = ([getattr(constraint, m) for constraint in r1cs.constraints] for m in "ab")
    with pytest.raises(UnsafeKey, match="none for 0"):
        check_public_rows(tuple(a), tuple(b), r1cs.public)


def test_a_public_row_with_a_zero_coefficient_is_none() -> None:
    """A row that has its wire zero times makes nothing independent."""
    a: Matrix = (((0, 1),), ((1, 0),))
    with pytest.raises(UnsafeKey, match="none for 1"):
        check_public_rows(a, ((), ()), 1)
    check_public_rows((((0, 1),), ((1, 1),)), ((), ()), 1)


@CIRCUITS
def test_public_columns_are_independent(circuit: Circuit[Any, Any], size: int) -> None:
    """The public columns of A are linearly independent, also of all private ones.

    Otherwise a proof for one public input could be turned into a proof for another
    (Baghery, Kohlweiss, Siim, Volkhov, 2020/811).
    """
    r1cs = compile_circuit(circuit).r1cs
    a, _, _ = matrices(r1cs)
    dense = GF([[dict(row).get(wire, 0) for wire in range(r1cs.wires)] for row in a])
    public = r1cs.public + 1
    rank_of_private = np.linalg.matrix_rank(dense[:, public:])
    assert np.linalg.matrix_rank(dense) == public + rank_of_private
