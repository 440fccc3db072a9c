"""How an owner who was offline learns what was filled: from the log and the own order alone.

Every firm leg carries a notice, the opening of D under a keystream that whoever knows the order's
blinding can make. The circuit ties the notice to D but not to one spelling of the blinding: a
matcher may have used r + l or r + 2l, which open the same order. So every spelling below 2²⁵² is
tried, and what comes out counts only if it opens D.
"""

from __future__ import annotations

from collections.abc import Iterator

from circuits.escrow import unmask, unpack
from circuits.fill import traded_widths
from circuits.gadgets.coordinates import coordinates
from circuits.shape import BLINDING, Shape
from ledger.transitions import FirmLeg, Settle
from ledger.transitions.base import owner_context
from zk.errors import Malformed, OpeningRejected
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening


def fill_of_order(
    shape: Shape, ledger: bytes, settlement: Settle, account: int, order: int, order_blinding: int
) -> Opening | None:
    """What that settlement added to the account for that order; None where it did not fill it."""
    for leg in settlement.legs:
        if isinstance(leg, FirmLeg) and (leg.account, leg.order) == (account, order):
            context = owner_context(settlement.binding(ledger), account)
            return read_fill(shape, leg, order_blinding, context)
    return None


def read_fill(shape: Shape, leg: FirmLeg, order_blinding: int, context: int) -> Opening:
    """The opening of the leg's D, by component; `OpeningRejected` where the blinding is another's.

    `context` is that of the leg's proof: `owner_context(settlement.binding(ledger), account)`.
    """
    widths = traded_widths(shape)
    x = coordinates(leg.delta).x
    for blinding in _spellings(order_blinding):
        try:
            traded = unpack(unmask(leg.notice, (blinding, x, context)), widths)
        except Malformed:
            continue
        opening = _in_place(shape, traded)
        if opening.commit().point == leg.delta:
            return opening
    raise OpeningRejected(
        f"notice of order {leg.order}",
        expected="the blinding of that order, and its settlement's context",
        actual="others",
    )


def _spellings(blinding: int) -> Iterator[int]:
    """Every number that the circuit takes for this blinding."""
    return iter(range(blinding % SUBGROUP_ORDER, 1 << BLINDING.bits, SUBGROUP_ORDER))


def _in_place(shape: Shape, traded: Opening) -> Opening:
    """Cash and instruments where they stand in an account, and no collateral between them."""
    values = dict(zip(shape.traded, traded.values, strict=True))
    return Opening(shape.vector(values), traded.blinding)
