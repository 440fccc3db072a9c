"""From a message to an order that counts: what it says is held against the ledger.

Anybody can write to a matcher. What a message says of an order is true if it opens the
commitment on the ledger, which only the order's owner can bring about; so no signature is asked
for, and a lie is refused without harm to anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ledger.records import Order
from ledger.state import State
from prover.matcher.auction import Bid
from prover.matcher.combination import Combination, in_lowest_terms
from prover.matcher.errors import OrderRefused
from prover.messages import OrderMessage
from zk.pedersen import Opening

#: Lots of an order, and cash per lot of it, are below 2³¹. Every clearing price lies between the
#: limits of two orders, so no fill comes to 2⁶² of cash, which is where a commitment's cash ends.
LIMIT: Final = 1 << 31


@dataclass(frozen=True, slots=True, repr=False)
class HeldOrder:
    """An open order whose opening is known to be true."""

    account: int
    order: int
    opening: Opening
    combination: Combination
    #: Of the combination; negative where the order sells it.
    lots: int

    @property
    def limit(self) -> Fraction:
        """Cash per lot: at most for a buyer, at least for a seller."""
        return Fraction(-self.opening.values[0], self.lots)

    @property
    def bid(self) -> Bid:
        """What the auction needs to know."""
        return Bid(self.order, self.lots, self.limit)

    def __repr__(self) -> str:
        return f"HeldOrder(account={self.account}, order={self.order}, <redacted>)"


def admit(state: State, matcher: bytes, message: OrderMessage) -> HeldOrder:
    """The order, if it is open for this matcher now and the message opens it."""
    if message.ledger != state.charter.ledger:
        raise OrderRefused(
            "ledger", expected=state.charter.ledger.hex(), actual=message.ledger.hex()
        )
    order = _require_open(state, matcher, message)
    if len(message.values) != state.shape.components:
        raise OrderRefused(
            f"opening of order {order.id}",
            expected=f"{state.shape.components} values",
            actual=f"{len(message.values)} values",
        )
    opening = message.opening
    if opening.commit().point != order.commitment:
        raise OrderRefused(
            f"opening of order {order.id}",
            expected="one of the commitment on the ledger",
            actual="another",
        )
    return _fillable(state, message, opening)


def _require_open(state: State, matcher: bytes, message: OrderMessage) -> Order:
    """What the ledger will ask of the order when it is filled, and that its owner still wants it.

    An order that was taken back can be filled for a settling time: so a clearing that is under way
    is not undone. A new one leaves it out.
    """
    account = state.account(message.account)
    order, epoch = account.order, state.pool.epoch
    if order is None or order.id != message.order:
        raise OrderRefused(
            f"order {message.order}",
            expected=f"an open order of account {account.id}",
            actual="none" if order is None else f"order {order.id}",
        )
    if order.cancelled is not None:
        raise OrderRefused(f"order {order.id}", expected="one that stands", actual="taken back")
    if order.epoch != epoch:
        raise OrderRefused(f"epoch of order {order.id}", expected=epoch, actual=order.epoch)
    if order.matcher != matcher:
        raise OrderRefused(
            f"matcher of order {order.id}", expected=matcher.hex(), actual=order.matcher.hex()
        )
    if account.status == "frozen":
        raise OrderRefused(
            f"account {account.id}", expected="one that is not on sale", actual="frozen"
        )
    return order


def _fillable(state: State, message: OrderMessage, opening: Opening) -> HeldOrder:
    """An order that a fill can be proven of, in instruments that are alive."""
    assets, subject = state.shape.assets, f"order {message.order}"
    if any(opening.values[1:assets]):
        raise OrderRefused(subject, expected="cash and instruments", actual="collateral")
    for component, width in enumerate(state.shape.widths):
        if opening.values[component] not in width:
            raise OrderRefused(subject, expected=f"values within {width}", actual="one beyond")
    instruments = opening.values[assets:]
    for slot, (lots, settled) in enumerate(zip(instruments, state.pool.settled, strict=True)):
        if lots and settled is not None:
            raise OrderRefused(
                subject, expected="instruments that live", actual=f"instrument {slot}, expired"
            )
    terms = in_lowest_terms(instruments)
    if terms is None:
        raise OrderRefused(subject, expected="an instrument at least", actual="none")
    held = HeldOrder(message.account, message.order, opening, *terms)
    if abs(held.lots) >= LIMIT or abs(held.limit) >= LIMIT:
        raise OrderRefused(
            subject, expected="lots and limit below 2³¹", actual="more in one of them"
        )
    return held
