"""Attacks on a fill: what a matcher could do to an order with numbers of its choice.

The public points and words follow from those numbers, so that only the check in question
stands between the matcher and a proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from circuits.fill import PRICE_BITS, QUANTITY_BITS
from circuits.shape import CASH, POSITION
from tests.circuits.statements import (
    TINY,
    Trade,
    commit,
    refused_by,
)
from zk.field import SCALAR_MODULUS, inverse

MOST: Final = 1 << QUANTITY_BITS
TRADE: Final = Trade()


@pytest.mark.parametrize(
    ("q", "R", "accepted"),
    [
        (1, 1, True),
        (MOST, MOST, True),
        (1, MOST, True),
        (MOST, 2 * MOST - 1, True),
        (2, 1, False),  # q = R + 1
        (0, 1, False),
        (0, 0, False),
        (-1, 1, False),
        (1, -1, False),
        (1, 0, False),
        (-1, -1, False),
        (MOST + 1, MOST + 1, False),
        (MOST, 2 * MOST, False),
        (SCALAR_MODULUS - 1, SCALAR_MODULUS - 1, False),
    ],
)
def test_quantities_are_positive_and_at_most_the_order(q: int, R: int, accepted: bool) -> None:
    """An order of nothing makes fraction and price true of every q and R; only they decide."""
    nothing = Trade(order=(0, 0, 0), fill=(0, 0, 0), filled=q, whole=R)
    assert refused_by("fill", *nothing.statement()) == (set() if accepted else {"quantity"})


def test_a_whole_order_can_be_filled() -> None:
    """q = R: the fill is the order."""
    whole = replace(TRADE, fill=TRADE.order, filled=5, whole=5)
    assert not refused_by("fill", *whole.statement())


@pytest.mark.parametrize("scale", [1, 1 << 45])
def test_a_fraction_of_a_lot_cannot_be_made_in_the_field(scale: int) -> None:
    """10/3 exists modulo r: a fill of it is no position, so the range or the opening refuses."""
    third = 10 * inverse(3, SCALAR_MODULUS) % SCALAR_MODULUS
    public, private = replace(
        TRADE, order=(0, 10, 0), fill=(0, 3, 0), filled=scale, whole=3 * scale
    ).statement()
    assert refused_by("fill", public, private) == {"fraction"}
    forged = replace(private, fill=replace(private.fill, values=(0, third, 0)))
    assert refused_by("fill", public, forged)


def test_no_product_of_a_fill_wraps() -> None:
    """R·D_k, q·O_k and the price's difference stay far below r for everything in range."""
    R, q = 2 * MOST - 1, MOST
    assert (R + q) * POSITION.magnitude < SCALAR_MODULUS
    most = R * CASH.maximum - q * CASH.minimum
    least = R * CASH.minimum - q * CASH.maximum
    assert most < 1 << PRICE_BITS < SCALAR_MODULUS + least


@pytest.mark.parametrize(
    ("order", "fill", "q", "R", "accepted"),
    [
        (CASH.minimum, CASH.maximum, MOST, 2 * MOST - 1, True),
        (CASH.maximum, CASH.minimum, MOST, 2 * MOST - 1, False),
        (CASH.maximum, CASH.minimum, 1, 1, False),
        (CASH.minimum, CASH.minimum, MOST, MOST, True),
        (0, -1, 1, MOST, False),
        (0, 0, MOST, MOST, True),
        (1, 0, 1, MOST, False),  # a seller's limit is rounded up, never down
        (1, 1, 1, MOST, True),
        (-1, 0, 1, MOST, True),
        (-1, -1, 1, MOST, False),
    ],
)
def test_prices_at_their_limits(order: int, fill: int, q: int, R: int, accepted: bool) -> None:
    """R·D_cash ≥ q·O_cash with everything at its bounds, buyer and seller, and one off."""
    trade = Trade((order, 0, 0), (fill, 0, 0), filled=q, whole=R)
    assert refused_by("fill", *trade.statement()) == (set() if accepted else {"price"})


def test_collateral_cannot_move_in_a_fill() -> None:
    """O and D open to cash and instruments alone: a D with collateral in it does not open."""
    everything = (TRADE.fill[0], 1, *TRADE.fill[1:])
    D = commit(range(TINY.components), everything, TRADE.fill_blinding)
    assert "opening" in refused_by("fill", *TRADE.statement(fill=D))
    order = commit(range(TINY.components), (-1000, -1, 10, -20), TRADE.order_blinding)
    assert refused_by("fill", *TRADE.statement(order=order)) == {"opening"}


def test_another_instrument_is_no_fraction() -> None:
    """An order of one instrument is not filled with another, nor with the other side."""
    for fill in ((-500, -10, 5), (-500, 0, 5), (-500, -5, 10), (-500, 5, 10)):
        assert refused_by("fill", *replace(TRADE, fill=fill).statement()) == {"fraction"}


def test_order_and_fill_do_not_change_places() -> None:
    """A fill of twice the order is not proven by exchanging the two points."""
    public, private = TRADE.statement()
    swapped = replace(public, order=public.fill, fill=public.order)
    assert "opening" in refused_by("fill", swapped, private)
