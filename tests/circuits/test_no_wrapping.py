"""Why nothing wraps around the field: exact sums of the bounds, for every shape.

Each inequality of a statement is proven by the bits of a difference. That means what it says
over integers if the difference, of either sign, cannot come near r.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final

import pytest

from circuits.escrow import SECRET_BITS, WORD_BITS, word_layout
from circuits.fill import PRICE_BITS, QUANTITY_BITS, traded_widths
from circuits.margin import escrowed_widths
from circuits.schedule import (
    FLOOR,
    LIMIT,
    LONG_BITS,
    SHORT_BITS,
    UNSIGNED_ENTRY,
    loss_bits,
    loss_row_bits,
    paid_bits,
    room_bits,
    total_bits,
)
from circuits.shape import (
    BLINDING,
    CASH,
    COLLATERAL,
    CONSTANT,
    MATRIX_ENTRY,
    POSITION,
    RESERVED,
    SCALE,
    SHAPES,
    WINDOW_BITS,
    Shape,
    Width,
)
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER

EVERY_SHAPE: Final = pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
Range = tuple[int, int]


def ends(width: Width) -> Range:
    """The smallest and the largest value."""
    return width.minimum, width.maximum


def times(a: Range, b: Range) -> Range:
    """Where a product lies: its extremes are at corners."""
    corners = [x * y for x, y in product(a, b)]
    return min(corners), max(corners)


def sums(ranges: Iterable[Range]) -> Range:
    """Where a sum lies."""
    lows, highs = zip(*ranges, strict=True)
    return sum(lows), sum(highs)


def minus(a: Range) -> Range:
    """Where the negative lies."""
    return -a[1], -a[0]


def is_decided_by(bits: int, difference: Range) -> bool:
    """True where `bits` bits hold every difference from zero on, and no negative one, mod r."""
    low, high = difference
    return high < 1 << bits and SCALAR_MODULUS + low >= 1 << bits


def test_the_bounds_are_those_of_the_design() -> None:
    """Entries have 48 signed bits, or 47 without a sign, constants 112, and values at most 64."""
    assert ends(MATRIX_ENTRY) == (-(1 << 47), (1 << 47) - 1)
    assert ends(CONSTANT) == (-(1 << 111), (1 << 111) - 1)
    assert ends(CASH) == (-(1 << 62), (1 << 62) - 1)
    assert ends(COLLATERAL) == (0, (1 << 54) - 1)
    assert ends(POSITION) == (-(1 << 47), (1 << 47) - 1)
    assert ends(RESERVED) == (0, (1 << 60) - 1)
    assert ends(BLINDING) == (0, (1 << 252) - 1)
    assert ends(UNSIGNED_ENTRY) == (0, (1 << 47) - 1)
    assert ends(FLOOR) == (0, (1 << 60) - 1)
    assert ends(LIMIT) == (0, (1 << 110) - 1)
    assert ends(CASH.inner) == (-(1 << 61), (1 << 61) - 1)
    assert ends(POSITION.inner) == (-(1 << 46), (1 << 46) - 1)
    assert COLLATERAL.inner == COLLATERAL


@EVERY_SHAPE
def test_no_row_wraps(shape: Shape) -> None:
    """The largest row that the bounds allow fits its bits, twice over, with room below r."""
    products = [times(ends(MATRIX_ENTRY), ends(width)) for width in shape.widths]
    low = sum(x for x, _ in products) + CONSTANT.minimum
    high = sum(x for _, x in products) + CONSTANT.maximum
    largest = max(-low, high)
    assert largest < 1 << shape.row_bits <= 2 * largest
    assert 2 << shape.row_bits < SCALAR_MODULUS
    assert is_decided_by(shape.row_bits, (low, high))


@EVERY_SHAPE
def test_no_row_of_a_coin_wraps(shape: Shape) -> None:
    """loss + Σ move·v fits its bits, and each loss that a row can take fits those of a loss."""
    for place, columns in enumerate(shape.columns):
        low, high = sums(times(ends(MATRIX_ENTRY), ends(shape.widths[c])) for c in columns)
        bits = loss_bits(shape, place)
        assert is_decided_by(loss_row_bits(shape, place), (low, high + (1 << bits) - 1))
        assert -low < 1 << bits, "the honest loss of the worst row has a place"


@EVERY_SHAPE
def test_nothing_that_is_left_wraps(shape: Shape) -> None:
    """`total`, `paid` and `concentration`, with everything in them at either bound."""
    long, short = (0, (1 << LONG_BITS) - 1), (0, (1 << SHORT_BITS) - 1)
    unsigned, instruments = ends(UNSIGNED_ENTRY), range(shape.instruments)
    cash = times((SCALE, SCALE), (CASH.minimum - RESERVED.maximum, CASH.maximum))
    positions = sums(times(ends(MATRIX_ENTRY), ends(POSITION)) for _ in instruments)
    at_mark = sums([cash, positions])
    pledged = sums(times(unsigned, ends(COLLATERAL)) for _ in range(shape.assets - 1))
    lost = sums((0, (1 << loss_bits(shape, place)) - 1) for place, _ in enumerate(shape.blocks))
    charged = sums(times(unsigned, long) for _ in instruments)
    floor = times((SCALE, SCALE), ends(FLOOR))
    total = sums([at_mark, pledged, minus(lost), minus(charged), minus(floor)])
    gross = sums(times(unsigned, sums([long, short])) for _ in instruments)
    assert is_decided_by(total_bits(shape), total)
    assert is_decided_by(paid_bits(shape), sums([at_mark, ends(LIMIT)]))
    assert is_decided_by(room_bits(shape), sums([ends(LIMIT), minus(gross)]))
    for bits in (total_bits(shape), paid_bits(shape), room_bits(shape)):
        assert 2 << bits < SCALAR_MODULUS


@EVERY_SHAPE
def test_a_cap_or_credit_at_its_bound_asks_nothing(shape: Shape) -> None:
    """Under maintenance both stand at their bound: no book in range can come near it."""
    lots, entry = POSITION.inner.magnitude, MATRIX_ENTRY.magnitude
    debts = SCALE * (CASH.inner.magnitude + RESERVED.maximum) + shape.instruments * lots * entry
    assert debts <= LIMIT.maximum
    assert shape.instruments * UNSIGNED_ENTRY.maximum * lots <= LIMIT.maximum


def test_honest_longs_have_a_place() -> None:
    """v⁺ and v⁻ of every position in the inner half fit, and the longs of each sign are bounded."""
    assert POSITION.inner.maximum < 1 << LONG_BITS
    assert -POSITION.inner.minimum < 1 << SHORT_BITS
    assert (1 << LONG_BITS) - POSITION.inner.minimum <= 1 << SHORT_BITS


def test_four_fills_cannot_carry_an_account_out_of_its_range() -> None:
    """Fills of 60 bits of cash and 45 of lots, each way, four times from the end of the half."""
    for width, fill in ((CASH, Width(60, signed=True)), (POSITION, Width(45, signed=True))):
        assert width.inner.minimum + 4 * fill.minimum >= width.minimum
        assert width.inner.maximum + 4 * fill.maximum <= width.maximum


def test_no_price_and_no_fraction_wraps() -> None:
    """R·D − q·O fits its bits for cash, and stays below r for every instrument."""
    filled = (1, 1 << QUANTITY_BITS)
    whole = (1, (1 << QUANTITY_BITS) + (1 << QUANTITY_BITS) - 1)
    for width in (CASH, POSITION):
        (low_paid, high_paid), (low_due, high_due) = (
            times(whole, ends(width)),
            times(filled, ends(width)),
        )
        difference = low_paid - high_due, high_paid - low_due
        assert is_decided_by(PRICE_BITS, difference)
        assert max(map(abs, difference)) < SCALAR_MODULUS
    assert 2 << PRICE_BITS < SCALAR_MODULUS


def test_no_quantity_wraps() -> None:
    """q − 1 and R − q in 47 bits mean 0 < q ≤ R: neither difference is a field element's alias."""
    assert 4 << QUANTITY_BITS < SCALAR_MODULUS


