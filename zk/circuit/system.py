"""The constraint system that a circuit's `define` writes into.

`enforce_…` adds constraints, `assign_…` only fills in a witness (and is believed by
nobody), `product` does both. Every constraint stands under the scopes that were open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from zk.circuit.linear import Linear
from zk.circuit.program import Combination, Instruction, Operation
from zk.errors import CircuitError
from zk.field import SCALAR_MODULUS

Signal = Linear | int
#: What one instruction gives at most, in every backend.
MAX_BITS: Final = 255


@dataclass(frozen=True, slots=True)
class NamedConstraint:
    """a·b = c over registers, and the scope that states it."""

    scope: str
    a: Linear
    b: Linear
    c: Linear


class System:
    """Collects the constraints and the tape of one trace."""

    def __init__(self, inputs: int) -> None:
        self.registers = inputs + 1
        self.constraints: list[NamedConstraint] = []
        self.instructions: list[Instruction] = []
        self._scope: list[str] = []

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Names what is enforced inside; scopes nest as `outer/inner`."""
        self._scope.append(name)
        try:
            yield
        finally:
            self._scope.pop()

    def product(self, a: Signal, b: Signal) -> Linear:
        """a·b: one constraint, or none where a factor is a constant."""
        left, right = as_linear(a), as_linear(b)
        if (scale := left.constant_value) is not None:
            return right * scale
        if (scale := right.constant_value) is not None:
            return left * scale
        (out,) = self._assign(Operation.PRODUCT, 1, left, right)
        self._add(left, right, out)
        return out

    def square(self, a: Signal) -> Linear:
        """a²."""
        return self.product(a, a)

    def named(self, value: Linear) -> Linear:
        """`value` in a register of its own, so that rows which mention it stay short.

        It costs nothing: folding pays for the linear constraint with another signal of the sum.
        """
        (out,) = self._assign(Operation.PRODUCT, 1, value, Linear.constant(1))
        self.enforce_equal(out, value)
        return out

    def enforce_product(self, a: Signal, b: Signal, c: Signal) -> None:
        """a·b = c."""
        self._add(as_linear(a), as_linear(b), as_linear(c))

    def enforce_equal(self, a: Signal, b: Signal) -> None:
        """a = b; a linear constraint, which compiling folds away where it can."""
        self._add(as_linear(a) - b, Linear.constant(1), Linear.constant(0))

    def enforce_boolean(self, a: Signal) -> None:
        """a ∈ {0, 1}."""
        self._add(as_linear(a), as_linear(a) - 1, Linear.constant(0))

    def assign_quotient(self, a: Signal, b: Signal) -> Linear:
        """A hint: a/b, and 0 where b = 0."""
        return self._assign(Operation.QUOTIENT, 1, as_linear(a), as_linear(b))[0]

    def assign_bits(self, a: Signal, count: int) -> list[Linear]:
        """A hint: the lowest `count` bits of a, least significant first; none has 255 of them."""
        if not 0 < count <= MAX_BITS:
            raise CircuitError("bits", expected=f"1 to {MAX_BITS} of them", actual=count)
        return self._assign(Operation.BITS, count, as_linear(a))

    def _assign(self, operation: Operation, count: int, *arguments: Linear) -> list[Linear]:
        first = self.registers
        self.registers += count
        laid_out = tuple(Combination.of(argument) for argument in arguments)
        self.instructions.append(Instruction(operation, first, count, laid_out))
        return [Linear.register(index) for index in range(first, first + count)]

    def _add(self, a: Linear, b: Linear, c: Linear) -> None:
        scope = "/".join(self._scope)
        if not scope:
            raise CircuitError("constraint", expected="an open scope", actual="none")
        x, y, z = values = (a.constant_value, b.constant_value, c.constant_value)
        if None not in values and ((x or 0) * (y or 0) - (z or 0)) % SCALAR_MODULUS:
            raise CircuitError(scope, expected="a constraint that can hold", actual=values)
        self.constraints.append(NamedConstraint(scope, a, b, c))


def as_linear(signal: Signal) -> Linear:
    """A number becomes the constant that it is."""
    return Linear.constant(signal) if isinstance(signal, int) else signal
