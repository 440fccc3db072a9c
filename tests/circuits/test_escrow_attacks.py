"""Attacks on escrow and notice: openings that those who may read them could not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from circuits.escrow import SECRET_BITS, decrypt, encrypt, pack, unmask, unpack
from circuits.fill import fill_notice, traded_widths
from circuits.gadgets.coordinates import coordinates
from circuits.gadgets.fixed_base import signed_number
from circuits.margin import escrowed_widths
from circuits.shape import BLINDING
from circuits.solvency import checked_escrow, read_message, solvency_message
from tests.circuits.public_parts import looked_at
from tests.circuits.statements import (
    KEY_SECRET,
    SECRET,
    TINY,
    Portfolio,
    Trade,
    commit,
    context_of,
    refused_by,
    statement_of,
)
from tests.zk.curves_for_tests import edwards_add, torsion_points
from zk.babyjubjub import Point
from zk.errors import Malformed, MalformedPoint
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.pedersen import Commitment

PORTFOLIO: Final = Portfolio()
TRADE: Final = Trade()


@pytest.mark.parametrize("name", ["solvency", "fill"])
def test_another_key_is_refused(name: str) -> None:
    """Words for one key do not pass under another, nor under its negative."""
    public, private = statement_of(name)
    for key in (Point.BASE8 * (KEY_SECRET + 1), -(Point.BASE8 * KEY_SECRET)):
        other = replace(public, escrow=replace(public.escrow, key=coordinates(key)))
        assert refused_by(name, other, private)


@pytest.mark.parametrize("name", ["solvency", "fill"])
def test_words_in_another_order_or_in_the_clear_are_refused(name: str) -> None:
    """The words are the message behind the keystream, each in its place."""
    public, private = statement_of(name)
    words = public.escrow.words
    shared = Point.BASE8 * (KEY_SECRET * signed_number(SECRET_BITS, SECRET))
    context = context_of(public)
    for other in (words[::-1], decrypt(public.escrow, shared, context), (0,) * len(words)):
        changed = replace(public, escrow=replace(public.escrow, words=other))
        assert refused_by(name, changed, private) == {"escrow/words"}


@pytest.mark.parametrize("secret", [-1, 1 << SECRET_BITS, SCALAR_MODULUS - 1])
@pytest.mark.parametrize("name", ["solvency", "fill"])
def test_a_secret_of_another_length_is_refused(name: str, secret: int) -> None:
    """u has 249 bits. E and words of a longer or a negative one are honest, and not provable."""
    public, private = statement_of(name)
    context = context_of(public)
    message = (
        solvency_message(TINY, PORTFOLIO.values, PORTFOLIO.reserved, 77)
        if name == "solvency"
        else pack(TRADE.fill, 77, traded_widths(TINY))
    )
    escrow = encrypt(Point.BASE8 * KEY_SECRET, secret, context, message)
    assert refused_by(name, replace(public, escrow=escrow), replace(private, secret=secret))


@pytest.mark.parametrize("order", range(1, 8))
def test_a_key_outside_of_the_group_would_hide_the_opening(order: int) -> None:
    """P + T for a T of small order: the circuit cannot tell, so the public side has to.

    S = e·(P + T) is not p·E then, and whoever holds p reads nothing.
    """
    key = Point.unchecked(*edwards_add(torsion_points()[order], (PORTFOLIO.key.x, PORTFOLIO.key.y)))
    message = solvency_message(TINY, PORTFOLIO.values, PORTFOLIO.reserved, PORTFOLIO.blinding)
    escrow = encrypt(key, SECRET, PORTFOLIO.context, message)
    public, private = PORTFOLIO.solvency()
    assert not refused_by("solvency", replace(public, escrow=escrow), private)
    E = Point(escrow.ephemeral.x, escrow.ephemeral.y)
    assert decrypt(escrow, E * KEY_SECRET, PORTFOLIO.context) != message
    with pytest.raises(MalformedPoint, match="order l"):
        looked_at(checked_escrow(escrow, escrowed_widths(TINY)))


def aliases(blinding: int) -> Iterator[int]:
    """The numbers below 2²⁵² that are the same blinding."""
    yield from range(blinding % SUBGROUP_ORDER, 1 << BLINDING.bits, SUBGROUP_ORDER)


@pytest.mark.parametrize("blinding", [0, 77, SUBGROUP_ORDER - 1])
def test_an_escrowed_alias_of_the_blinding_opens_the_same_commitment(blinding: int) -> None:
    """r, r + l and r + 2l open one C. Whichever is escrowed, a reveal reads the opening of C.

    To escrow one and to open with another is refused.
    """
    portfolio = replace(PORTFOLIO, blinding=blinding)
    C, found = portfolio.commitment(), list(aliases(blinding))
    assert len(found) in (2, 3)
    for alias in found:
        public, private = replace(portfolio, blinding=alias).solvency(C)
        assert not refused_by("solvency", public, private)
        shared = Point.BASE8 * (KEY_SECRET * signed_number(SECRET_BITS, SECRET))
        opening = read_message(TINY, decrypt(public.escrow, shared, portfolio.context))
        assert opening.commit() == C
        for other in set(found) - {alias}:
            mixed = replace(private, margin=replace(private.margin, blinding=other))
            assert refused_by("solvency", public, mixed) == {"escrow/words"}


def test_a_reserve_that_is_escrowed_is_the_one_of_the_commitment() -> None:
    """n is bound in the words as every value is: another n in them, or in the proof, is refused."""
    portfolio = replace(PORTFOLIO, reserved=500)
    public, private = portfolio.solvency()
    assert not refused_by("solvency", public, private)
    for reserved in (0, 499, 501):
        message = solvency_message(TINY, portfolio.values, reserved, portfolio.blinding)
        escrow = encrypt(portfolio.key, portfolio.secret, portfolio.context, message)
        other = replace(public, escrow=escrow)
        assert refused_by("solvency", other, private) == {"escrow/words"}
        lying = replace(private, margin=replace(private.margin, reserved=reserved))
        assert "opening" in refused_by("solvency", other, lying)


def test_a_notice_is_read_by_trying_the_forms_of_the_orders_blinding() -> None:
    """A matcher may mask the notice with r_O + l or r_O + 2l: the order is the same one.

    So an owner must try each of them; there are three at most, and what is read is judged by
    the commitment, which no wrong form passes.
    """
    order = commit(TINY.traded, TRADE.order, TRADE.order_blinding)
    for alias in aliases(TRADE.order_blinding):
        public, private = replace(TRADE, order_blinding=alias).statement(order=order)
        assert not refused_by("fill", public, private)
        read = [r for r in aliases(TRADE.order_blinding) if opens_fill(public, r)]
        assert read == [alias]


def test_a_notice_under_a_number_that_is_no_form_of_the_blinding_is_refused() -> None:
    """r_O + 1, one other bit, zero: the owner need not look further than the three forms."""
    public, private = TRADE.statement()
    message = pack(TRADE.fill, TRADE.fill_blinding, traded_widths(TINY))
    for other in (TRADE.order_blinding + 1, TRADE.order_blinding ^ 1, 0):
        words = fill_notice(other, public.fill, public.context, message)
        assert refused_by("fill", replace(public, notice=words), private) == {"notice"}


def opens_fill(public: Any, order_blinding: int) -> bool:
    """True where the notice, read with that blinding, opens the fill."""
    words = unmask(public.notice, (order_blinding, public.fill.x, public.context))
    try:
        opening = unpack(words, traded_widths(TINY))
    except Malformed:
        return False
    D = commit(TINY.traded, opening.values, opening.blinding)
    return Commitment(Point(public.fill.x, public.fill.y)) == D
