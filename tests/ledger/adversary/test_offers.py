"""Properties of what is sold of a book in default, over books of any size, by integers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from circuits.schedule import judge
from ledger.errors import NotAdmitted
from ledger.market.demands import Demands, weights_of
from ledger.market.presets import preset
from ledger.offers import (
    PARTS,
    Lot,
    greatest_discount,
    next_lot,
    part_of,
    slice_of,
)
from tests.strategies import SOME

DISCOUNT = 1_000
Book = tuple[int, ...]


@cache
def _demands(shape: str) -> Demands:
    market = preset(shape)
    table = market.engine().table(market.observation, market.time)
    listing = market.listing
    return Demands(
        shape=market.shape,
        table=table,
        mark=table.mark,
        counted_bps=tuple(asset.counted_bps for asset in listing.assets),
        weights=weights_of(listing, market.observation, (None,) * market.shape.instruments),
        factor_bps=12_500,
        floor=10_000,
        cap=10**10,
    )


@st.composite
def _books(draw: Callable[[SearchStrategy[object]], object], shape: str) -> Book:
    """Of a few lots or of millions, with coins or without, worth anything near to nothing."""
    demands = _demands(shape)
    sizes = st.sampled_from((1, 3, 64, 10_000, 10**7))
    size = draw(sizes)
    assert isinstance(size, int)
    lots = [draw(st.integers(-size, size)) for _ in range(demands.shape.instruments)]
    coins = [draw(st.integers(0, 10**7 * size)) for _ in range(demands.shape.assets - 1)]
    some = draw(st.sampled_from((0, 1)))
    book = (0, *(some * each for each in coins), *lots)  # type: ignore[operator]
    asked = demands.requirement(demands.maintenance(0), book)
    equity = draw(st.integers(-asked // 4 - 100, asked + demands.floor))
    assert isinstance(equity, int)
    return (equity - demands.equity(book), *book[1:])


def _sold(demands: Demands, book: Book, lot: Book, price: int) -> Book:
    cash, *rest = (held - sold for held, sold in zip(book, lot, strict=True))
    return (cash + price, *rest)


def _to_the_end(demands: Demands, book: Book, step: int, steps: int) -> tuple[Book, int, int]:
    """Whole lots at one step of a sale, as the fund takes them: what is left, asked, and lots."""
    asked = rounds = 0
    while (lot := next_lot(demands, DISCOUNT, book)) is not None:
        worth = demands.equity(lot.values)
        greatest = greatest_discount(demands, DISCOUNT, lot.values)
        discount = min(greatest * step // steps, max(demands.equity(book), 0))
        assert any(lot.values), "something is sold in each round"
        book = _sold(demands, book, lot.values, worth - discount)
        asked += greatest
        rounds += 1
        assert rounds < 200, "a sale ends"
        if demands.meets_initial(book):
            break
    return book, asked, rounds


@pytest.mark.parametrize("shape", ["tiny", "standard"])
@SOME
@given(data=st.data())
def test_nothing_positive_is_ever_confiscated(shape: str, data: st.DataObject) -> None:
    """The owner keeps what the book was worth less bounded discounts, and never a debt for it."""
    demands = _demands(shape)
    book = data.draw(_books(shape))
    step = data.draw(st.integers(0, 10))
    if demands.meets_maintenance(book):
        return
    before = demands.equity(book)
    left, asked, rounds = _to_the_end(demands, book, step, 10)
    after = demands.equity(left)
    assert after >= before - min(asked, max(before, 0)) - rounds
    assert before <= 0 or after >= -rounds
    assert next_lot(demands, DISCOUNT, left) is None or demands.meets_initial(left)


@pytest.mark.parametrize("shape", ["tiny", "standard"])
@SOME
@given(data=st.data())
def test_the_least_slice_that_mends_is_sold(shape: str, data: st.DataObject) -> None:
    """One sixty-fourth less leaves initial margin unmet; where none mends, all is sold."""
    demands = _demands(shape)
    book = data.draw(_books(shape))
    lot = next_lot(demands, DISCOUNT, book)
    if lot is None or lot.kind == "coins":
        return
    mends = []
    for parts in range(1, PARTS):
        tried = slice_of(demands, book, parts)
        price = demands.equity(tried) - greatest_discount(demands, DISCOUNT, tried)
        mends.append(demands.meets_initial(_sold(demands, book, tried, price)))
    expected = mends.index(True) + 1 if True in mends else PARTS
    assert lot.parts == expected
    assert lot.values == slice_of(demands, book, expected)


@pytest.mark.parametrize("shape", ["tiny", "standard"])
@SOME
@given(data=st.data())
def test_the_least_coins_that_pay_are_sold(shape: str, data: st.DataObject) -> None:
    """In the order of assets, so many that the greatest discount leaves enough; no unit more."""
    demands = _demands(shape)
    assets = demands.shape.assets
    book = data.draw(_books(shape))
    needed = demands.unpaid(book)
    lot = next_lot(demands, DISCOUNT, book)
    if needed <= 0 or not any(book[1:assets]):
        assert lot is None or lot.kind == "slice"
        return
    assert lot is not None
    assert lot.kind == "coins"
    assert not any(lot.values[assets:])
    coins = zip(lot.values[1:assets], book[1:assets], strict=True)
    assert all(0 <= sold <= held for sold, held in coins)

    def brings(values: Book) -> int:
        return demands.equity(values) - greatest_discount(demands, DISCOUNT, values)

    last = max(k for k in range(1, assets) if lot.values[k])
    assert lot.values[1:last] == book[1:last]
    if brings(lot.values) < needed:
        assert lot.values[1:assets] == book[1:assets]
        return
    fewer = tuple(v - (k == last) for k, v in enumerate(lot.values))
    assert brings(fewer) <= brings(lot.values)
    assert brings(fewer) < needed


@pytest.mark.parametrize("shape", ["tiny", "standard"])
@SOME
@given(data=st.data())
def test_what_is_unpaid_is_the_cash_that_mends_it(shape: str, data: st.DataObject) -> None:
    """With so much more nothing is lacking, plainly or as the statement sums; a unit less is."""
    demands = _demands(shape)
    book = data.draw(_books(shape))

    def is_paid(cash: int) -> bool:
        paid = (cash, *book[1:])
        plainly = demands.equity((cash, *(0,) * (shape_assets - 1), *book[shape_assets:]))
        return plainly >= 0 and judge(demands.shape, demands.initial(0), paid).paid >= 0

    shape_assets, needed = demands.shape.assets, demands.unpaid(book)
    assert is_paid(book[0] + needed)
    assert not is_paid(book[0] + needed - 1)


@SOME
@given(data=st.data())
def test_parts_of_a_lot_round_towards_zero(data: st.DataObject) -> None:
    """A taker of a part gets no lot that the book does not have, and of each side its own."""
    demands = _demands("standard")
    book = data.draw(_books("standard"))
    lot = next_lot(demands, DISCOUNT, book)
    if lot is None or lot.kind == "coins":
        return
    for part in range(1, lot.parts):
        try:
            taken = part_of(demands, book, lot, part)
        except NotAdmitted:
            assert all(abs(v) * part < PARTS for v in book[demands.shape.assets :])
            continue
        for held, whole, some in zip(book, lot.values, taken, strict=True):
            assert 0 <= some <= whole <= held or 0 >= some >= whole >= held or held == 0
    for part in (0, lot.parts + 1, PARTS + 1, -1):
        with pytest.raises(NotAdmitted):
            part_of(demands, book, replace(lot, parts=lot.parts), part)
    assert part_of(demands, book, lot, lot.parts) == lot.values


def test_a_book_of_one_lot_is_sold_whole() -> None:
    """Rounded away from zero, a sixty-fourth of one lot is that lot: nothing smaller exists."""
    demands = _demands("tiny")
    for lots in (1, -1):
        lot = next_lot(demands, DISCOUNT, (-lots * 6_000 + 300, 0, lots, 0))
        assert lot == Lot("slice", 1, (0, 0, lots, 0))


def test_nothing_is_left_to_sell_of_a_flat_book() -> None:
    """Cash alone, above zero or below; coins are sold only for a debt."""
    demands = _demands("tiny")
    for book in ((0, 0, 0, 0), (-5, 0, 0, 0), (5, 0, 0, 0), (0, 10**9, 0, 0), (7, 1, 0, 0)):
        assert next_lot(demands, DISCOUNT, book) is None
    lot = next_lot(demands, DISCOUNT, (-5, 10**9, 0, 0))
    assert lot is not None
    assert lot.kind == "coins"
