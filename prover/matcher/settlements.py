"""How fills are dealt out to settlements, each of which balances and holds only so many legs.

The fills of one book stay together as long as they fit: then the book's price and volume are what
the auction found. Books share settlements, so that from outside nobody sees which of the parties
traded what.

A book with more fills than fit is cut. Buyers and sellers are laid side by side, best first, and
read off until the legs are used up; the order that lies across the cut keeps what it has in the
part before, because it can be filled only once. The lots that it loses are taken from the other
side's last orders, which stay open where nothing is left to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Fills = tuple[tuple[int, int], ...]
K = TypeVar("K")


def split(fills: Fills, legs: int) -> list[Fills]:
    """Balanced parts of a book's fills, of at most `legs` (two or more) each."""
    if len(fills) <= legs:
        return [fills] if fills else []
    buys = [(order, lots) for order, lots in fills if lots > 0]
    sells = [(order, -lots) for order, lots in fills if lots < 0]
    parts: list[Fills] = []
    while buys and sells:
        parts.append(_take(buys, sells, legs))
    return parts


def pack(books: Sequence[tuple[K, Fills]], legs: int) -> list[list[tuple[K, Fills]]]:
    """The parts of all books, each in the first settlement that has room for it."""
    settlements: list[list[tuple[K, Fills]]] = []
    for book, fills in books:
        for part in split(fills, legs):
            for settlement in settlements:
                if sum(len(other) for _, other in settlement) + len(part) <= legs:
                    settlement.append((book, part))
                    break
            else:
                settlements.append([(book, part)])
    return settlements


def _take(buys: list[tuple[int, int]], sells: list[tuple[int, int]], legs: int) -> Fills:
    """The first orders of both lists, matched against each other; they are taken off the lists."""
    taken: dict[int, int] = {}
    while buys and sells:
        fresh = {buys[0][0], sells[0][0]} - taken.keys()
        if len(taken) + len(fresh) > legs:
            break
        lots = min(buys[0][1], sells[0][1])
        for side, sign in ((buys, 1), (sells, -1)):
            order, left = side.pop(0)
            taken[order] = taken.get(order, 0) + sign * lots
            if left > lots:
                side.insert(0, (order, left - lots))
    for side in (buys, sells):
        if side and side[0][0] in taken:
            side.pop(0)
    return tuple(taken.items())
