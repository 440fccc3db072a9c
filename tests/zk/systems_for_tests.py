"""Random constraint systems, witness programs and circuits, each the same for the same seed.

They lean towards what a fast implementation gets wrong: nothing at all, everything equal, the
largest scalars, points that cancel, wires that no constraint mentions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

from tests.zk.circuits_for_tests import Inline
from zk.circuit import CompiledCircuit, Linear, System, WitnessProgram, combination, compile_circuit
from zk.circuit.program import Combination, Instruction, Operation
from zk.field import SCALAR_MODULUS
from zk.groth16 import Blinding, Trapdoor
from zk.r1cs import R1CS, Constraint, Row, evaluate

_R: Final = SCALAR_MODULUS
_Draw = Callable[[Random], int]

#: What a wire may carry, by kind of witness.
VALUES: Final[dict[str, _Draw]] = {
    "all zero": lambda _: 0,
    "all one": lambda _: 1,
    "largest": lambda _: _R - 1,
    "bits": lambda rng: rng.randrange(2),
    "small, of both signs": lambda rng: rng.randrange(-300, 301) % _R,
    "edges": lambda rng: rng.choice((0, 1, 2, _R // 2, _R // 2 + 1, _R - 2, _R - 1, 1 << 253)),
    "any": lambda rng: rng.randrange(_R),
}
#: What a coefficient may be, by kind of matrix; never zero.
COEFFICIENTS: Final[dict[str, _Draw]] = {
    "one": lambda _: 1,
    "of both signs": lambda rng: rng.choice((1, 2, 5, _R - 1, _R - 3)),
    "any": lambda rng: rng.randrange(1, _R),
}


@dataclass(frozen=True)
class RandomSystem:
    """A constraint system, a witness that may or may not satisfy it, and a key's randomness."""

    r1cs: R1CS
    witness: list[int]
    trapdoor: Trapdoor
    blinding: Blinding
    satisfied: bool


def random_system(seed: int) -> RandomSystem:
    """A system of 1 to 60 constraints; the larger it is, the cheaper are most of its values."""
    rng = Random(f"system {seed}")
    count = rng.choice((1, 2, 3, 4, 5, 7, 8, 9, 15, 31, 60)) if seed % 8 else rng.randrange(1, 61)
    public = rng.choice((0, 0, 1, 1, 2, 3, 5))
    wires = 1 + public + rng.choice((0, 1, 2, count, count + 2))
    kinds = [*VALUES] if count < 8 or not seed % 5 else [*VALUES][:5]
    draw = VALUES[rng.choice(kinds)]
    witness = [1, *(draw(rng) for _ in range(wires - 1))]
    satisfied = rng.random() < 0.5
    coefficient = COEFFICIENTS[rng.choice([*COEFFICIENTS])]
    dense = wires <= 12 and rng.random() < 0.3
    rows = _Rows(rng, wires, coefficient, dense)
    constraints = tuple(_constraint(rows, witness, satisfied) for _ in range(count))
    return RandomSystem(
        r1cs=R1CS(wires, public, 0, constraints),
        witness=witness,
        trapdoor=Trapdoor(*(rng.randrange(1, _R) for _ in range(5))),
        blinding=Blinding(_blinding(rng), _blinding(rng)),
        satisfied=satisfied,
    )


def chain(count: int) -> RandomSystem:
    """xᵢ₊₁ = xᵢ² from x₀ = 3, the last x public: as many constraints as wanted, all satisfied."""
    values = [3]
    for _ in range(count):
        values.append(values[-1] ** 2 % _R)
    wires = [*range(2, count + 2), 1]
    constraints = tuple(Constraint(((x, 1),), ((x, 1),), ((y, 1),)) for x, y in pairwise(wires))
    rng = Random("chain")
    return RandomSystem(
        r1cs=R1CS(count + 2, 1, 1, constraints),
        witness=[1, values[-1], *values[:-1]],
        trapdoor=Trapdoor(*(rng.randrange(1, _R) for _ in range(5))),
        blinding=Blinding(rng.randrange(_R), rng.randrange(_R)),
        satisfied=True,
    )


