"""A compiled circuit as bytes, for a backend that runs the tape outside Python.

Little-endian words of 32 bits: inputs, registers, the number of constants, of instructions, of
wires and of constraints; the constants, 32 bytes each; the instructions (operation, outputs,
arguments); the wires' registers; the constraints as they were traced, each as three
combinations. A combination is a count, then pairs of a register and a constant's index.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from zk.circuit.compilation import CompiledCircuit
from zk.circuit.program import Combination, WitnessProgram
from zk.field import SCALAR_MODULUS, encode


def encode_tape(compiled: CompiledCircuit) -> bytes:
    """The program and the named constraints; their scopes stay in Python."""
    constraints = (row for _, rows in compiled.checks for row in rows)
    return _encode(compiled.program, constraints, len(compiled.checks))


def encode_program(program: WitnessProgram) -> bytes:
    """The program alone."""
    return _encode(program, (), 0)


def _encode(program: WitnessProgram, rows: Iterable[Combination], constraints: int) -> bytes:
    constants: dict[int, int] = {}
    body = array("I")

    def write(combination: Combination) -> None:
        body.append(len(combination.registers))
        for register, coefficient in zip(
            combination.registers, combination.coefficients, strict=True
        ):
            value = coefficient % SCALAR_MODULUS
            body.extend((register, constants.setdefault(value, len(constants))))

    for step in program.instructions:
        body.extend((step.operation, step.outputs))
        for argument in step.arguments:
            write(argument)
    body.extend(program.wires)
    for row in rows:
        write(row)
    sizes = (len(constants), len(program.instructions), len(program.wires), constraints)
    header = array("I", (program.inputs, program.registers, *sizes))
    return _words(header) + b"".join(encode(value) for value in constants) + _words(body)


def _words(words: array[int]) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)
