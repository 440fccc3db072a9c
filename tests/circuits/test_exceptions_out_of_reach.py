"""Threat: exception of the incomplete addition reached with a full-width scalar. The defence.

The digits that break 84 windows alone go through every multiplication of the statements: in an
opening the accumulator holds a multiple of an independent base, e has 83 windows, and e·P
starts from a point of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from circuits.escrow import SECRET_BITS, mask
from circuits.fill import traded_widths
from circuits.gadgets.bits import enforce_bits
from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.fixed_base import signed_number
from circuits.gadgets.variable_base import multiply, start_point
from circuits.margin import escrowed_widths
from circuits.shape import BLINDING, MATRIX_ENTRY, RESERVED, WINDOW_BITS
from circuits.solvency import solvency_message
from tests.circuits.cheats import shared_registers
from tests.circuits.dishonest_prover import hints, play
from tests.circuits.exceptional import (
    DOUBLING,
    PARTIAL,
    SCALARS,
    TOP,
    WINDOWS,
    meets_exception,
)
from tests.circuits.inline import accepts, gadget
from tests.circuits.replay import Replay
from tests.circuits.statements import (
    CIRCUITS,
    NOTHING_ASKED,
    TINY,
    Portfolio,
    Trade,
    about,
    margin_widths,
)
from zk.babyjubjub import Point
from zk.circuit import CompiledCircuit, Linear, Operation, System, compile_circuit
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER


@pytest.mark.parametrize("u", SCALARS)
@pytest.mark.parametrize("name", CIRCUITS)
def test_the_digits_in_a_blinding_meet_no_exception(name: str, u: int) -> None:
    """r with these digits under v = 0: the windows before it hold 1·G₀/2, and there is no 0/0."""
    compiled = compile_circuit(CIRCUITS[name])
    registers = compiled.program.run(compiled.inputs(*statement_with_blinding(name, u, values=0)))
    compiled.r1cs.check(compiled.program.witness(registers))
    assert not meets_exception(compiled, registers)


@pytest.mark.parametrize("u", DOUBLING)
@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("values", [0, 1, 2], ids=["zero", "smallest", "largest"])
def test_the_slope_that_was_free_is_determined(name: str, u: int, values: int) -> None:
    """In an opening the slope of r's last window cannot be anything but what it is."""
    compiled = compile_circuit(CIRCUITS[name])
    parts = statement_with_blinding(name, u, values)
    told = Replay(compiled, compiled.inputs(*parts))
    compiled.r1cs.check(compiled.program.witness(told.honest))
    assert not meets_exception(compiled, told.honest)
    for register in last_window_slopes(name):
        for lie in (0, 1, told.honest[register] + 1, -told.honest[register]):
            assert told.replay({register: lie % SCALAR_MODULUS}).broken_row is not None


