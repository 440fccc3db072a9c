"""What follows from a lie, computed only as far as it reaches.

A prover's program is a tape: a lie in one register changes what later instructions compute
from it and nothing else. A row of the constraint system is decided as soon as the last of its
wires is. So the replay walks the tape from the lie, through the changed part alone, and stops
at the first row that breaks, which is mostly the one beside the hint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from zk.circuit import CompiledCircuit, Instruction, Operation
from zk.field import SCALAR_MODULUS
from zk.r1cs import Row

#: (instruction, False, 0) or (the instruction that decides it, True, row): a place on the tape.
_Entry = tuple[int, bool, int]


@dataclass(frozen=True)
class Outcome:
    """The first row that broke, or None and whether any wire differs from the honest one."""

    broken_row: int | None
    changed: bool


class Replay:
    """An honest run that can be told otherwise.

    Rows with a wire among `unjudged` are left out: whoever may choose those wires satisfies them.
    """

    def __init__(
        self, compiled: CompiledCircuit, inputs: Sequence[int], unjudged: Collection[int] = ()
    ) -> None:
        self.instructions = compiled.program.instructions
        self.wires = compiled.program.wires
        self.rows = compiled.r1cs.constraints
        self.honest = compiled.program.run(inputs)
        self.producer = {
            register: index
            for index, step in enumerate(self.instructions)
            for register in _outputs(step)
        }
        self.readers = self._readers()
        self.rows_of = self._rows_of(frozenset(unjudged))

    def replay(self, lies: Mapping[int, int]) -> Outcome:
        """These registers replaced, and everything that follows, up to the first broken row."""
        registers = self.honest.copy()
        broken = next(self._broken_rows(lies, registers), None)
        if broken is not None:
            return Outcome(broken, changed=True)
        return Outcome(None, any(registers[i] != self.honest[i] for i in self.wires))

    def follow(self, lies: Mapping[int, int]) -> tuple[list[int], list[int]]:
        """All registers after these lies, and all rows that break."""
        registers = self.honest.copy()
        broken = list(self._broken_rows(lies, registers))
        return registers, broken

    def _broken_rows(self, lies: Mapping[int, int], registers: list[int]) -> Iterator[int]:
        inputs = [register for register in lies if register not in self.producer]
        for register in inputs:
            registers[register] = lies[register]
        queue = [entry for register in inputs for entry in self._affected_by(register)]
        queue += [(self.producer[r], False, 0) for r in lies if r in self.producer]
        queued = set(queue)
        queue = sorted(queued)
        while queue:
            index, is_row, row = heappop(queue)
            if is_row:
                if self._breaks(row, registers):
                    yield row
                continue
            for register in self._run(index, registers, lies):
                for entry in self._affected_by(register):
                    if entry not in queued:
                        queued.add(entry)
                        heappush(queue, entry)

    def _affected_by(self, register: int) -> list[_Entry]:
        return self.readers.get(register, []) + self.rows_of.get(register, [])

    def _run(self, index: int, registers: list[int], lies: Mapping[int, int]) -> list[int]:
        """Fills the outputs of an instruction; those that are not the honest ones."""
        step = self.instructions[index]
        for register, value in zip(_outputs(step), _execute(step, registers), strict=True):
            registers[register] = lies.get(register, value)
        return [r for r in _outputs(step) if registers[r] != self.honest[r]]

    def _breaks(self, index: int, registers: Sequence[int]) -> bool:
        row = self.rows[index]
        a, b, c = (self._value(side, registers) for side in (row.a, row.b, row.c))
        return (a * b - c) % SCALAR_MODULUS != 0

    def _value(self, side: Row, registers: Sequence[int]) -> int:
        return sum(coefficient * registers[self.wires[wire]] for wire, coefficient in side)

    def _readers(self) -> dict[int, list[_Entry]]:
        readers: dict[int, list[_Entry]] = defaultdict(list)
        for index, step in enumerate(self.instructions):
            for register in {r for argument in step.arguments for r in argument.registers}:
                readers[register].append((index, False, 0))
        return readers

    def _rows_of(self, unjudged: frozenset[int]) -> dict[int, list[_Entry]]:
        """The rows in which a register is a wire, each with the instruction that decides it."""
        rows_of: dict[int, list[_Entry]] = defaultdict(list)
        for index, row in enumerate(self.rows):
            registers = {self.wires[wire] for side in (row.a, row.b, row.c) for wire, _ in side}
            if registers & unjudged:
                continue
            decided = max(self.producer.get(register, -1) for register in registers)
            for register in registers:
                rows_of[register].append((decided, True, index))
        return rows_of


def _outputs(step: Instruction) -> range:
    return range(step.first, step.first + step.outputs)


def _execute(step: Instruction, registers: Sequence[int]) -> list[int]:
    values = [argument.value(registers) for argument in step.arguments]
    if step.operation is Operation.BITS:
        return [values[0] >> i & 1 for i in range(step.outputs)]
    factor = values[1]
    if step.operation is Operation.QUOTIENT and factor:
        factor = pow(factor, -1, SCALAR_MODULUS)
    return [values[0] * factor % SCALAR_MODULUS]
