"""Dealing fills out to settlements: balanced, small enough, nothing twice, nothing for free."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from prover.matcher.auction import Bid, auction
from prover.matcher.settlements import pack, split
from tests.prover.matcher.books import books, marks
from tests.strategies import MANY


@MANY
@given(books(most=12), marks(), st.integers(2, 12))
def test_parts_balance_and_fit(book: list[Bid], mark: Fraction, legs: int) -> None:
    """Each part sums to zero within the legs; an order is in one part, with no more than it won."""
    found = auction(book, mark)
    fills = found.fills if found else ()
    parts = split(fills, legs)
    orders = [order for part in parts for order, _ in part]
    assert len(orders) == len(set(orders))
    for part in parts:
        assert 2 <= len(part) <= legs
        assert sum(lots for _, lots in part) == 0
        for order, lots in part:
            won = dict(fills)[order]
            assert 0 < lots * won <= won * won
    if len(fills) <= legs:
        assert parts == ([fills] if fills else [])


def test_what_lies_across_a_cut_is_filled_once() -> None:
    """A buyer of 10 from five sellers, three legs: two are served, the rest stay open."""
    fills = ((1, 10), *((seller, -2) for seller in range(2, 7)))
    assert split(fills, 3) == [((1, 4), (2, -2), (3, -2))]


def test_equal_chains_are_cut_where_it_costs_nothing() -> None:
    """Four pairs that match among themselves lose no lot."""
    fills = ((1, 3), (2, 3), (3, 3), (4, 3), (5, -3), (6, -3), (7, -3), (8, -3))
    parts = split(fills, 4)
    assert [sum(lots for _, lots in part if lots > 0) for part in parts] == [6, 6]


def test_books_share_a_settlement() -> None:
    """As many as fit go together, each of them whole."""
    pair = ((1, 1), (2, -1))
    settlements = pack([("a", pair), ("b", pair), ("c", pair)], legs=4)
    assert [[book for book, _ in parts] for parts in settlements] == [["a", "b"], ["c"]]
