"""The auction's promises, on books small enough to try every price."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.matcher.auction import Bid, Clearing, auction, pro_rata
from tests.prover.matcher.books import bids, books, marks
from tests.strategies import MANY


def demand(book: list[Bid], price: int) -> int:
    return sum(bid.size for bid in book if bid.is_buy and bid.limit >= price)


def supply(book: list[Bid], price: int) -> int:
    return sum(bid.size for bid in book if not bid.is_buy and bid.limit <= price)


def every_price(book: list[Bid]) -> range:
    """All whole prices at which anything could happen, and one beyond on either side."""
    worst = [bid.worst for bid in book] or [0]
    return range(min(worst) - 1, max(worst) + 2)


def by_order(book: list[Bid]) -> dict[int, Bid]:
    return {bid.order: bid for bid in book}


def test_one_buyer_and_one_seller_meet_at_the_mark() -> None:
    """Nobody is left over from 90 to 110, so the mark decides."""
    book = [bids(1, 10, 110), bids(2, -10, 90)]
    assert auction(book, Fraction(101)) == Clearing(101, ((1, 10), (2, -10)))
    assert auction(book, Fraction(500)) == Clearing(110, ((1, 10), (2, -10)))
    assert auction(book, Fraction(-500)) == Clearing(90, ((1, 10), (2, -10)))


@pytest.mark.parametrize(("mark", "price"), [("100.5", 100), ("101.5", 102), ("100.51", 101)])
def test_a_mark_between_two_prices_is_rounded(mark: str, price: int) -> None:
    """To the nearer whole price, and halves to the even one, which favours neither side."""
    book = [bids(1, 10, 110), bids(2, -10, 90)]
    found = auction(book, Fraction(mark))
    assert found is not None
    assert found.price == price


def test_buyers_who_are_left_over_bid_the_price_up() -> None:
    """Ten are wanted and five offered: at any price below 100 a better buyer would go short."""
    book = [bids(1, 10, 100), bids(2, -5, 90)]
    assert auction(book, Fraction(90)) == Clearing(100, ((1, 5), (2, -5)))


def test_sellers_who_are_left_over_bid_it_down() -> None:
    """The mirror image."""
    book = [bids(1, 5, 100), bids(2, -10, 90)]
    assert auction(book, Fraction(100)) == Clearing(90, ((1, 5), (2, -5)))


def test_the_fewest_are_left_over_before_the_mark_is_asked() -> None:
    """Ten trade from 90 to 100; at 90 the buyer of five would be left over as well."""
    book = [bids(1, 10, 100), bids(2, 5, 90), bids(3, -10, 90)]
    found = auction(book, Fraction(90))
    assert found is not None
    assert (found.price, found.volume) == (91, 10)


def test_a_seller_who_would_be_left_over_sets_the_end_of_the_choice() -> None:
    """From 90 to 104 nobody is left over; from 105 on somebody offers five more."""
    book = [bids(1, 10, 110), bids(2, -10, 90), bids(3, -5, 105)]
    for mark, price in ((100, 100), (104, 104), (107, 104)):
        assert auction(book, Fraction(mark)) == Clearing(price, ((1, 10), (2, -10)))


def test_a_fraction_of_a_price_is_rounded_into_the_limit() -> None:
    """At most 100.5 is at most 100, and at least 99.5 is at least 100."""
    book = [bids(1, 2, Fraction(201, 2)), bids(2, -2, Fraction(199, 2))]
    assert auction(book, Fraction(7)) == Clearing(100, ((1, 2), (2, -2)))
    assert (
        auction([bids(1, 2, Fraction(201, 2)), bids(2, -2, Fraction(202, 2))], Fraction(7)) is None
    )
    assert auction([bids(1, 2, Fraction(5, 3)), bids(2, -2, Fraction(4, 3))], Fraction(1)) is None


def test_prices_below_zero_are_prices() -> None:
    """A buyer who must be paid 5 a lot meets a seller who pays up to 8."""
    book = [bids(1, 3, -5), bids(2, -3, -8)]
    found = auction(book, Fraction(0))
    assert found == Clearing(-5, ((1, 3), (2, -3)))


def test_at_the_price_lots_go_by_size() -> None:
    """7 lots on 6, 3 and 3: shares of 3.5, 1.75 and 1.75; the larger remainders are rounded up."""
    book = [bids(4, 6, 100), bids(3, 3, 100), bids(2, 3, 100), bids(1, -7, 100)]
    found = auction(book, Fraction(100))
    assert found is not None
    assert dict(found.fills) == {4: 3, 3: 2, 2: 2, 1: -7}


def test_equal_remainders_go_to_the_older_order() -> None:
    """One lot for three who are alike."""
    assert pro_rata(1, [bids(9, 5, 0), bids(3, 5, 0), bids(7, 5, 0)]) == {9: 0, 3: 1, 7: 0}


def test_nobody_meets() -> None:
    """Empty, one-sided and crossed the wrong way round."""
    assert auction([], Fraction(0)) is None
    assert auction([bids(1, 5, 100)], Fraction(0)) is None
    assert auction([bids(1, 5, 100), bids(2, -5, 101)], Fraction(0)) is None


@MANY
@given(books(), marks())
def test_nobody_gets_less_than_the_limit_or_more_than_the_size(
    book: list[Bid], mark: Fraction
) -> None:
    """Every fill is on the order's side, within its size, at its limit or better."""
    found = auction(book, mark)
    for order, lots in found.fills if found else ():
        bid = by_order(book)[order]
        assert 0 < lots * (1 if bid.is_buy else -1) <= bid.size
        assert found is not None
        assert found.price <= bid.limit if bid.is_buy else found.price >= bid.limit


