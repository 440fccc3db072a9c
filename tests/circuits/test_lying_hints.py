"""Threat: a hint believed. Every hint of every statement lies.

Where it can be, the property is the strong one: the lie is refused even by a verifier who takes
any points and words for public that the lie leads to. A bit that is the other bit is another
value, and refused because the public inputs stand.

Some registers are no wires: folding has replaced them by others, public ones among them. A lie
there changes nothing that the constraint system sees, and what is left is the honest witness;
so the property is that every lie is refused or leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.circuits.dishonest_prover import breaks, broken_rows, hints, outputs
from tests.circuits.replay import Replay
from tests.circuits.statements import CIRCUITS, statement_of
from tests.strategies import SOME, elements
from zk.circuit import CompiledCircuit, Operation, compile_circuit
from zk.field import SCALAR_MODULUS, inverse

HALF = inverse(2, SCALAR_MODULUS)
ALL = pytest.mark.parametrize("name", CIRCUITS)


@cache
def following(name: str, seed: int = 0) -> Replay:
    """The same run for a verifier who believes every public point and word."""
    honest, compiled = replay(name, seed).honest, circuit(name)
    return Replay(compiled, honest[1 : 1 + compiled.program.inputs], unjudged=outputs(compiled))


@cache
def replay(name: str, seed: int = 0) -> Replay:
    random = Random(seed)
    parts = statement_of(name, random.randrange(1 << 249), random.randrange(1 << 251))
    compiled = circuit(name)
    played = Replay(compiled, compiled.inputs(*parts))
    compiled.r1cs.check(compiled.program.witness(played.honest))
    return played


def circuit(name: str) -> CompiledCircuit:
    return compile_circuit(CIRCUITS[name])


def assert_refused(told: Replay, lies: Mapping[int, int]) -> None:
    """A row breaks, unless no wire differs from the honest witness."""
    outcome = told.replay(lies)
    assert outcome.broken_row is not None or not outcome.changed, lies


@ALL
@pytest.mark.parametrize("seed", [1, 2])
def test_every_lying_quotient_is_refused(name: str, seed: int) -> None:
    """No slope and no coordinate can be 0, 1, −1, one more, its negative or anything else.

    The only quotients that leave no trace are the coordinates that are public: those of each
    commitment and of E, which folding has replaced by the public inputs.
    """
    told, random, traceless = following(name, seed), Random(seed), set()
    for step in hints(circuit(name), Operation.QUOTIENT):
        honest = told.honest[step.first]
        for lie in (0, 1, -1, honest + 1, -honest, random.randrange(SCALAR_MODULUS)):
            lies = {step.first: lie % SCALAR_MODULUS}
            if lies[step.first] != honest:
                assert_refused(told, lies)
                if told.replay(lies).broken_row is None:
                    traceless.add(step.first)
    assert len(traceless) == {"claim": 2, "margin": 2, "solvency": 4, "fill": 6}[name]
    assert not traceless & set(circuit(name).program.wires)


@ALL
def test_every_lying_bit_is_refused(name: str) -> None:
    """No bit can be 2, −1, one half or anything else, nor can it be the other bit.

    Those that leave no trace are highest bits, which folding has replaced by the rest of their sum.
    """
    told, random, traceless = following(name), Random(3), set()
    for step in hints(circuit(name), Operation.BITS):
        for register in range(step.first, step.first + step.outputs):
            for lie in (2, -1, HALF, random.randrange(SCALAR_MODULUS)):
                assert_refused(told, {register: lie % SCALAR_MODULUS})
            assert_refused(replay(name), {register: 1 - told.honest[register]})
            if told.replay({register: 2}).broken_row is None:
                traceless.add(register)
    assert not traceless & set(circuit(name).program.wires)
    assert len(traceless) == {"claim": 0, "margin": 6, "solvency": 6, "fill": 2}[name]


@ALL
def test_digits_that_still_sum_to_the_value_are_refused(name: str) -> None:
    """Bits moved to a neighbour, 2 less here and 1 more there, keep the sum and are no bits.

    Where the neighbour becomes a bit again, the one that is left is none.
    """
    told = following(name)
    for step in hints(circuit(name), Operation.BITS):
        for register in range(step.first, step.first + step.outputs - 1):
            low, high = told.honest[register], told.honest[register + 1]
            for moved in (1, -1, 1 - 2 * high, HALF):
                lies = {
                    register: (low - 2 * moved) % SCALAR_MODULUS,
                    register + 1: (high + moved) % SCALAR_MODULUS,
                }
                assert told.replay(lies).broken_row is not None, (register, moved)


@ALL
def test_no_decomposition_has_room_for_an_alias(name: str) -> None:
    """Threat: 254-bit decomposition. The bits of x + r never fit, and cut off they are refused."""
    told = replay(name)
    for step in hints(circuit(name), Operation.BITS):
        assert 1 << step.outputs < SCALAR_MODULUS
        alias = step.arguments[0].value(told.honest) + SCALAR_MODULUS
        assert alias.bit_length() > step.outputs
        lies = {step.first + index: alias >> index & 1 for index in range(step.outputs)}
        assert told.replay(lies).broken_row is not None


@SOME
@given(st.sampled_from(sorted(CIRCUITS)), st.data())
def test_many_lies_at_once_are_refused(name: str, data: st.DataObject) -> None:
    """A prover who lies in several hints at once has no more success than with one."""
    told = replay(name)
    registers = sorted(hint_registers(name))
    chosen = data.draw(st.lists(st.sampled_from(registers), min_size=2, max_size=12, unique=True))
    assert_refused(told, {register: data.draw(elements()) for register in chosen})


@ALL
def test_the_replay_sees_what_a_full_run_sees(name: str) -> None:
    """The first row that the replay finds broken is among those that a full run breaks."""
    told, compiled, random = replay(name), circuit(name), Random(5)
    for register in random.sample(sorted(hint_registers(name)), 12):
        lies = {register: random.choice((2, random.randrange(SCALAR_MODULUS)))}
        inputs = told.honest[1 : 1 + compiled.program.inputs]
        witness = compiled.program.witness(compiled.program.run(inputs, lies))
        broken, outcome = broken_rows(compiled.r1cs, witness), told.replay(lies)
        assert outcome.broken_row in broken if broken else outcome.broken_row is None
        assert outcome.changed == (witness != compiled.program.witness(told.honest))


@ALL
def test_no_private_wire_can_be_moved_alone(name: str) -> None:
    """Every private wire, hint or not, one more or one less, breaks a row that it is in."""
    compiled = circuit(name)
    witness = compiled.program.witness(replay(name).honest)
    rows_of: dict[int, set[int]] = {}
    for index, row in enumerate(compiled.r1cs.constraints):
        for wire in {wire for side in (row.a, row.b, row.c) for wire, _ in side}:
            rows_of.setdefault(wire, set()).add(index)
    for wire in range(1 + compiled.r1cs.public, compiled.r1cs.wires):
        honest = witness[wire]
        for step in (1, -1):
            witness[wire] = (honest + step) % SCALAR_MODULUS
            assert any(breaks(compiled.r1cs.constraints[i], witness) for i in rows_of[wire]), wire
        witness[wire] = honest


def hint_registers(name: str) -> Iterator[int]:
    for step in circuit(name).program.instructions:
        if step.operation is not Operation.PRODUCT:
            yield from range(step.first, step.first + step.outputs)
