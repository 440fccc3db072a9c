"""A gadget alone in a circuit, stated in place by a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.circuits.dishonest_prover import NO_LIES, play
from zk.circuit import Circuit, Combination, CompiledCircuit, Linear, System, compile_circuit

#: From the private signals to what the gadget gives: those signals are the public part.
Definition = Callable[[System, tuple[Linear, ...]], Sequence[Linear]]


@dataclass(frozen=True)
class Inline(Circuit[tuple[Linear, ...], tuple[Linear, ...]]):
    """A circuit of so many private signals, whose public signals are what it computes."""

    public: int
    private: int
    definition: Definition

    def example(self) -> tuple[Any, Any]:
        return (0,) * self.public, (0,) * self.private

    def define(self, cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        with cs.scope("gadget"):
            for output, expected in zip(self.definition(cs, private), public, strict=True):
                cs.enforce_equal(output, expected)


def gadget(public: int, private: int) -> Callable[[Definition], CompiledCircuit]:
    """Compiles the function below it."""
    return lambda definition: compile_circuit(Inline(public, private, definition))


def accepts(
    compiled: CompiledCircuit,
    public: Sequence[int],
    private: Sequence[int],
    lies: Mapping[int, int] = NO_LIES,
) -> bool:
    """True where the R1CS holds for this prover's witness."""
    witness = play(compiled, tuple(public), tuple(private), lies)
    return compiled.r1cs.first_violation(witness) is None


def computed(
    compiled: CompiledCircuit, private: Sequence[int], lies: Mapping[int, int] = NO_LIES
) -> list[int]:
    """What the gadget gives for this prover: the public part that goes with the lies."""
    count = compiled.r1cs.public
    registers = compiled.program.run(compiled.inputs((0,) * count, tuple(private)), lies)
    outputs = (Combination.of(constraint.a) for constraint in compiled.traced[-count:])
    return [output.value(registers) for output in outputs]
