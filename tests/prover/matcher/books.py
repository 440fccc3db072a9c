"""Books for the tests: few orders, small lots, prices that crowd together."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prover.matcher.auction import Bid


def bids(order: int, lots: int, limit: int | Fraction) -> Bid:
    return Bid(order, lots, Fraction(limit))


def books(most: int = 8) -> SearchStrategy[list[Bid]]:
    """Orders with numbers of their own, on both sides, often at the same price."""
    sizes = st.one_of(st.integers(1, 4), st.integers(1, 40))
    lots = st.tuples(sizes, st.sampled_from((1, -1))).map(lambda pair: pair[0] * pair[1])
    limits = st.one_of(
        st.integers(-3, 12).map(Fraction),
        st.fractions(min_value=-3, max_value=12, max_denominator=7),
    )
    numbers = st.permutations(range(most))
    rows = st.lists(st.tuples(lots, limits), max_size=most)
    return st.builds(
        lambda numbers, rows: [
            Bid(number, lots, limit) for number, (lots, limit) in zip(numbers, rows, strict=False)
        ],
        numbers,
        rows,
    )


def marks() -> SearchStrategy[Fraction]:
    """Prices in millionths, near the book and far from it."""
    return st.integers(-20_000_000, 30_000_000).map(lambda units: Fraction(units, 10**6))
