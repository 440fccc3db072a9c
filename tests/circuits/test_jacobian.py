"""Threat: under-constrained circuit, by linear algebra at honest witnesses.

Columns first: no direction is left in which a witness could move. What is held fixed is only
what a prover is given: the key, the market and the context. Its own inputs are not held (they are
bits, and bits stand still), nor are the points and words that it publishes, so a wire that only a
published number determines would be found as well.

Then rows: is each of them needed? Where the derivatives of all rows are independent, each is:
without it the solutions near the witness have one dimension more. The dependencies that exist are
one for each instrument of Margin and Solvency, and three in Fill. Bits stand still, so what
compares numbers made of bits has a derivative that other rows have as well. There the derivative
is blind, and each of the rows concerned is shown to be needed by a witness that breaks that row
and no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import pytest

from circuits.catalogue import named_circuit
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from tests.circuits.dishonest_prover import broken_rows, hints, only_register, outputs, play, traced
from tests.circuits.jacobian import Sparse, jacobian, left_null_space, nullity, restricted
from tests.circuits.replay import Replay
from tests.circuits.statements import CIRCUITS, Trade, edge_statements, statement_of
from zk.circuit import CompiledCircuit, Operation, compile_circuit
from zk.field import SCALAR_MODULUS, inverse
from zk.randomness import insecure_seeded_randomness

ALL = pytest.mark.parametrize("name", CIRCUITS)
BLIND = pytest.mark.parametrize("name", ["margin", "solvency", "fill"])
SEEDS: Final = range(6)
HALF: Final = inverse(2, SCALAR_MODULUS)
#: Σ coefficient·register = 0, and which of the registers is a public input.
Output = tuple[Mapping[int, int], int]


@ALL
def test_nothing_is_left_to_choose_at_any_witness(name: str) -> None:
    """At 24 witnesses, the edges among them, the Jacobian in what is not given has nullity 0."""
    compiled = compile_circuit(CIRCUITS[name])
    statements = edge_statements(name) + [sample(name, "tiny", seed) for seed in SEEDS]
    assert len(statements) >= 24
    for public, private in statements:
        rows = jacobian(compiled.r1cs, compiled.solve(public, private))
        assert nullity(rows, not_given(compiled)) == 0


@ALL
def test_a_larger_shape_leaves_nothing_to_choose_either(name: str) -> None:
    """What holds of the tiny circuits holds of the standard ones, dependencies included."""
    compiled = compile_circuit(named_circuit(name, "standard"))
    rows = jacobian(compiled.r1cs, compiled.solve(*sample(name, "standard", 0)))
    assert nullity(rows, not_given(compiled)) == 0
    instruments = SHAPES["standard"].instruments
    expected = {"claim": 0, "fill": instruments + 1}.get(name, instruments)
    assert len(left_null_space(rows)) == expected


def test_every_row_of_a_claim_is_needed() -> None:
    """All rows' derivatives are independent: to drop any one of them makes room for more.

    At such a witness the solutions are smooth, of as many dimensions as there are wires more
    than rows; with one row less they are smooth of one dimension more.
    """
    assert left_null_space(derivatives("claim")) == []


@BLIND
def test_the_dependencies_are_the_ones_that_we_know(name: str) -> None:
    """Products of numbers whose bits stand still, or a number that has bits three times over.

    In Fill one per instrument and one for the price; in Margin one per instrument: v, long and
    long − v have bits, and one of the three is the difference of the others.
    """
    compiled, dependencies = compile_circuit(CIRCUITS[name]), left_null_space(derivatives(name))
    scopes = [Counter(compiled.scopes[row] for row in rows) for rows in dependencies]
    fraction = Counter(range=2 * 48, quantity=2 * 47, fraction=2)
    price = Counter(range=2 * 63, quantity=2 * 47, price=2 + 111)
    charge = Counter(range=47, charges=47 + 48)
    expected = [fraction, fraction, price] if name == "fill" else [charge, charge]
    assert sorted(scopes, key=Counter.total) == expected
    for dependency in dependencies:
        combined: Counter[int] = Counter()
        for row, factor in dependency.items():
            for wire, value in derivatives(name)[row].items():
                combined[wire] += factor * value
        assert all(value % SCALAR_MODULUS == 0 for value in combined.values())


@BLIND
def test_the_rows_outside_of_the_dependencies_are_needed(name: str) -> None:
    """The rows in which no dependency occurs add to the solutions when one of them is dropped.

    The rows with dependencies determine, alone, every wire that occurs in them. So those wires
    stand still, and the other rows must be independent in the other wires; they are.
    """
    rows, blind = derivatives(name), blind_rows(name)
    held = {wire for index in blind for wire in rows[index]}
    assert nullity([rows[index] for index in sorted(blind)], held) == 0
    free = {wire for row in rows for wire in row} - held
    others = [row for index, row in enumerate(rows) if index not in blind]
    assert left_null_space(restricted(others, free)) == []


@BLIND
def test_each_row_inside_of_a_dependency_is_needed(name: str) -> None:
    """For each of these rows there is a witness that breaks it and satisfies all others.

    Bits: two neighbours whose weighted sum stays as it is, one of them no longer a bit; the
    points and words that are public follow from the lie. Products: another fill or order, or
    another product, and what is compared with it fits.
    """
    compiled, (public, private) = compile_circuit(CIRCUITS[name]), statement_of(name)
    told = Replay(compiled, compiled.inputs(public, private))
    computed = public_outputs(compiled)
    broken_alone = {
        row
        for lies in moved_bits(name, compiled, told)
        for row in only_broken_row(told, computed, lies)
    }
    for trade, lies in moved_products(compiled) if name == "fill" else ():
        broken = broken_rows(compiled.r1cs, play(compiled, *trade.statement(), lies))
        assert len(broken) == 1
        broken_alone.update(broken)
    assert blind_rows(name) <= broken_alone


def only_broken_row(
    told: Replay, computed: Sequence[Output], lies: Mapping[int, int]
) -> Sequence[int]:
    """The row that the lies break when the public inputs follow from them, if it is only one."""
    moved = dict(lies)
    while True:  # twice at most: D moves, and with it the notice, whose keystream absorbs D
        registers, broken = told.follow(moved)
        follows = public_that_follows(computed, registers)
        if not follows:
            return broken if len(broken) == 1 else ()
        moved |= follows


def public_that_follows(computed: Sequence[Output], registers: Sequence[int]) -> dict[int, int]:
    """The public inputs for which those linear constraints hold."""
    moved = {}
    for terms, public in computed:
        residual = sum(c * registers[i] for i, c in terms.items()) % SCALAR_MODULUS
        if residual:
            change = residual * inverse(terms[public], SCALAR_MODULUS)
            moved[public] = (registers[public] - change) % SCALAR_MODULUS
    return moved


def public_outputs(compiled: CompiledCircuit) -> list[Output]:
    """The linear constraints that say what one public input is."""
    computed: list[Output] = []
    for constraint in compiled.traced:
        public = [i for i in constraint.a.terms if 0 < i <= compiled.r1cs.public]
        if constraint.b.constant_value == 1 and len(public) == 1:
            computed.append((constraint.a.terms, public[0]))
    return computed


def moved_bits(name: str, compiled: CompiledCircuit, told: Replay) -> Iterator[dict[int, int]]:
    """For every bit that a dependency reads: it is no bit, and its neighbour is the other bit."""
    read = {wire for index in blind_rows(name) for wire in derivatives(name)[index]}
    registers_read = {compiled.program.wires[wire] for wire in read}
    for step in hints(compiled, Operation.BITS):
        outputs = range(step.first, step.first + step.outputs)
        if not registers_read & set(outputs):
            continue
        for register in outputs:
            neighbour, ratio = (
                (register + 1, 2) if register + 1 in outputs else (register - 1, HALF)
            )
            flipped = 1 - told.honest[neighbour]
            value = told.honest[register] + ratio * (1 - 2 * flipped)
            yield {register: value % SCALAR_MODULUS, neighbour: flipped}


def moved_products(compiled: CompiledCircuit) -> list[tuple[Trade, Mapping[int, int]]]:
    """Trades that break one row of `fraction` or of `price` each, and the lies that go with it."""
    paid, limit = (only_register(c.c) for c in traced(compiled, "price")[:2])
    first, _, second, _ = (only_register(c.c) for c in traced(compiled, "fraction"))
    trade = Trade()
    q, R, order, fill = trade.filled, trade.whole, trade.order, trade.fill
    return [
        (replace(trade, order=(order[0], 12, order[2])), {first: R * fill[1]}),
        (replace(trade, order=(order[0], order[1], -22)), {second: R * fill[2] % SCALAR_MODULUS}),
        (replace(trade, fill=(fill[0], 6, fill[2])), {}),
        (replace(trade, fill=(fill[0], fill[1], -11)), {}),
        (trade, {paid: (R * fill[0] + 1) % SCALAR_MODULUS}),
        (trade, {limit: (q * order[0] - 1) % SCALAR_MODULUS}),
    ]


@cache
def derivatives(name: str) -> list[Sparse]:
    compiled = compile_circuit(CIRCUITS[name])
    return jacobian(compiled.r1cs, compiled.solve(*statement_of(name)))


@cache
def blind_rows(name: str) -> frozenset[int]:
    """The rows that a dependency contains."""
    return frozenset(row for rows in left_null_space(derivatives(name)) for row in rows)


def not_given(compiled: CompiledCircuit) -> frozenset[int]:
    """The private wires, and the public ones that a prover makes."""
    return outputs(compiled).union(range(1 + compiled.r1cs.public, compiled.r1cs.wires))


def sample(name: str, shape: str, seed: int) -> tuple[Any, Any]:
    return SAMPLES[name](SHAPES[shape], insecure_seeded_randomness(seed))
