"""Witness programs: each instruction, and hints that lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given

from tests.strategies import MANY, elements
from tests.zk.circuits_for_tests import (
    Below,
    BelowPrivate,
    BelowPublic,
    CubeRoot,
    Ratio,
    RatioPrivate,
    RatioPublic,
    SumOfSquares,
    cheat,
)
from zk.backends import Backend
from zk.circuit import (
    Combination,
    Instruction,
    Linear,
    Operation,
    System,
    WitnessProgram,
    compile_circuit,
)
from zk.errors import Conflict, Malformed, Unsatisfied
from zk.field import SCALAR_MODULUS

CIRCUITS = [CubeRoot(), Below(4), SumOfSquares(2, 3), Ratio()]


def program_of(inputs: int, *steps: tuple[Operation, int, tuple[Linear, ...]]) -> WitnessProgram:
    """A tape of those steps, all registers of which are wires."""
    instructions, registers = [], inputs + 1
    for operation, outputs, arguments in steps:
        laid_out = tuple(Combination.of(argument) for argument in arguments)
        instructions.append(Instruction(operation, registers, outputs, laid_out))
        registers += outputs
    return WitnessProgram(inputs, registers, tuple(instructions), tuple(range(registers)))


X, Y = Linear.register(1), Linear.register(2)
PRODUCT = program_of(2, (Operation.PRODUCT, 1, (X * 2 + 1, Y - 3)))
QUOTIENT = program_of(2, (Operation.QUOTIENT, 1, (X + 1, Y)))
BITS = program_of(1, (Operation.BITS, 5, (X,)))


@MANY
@given(x=elements(), y=elements())
def test_product_multiplies_its_combinations(backend: Backend, x: int, y: int) -> None:
    """PRODUCT puts a·b in its register, for combinations with constants and signs."""
    assert list(backend.run(PRODUCT, [x, y])) == [1, x, y, (2 * x + 1) * (y - 3) % SCALAR_MODULUS]


@MANY
@given(x=elements(), y=elements())
def test_quotient_divides(backend: Backend, x: int, y: int) -> None:
    """QUOTIENT puts a/b in its register: times b it is a."""
    *_, quotient = backend.run(QUOTIENT, [x, y or 1])
    assert quotient * (y or 1) % SCALAR_MODULUS == (x + 1) % SCALAR_MODULUS


def test_quotient_by_zero_is_zero(backend: Backend) -> None:
    """QUOTIENT gives 0 where b = 0, also for 0/0: a hint never fails, a constraint does."""
    assert list(backend.run(QUOTIENT, [5, 0])) == [1, 5, 0, 0]
    assert list(backend.run(QUOTIENT, [SCALAR_MODULUS - 1, 0])) == [1, SCALAR_MODULUS - 1, 0, 0]


@MANY
@given(x=elements())
def test_bits_are_the_lowest_ones_first(backend: Backend, x: int) -> None:
    """BITS puts the lowest bits of the canonical value in its registers, least first."""
    assert list(backend.run(BITS, [x])) == [1, x, *(int(b) for b in f"{x % 32:05b}"[::-1])]


def test_bits_of_a_full_element(backend: Backend) -> None:
    """254 bits recompose to every element, r − 1 among them."""
    program = program_of(1, (Operation.BITS, 254, (X,)))
    for x in (0, 1, 2**253, SCALAR_MODULUS - 1):
        bits = backend.run(program, [x])[2:]
        assert sum(bit << i for i, bit in enumerate(bits)) == x


def test_later_instructions_see_earlier_registers(backend: Backend) -> None:
    """Instructions run in order, over inputs and over all that was computed before."""
    program = program_of(
        1,
        (Operation.BITS, 2, (X,)),
        (Operation.PRODUCT, 1, (Linear.register(2) + 1, Linear.register(3) + 1)),
        (Operation.QUOTIENT, 1, (Linear.constant(8), Linear.register(4))),
    )
    assert list(backend.run(program, [3])) == [1, 3, 1, 1, 4, 2]


def test_an_instruction_sees_constants(backend: Backend) -> None:
    """A combination of nothing is 0, and register 0 is the constant 1."""
    program = program_of(0, (Operation.PRODUCT, 1, (Linear({}), Linear.constant(-1))))
    assert list(backend.run(program, [])) == [1, 0]


@pytest.mark.parametrize("circuit", CIRCUITS, ids=lambda c: type(c).__name__)
def test_a_run_satisfies_its_circuit(backend: Backend, circuit: Any) -> None:
    """The tape of an honest pair of parts breaks no constraint, and its wires are the witness."""
    compiled = compile_circuit(circuit)
    public, private = circuit.honest()
    registers = backend.run(compiled.program, compiled.inputs(public, private))
    assert compiled.first_violation(registers) is None
    assert compiled.program.witness(registers) == compiled.solve(public, private)
    assert list(backend.solve(compiled, public, private)) == compiled.solve(public, private)


def test_every_backend_names_the_broken_check(backend: Backend) -> None:
    """A witness that does not exist is refused with the scope and values of the first check."""
    compiled = compile_circuit(Below(4))
    parts = BelowPublic(3), BelowPrivate(4)
    with pytest.raises(Unsatisfied) as expected:
        compiled.solve(*parts)
    with pytest.raises(Unsatisfied) as caught:
        backend.solve(compiled, *parts)
    assert caught.value.scope == expected.value.scope == "ceiling/recomposition"
    assert caught.value.args == expected.value.args


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_wrong_number_of_inputs_is_refused(backend: Backend, count: int) -> None:
    """A tape for two inputs runs on two: fewer and more are a conflict."""
    with pytest.raises(Conflict, match="expected 2 values"):
        backend.run(PRODUCT, [1] * count)


@pytest.mark.parametrize("value", [-1, SCALAR_MODULUS, 2**256, True, 1.0, "1"])
def test_an_input_that_is_no_element_is_refused(backend: Backend, value: object) -> None:
    """The tape takes canonical elements only; who has signed integers reduces them first."""
    with pytest.raises(Malformed, match="input"):
        backend.run(PRODUCT, [1, cast(int, value)])


def test_an_unknown_instruction_is_refused() -> None:
    """A tape with an operation that does not exist is malformed."""
    step = Instruction(cast(Operation, 9), 1, 1, ())
    with pytest.raises(Malformed, match="instruction"):
        WitnessProgram(0, 2, (step,), (0, 1)).run([])


def test_everything_follows_from_a_lie() -> None:
    """A lie replaces one register, and what is computed from it is computed from the lie."""
    program = program_of(
        1,
        (Operation.PRODUCT, 1, (X, X)),
        (Operation.PRODUCT, 1, (Linear.register(2), X)),
    )
    assert program.run([3]) == [1, 3, 9, 27]
    assert program.run([3], {2: 10}) == [1, 3, 10, 30]
    assert program.run([3], {2: 10, 3: 31}) == [1, 3, 10, 31]
    assert program.run([3], {}) == program.run([3])


@pytest.mark.parametrize("circuit", CIRCUITS, ids=lambda c: type(c).__name__)
def test_every_hint_that_lies_is_caught(circuit: Any) -> None:
    """Threat: a hint believed. Each computed register, moved, breaks a constraint by name.

    The R1CS refuses it too. Where the register was folded away there is nothing to lie
    about: its value follows from wires that are what they were. A bit is not just flipped,
    because a flipped bit may be the honest one of another private value.
    """
    compiled = compile_circuit(circuit)
    public, private = circuit.honest()
    honest = compiled.program.run(compiled.inputs(public, private))
    assert compiled.first_violation(honest) is None
    for register in range(compiled.program.inputs + 1, compiled.program.registers):
        for lie in (honest[register] + 2, honest[register] - 2, 3 - honest[register]):
            registers = cheat(compiled, public, private, {register: lie % SCALAR_MODULUS})
            assert compiled.first_violation(registers) is not None
            witness = compiled.program.witness(registers)
            if witness == compiled.program.witness(honest):
                assert register not in compiled.program.wires
            else:
                with pytest.raises(Unsatisfied):
                    compiled.r1cs.check(witness)


def test_bits_that_lie_together_are_caught() -> None:
    """Two false bits that recompose to the right value are caught by their own constraint."""
    compiled = compile_circuit(Below(4))
    first = compiled.program.inputs + 1
    public, private = BelowPublic(9), BelowPrivate(4)
    for low, next_one in ((2, SCALAR_MODULUS - 1), (SCALAR_MODULUS - 2, 1)):
        registers = cheat(compiled, public, private, {first: low, first + 1: next_one})
        violation = compiled.first_violation(registers)
        assert violation is not None
        assert violation.scope == "floor/bits"
        with pytest.raises(Unsatisfied):
            compiled.r1cs.check(compiled.program.witness(registers))


def test_a_quotient_by_zero_that_lies_is_caught() -> None:
    """0/0 may be anything to a hint; the constraint that the divisor is not zero decides."""
    compiled = compile_circuit(Ratio())
    inverse = compiled.program.inputs + 1
    public, private = RatioPublic(0, 5), RatioPrivate(0)
    for lie in (0, 1, SCALAR_MODULUS - 1):
        registers = cheat(compiled, public, private, {inverse: lie, inverse + 1: 5})
        violation = compiled.first_violation(registers)
        assert violation is not None
        assert violation.scope == "nonzero"
        with pytest.raises(Unsatisfied):
            compiled.r1cs.check(compiled.program.witness(registers))


@dataclass(frozen=True)
class UncheckedRatio(Ratio):
    """Ratio without its check that the denominator is not zero."""

    def define(
        self, cs: System, public: RatioPublic[Linear], private: RatioPrivate[Linear]
    ) -> None:
        with cs.scope("ratio"):
            quotient = cs.assign_quotient(public.numerator, private.denominator)
            cs.enforce_product(quotient, private.denominator, public.numerator)
            cs.enforce_equal(quotient, public.ratio)


def test_without_the_check_the_lie_passes() -> None:
    """0/0 = 5 breaks nothing but `nonzero`: the same circuit without that check accepts it.

    That is what shows that the check, and not an accident elsewhere, refuses the lie.
    """
    public, private = RatioPublic(0, 5), RatioPrivate(0)
    unchecked, checked = compile_circuit(UncheckedRatio()), compile_circuit(Ratio())
    quotient = unchecked.program.inputs + 1
    registers = cheat(unchecked, public, private, {quotient: 5})
    assert unchecked.first_violation(registers) is None
    unchecked.r1cs.check(unchecked.program.witness(registers))

    registers = cheat(checked, public, private, {quotient + 1: 5})
    violation = checked.first_violation(registers)
    assert violation is not None
    assert violation.scope == "nonzero"
