"""The witness program: what a prover runs instead of the circuit's definition.

A flat tape over registers. Register 0 is 1, then come the public and the private inputs;
each instruction fills registers from linear combinations of earlier ones. Three
instructions are enough:

| instruction        | does                                                        |
| ------------------ | ----------------------------------------------------------- |
| `PRODUCT  o ← a, b` | o = a·b                                                     |
| `QUOTIENT o ← a, b` | o = a/b, and 0 where b = 0                                   |
| `BITS     o… ← a`   | the lowest bits of a in [0, r), least significant first      |

The last two are hints: nothing that they compute is believed until a constraint says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import mul
from types import MappingProxyType

from zk.circuit.linear import Linear
from zk.errors import Conflict, Malformed
from zk.field import SCALAR_MODULUS, canonical

_NO_LIES: Mapping[int, int] = MappingProxyType({})


class Operation(IntEnum):
    """The instructions' codes."""

    PRODUCT = 0
    QUOTIENT = 1
    BITS = 2


@dataclass(frozen=True, slots=True)
class Combination:
    """A linear combination laid out for evaluation: registers beside coefficients."""

    registers: tuple[int, ...]
    coefficients: tuple[int, ...]

    @classmethod
    def of(cls, linear: Linear) -> Combination:
        """The registers in ascending order, small negative coefficients as such."""
        items = sorted(linear.terms.items())
        half = SCALAR_MODULUS // 2
        signed = (c - SCALAR_MODULUS if c > half else c for _, c in items)
        return cls(tuple(i for i, _ in items), tuple(signed))

    def value(self, registers: Sequence[int]) -> int:
        """Σ coefficient·register, in [0, r)."""
        chosen = map(registers.__getitem__, self.registers)
        total: int = sum(map(mul, self.coefficients, chosen))
        return total % SCALAR_MODULUS


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step of the tape; `outputs` are consecutive registers from `first`."""

    operation: Operation
    first: int
    outputs: int
    arguments: tuple[Combination, ...]


@dataclass(frozen=True, slots=True)
class WitnessProgram:
    """The tape, and which registers are the wires of the constraint system, in order."""

    inputs: int
    registers: int
    instructions: tuple[Instruction, ...]
    wires: tuple[int, ...]

    def run(self, inputs: Sequence[int], lies: Mapping[int, int] = _NO_LIES) -> list[int]:
        """All registers for these inputs.

        `lies` replaces what an instruction would have put in a register, and everything
        after follows from the lie: that is how the tests play a dishonest prover.
        """
        self.check_inputs(inputs)
        registers = [1, *inputs]
        for step in self.instructions:
            registers += _execute(step, registers)
            if lies:
                for index in range(step.first, step.first + step.outputs):
                    registers[index] = lies.get(index, registers[index])
        return registers

    def check_inputs(self, inputs: Sequence[int]) -> None:
        """As many canonical elements as the program has inputs."""
        if len(inputs) != self.inputs:
            raise Conflict(
                "inputs", expected=f"{self.inputs} values", actual=f"{len(inputs)} values"
            )
        for value in inputs:
            canonical(value, SCALAR_MODULUS, "input")

    def witness(self, registers: Sequence[int]) -> list[int]:
        """The wires' values."""
        return [registers[index] for index in self.wires]


def _execute(step: Instruction, registers: Sequence[int]) -> Sequence[int]:
    values = [argument.value(registers) for argument in step.arguments]
    match step.operation:
        case Operation.PRODUCT:
            return (values[0] * values[1] % SCALAR_MODULUS,)
        case Operation.QUOTIENT:
            divisor = pow(values[1], -1, SCALAR_MODULUS) if values[1] else 0
            return (values[0] * divisor % SCALAR_MODULUS,)
        case Operation.BITS:
            return [values[0] >> i & 1 for i in range(step.outputs)]
    raise Malformed("instruction", expected=list(Operation), actual=step.operation)
