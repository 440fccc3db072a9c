"""Why nothing wraps around the field: exact sums of the bounds, for every shape.

Each inequality of a statement is proven by the bits of a difference. That means what it says
over integers if the difference, of either sign, cannot come near r.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest

from circuits.escrow import SECRET_BITS, WORD_BITS, word_layout
from circuits.fill import PRICE_BITS, QUANTITY_BITS, traded_widths
from circuits.shape import (
    BLINDING,
    CASH,
    COLLATERAL,
    CONSTANT,
    MATRIX_ENTRY,
    POSITION,
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


def is_decided_by(bits: int, difference: Range) -> bool:
    """True where `bits` bits hold every difference from zero on, and no negative one, mod r."""
    low, high = difference
    return high < 1 << bits and SCALAR_MODULUS + low >= 1 << bits


def test_the_bounds_are_those_of_the_design() -> None:
    """Entries have 48 signed bits, constants 112, and values at most 64."""
    assert ends(MATRIX_ENTRY) == (-(1 << 47), (1 << 47) - 1)
    assert ends(CONSTANT) == (-(1 << 111), (1 << 111) - 1)
    assert ends(CASH) == (-(1 << 62), (1 << 62) - 1)
    assert ends(COLLATERAL) == (0, (1 << 63) - 1)
    assert ends(POSITION) == (-(1 << 47), (1 << 47) - 1)
    assert ends(BLINDING) == (0, (1 << 252) - 1)


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
    assert all(2 << width.bits < SUBGROUP_ORDER for width in (CASH, COLLATERAL, POSITION))


@EVERY_SHAPE
def test_widths_are_whole_windows(shape: Shape) -> None:
    """The bits of the range proof are those of the windows: none is left over."""
    assert all(width.bits % WINDOW_BITS == 0 for width in (*shape.widths, BLINDING))


@EVERY_SHAPE
def test_no_packed_word_wraps(shape: Shape) -> None:
    """What shares a word of a message fits below r, so that unpacking has one answer."""
    for widths in (shape.widths, traded_widths(shape)):
        for word in word_layout(widths):
            assert sum(widths[index].bits for index in word) <= WORD_BITS
    assert 1 << WORD_BITS < SCALAR_MODULUS
    assert BLINDING.maximum < SCALAR_MODULUS
