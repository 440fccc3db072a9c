"""Threat: exception of the incomplete addition reached with a full-width scalar. The attack.

It works against the windows alone: where the slope is 0/0, a prover chooses it. That it does
not work against the statements is the subject of `test_exceptions_out_of_reach`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from circuits.gadgets.bits import enforce_bits
from circuits.gadgets.fixed_base import accumulate_windows, signed_number
from circuits.gadgets.montgomery import A, montgomery_coordinates, to_edwards
from circuits.gadgets.pedersen import halved
from circuits.shape import BLINDING, WINDOW_BITS
from tests.circuits.dishonest_prover import hints
from tests.circuits.exceptional import (
    CANCELLING,
    DOUBLING,
    NEIGHBOURS,
    TOP,
    WINDOWS,
    meets_exception,
)
from tests.circuits.inline import accepts, computed, gadget
from zk.babyjubjub import Point
from zk.circuit import CompiledCircuit, Linear, Operation, System
from zk.field import SCALAR_MODULUS, is_square, square_root
from zk.generators import value_generator


@cache
def bare(base: Point) -> CompiledCircuit:
    """The misuse: 84 windows, and nothing in the accumulator before them."""

    @gadget(public=2, private=1)
    def compiled(cs: System, private: tuple[Linear, ...]) -> Sequence[Linear]:
        bits = enforce_bits(cs, private[0], BLINDING.bits)
        sum_of_windows = to_edwards(cs, accumulate_windows(cs, None, bits, base))
        return sum_of_windows.x, sum_of_windows.y

    return compiled


def last_slope(compiled: CompiledCircuit) -> int:
    """The register of the last window's slope; two more quotients lead back to Edwards form."""
    return hints(compiled, Operation.QUOTIENT)[-3].first


@pytest.mark.parametrize("u", DOUBLING)
def test_84_bare_windows_open_to_another_point(u: int) -> None:
    """The attack: with a slope of the prover's choice 2Q becomes −Q, a point of the subgroup.

    u₃ = λ² − A − 2u and v₃ = λ·(u − u₃) − v; for λ² = A + 3u that is (u, −v).
    """
    base, Q, slope = breakable_base(signed_number(WINDOW_BITS, u >> 3 * (WINDOWS - 1)))
    compiled = bare(base)
    truth, lie = base * signed_number(BLINDING.bits, u), -Q
    assert truth == Q + Q != lie
    assert accepts(compiled, (lie.x, lie.y), (u,), {last_slope(compiled): slope})


@pytest.mark.parametrize("u", DOUBLING)
def test_84_bare_windows_open_to_anything_that_is_no_point(u: int) -> None:
    """Every slope at all is accepted; most lead off the curve, which only the public side sees."""
    compiled, honest = bare(Point.BASE8), Point.BASE8 * signed_number(BLINDING.bits, u)
    for slope in (0, 1, 2, 12345):
        lies = {last_slope(compiled): slope}
        x, y = computed(compiled, (u,), lies)
        assert (x, y) != (honest.x, honest.y)
        assert accepts(compiled, (x, y), (u,), lies)


@pytest.mark.parametrize("u", CANCELLING)
def test_84_bare_windows_cannot_open_to_the_identity(u: int) -> None:
    """Q + (−Q) has no slope at all: an honest prover is stuck with a true statement."""
    compiled, point = bare(Point.BASE8), Point.BASE8 * signed_number(BLINDING.bits, u)
    assert point.is_identity
    assert not accepts(compiled, (point.x, point.y), (u,))


@pytest.mark.parametrize("u", NEIGHBOURS)
def test_the_neighbours_meet_no_exception(u: int) -> None:
    """One more or one less and the windows alone are right, and a lying slope is refused."""
    compiled, point = bare(Point.BASE8), Point.BASE8 * signed_number(BLINDING.bits, u)
    registers = compiled.program.run(compiled.inputs((point.x, point.y), (u,)))
    assert not meets_exception(compiled, registers)
    assert accepts(compiled, (point.x, point.y), (u,))
    lie = {last_slope(compiled): registers[last_slope(compiled)] + 1}
    assert not accepts(compiled, (point.x, point.y), (u,), lie)


@pytest.mark.parametrize("u", DOUBLING)
def test_blinding_first_and_values_last_would_open_to_another_point(u: int) -> None:
    """The order of an opening matters: with r before the values the same attack goes through."""
    base, Q, slope = breakable_base(signed_number(WINDOW_BITS, u >> 3 * (WINDOWS - 1)))

    @gadget(public=2, private=2)
    def compiled(cs: System, private: tuple[Linear, ...]) -> Sequence[Linear]:
        blinding, value = (
            enforce_bits(cs, x, n) for x, n in zip(private, (BLINDING.bits, 48), strict=True)
        )
        accumulator = accumulate_windows(cs, None, blinding, base)
        point = to_edwards(cs, accumulate_windows(cs, accumulator, value, value_generator(5)))
        return point.x, point.y

    value = 1 << 40
    rest = value_generator(5) * signed_number(48, value)
    register = hints(compiled, Operation.QUOTIENT)[WINDOWS - 2].first
    truth, lie = Q + Q + rest, rest - Q
    assert truth == base * signed_number(BLINDING.bits, u) + rest
    assert accepts(compiled, (lie.x, lie.y), (u, value), {register: slope})


def breakable_base(digit: int) -> tuple[Point, Point, int]:
    """A generator for which the attack has a slope; Q, the last window's point; and the slope."""
    for index in range(64):
        base = halved(value_generator(index))
        Q = base * (digit * TOP)
        u, _ = montgomery_coordinates(Q)
        if is_square((A + 3 * u) % SCALAR_MODULUS, SCALAR_MODULUS):
            slope = square_root(A + 3 * u, SCALAR_MODULUS)
            assert slope is not None
            return base, Q, slope
    raise AssertionError("no such generator among 64")
