"""The circuit language: declared relations, constraints, witness programs."""

from zk.circuit.compilation import Circuit, CompiledCircuit, compile_circuit
from zk.circuit.linear import Linear, combination, total
from zk.circuit.program import Combination, Instruction, Operation, WitnessProgram
from zk.circuit.signals import field_elements
from zk.circuit.system import NamedConstraint, Signal, System, as_linear

__all__ = [
    "Circuit",
    "Combination",
    "CompiledCircuit",
    "Instruction",
    "Linear",
    "NamedConstraint",
    "Operation",
    "Signal",
    "System",
    "WitnessProgram",
    "as_linear",
    "combination",
    "compile_circuit",
    "field_elements",
    "total",
]