@pytest.mark.parametrize("reserved", [0, 1, 7 << 57, RESERVED.maximum - 1, RESERVED.maximum])
@pytest.mark.parametrize("name", ["margin", "solvency"])
def test_the_digits_of_a_reserve_meet_no_exception(name: str, reserved: int) -> None:
    """n·F comes behind the values: its windows are added to an odd multiple of G₀/2, never to 0.

    Under v = 0 and r of the digits that break windows alone, each slope of F's windows, and of
    those of r behind them, is what it is.
    """
    compiled = compile_circuit(CIRCUITS[name])
    for u in DOUBLING:
        book = Portfolio((0,) * TINY.components, u, reserved, schedule=NOTHING_ASKED)
        parts = about(name, replace(book, values=(reserved, 0, 0, 0)))
        told = Replay(compiled, compiled.inputs(*parts))
        compiled.r1cs.check(compiled.program.witness(told.honest))
        assert not meets_exception(compiled, told.honest)
        (last,) = last_window_slopes(name)
        slopes = [step.first for step in hints(compiled, Operation.QUOTIENT)]
        end = slopes.index(last)
        for register in slopes[end - WINDOWS - RESERVED.bits // WINDOW_BITS : end]:
            lie = (told.honest[register] + 1) % SCALAR_MODULUS
            assert told.replay({register: lie}).broken_row is not None


@pytest.mark.parametrize("name", CIRCUITS)
def test_an_accumulator_is_never_empty_before_the_blinding(name: str) -> None:
    """Whatever the first value is, its windows add up to an odd number below l: never to zero."""
    width = TINY.widths[0]
    for value in (width.minimum, -1, 0, 1, width.maximum):
        multiple = signed_number(width.bits, value - width.minimum)
        assert multiple % 2 == 1
        assert 0 < abs(multiple) < 1 << width.bits < SUBGROUP_ORDER


def test_short_scalars_cannot_meet_their_next_digit() -> None:
    """83 windows: a partial sum stays below the next digit's weight, and the total below l/2.

    |Σ_{i<j}| ≤ 8ʲ − 1 < |digit|·8ʲ, and partial ∓ digit is at most 8ʲ⁺¹ − 1 < l in size: neither
    sum nor difference is 0 modulo l. With one window more that is no longer so.
    """
    assert SECRET_BITS // WINDOW_BITS == WINDOWS - 1
    for window in range(WINDOWS - 1):
        weight = 8**window
        assert signed_number(3 * window, weight - 1) == weight - 1 < weight
        assert signed_number(3 * window, 0) == 1 - weight > -weight
        assert 8 * weight - 1 < SUBGROUP_ORDER // 2
    assert 8**WINDOWS - 1 > SUBGROUP_ORDER
    assert 0 < -PARTIAL < TOP  # a sum of 83 windows, and the same as 3·8⁸³ modulo l


@pytest.mark.parametrize("u", SCALARS)
@pytest.mark.parametrize("name", ["solvency", "fill"])
def test_the_digits_in_a_secret_meet_no_exception(name: str, u: int) -> None:
    """e with these digits, as many as it has, both in E = e·B and in S = e·P: no 0/0 anywhere."""
    compiled, secret = compile_circuit(CIRCUITS[name]), u % (1 << SECRET_BITS)
    statement = (
        Portfolio(secret=secret).solvency if name == "solvency" else Trade(secret=secret).statement
    )
    registers = compiled.program.run(compiled.inputs(*statement()))
    compiled.r1cs.check(compiled.program.witness(registers))
    assert not meets_exception(compiled, registers)


@pytest.mark.parametrize("u", SCALARS)
def test_the_digits_in_a_variable_multiplication_meet_no_exception(u: int) -> None:
    """Even all 252 bits: the start is in the accumulator, and e·P is what it should be."""
    compiled = variable(BLINDING.bits)
    P = Point.BASE8 * 987654321
    S = P * signed_number(BLINDING.bits, u)
    registers = compiled.program.run(compiled.inputs((S.x, S.y), (u, P.x, P.y)))
    assert not meets_exception(compiled, registers)
    assert accepts(compiled, (S.x, S.y), (u, P.x, P.y))


def test_a_key_that_is_a_known_multiple_of_the_start_is_no_key() -> None:
    """What `multiply` assumes: nobody knows k with P = k·N. With P = N the first slope is free.

    Such a P is in the group and passes as a point. What keeps it out is that an escrow key comes
    with a proof that its p with P = p·B is known; p and k together would give N's logarithm.
    """
    N, secret = start_point(), (1 << SECRET_BITS) - 1
    portfolio = Portfolio(key=N, secret=secret)
    compiled, (public, private) = compile_circuit(CIRCUITS["solvency"]), portfolio.solvency()
    registers = compiled.program.run(compiled.inputs(public, private))
    assert meets_exception(compiled, registers)
    step = next(
        step
        for step in hints(compiled, Operation.QUOTIENT)
        if step.arguments[1].value(registers) == 0
    )
    lies = {step.first: 5}
    registers = compiled.program.run(compiled.inputs(public, private), lies)
    x, y = (registers[register] for register in shared_registers(compiled))
    message = solvency_message(TINY, portfolio.values, portfolio.reserved, portfolio.blinding)
    escrow = replace(public.escrow, words=mask(message, (x, y, portfolio.context)))
    assert escrow.words != public.escrow.words
    compiled.r1cs.check(play(compiled, replace(public, escrow=escrow), private, lies))


@cache
def variable(bits: int) -> CompiledCircuit:
    """`multiply` alone."""

    @gadget(public=2, private=3)
    def compiled(cs: System, private: tuple[Linear, ...]) -> Sequence[Linear]:
        u, x, y = private
        S = multiply(cs, enforce_bits(cs, u, bits), Coordinates(x, y))
        return S.x, S.y

    return compiled


def statement_with_blinding(name: str, blinding: int, values: int) -> tuple[Any, Any]:
    """A true statement with that blinding and all-zero, smallest or largest values."""
    widths = TINY.widths if name in ("claim", "fill") else margin_widths(TINY)
    chosen = [(0, w.minimum, w.maximum)[values] for w in widths]
    if name == "fill":
        traded = (chosen[0], *chosen[2:])
        trade = Trade(order=traded, fill=traded, filled=1, whole=1)
        return replace(trade, order_blinding=blinding, fill_blinding=blinding).statement()
    nothing = ((0,) * TINY.components,) * TINY.scenarios
    # All that is smallest is worth something only where a short position has a negative mark.
    schedule = replace(NOTHING_ASKED, mark=(MATRIX_ENTRY.minimum if values == 1 else 0, 0))
    reserved = RESERVED.maximum if values == 2 and name != "claim" else 0
    portfolio = Portfolio(tuple(chosen), blinding, reserved, nothing, schedule=schedule)
    return about(name, portfolio)


def last_window_slopes(name: str) -> list[int]:
    """The slope of the last window of every blinding in the statement."""
    quotients = [step.first for step in hints(compile_circuit(CIRCUITS[name]), Operation.QUOTIENT)]
    widths = {"claim": TINY.widths, "fill": traded_widths(TINY)}.get(name, escrowed_widths(TINY))
    slopes = sum(width.bits for width in widths) // WINDOW_BITS - 1 + WINDOWS
    opening = slopes + 4  # back to Edwards form, and the complete addition
    openings = 2 if name == "fill" else 1
    return [quotients[opening * index + slopes - 1] for index in range(openings)]
