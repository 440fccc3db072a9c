"""Linear expressions, which are free, and what is known without a witness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import MANY, elements
from tests.zk.circuits_for_tests import inline
from zk.circuit import Combination, Linear, System, combination, total
from zk.errors import CircuitError
from zk.field import SCALAR_MODULUS


def test_a_product_of_signals_is_not_written_with_a_star() -> None:
    """`signal * signal` raises: a constraint is asked for by name, never by accident."""
    x, y = Linear.register(1), Linear.register(2)
    with pytest.raises(TypeError, match="constraint"):
        x * y  # type: ignore[operator]
    with pytest.raises(TypeError, match="constraint"):
        x * x  # type: ignore[operator]


@MANY
@given(
    st.lists(elements(), min_size=3, max_size=3),
    st.lists(st.integers(-(2**300), 2**300), min_size=3, max_size=3),
)
def test_linear_expressions_evaluate_like_numbers(values: list[int], scales: list[int]) -> None:
    """Sums, differences, negations and multiples of signals are those of their values."""
    a, b, c = scales
    x, y, z = (Linear.register(i + 1) for i in range(3))
    u, v, w = values

    def value(linear: Linear) -> int:
        return Combination.of(linear).value([1, *values])

    assert value(a * x + y * b - z + c) == (a * u + b * v - w + c) % SCALAR_MODULUS
    assert value(c - (x - y) - -z) == (c - u + v + w) % SCALAR_MODULUS
    assert value(total([x, y, a, z])) == (u + v + a + w) % SCALAR_MODULUS
    assert value(combination([(a, x), (b, x), (c, 1)])) == ((a + b) * u + c) % SCALAR_MODULUS


def test_terms_that_cancel_disappear() -> None:
    """No coefficient is zero modulo r, so a signal that cancels does not count as used."""
    x, y = Linear.register(1), Linear.register(2)
    assert dict((x + y - x).terms) == {2: 1}
    assert (x * SCALAR_MODULUS).constant_value == 0
    assert (x - x + 5).constant_value == 5
    assert x.constant_value is None


def test_products_with_constants_cost_nothing() -> None:
    """A product with a constant factor is a multiple: no constraint and no instruction."""
    cs = System(1)
    x = Linear.register(1)
    with cs.scope("free"):
        assert dict(cs.product(x, 3).terms) == {1: 3}
        assert dict(cs.product(3, x + 1).terms) == {1: 3, 0: 3}
        assert cs.product(6, 7).constant_value == 42
        assert cs.square(SCALAR_MODULUS - 2).constant_value == 4
    assert (cs.constraints, cs.instructions) == ([], [])


def test_constant_constraints_are_judged_at_once() -> None:
    """A false constraint among constants is refused where it is stated, a true one is free."""
    with pytest.raises(CircuitError, match="can hold"):

        @inline(0, 1)
        def _(cs: System, _: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            cs.enforce_boolean(private[0])
            cs.enforce_equal(3, 4)

    @inline(0, 1)
    def true(cs: System, _: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        cs.enforce_boolean(private[0])
        cs.enforce_equal(3, 3)
        cs.enforce_product(SCALAR_MODULUS - 1, SCALAR_MODULUS - 1, 1)

    assert len(true.r1cs.constraints) == 1