def test_a_secret_stays_below_half_the_order() -> None:
    """8⁸³ < l/2: no two partial sums of e·B are equal or opposite, whatever the windows are."""
    assert SECRET_BITS == 83 * WINDOW_BITS
    assert SUBGROUP_ORDER > 2 * 8**83
    assert SUBGROUP_ORDER < 8**84, "the blinding has no such room: it has to come last"


def test_a_value_stays_below_half_the_order() -> None:
    """The first component of an opening has no exceptional addition for the same reason."""
    assert all(2 << width.bits < SUBGROUP_ORDER for width in (CASH, COLLATERAL, POSITION, RESERVED))


@EVERY_SHAPE
def test_widths_are_whole_windows(shape: Shape) -> None:
    """The bits of the range proof are those of the windows: none is left over."""
    assert all(width.bits % WINDOW_BITS == 0 for width in (*shape.widths, RESERVED, BLINDING))


@EVERY_SHAPE
def test_no_packed_word_wraps(shape: Shape) -> None:
    """What shares a word of a message fits below r, so that unpacking has one answer."""
    for widths in (escrowed_widths(shape), traded_widths(shape)):
        for word in word_layout(widths):
            assert sum(widths[index].bits for index in word) <= WORD_BITS
    assert 1 << WORD_BITS < SCALAR_MODULUS
    assert BLINDING.maximum < SCALAR_MODULUS
