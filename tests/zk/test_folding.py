"""Folding: the smaller system says what the larger one says, and of public signals it says all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import galois
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import MANY
from tests.zk.circuits_for_tests import Below, BelowPrivate, BelowPublic, SumOfSquares, inline
from zk.circuit import Combination, Linear, NamedConstraint, System, compile_circuit
from zk.circuit.fold import Folded, fold, is_linear
from zk.errors import CircuitError, Unsatisfied
from zk.field import SCALAR_MODULUS, inverse

#: The oracle of this file: another implementation of F_r, with linear algebra over it.
GF = galois.GF(SCALAR_MODULUS, primitive_element=5, verify=False)

ONE, ZERO = Linear.constant(1), Linear.constant(0)


@dataclass(frozen=True)
class Planted:
    """A random system with a solution, register by register, that its constraints fit."""

    constraints: list[NamedConstraint]
    first_private: int
    solution: list[int]

    @property
    def registers(self) -> int:
        return len(self.solution)


@st.composite
def planted_systems(draw: st.DrawFn) -> Planted:
    """Up to two public and six private signals, linear and quadratic constraints, mixed."""
    public, private = draw(st.integers(0, 2)), draw(st.integers(2, 6))
    numbers = st.integers(-3, 3)
    solution = [1, *(draw(numbers) for _ in range(public + private))]

    def row(factor: bool = False) -> Linear:
        constant_only = factor and draw(st.integers(0, 4)) == 0
        size = 0 if constant_only else 3
        signals = st.integers(1, public + private)
        terms = draw(st.dictionaries(signals, numbers, max_size=size))
        return Linear(terms) + draw(numbers)

    def constraint(index: int) -> NamedConstraint:
        a, b, c = row(factor=True), row(factor=True), row()
        residual = value(a, solution) * value(b, solution) - value(c, solution)
        return NamedConstraint(f"c{index}", a, b, c + residual)

    def linear(index: int) -> NamedConstraint:
        zero = row()
        return NamedConstraint(f"c{index}", zero - value(zero, solution), ONE, ZERO)

    kinds = draw(st.lists(st.booleans(), min_size=1, max_size=9))
    constraints = [linear(i) if kind else constraint(i) for i, kind in enumerate(kinds)]
    return Planted(constraints, 1 + public, [x % SCALAR_MODULUS for x in solution])


@MANY
@given(planted_systems(), st.randoms(use_true_random=False))
def test_folding_keeps_the_solutions_one_to_one(system: Planted, random: Random) -> None:
    """Every solution of the folded system extends to exactly one of the system itself.

    At random values of the signals that folding left, the constraints that it removed have
    exactly one solution for the signals that it replaced; and there each constraint that it
    rewrote is off by as much as the original. Both are polynomial identities, so random
    points decide them.
    """
    folded = fold(system.constraints, system.first_private)
    rewritten = {c.scope: c for c in folded.constraints if not is_linear(c)}
    removed = [c for c in system.constraints if c.scope not in rewritten]
    for _ in range(2):
        point = extend(random_point(folded, system, random), folded, removed)
        for constraint in system.constraints:
            twin = rewritten.get(constraint.scope)
            expected = 0 if twin is None else residual(twin, point)
            assert residual(constraint, point) == expected


@MANY
@given(planted_systems())
def test_a_solution_restricts_to_a_solution_of_the_folded_system(system: Planted) -> None:
    """What satisfies the system satisfies what folding makes of it."""
    folded = fold(system.constraints, system.first_private)
    assert all(residual(c, system.solution) == 0 for c in system.constraints)
    assert all(residual(c, system.solution) == 0 for c in folded.constraints)


@MANY
@given(planted_systems())
def test_folding_replaces_private_signals_only(system: Planted) -> None:
    """No public signal is replaced, and a replaced one is in no constraint any more."""
    folded = fold(system.constraints, system.first_private)
    assert all(system.first_private <= i < system.registers for i in folded.replaced)
    assert not folded.replaced & registers_in(folded)


@MANY
@given(planted_systems())
def test_folding_leaves_only_linear_constraints_among_public_signals(system: Planted) -> None:
    """What is still linear after folding mentions no private signal, and it can hold."""
    folded = fold(system.constraints, system.first_private)
    for constraint in folded.constraints:
        if is_linear(constraint):
            assert all(i < system.first_private for i in constraint.a.terms)
            assert constraint.a.constant_value is None


@MANY
@given(planted_systems())
def test_folding_twice_is_folding_once(system: Planted) -> None:
    """A folded system has nothing left to fold."""
    once = fold(system.constraints, system.first_private)
    twice = fold(once.constraints, system.first_private)
    assert not twice.replaced
    assert sorted(c.scope for c in twice.constraints if not is_linear(c)) == sorted(
        c.scope for c in once.constraints if not is_linear(c)
    )


def test_public_signals_keep_their_wires() -> None:
    """Wires are 1, the public signals in order, then what is left of the private ones."""
    compiled = compile_circuit(Below(8))
    folded_value, folded_bit = 2, 18
    left = [i for i in range(3, 19) if i != folded_bit]
    assert compiled.program.registers == 19
    assert compiled.program.wires == (0, 1, *left)
    assert folded_value not in compiled.program.wires
    assert compiled.r1cs.wires == len(compiled.program.wires)
    assert compiled.r1cs.private_inputs == 0
    assert compile_circuit(SumOfSquares(3, 4)).r1cs.private_inputs == 3


def test_a_linear_constraint_among_public_signals_stays() -> None:
    """Public signals are the statement: what relates them alone is a constraint, not a fold."""

    @inline(3, 1)
    def compiled(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        cs.enforce_equal(public[0] + public[1], public[2])
        cs.enforce_boolean(private[0])

    assert compiled.program.wires == (0, 1, 2, 3, 4)
    compiled.r1cs.check([1, 2, 3, 5, 1])
    with pytest.raises(Unsatisfied):
        compiled.r1cs.check([1, 2, 3, 6, 1])


def test_contradictory_linear_constraints_are_refused() -> None:
    """y = 1 and y = 2 have no solution: the circuit is at fault, and the scope is named."""
    with pytest.raises(CircuitError, match="inline/second"):

        @inline(0, 1)
        def _(cs: System, _: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            cs.enforce_equal(private[0], 1)
            with cs.scope("second"):
                cs.enforce_equal(private[0], 2)


def test_a_contradiction_that_only_folding_shows_is_refused() -> None:
    """x = 2, y = 3 and x·y = 7: the product becomes a constant one, which cannot hold."""
    with pytest.raises(CircuitError, match="inline/product"):

        @inline(0, 2)
        def _(cs: System, _: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            cs.enforce_equal(private[0], 2)
            cs.enforce_equal(private[1], 3)
            with cs.scope("product"):
                cs.enforce_product(private[0], private[1], 7)


def test_a_factor_that_folds_to_a_constant_folds_its_constraint() -> None:
    """x = 3 turns x·y = z into a linear constraint, and that one is folded as well."""

    @inline(1, 3)
    def compiled(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        x, y, z = private
        cs.enforce_equal(x, 3)
        cs.enforce_product(x, y, z)
        cs.enforce_product(z, z, public[0])

    assert len(compiled.r1cs.constraints) == 1
    assert compiled.r1cs.wires == 3
    compiled.r1cs.check(compiled.solve((36,), (3, 2, 6)))
    with pytest.raises(Unsatisfied):
        compiled.solve((36,), (3, 2, 5))


def test_folding_again_keeps_what_was_kept_before() -> None:
    """A relation among public signals stays also where a product folds in a second pass."""

    @inline(2, 3)
    def compiled(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        x, y, z = private
        cs.enforce_equal(public[0], public[1])
        cs.enforce_equal(x, 3)
        cs.enforce_product(x, y, z)
        cs.enforce_product(z, z, public[0])

    witness = compiled.solve((36, 36), (3, 2, 6))
    compiled.r1cs.check(witness)
    with pytest.raises(Unsatisfied):
        compiled.r1cs.check([1, 36, 37, *witness[3:]])


def test_every_solution_of_a_small_circuit_by_exhaustion() -> None:
    """The R1CS of 0 ≤ value ≤ ceiling < 4 accepts exactly the assignments that the circuit does.

    All assignments of small numbers, bits that are none among them, are tried on the folded
    wires; each extends to the registers in one way, which the circuit itself then judges.
    """
    compiled = compile_circuit(Below(2))
    ceiling, value, low, high, gap_low, gap_high = range(1, 7)
    assert compiled.program.wires == (0, ceiling, low, high, gap_low)
    accepted = []
    for wires in product(range(-1, 8), *[(-1, 0, 1, 2)] * 3):
        known = dict(zip((ceiling, low, high, gap_low), wires, strict=True))
        known[value] = known[low] + 2 * known[high]
        rest = known[ceiling] - known[value] - known[gap_low]
        known[gap_high] = rest * inverse(2, SCALAR_MODULUS)
        registers = [1, *(known[i] % SCALAR_MODULUS for i in range(1, 7))]
        satisfied = compiled.first_violation(registers) is None
        assert satisfied == (
            compiled.r1cs.first_violation(compiled.program.witness(registers)) is None
        )
        if satisfied:
            accepted.append((known[ceiling], known[value]))
    pairs = [(ceiling, value) for ceiling in range(8) for value in range(4)]
    assert sorted(accepted) == [(c, v) for c, v in pairs if 0 <= c - v < 4]


@pytest.mark.parametrize("ceiling", [3, 4, 6])
def test_solving_agrees_with_exhaustion(ceiling: int) -> None:
    """`solve` finds a witness exactly where 0 ≤ value ≤ ceiling and both differences fit."""
    compiled = compile_circuit(Below(2))
    for value in range(-1, 6):
        parts = BelowPublic(ceiling), BelowPrivate(value)
        if 0 <= value < 4 and 0 <= ceiling - value < 4:
            compiled.r1cs.check(compiled.solve(*parts))
        else:
            with pytest.raises(Unsatisfied):
                compiled.solve(*parts)


def random_point(folded: Folded, system: Planted, random: Random) -> list[int]:
    """Random registers for which the linear constraints that folding left hold."""
    point = [1, *(random.randrange(SCALAR_MODULUS) for _ in range(1, system.registers))]
    kept = [c for c in folded.constraints if is_linear(c)]
    public = range(1, system.first_private)
    rows = reduced([affine(c.a, public, point) for c in kept], len(public))
    for row in rows:
        pivot, others = public[leading(row)], public[leading(row) + 1 :]
        rest = zip(row[leading(row) + 1 :], [*(point[i] for i in others), 1], strict=True)
        point[pivot] = -sum(int(c) * x for c, x in rest) % SCALAR_MODULUS
    return point


def extend(point: list[int], folded: Folded, removed: list[NamedConstraint]) -> list[int]:
    """The point with the one value for each replaced register that the removed ones allow.

    Only linear equations are solved: a removed constraint either is linear or becomes so
    where those that are have been substituted.
    """
    unknown = sorted(folded.replaced)
    waiting = [[affine(x, unknown, point) for x in parts(c)] for c in removed]
    rows: list[Any] = []
    while waiting:
        waiting = [[modulo(row, rows) for row in triple] for triple in waiting]
        linear = next(t for t in waiting if not (t[0][:-1].any() and t[1][:-1].any()))
        waiting = [t for t in waiting if t is not linear]
        a, b, c = linear
        zero = b * a[-1] - c if not a[:-1].any() else a * b[-1] - c
        rows = reduced([*rows, zero], len(unknown))
    assert [leading(row) for row in rows] == list(range(len(unknown))), "not exactly one solution"
    values = {register: int(-row[-1]) for register, row in zip(unknown, rows, strict=True)}
    return [values.get(i, x) for i, x in enumerate(point)]


def affine(linear: Linear, unknown: Sequence[int], point: Sequence[int]) -> Any:
    """The coefficients of the unknown registers, then the value of all the others."""
    known = [0 if i in unknown else x for i, x in enumerate(point)]
    return GF([*(linear.terms.get(i, 0) for i in unknown), value(linear, known)])


def reduced(rows: Sequence[Any], columns: int) -> list[Any]:
    """Row-reduced, without the rows that say nothing; one that says 1 = 0 is an error."""
    if not rows:
        return []
    matrix = [row for row in GF(np.vstack(rows)).row_reduce() if row.any()]
    assert all(leading(row) < columns for row in matrix), "no solution"
    return matrix


def modulo(row: Any, rows: Sequence[Any]) -> Any:
    """What is left of a row once the pivots of the reduced rows are substituted."""
    for equation in rows:
        row = row - equation * row[leading(equation)]
    return row


def leading(row: Any) -> int:
    """The column of a reduced row's first entry."""
    return int(np.flatnonzero(row)[0])


def parts(constraint: NamedConstraint) -> tuple[Linear, Linear, Linear]:
    return constraint.a, constraint.b, constraint.c


def value(linear: Linear, registers: Sequence[int]) -> int:
    return Combination.of(linear).value(registers)


def residual(constraint: NamedConstraint, registers: Sequence[int]) -> int:
    a, b, c = (value(x, registers) for x in parts(constraint))
    return (a * b - c) % SCALAR_MODULUS


def registers_in(folded: Folded) -> set[int]:
    return {i for c in folded.constraints for x in parts(c) for i in x.terms}