def random_program(seed: int) -> tuple[WitnessProgram, list[int]]:
    """A program and inputs for it: bits of all widths, divisions by zero, big coefficients."""
    rng = Random(f"program {seed}")
    inputs = rng.randrange(6)
    known = inputs + 1
    instructions = []
    for _ in range(rng.randrange(1, 25)):
        operation = rng.choice([*Operation])
        outputs = rng.randrange(1, 256) if operation is Operation.BITS else 1
        arguments = tuple(
            random_combination(rng, known) for _ in range(1 if operation is Operation.BITS else 2)
        )
        instructions.append(Instruction(operation, known, outputs, arguments))
        known += outputs
    wires = tuple(rng.randrange(known) for _ in range(rng.randrange(1, 40)))
    draw = VALUES[rng.choice([*VALUES])]
    program = WitnessProgram(inputs, known, tuple(instructions), wires)
    return program, [draw(rng) for _ in range(inputs)]


def random_combination(rng: Random, known: int) -> Combination:
    """Empty, constant, cancelling or long; coefficients of both signs, in and out of range."""
    registers = [rng.randrange(known) for _ in range(rng.choice((0, 1, 1, 2, 3, 9)))]
    coefficients = [rng.choice((0, 1, -1, 2, -7, _R - 1, -_R // 2, 3 * _R + 1)) for _ in registers]
    if rng.random() < 0.2:
        register, scale = rng.randrange(known), rng.randrange(1, _R)
        registers += [register, register]
        coefficients += [scale, -scale]
    return Combination(tuple(registers), tuple(coefficients))


def random_circuit(seed: int) -> tuple[CompiledCircuit, tuple[int, ...], tuple[int, ...]]:
    """A circuit with nested scopes, and inputs that often break one of its constraints."""
    rng = Random(f"circuit {seed}")
    public, private = rng.randrange(3), rng.randrange(1, 4)
    plan = [rng.choice(("product", "quotient", "bits", "equal")) for _ in range(8)]

    def definition(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        choice = Random(f"definition {seed}")
        values = [*public, *private]
        for index, value in enumerate((*public, *private)):
            with cs.scope(f"input {index}"):
                values.append(cs.product(value, value + 1))
        for index, step in enumerate(plan):
            with cs.scope(f"step {index}"), cs.scope(step):
                _state(cs, choice, step, values)

    compiled = compile_circuit(Inline(public, private, definition))
    inputs = [rng.choice((0, 1, 2, 3, _R - 1, rng.randrange(_R))) for _ in range(public + private)]
    return compiled, tuple(inputs[:public]), tuple(inputs[public:])


def _state(cs: System, rng: Random, step: str, values: list[Linear]) -> None:
    a, b = rng.choice(values), rng.choice(values)
    if step == "product":
        values.append(cs.product(a + rng.randrange(3), b))
    elif step == "quotient":
        quotient = cs.assign_quotient(a, b)
        cs.enforce_product(quotient, b, a)
        values.append(quotient)
    elif step == "bits":
        bits = cs.assign_bits(a, rng.choice((1, 3, 64, 253)))
        for bit in bits:
            cs.enforce_boolean(bit)
        cs.enforce_equal(combination((1 << i, bit) for i, bit in enumerate(bits)), a)
    else:
        copy = cs.assign_quotient(a, 1 + b * rng.randrange(2))
        with cs.scope("copy"):
            cs.enforce_equal(copy + b, a + b)


class _Rows:
    """Draws rows; some are empty, and some wires always stand beside their neighbour."""

    def __init__(self, rng: Random, wires: int, coefficient: _Draw, dense: bool) -> None:
        self._rng = rng
        self._wires = wires
        self._coefficient = coefficient
        self._dense = dense
        self._pairs = rng.random() < 0.3

    def draw(self) -> Row:
        if self._rng.random() < 0.1:
            return ()
        chosen = set(range(self._wires)) if self._dense else self._some()
        terms = {wire: self._coefficient(self._rng) for wire in sorted(chosen)}
        if self._pairs:
            # Equal columns, or opposite ones: points that double or cancel in a bucket.
            for wire in [w for w in terms if w + 1 < self._wires and w % 2]:
                terms[wire + 1] = self._rng.choice((terms[wire], _R - terms[wire]))
        return tuple(sorted(terms.items()))

    def _some(self) -> set[int]:
        return {self._rng.randrange(self._wires) for _ in range(self._rng.choice((1, 1, 2, 3)))}


def _constraint(rows: _Rows, witness: Sequence[int], satisfied: bool) -> Constraint:
    a, b, c = rows.draw(), rows.draw(), rows.draw()
    if satisfied:
        product = evaluate(a, witness) * evaluate(b, witness) % _R
        c = ((0, product),) if product else ()
    return Constraint(a, b, c)


def _blinding(rng: Random) -> int:
    return rng.choice((0, 1, _R - 1, rng.randrange(_R), rng.randrange(1 << 20)))
