"""From orders to fills: whatever is ordered, every fill is one that the circuit accepts."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.state import State
from prover.matcher.combination import Combination, in_lowest_terms
from prover.matcher.matcher import Matcher, fresh_state_at, planned
from prover.matcher.orders import HeldOrder
from prover.settlement import OrderFill
from tests.ledger.world import stand_in_world
from tests.prover.matcher.pool import Pool
from tests.strategies import MANY
from zk.pedersen import Opening


@cache
def market() -> tuple[Matcher, State]:
    """A matcher and a published market; nothing changes them."""
    pool = Pool(stand_in_world())
    pool.world.publish()
    return pool.matcher, fresh_state_at(pool.world.ledger, pool.world.now)


def held_orders() -> SearchStrategy[list[HeldOrder]]:
    """Orders in single instruments and in spreads that often meet."""
    ratio = st.sampled_from([(1, 0), (0, 1), (1, -1), (2, -1)])
    lots = st.integers(-6, 6).filter(bool)
    price = st.integers(-40, 40)
    rest = st.integers(0, 5)

    def held(number: int, row: tuple[tuple[int, int], int, int, int]) -> HeldOrder:
        parts, lots, price, rest = row
        values = (-lots * price - rest, 0, *(lots * part for part in parts))
        terms = in_lowest_terms(values[2:])
        assert terms is not None
        return HeldOrder(number, 100 + number, Opening(values, number), *terms)

    rows = st.lists(st.tuples(ratio, lots, price, rest), max_size=12)
    return rows.map(lambda rows: [held(number, row) for number, row in enumerate(rows)])


@MANY
@given(held_orders(), st.integers(2, 8), st.integers(0, 1 << 32))
def test_every_fill_is_a_fraction_of_its_order_or_better(
    orders: list[HeldOrder], legs: int, seed: int
) -> None:
    """In integers as the circuit has them; every component sums to zero; arrival is no matter."""
    matcher, state = market()
    plan = planned(state, orders, legs)
    shuffled = list(orders)
    Random(seed).shuffle(shuffled)
    assert planned(state, shuffled, legs) == plan
    seen: set[int] = set()
    for executions in plan:
        fills = [matcher.fill(state, execution) for execution in executions]
        for component in range(state.shape.components):
            assert sum(fill.opening.values[component] for fill in fills) == 0
        for fill in fills:
            assert_accepted(fill)
            assert fill.order not in seen
            seen.add(fill.order)


def assert_accepted(fill: OrderFill) -> None:
    """R·D = q·O at every instrument and R·D ≥ q·O at cash, with 0 < q ≤ R < 2⁴⁷."""
    q, R, D, O = fill.filled, fill.whole, fill.opening.values, fill.order_opening.values  # noqa: E741
    assert 0 < q <= R < 1 << 47
    assert R * D[0] >= q * O[0]
    assert [R * d for d in D[1:]] == [q * o for o in O[1:]]


@pytest.mark.parametrize(
    ("instruments", "parts", "lots"),
    [
        ((10, 0), (1, 0), 10),
        ((0, -10), (0, 1), -10),
        ((10, -20), (1, -2), 10),
        ((-10, 20), (1, -2), -10),
        ((6, 4), (3, 2), 2),
    ],
)
def test_lowest_terms(instruments: tuple[int, ...], parts: tuple[int, ...], lots: int) -> None:
    """An order and its opposite are in the same book, on opposite sides of it."""
    assert in_lowest_terms(instruments) == (Combination(parts), lots)


def test_a_combination_without_instruments_is_none() -> None:
    """Cash alone is not traded."""
    assert in_lowest_terms((0, 0)) is None


def test_labels() -> None:
    """An instrument has its own name, a spread those of its legs."""
    assert Combination((0, 1)).label(("perp", "call")) == "call"
    assert Combination((1, -2)).label(("perp", "call")) == "+1×perp -2×call"
