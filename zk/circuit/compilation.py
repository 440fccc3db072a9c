"""From a declared circuit to what is proven: a constraint system and a witness program.

A circuit is traced once per process, when it is first compiled; proving runs the program
and never sees an expression again.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from zk.circuit.fold import fold
from zk.circuit.linear import Linear
from zk.circuit.orientation import orient
from zk.circuit.program import Combination, WitnessProgram
from zk.circuit.signals import check_same_structure, field_elements, leaves, names, replace_leaves
from zk.circuit.system import NamedConstraint, System
from zk.errors import Unconstrained, Unsatisfied
from zk.field import SCALAR_MODULUS
from zk.formats.r1cs import encode_r1cs
from zk.r1cs import R1CS, Constraint, Row

Public = TypeVar("Public")
Private = TypeVar("Private")


class Circuit(ABC, Generic[Public, Private]):
    """A relation between a public and a private part.

    Subclasses are frozen dataclasses: their fields are the circuit's parameters, and equal
    parameters give the same compiled circuit.
    """

    @abstractmethod
    def example(self) -> tuple[Any, Any]:
        """A public and a private part of the right dimensions; their values do not matter."""

    @abstractmethod
    def define(self, cs: System, public: Public, private: Private) -> None:
        """States the constraints."""


@dataclass(frozen=True, eq=False)
class CompiledCircuit:
    """The result of a trace; one is itself alone, as there is one per circuit."""

    r1cs: R1CS
    program: WitnessProgram
    scopes: tuple[str, ...]
    public_names: tuple[str, ...]
    private_names: tuple[str, ...]
    traced: tuple[NamedConstraint, ...]
    _example: tuple[Any, Any]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the `.r1cs` file."""
        return hashlib.sha256(encode_r1cs(self.r1cs)).hexdigest()

    @property
    def constraints_by_scope(self) -> Counter[str]:
        """How many constraints each outermost scope has."""
        return Counter(scope.split("/", 1)[0] for scope in self.scopes)

    def inputs(self, public: object, private: object) -> list[int]:
        """The program's inputs, in order; signed integers become field elements."""
        check_same_structure(self._example[0], public, "public part")
        check_same_structure(self._example[1], private, "private part")
        return [*field_elements(public), *field_elements(private)]

    def first_violation(self, registers: Sequence[int]) -> Unsatisfied | None:
        """The first constraint, as the circuit states it, that these registers break.

        Folded constraints are among them, so that an honest mistake is called by its name.
        """
        for scope, rows in self.checks:
            a, b, c = (row.value(registers) for row in rows)
            if a * b % SCALAR_MODULUS != c:
                return Unsatisfied(scope, expected=f"{a}·{b}", actual=c)
        return None

    @cached_property
    def checks(self) -> list[tuple[str, tuple[Combination, Combination, Combination]]]:
        """The traced constraints laid out for evaluation, each with its scope."""
        lay_out = Combination.of
        return [(t.scope, (lay_out(t.a), lay_out(t.b), lay_out(t.c))) for t in self.traced]

    def solve(self, public: object, private: object) -> list[int]:
        """The witness; raises `Unsatisfied` with the scope where there is none."""
        registers = self.program.run(self.inputs(public, private))
        violation = self.first_violation(registers)
        if violation is not None:
            raise violation
        return self.program.witness(registers)


@cache
def compile_circuit(circuit: Circuit[Any, Any]) -> CompiledCircuit:
    """Traces, folds and numbers; the same circuit is compiled once per process."""
    public, private = example = circuit.example()
    public_count, private_count = len(leaves(public)), len(leaves(private))
    registers = iter(range(1, 1 + public_count + private_count))

    def allocate(_: object) -> Linear:
        return Linear.register(next(registers))

    system = System(public_count + private_count)
    circuit.define(system, replace_leaves(public, allocate), replace_leaves(private, allocate))
    result = fold(system.constraints, first_private=1 + public_count)
    folded, kept = result.constraints, set(range(1, system.registers)) - result.replaced
    _require_constrained(folded, kept, names(public) + names(private))
    folded = orient(folded)
    wires = _wires(folded, public_count)
    r1cs = R1CS(
        wires=len(wires),
        public=public_count,
        private_inputs=sum(public_count < i <= public_count + private_count for i in wires),
        constraints=_number(folded, wires),
    )
    return CompiledCircuit(
        r1cs=r1cs,
        program=WitnessProgram(
            inputs=public_count + private_count,
            registers=system.registers,
            instructions=tuple(system.instructions),
            wires=wires,
        ),
        scopes=tuple(c.scope for c in folded),
        public_names=names(public),
        private_names=names(private),
        traced=tuple(system.constraints),
        _example=example,
    )


def _registers_in(constraints: Iterable[NamedConstraint]) -> set[int]:
    return {i for c in constraints for row in (c.a, c.b, c.c) for i in row.terms}


def _require_constrained(
    constraints: Iterable[NamedConstraint], registers: Iterable[int], input_names: Sequence[str]
) -> None:
    """Each of the registers occurs in a constraint; what does not is free to choose.

    This is asked after folding, which shows what only seemed to be constrained: bits that
    recompose to a value and lack their boolean constraints are gone with the recomposition.
    """
    missing = set(registers) - _registers_in(constraints)
    if missing:
        first = min(missing)
        name = input_names[first - 1] if first <= len(input_names) else f"register {first}"
        raise Unconstrained(name, expected="a constraint", actual="none")


def _wires(constraints: Iterable[NamedConstraint], public_count: int) -> tuple[int, ...]:
    """The constant, the public signals, then the private ones that folding left."""
    used = _registers_in(constraints)
    fixed = range(public_count + 1)
    return (*fixed, *sorted(used.difference(fixed)))


def _number(constraints: Iterable[NamedConstraint], wires: Sequence[int]) -> tuple[Constraint, ...]:
    wire_of = {register: wire for wire, register in enumerate(wires)}

    def row(linear: Linear) -> Row:
        return tuple(sorted((wire_of[i], c) for i, c in linear.terms.items()))

    return tuple(Constraint(row(c.a), row(c.b), row(c.c)) for c in constraints)
