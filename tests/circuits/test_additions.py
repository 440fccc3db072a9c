"""Threat: incomplete addition, 0/0. The additions alone, and every point that breaks them.

The complete law is tried at its edges. The incomplete ones are shown to be wrong exactly where
their module says that they are: what is written down here as accepted and false is what the
callers owe an argument for, or what `circuits.bounds` keeps out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import pytest
from hypothesis import given

from circuits.bounds import checked_key
from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.edwards import add_constant
from circuits.gadgets.montgomery import (
    A,
    MontgomeryPoint,
    add_incomplete,
    double_and_add_incomplete,
    from_edwards,
    montgomery_coordinates,
    to_edwards,
)
from tests.circuits.dishonest_prover import hints
from tests.circuits.inline import Definition, accepts, computed, gadget
from tests.strategies import SOME, bases, elements, points
from tests.zk.curves_for_tests import edwards_add, torsion_points
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.circuit import CompiledCircuit, Linear, Operation
from zk.errors import CircuitError, MalformedPoint
from zk.field import SCALAR_MODULUS, is_square
from zk.generators import value_generator

Signals = tuple[Linear, ...]
#: The known point of `add_constant`.
K: Final = value_generator(9)
TORSION: Final = torsion_points()


@SOME
@given(bases(), bases())
def test_points_that_differ_are_added(P: Point, Q: Point) -> None:
    """`add_incomplete` gives P + Q where their u differ, and nothing else."""
    p, q = montgomery_coordinates(P), montgomery_coordinates(Q)
    if p[0] == q[0]:
        return
    u, v = montgomery_coordinates(P + Q)
    assert gives("add", (u, v), p, q)
    assert not gives("add", (u, -v), p, q)
    assert not gives("add", montgomery_coordinates(P - Q), p, q)


@SOME
@given(bases(), bases())
def test_a_point_is_doubled_and_another_added(P: Point, Q: Point) -> None:
    """`double_and_add_incomplete` gives 2P + Q where no exception is met, and nothing else."""
    if Q in (P, -P) or P + P == -Q:
        return
    p, q, sum_ = (montgomery_coordinates(X) for X in (P, Q, P + P + Q))
    assert gives("double and add", sum_, p, q)
    assert not gives("double and add", (sum_[0], -sum_[1]), p, q)


@pytest.mark.parametrize("name", ["add", "double and add"])
def test_the_same_point_twice_leaves_the_slope_free(name: str) -> None:
    """P and P: 0/0. Every slope is accepted, and each gives something else."""
    p = montgomery_coordinates(Point.BASE8)
    compiled, results = compiled_gadget(name), set()
    slope = hints(compiled, Operation.QUOTIENT)[0].first
    for lie in (1, 2, 3):
        result = computed(compiled, (*p, *p), {slope: lie})
        assert accepts(compiled, result, (*p, *p), {slope: lie})
        results.add(tuple(result))
    assert len(results) == 3


@pytest.mark.parametrize(
    ("name", "other"), [("add", -1), ("double and add", -1), ("double and add", -2)]
)
def test_a_sum_without_a_slope_has_no_witness(name: str, other: int) -> None:
    """P − P, and 2P − 2P: the numerator is not 0 and the denominator is, whatever the slopes."""
    p, q = montgomery_coordinates(Point.BASE8), montgomery_coordinates(Point.BASE8 * other)
    compiled = compiled_gadget(name)
    for step in hints(compiled, Operation.QUOTIENT):
        for lie in (0, 1, 2, 3):
            result = computed(compiled, (*p, *q), {step.first: lie})
            assert not accepts(compiled, result, (*p, *q), {step.first: lie})


def test_the_identity_has_no_montgomery_form() -> None:
    """P + O cannot even be written down: neither as a known point nor from its coordinates."""
    with pytest.raises(CircuitError, match="the identity"):
        montgomery_coordinates(Point.IDENTITY)
    compiled = compiled_gadget("from Edwards")
    for step in hints(compiled, Operation.QUOTIENT):
        for lie in (0, 1, 2):
            result = computed(compiled, (0, 1), {step.first: lie})
            assert not accepts(compiled, result, (0, 1), {step.first: lie})


@given(bases())
def test_both_forms_name_the_same_point(P: Point) -> None:
    """There and back again, for every point of the group but the identity."""
    p = montgomery_coordinates(P)
    assert (p[1] ** 2 - p[0] ** 3 - A * p[0] ** 2 - p[0]) % SCALAR_MODULUS == 0
    assert gives("from Edwards", p, (P.x, P.y))
    assert gives("to Edwards", (P.x, P.y), p)
    assert not gives("from Edwards", (p[0], -p[1]), (P.x, P.y))
    assert not gives("to Edwards", (-P.x, P.y), p)


def test_the_point_of_order_two_has_a_free_coordinate_in_either_direction() -> None:
    """(0, −1) is u = 0 with any v, and u = v = 0 is y = −1 with any x: no such key may come in."""
    for name, point in (("from Edwards", (0, SCALAR_MODULUS - 1)), ("to Edwards", (0, 0))):
        compiled = compiled_gadget(name)
        free = hints(compiled, Operation.QUOTIENT)[1 if name == "from Edwards" else 0].first
        results = [computed(compiled, point, {free: lie}) for lie in (1, 2)]
        assert results[0] != results[1]
        for lie, result in zip((1, 2), results, strict=True):
            assert accepts(compiled, result, point, {free: lie})


@pytest.mark.parametrize("order", range(1, 8))
def test_points_outside_of_the_group_are_refused_on_the_public_side(
    order: int, reference: Backend
) -> None:
    """Order 2, 4 or 8, alone or added to a point of the group: no circuit ever sees them."""
    torsion = TORSION[order]
    for x, y in (torsion, edwards_add(torsion, (Point.BASE8.x, Point.BASE8.y))):
        with pytest.raises(MalformedPoint, match="order l"):
            reference.check_points([Point.IDENTITY, Point.unchecked(x, y)])


def test_the_identity_is_a_commitment_and_no_key(reference: Backend) -> None:
    """An empty account is the identity; a key that is the identity hides nothing."""
    reference.check_points([Point.IDENTITY])
    with pytest.raises(MalformedPoint, match="the identity"):
        checked_key(Point.IDENTITY)


@given(elements())
def test_no_point_has_a_denominator_of_zero_on_the_way_back(u: int) -> None:
    """u = −1 is on no point: A − 2 is no square. v = 0 is on the point of order two alone."""
    assert not is_square((A - 2) % SCALAR_MODULUS, SCALAR_MODULUS)
    assert not is_square((A * A - 4) % SCALAR_MODULUS, SCALAR_MODULUS)  # u² + A·u + 1 has no root
    assert (u * u + A * u + 1) % SCALAR_MODULUS != 0


@SOME
@given(points())
def test_the_complete_addition_has_no_exception(P: Point) -> None:
    """P + K for every P: another, K itself, −K and the identity."""
    for point in (P, K, -K, Point.IDENTITY):
        expected = point + K
        assert gives("add K", (expected.x, expected.y), (point.x, point.y))
        assert not gives("add K", (-expected.x, expected.y + 1), (point.x, point.y))


@pytest.mark.parametrize("order", range(8))
def test_the_complete_addition_holds_on_the_whole_curve(order: int) -> None:
    """Points of order 2, 4 and 8 have no exception there either."""
    for point in (TORSION[order], edwards_add(TORSION[order], (-K.x % SCALAR_MODULUS, K.y))):
        assert gives("add K", edwards_add(point, (K.x, K.y)), point)


@cache
def compiled_gadget(name: str) -> CompiledCircuit:
    """Two coordinates, or those of two points, to two coordinates."""
    definitions: dict[str, tuple[int, Definition]] = {
        "add": (4, lambda cs, p: montgomery(add_incomplete(cs, *pair(p)))),
        "double and add": (4, lambda cs, p: montgomery(double_and_add_incomplete(cs, *pair(p)))),
        "from Edwards": (2, lambda cs, p: montgomery(from_edwards(cs, Coordinates(*p)))),
        "to Edwards": (2, lambda cs, p: edwards(to_edwards(cs, MontgomeryPoint(*p)))),
        "add K": (2, lambda cs, p: edwards(add_constant(cs, Coordinates(*p), K))),
    }
    private, definition = definitions[name]
    return gadget(2, private)(definition)


def pair(p: Signals) -> tuple[MontgomeryPoint, MontgomeryPoint]:
    return MontgomeryPoint(p[0], p[1]), MontgomeryPoint(p[2], p[3])


def montgomery(p: MontgomeryPoint) -> Sequence[Linear]:
    return p.u, p.v


def edwards(p: Coordinates[Linear]) -> Sequence[Linear]:
    return p.x, p.y


def gives(name: str, result: Sequence[int], *operands: Sequence[int]) -> bool:
    """True where an honest prover's witness for this result is accepted."""
    return accepts(compiled_gadget(name), result, [x for operand in operands for x in operand])
