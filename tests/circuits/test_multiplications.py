"""The multiplications alone: fixed windows, a variable base, and a whole opening.

Each accepts the multiple that plain arithmetic gives, over all of its scalars, and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.gadgets.bits import enforce_bits, enforce_width
from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.fixed_base import accumulate_windows, signed_number
from circuits.gadgets.montgomery import to_edwards
from circuits.gadgets.pedersen import Component, enforce_opening
from circuits.gadgets.variable_base import multiply, start_point
from circuits.shape import BLINDING, CASH, COLLATERAL, POSITION
from tests.circuits.inline import accepts, gadget
from tests.circuits.statements import EDGE_BLINDINGS, commit
from tests.strategies import FEW, SOME, nonzero
from zk.babyjubjub import Point
from zk.circuit import CompiledCircuit, Linear, System
from zk.errors import CircuitError
from zk.field import SUBGROUP_ORDER
from zk.generators import value_generator

Signals = tuple[Linear, ...]
#: The components of the opening that is tested here: not those of any shape.
COMPONENTS: Final = ((0, CASH), (3, COLLATERAL), (7, POSITION))


@SOME
@given(st.integers(0, (1 << 249) - 1))
def test_windows_add_up_to_the_multiple(u: int) -> None:
    """83 windows from nothing give the signed number's multiple of the base."""
    point = Point.BASE8 * signed_number(249, u)
    assert accepts(windows(249), (point.x, point.y), (u,))
    assert not accepts(windows(249), (-point.x, point.y), (u,))


@pytest.mark.parametrize("count", [3, 6, 63, 249])
def test_windows_at_the_edges(count: int) -> None:
    """All digits −7, all digits 7, the numbers 1 and −1."""
    for u in (0, (1 << count) - 1, 1 << count - 1, (1 << count - 1) - 1):
        point = Point.BASE8 * signed_number(count, u)
        assert accepts(windows(count), (point.x, point.y), (u,))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_windows_have_three_bits(count: int) -> None:
    """Bits that do not fill their last window, or none at all, are the circuit's mistake."""
    some = [Linear.register(index) for index in range(1, 1 + count)]
    with pytest.raises(CircuitError, match="multiple of 3"):
        accumulate_windows(System(count), None, some, Point.BASE8)


@FEW
@given(st.integers(0, (1 << 249) - 1), nonzero(SUBGROUP_ORDER))
def test_a_variable_base_is_multiplied(u: int, k: int) -> None:
    """e·P for any P of the group but the identity, and nothing else."""
    P = Point.BASE8 * k
    S = P * signed_number(249, u)
    assert accepts(variable(), (S.x, S.y), (u, P.x, P.y))
    assert not accepts(variable(), (S.x, S.y), (u, -P.x, P.y))
    assert not accepts(variable(), (S.x, S.y), (u ^ 1, P.x, P.y))


@pytest.mark.parametrize("u", [0, 1, (1 << 249) - 1, 1 << 248, (1 << 248) - 1])
def test_a_variable_base_at_the_edges(u: int) -> None:
    """The largest and the smallest e, and 1 and −1, for P = B, −B and l/2 of it."""
    for P in (Point.BASE8, -Point.BASE8, Point.BASE8 * (SUBGROUP_ORDER // 2)):
        S = P * signed_number(249, u)
        assert accepts(variable(), (S.x, S.y), (u, P.x, P.y))


def test_a_variable_base_that_is_the_identity_is_refused() -> None:
    """The identity has no Montgomery form: no witness at all, for a key that hides nothing."""
    for S in (Point.IDENTITY, start_point()):
        assert not accepts(variable(), (S.x, S.y), (5, 0, 1))


@SOME
@given(st.data(), st.one_of(st.sampled_from(EDGE_BLINDINGS), st.integers(0, BLINDING.maximum)))
def test_an_opening_opens_its_commitment_and_no_other(data: st.DataObject, blinding: int) -> None:
    """Every value within its width, the extremes often; a neighbour's commitment is refused."""
    values = [
        data.draw(
            st.one_of(st.sampled_from([w.minimum, 0, w.maximum]), st.integers(w.minimum, w.maximum))
        )
        for _, w in COMPONENTS
    ]
    indices = [index for index, _ in COMPONENTS]
    C = commit(indices, values, blinding).point
    other = commit(indices, [values[0] + 1, *values[1:]], blinding).point
    assert opens(C, values, blinding)
    assert not opens(other, values, blinding)
    assert C.is_identity or not opens(-C, values, blinding)


@pytest.mark.parametrize("blinding", EDGE_BLINDINGS)
def test_an_opening_of_equal_digits_opens_its_commitment(blinding: int) -> None:
    """All digits −7, all digits 7, and all values zero, under every blinding of note."""
    for values in (
        [width.minimum for _, width in COMPONENTS],
        [width.maximum for _, width in COMPONENTS],
        [0] * len(COMPONENTS),
    ):
        C = commit([index for index, _ in COMPONENTS], values, blinding).point
        assert opens(C, values, blinding)
        assert not opens(C, values, blinding ^ 1)


@pytest.mark.parametrize("blinding", [0, SUBGROUP_ORDER, 2 * SUBGROUP_ORDER])
def test_an_opening_of_nothing_is_the_identity(blinding: int) -> None:
    """C may be the identity: all values zero, and a blinding of zero in each of its forms."""
    assert opens(Point.IDENTITY, (0, 0, 0), blinding)
    assert not opens(Point.IDENTITY, (0, 0, 0), blinding + 1)


@cache
def windows(count: int) -> CompiledCircuit:
    """So many bits, and their windows over the base point."""

    @gadget(public=2, private=1)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        some = enforce_bits(cs, private[0], count)
        point = to_edwards(cs, accumulate_windows(cs, None, some, Point.BASE8))
        return point.x, point.y

    return compiled


@cache
def variable() -> CompiledCircuit:
    """`multiply` by 249 bits."""

    @gadget(public=2, private=3)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        u, x, y = private
        S = multiply(cs, enforce_bits(cs, u, 249), Coordinates(x, y))
        return S.x, S.y

    return compiled


def opens(point: Point, values: Sequence[int], blinding: int) -> bool:
    """True where the circuit accepts that opening of the point."""
    return accepts(opening(), (point.x, point.y), (*values, blinding, point.x, point.y))


@cache
def opening() -> CompiledCircuit:
    """`enforce_opening` over `COMPONENTS`."""

    @gadget(public=2, private=6)
    def compiled(cs: System, private: Signals) -> Sequence[Linear]:
        *values, blinding, x, y = private
        ranges = [enforce_width(cs, v, w) for v, (_, w) in zip(values, COMPONENTS, strict=True)]
        components = [
            Component(value_generator(index), width, some)
            for (index, width), some in zip(COMPONENTS, ranges, strict=True)
        ]
        some = enforce_bits(cs, blinding, BLINDING.bits)
        enforce_opening(cs, Coordinates(x, y), components, some)
        return x, y

    return compiled
