"""Reads back, from the public log, what only the owner can: own escrows, and notices of fills.

The secret of an own escrow is a PRF of the seed, the context and the commitment, so S = e·P can be
computed again without the guardians. A notice is encrypted under the blinding of the order, which
follows from the seed as well. Whatever is read is compared with the commitment on the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable

from circuits.escrow import SECRET_BITS, decrypt
from circuits.gadgets.fixed_base import signed_number
from circuits.shape import Shape
from circuits.solvency import read_message
from ledger.transitions import Escrow, FirmLeg
from prover.author import Author
from prover.matcher.fills import read_fill
from prover.wallet.errors import Unreadable
from zk.babyjubjub import Point
from zk.errors import OpeningRejected
from zk.pedersen import Opening


def read_escrow(
    author: Author, shape: Shape, escrow: Escrow, key: Point, context: int, commitment: Point
) -> Opening:
    """The opening that our own proof put in escrow; `commitment` is what it must open."""
    secret = signed_number(SECRET_BITS, author.escrow_secret(context, commitment))
    if Point.BASE8 * secret != escrow.ephemeral:
        raise Unreadable("escrow", expected="one that this seed has made", actual="another")
    words = decrypt(escrow.public(key), key * secret, context)
    opening = read_message(shape, words)
    if opening.commit().point != commitment:
        raise Unreadable("escrow", expected="the opening of the account", actual="another")
    return opening


def read_notice(
    shape: Shape, leg: FirmLeg, context: int, order_blindings: Iterable[int]
) -> Opening:
    """What a matcher has filled, of the order that has one of these blindings."""
    for blinding in order_blindings:
        try:
            return read_fill(shape, leg, blinding, context)
        except OpeningRejected:
            continue
    raise Unreadable(
        f"fill of order {leg.order}", expected="one of an order of this seed", actual="another"
    )
