"""Each gadget alone in a small circuit, against the same thing computed on integers and points.

A gadget is right where the R1CS accepts what plain arithmetic gives, and nothing else. The
additions and the multiplications have files of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random

import pytest
from hypothesis import given

from circuits.gadgets.bits import enforce_bits, enforce_inner_half, enforce_width, weighted
from circuits.gadgets.fixed_base import signed_number
from circuits.gadgets.montgomery import montgomery_coordinates
from circuits.gadgets.poseidon import keystream as enforce_keystream
from circuits.gadgets.poseidon import permute as enforce_permute
from circuits.gadgets.selection import WindowTable, negate_if, select_signed
from circuits.shape import BLINDING, CASH, COLLATERAL, POSITION, Width
from tests.circuits.dishonest_prover import bits, hints
from tests.circuits.inline import accepts, gadget
from tests.strategies import elements
from zk.babyjubjub import Point
from zk.circuit import CompiledCircuit, Linear, Operation, System
from zk.errors import CircuitError, Unsatisfied
from zk.field import SCALAR_MODULUS
from zk.generators import value_generator
from zk.poseidon import MAX_WIDTH, MIN_WIDTH, keystream, permute

Signals = tuple[Linear, ...]


@pytest.mark.parametrize("count", [1, 3, 47, 63, 111, 252, 253])
def test_bits_hold_a_number_of_their_length_and_no_other(count: int) -> None:
    """0, 1 and 2ⁿ − 1 have n bits; −1, −2, 2ⁿ and 2ⁿ + 1 have not."""
    compiled = ranged(Width(count, signed=False))
    for value in (0, 1, (1 << count) - 1):
        assert accepts(compiled, (value,), (value,))
    for value in (-1, -2, 1 << count, (1 << count) + 1):
        with pytest.raises(Unsatisfied):
            compiled.solve((value,), (value,))
        assert not accepts(compiled, (value,), (value,))


@pytest.mark.parametrize("width", [CASH, COLLATERAL, POSITION, BLINDING], ids=str)
def test_a_width_ends_where_it_says(width: Width) -> None:
    """The smallest and the largest value are in, their neighbours outside are not."""
    compiled = ranged(width)
    for value in (width.minimum, width.maximum, 0):
        assert accepts(compiled, (value,), (value,))
    for value in (width.minimum - 1, width.maximum + 1, width.minimum - (1 << width.bits)):
        assert not accepts(compiled, (value,), (value,))


@pytest.mark.parametrize("width", [CASH, POSITION], ids=str)
def test_an_inner_half_ends_where_it_says(width: Width) -> None:
    """A quarter is missing at both ends; what comes out are the bits of the whole width."""
    compiled, quarter = halved(width), 1 << width.bits - 2
    for value in (-quarter, 1 - quarter, -1, 0, 1, quarter - 1):
        assert accepts(compiled, bits(value - width.minimum, width.bits), (value,))
    for value in (width.minimum, -quarter - 1, quarter, width.maximum, width.maximum + 1):
        whole = bits(value - width.minimum, width.bits)
        assert not accepts(compiled, whole, (value,))
        with pytest.raises(Unsatisfied):
            compiled.solve(tuple(whole), (value,))


def test_an_unsigned_width_has_no_inner_half() -> None:
    """It is enforced as it is: nothing of what may be pledged is missing."""
    assert COLLATERAL.inner == COLLATERAL
    for value in (0, 1 << COLLATERAL.bits - 1, COLLATERAL.maximum):
        assert accepts(halved(COLLATERAL), bits(value, COLLATERAL.bits), (value,))
    for value in (-1, COLLATERAL.maximum + 1):
        with pytest.raises(Unsatisfied):
            halved(COLLATERAL).solve(tuple(bits(value, COLLATERAL.bits)), (value,))


def test_a_bit_is_no_other_number() -> None:
    """x² = x has two solutions: a "bit" of 2, −1, one half or r − 1 is refused."""
    compiled = ranged(Width(1, signed=False))
    (step,) = hints(compiled, Operation.BITS)
    for value in (2, -1, (SCALAR_MODULUS + 1) // 2, SCALAR_MODULUS - 1):
        lie = {step.first: value % SCALAR_MODULUS}
        assert not accepts(compiled, (value,), (value,), lie)


def test_254_bits_are_refused_because_they_have_an_alias() -> None:
    """x and x + r have both 254 bits: without the limit a number below 2²⁵⁴ − r opens twice."""

    @gadget(public=1, private=1)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        some = cs.assign_bits(private[0], 254)
        for bit in some:
            cs.enforce_boolean(bit)
        cs.enforce_equal(private[0], weighted(some))
        return [some[0]]

    (step,) = hints(compiled, Operation.BITS)
    alias = dict(enumerate(bits(7 + SCALAR_MODULUS, 254), start=step.first))
    assert accepts(compiled, (1,), (7,))
    assert accepts(compiled, (0,), (7,), alias)
    with pytest.raises(CircuitError, match="at most 253"):
        enforce_bits(System(1), Linear.register(1), 254)


@pytest.mark.parametrize("window", [0, 1, 20, 83])
@pytest.mark.parametrize("index", [0, 5])
def test_three_bits_select_the_multiple_of_their_digit(index: int, window: int) -> None:
    """For all eight digits ±1, ±3, ±5, ±7 the point is that multiple, and no other of them."""
    base = value_generator(index) * (1 << 3 * window)
    table = WindowTable.of([montgomery_coordinates(base * k) for k in (1, 3, 5, 7)])

    @gadget(public=2, private=3)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        for bit in private:
            cs.enforce_boolean(bit)
        chosen = select_signed(cs, private, table)
        return chosen.u, chosen.v

    multiples = [montgomery_coordinates(base * signed_number(3, u)) for u in range(8)]
    for u in range(8):
        for other in range(8):
            assert accepts(compiled, multiples[other], bits(u, 3)) == (u == other)


def test_a_window_that_cannot_be_interpolated_is_refused() -> None:
    """Four equal points leave nothing to divide by: the table says so instead of selecting."""
    with pytest.raises(CircuitError, match="c·d ≠ 0"):
        WindowTable.of([montgomery_coordinates(Point.BASE8)] * 4)


@given(elements())
def test_a_bit_negates(v: int) -> None:
    """`negate_if` gives v for 0 and −v for 1."""

    @gadget(public=1, private=2)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        cs.enforce_boolean(private[0])
        return [negate_if(cs, private[0], private[1])]

    assert accepts(compiled, (v,), (0, v))
    assert accepts(compiled, (-v,), (1, v))
    assert v == 0 or not accepts(compiled, (v,), (1, v))


@pytest.mark.parametrize("width", range(MIN_WIDTH, MAX_WIDTH + 1))
def test_poseidon_is_that_of_plain_integers(width: int) -> None:
    """The permutation of every width, at random and at the edges; one off is refused."""
    compiled, random = permutation(width), Random(width)
    for state in (
        [0] * width,
        [SCALAR_MODULUS - 1] * width,
        [random.randrange(SCALAR_MODULUS) for _ in range(width)],
    ):
        expected = permute(state)
        assert accepts(compiled, expected, state)
        assert not accepts(compiled, [*expected[:-1], expected[-1] + 1], state)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 16, 17, 40])
def test_the_keystream_is_that_of_plain_integers(count: int) -> None:
    """As many words as are asked for, over one permutation and over several."""

    @gadget(public=count, private=3)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        return enforce_keystream(cs, private, count)

    key = (1, SCALAR_MODULUS - 1, 12345)
    assert accepts(compiled, keystream(key, count), key)
    assert not accepts(compiled, keystream(key, count), (1, SCALAR_MODULUS - 1, 12346))
    assert not accepts(compiled, (*keystream(key, count)[:-1], 0), key)


@cache
def ranged(width: Width) -> CompiledCircuit:
    """`enforce_width` alone; what it gives is the value itself."""

    @gadget(public=1, private=1)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        enforce_width(cs, private[0], width)
        return private

    return compiled


@cache
def halved(width: Width) -> CompiledCircuit:
    """`enforce_inner_half` alone; what it gives are the bits of the whole width."""
    return gadget(width.bits, 1)(lambda cs, private: enforce_inner_half(cs, private[0], width))


@cache
def permutation(width: int) -> CompiledCircuit:
    return gadget(width, width)(lambda cs, state: enforce_permute(cs, state))
