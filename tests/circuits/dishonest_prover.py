"""A dishonest prover, and the judgement of what it made.

A cheat is judged by the R1CS with its public inputs as they stand. Registers are no measure:
a linear constraint is folded away, so a register that breaks one may be no wire at all, and
what is left may be an honest witness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import pytest

from zk.circuit import CompiledCircuit, Instruction, Linear, NamedConstraint, Operation
from zk.errors import Unsatisfied
from zk.field import SCALAR_MODULUS
from zk.r1cs import R1CS, Constraint, evaluate

NO_LIES: Final[Mapping[int, int]] = MappingProxyType({})


def play(
    compiled: CompiledCircuit, public: object, private: object, lies: Mapping[int, int] = NO_LIES
) -> list[int]:
    """The witness of a prover who tells these lies; nobody has looked whether it holds."""
    registers = compiled.program.run(compiled.inputs(public, private), lies)
    return compiled.program.witness(registers)


def broken_rows(r1cs: R1CS, witness: list[int]) -> list[int]:
    """Every row that the witness breaks."""
    r1cs.check_witness_form(witness)
    return [index for index, row in enumerate(r1cs.constraints) if breaks(row, witness)]


def breaks(row: Constraint, witness: list[int]) -> bool:
    """True where A·B is not C."""
    a, b, c = (evaluate(side, witness) for side in (row.a, row.b, row.c))
    return (a * b - c) % SCALAR_MODULUS != 0


def broken_scopes(compiled: CompiledCircuit, witness: list[int]) -> set[str]:
    """The scopes of those rows."""
    return {compiled.scopes[index] for index in broken_rows(compiled.r1cs, witness)}


def is_under(scope: str, name: str) -> bool:
    """True for the scope of that name and for those inside of it."""
    return scope == name or scope.startswith(f"{name}/")


def without(compiled: CompiledCircuit, name: str) -> R1CS:
    """The same constraint system, less the rows of that scope."""
    rows = zip(compiled.scopes, compiled.r1cs.constraints, strict=True)
    kept = tuple(row for scope, row in rows if not is_under(scope, name))
    assert len(kept) < len(compiled.r1cs.constraints), f"no row under {name}"
    return replace(compiled.r1cs, constraints=kept)


def assert_caught_only_by(compiled: CompiledCircuit, witness: list[int], name: str) -> None:
    """The R1CS refuses the witness; less the rows of that scope, it accepts the same witness."""
    with pytest.raises(Unsatisfied):
        compiled.r1cs.check(witness)
    caught = broken_scopes(compiled, witness)
    assert all(is_under(scope, name) for scope in caught), caught
    without(compiled, name).check(witness)


def input_register(compiled: CompiledCircuit, name: str) -> int:
    """Where the program keeps the public or private input of that name."""
    return 1 + (*compiled.public_names, *compiled.private_names).index(name)


def outputs(compiled: CompiledCircuit) -> frozenset[int]:
    """The public inputs that a prover makes: points and words, not the key, the market, the use."""
    given = ("key", "matrix", "constants", "schedule", "context")
    return frozenset(
        register
        for register, name in enumerate(compiled.public_names, start=1)
        if not any(part in name for part in given)
    )


def hints(compiled: CompiledCircuit, operation: Operation) -> list[Instruction]:
    """The instructions of that kind, in the order of the tape."""
    return [step for step in compiled.program.instructions if step.operation is operation]


def bits_of(compiled: CompiledCircuit, name: str) -> Instruction:
    """The first decomposition whose argument contains that input."""
    register = input_register(compiled, name)
    return next(
        step for step in hints(compiled, Operation.BITS) if register in step.arguments[0].registers
    )


def bit_lies(step: Instruction, bits: list[int]) -> dict[int, int]:
    """The lie that these are the bits."""
    assert len(bits) == step.outputs
    return {step.first + index: bit % SCALAR_MODULUS for index, bit in enumerate(bits)}


def traced(compiled: CompiledCircuit, scope: str) -> list[NamedConstraint]:
    """The constraints of a scope as the circuit states them, before folding."""
    return [constraint for constraint in compiled.traced if is_under(constraint.scope, scope)]


def only_register(linear: Linear) -> int:
    """The register, where a combination is nothing but one."""
    ((register, coefficient),) = linear.terms.items()
    assert coefficient == 1
    return register


def bits(value: int, count: int) -> list[int]:
    """The lowest bits, least significant first."""
    return [value >> index & 1 for index in range(count)]