@MANY
@given(books(), marks())
def test_as_many_are_bought_as_sold(book: list[Bid], mark: Fraction) -> None:
    """Lots cancel, and cash with them: the price is one whole number."""
    found = auction(book, mark)
    assert sum(lots for _, lots in (found.fills if found else ())) == 0


@MANY
@given(books(), marks())
def test_no_other_price_trades_more_or_leaves_fewer_over(book: list[Bid], mark: Fraction) -> None:
    """Every whole price is tried: the first two rules hold over all of them."""
    found = auction(book, mark)
    merits = {
        price: (min(demand(book, price), supply(book, price)),
                -abs(demand(book, price) - supply(book, price)))
        for price in every_price(book)
    }  # fmt: skip
    best = max(merits.values())
    if found is None:
        assert best[0] == 0
    else:
        assert merits[found.price] == best
        assert found.volume == best[0]


@MANY
@given(books(), marks())
def test_the_mark_decides_only_what_is_left(book: list[Bid], mark: Fraction) -> None:
    """Among the prices at which nobody better goes short, none of equal merit is closer to it."""
    found = auction(book, mark)
    if found is None:
        return
    merit = (found.volume, abs(demand(book, found.price) - supply(book, found.price)))
    for price in every_price(book):
        wanted, offered = demand(book, price), supply(book, price)
        same = (min(wanted, offered), abs(wanted - offered)) == merit
        served = demand(book, price + 1) <= found.volume and supply(book, price - 1) <= found.volume
        if same and served:
            assert abs(found.price - round(mark)) <= abs(price - round(mark))


@MANY
@given(books(), marks())
def test_whoever_is_better_than_the_price_is_served_in_full(
    book: list[Bid], mark: Fraction
) -> None:
    """Only who is exactly at the price can be cut, and then by size."""
    found = auction(book, mark)
    if found is None:
        return
    fills = dict(found.fills)
    for bid in book:
        better = bid.worst > found.price if bid.is_buy else bid.worst < found.price
        if better:
            assert fills[bid.order] == bid.lots
    for side in (True, False):
        at = [bid for bid in book if bid.is_buy is side and bid.worst == found.price]
        got, total = sum(abs(fills.get(bid.order, 0)) for bid in at), sum(bid.size for bid in at)
        for bid in at:
            assert abs(abs(fills.get(bid.order, 0)) - Fraction(got * bid.size, total)) < 1


@MANY
@given(books(), marks(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(
    book: list[Bid], mark: Fraction, random: object
) -> None:
    """Whoever sorts the messages cannot favour anybody."""
    shuffled = list(book)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert auction(shuffled, mark) == auction(book, mark)
