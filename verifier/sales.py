"""What must be sold of a book in default, for how much, and what becomes of it: our own reckoning.

Coins first, the least that leaves nobody owed for positions; then the least number of sixty-fourths
of every position after which initial margin is met, whatever the lot will cost, and the coins that
pay for that; else all of it. The price is the mark less a discount that grows with the steps of the
sale to a part of what the lot asks of its holder: out of what the owner has, and at the last step
out of what the fund can spare: what it has beyond its floor and beyond what is lost already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.records import Sale
from verifier.valuation import Valuation

_PARTS = 64
_WHOLE = 10_000

Book = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """Under which a sale goes on, at one moment."""

    valuation: Valuation
    discount_bps: int
    fund_floor: int
    now: int
    fresh_until: int
    #: What books on sale are below zero, but for the one that these terms are about.
    lost: int = 0

    def lot_of(self, book: Book) -> tuple[int, Book] | None:
        """How many sixty-fourths are offered, and what they are; None where nothing is."""
        if self.is_over(book):
            return None
        coins = self._coins(book)
        if any(coins):
            return _PARTS, coins
        for parts in range(1, _PARTS):
            lot = self.slice_of(book, parts)
            rest = less(book, lot, self._brings(lot))
            paying = self._coins(rest)
            if self.valuation.meets_initial(less(rest, paying, self._brings(paying))):
                return parts, lot
        return _PARTS, self.slice_of(book, _PARTS)

    def is_over(self, book: Book) -> bool:
        """Neither positions nor a debt that coins could pay."""
        assets = self.valuation.shape.assets
        return not any(book[assets:]) and (book[0] >= 0 or not any(book[1:assets]))

    def part_of(self, book: Book, parts: int, lot: Book, asked: int) -> Book:
        """What a taker of so many sixty-fourths gets: less than is offered rounds against them."""
        return lot if asked == parts else self.slice_of(book, asked, outwards=False)

    def slice_of(self, book: Book, parts: int, *, outwards: bool = True) -> Book:
        """So many sixty-fourths of every position."""
        assets, lots = self.valuation.shape.assets, []
        for held in book[assets:]:
            whole, rest = divmod(abs(held) * parts, _PARTS)
            size = whole + (outwards and rest > 0)
            lots.append(size if held > 0 else -size)
        return (*(0,) * assets, *lots)

    def greatest(self, lot: Book) -> int:
        """The discount of the last step."""
        return max(0, self.valuation.requirement(lot)) * self.discount_bps // _WHOLE

    def least_price(self, lot: Book, sale: Sale, available: int) -> int:
        """The mark less the discount of the moment, as far as somebody has it."""
        discount = self.greatest(lot) * self._step(sale) // (sale.duration // sale.step)
        return self.valuation.equity(lot) - min(discount, available)

    def available(self, book: Book, sale: Sale, fund: Book) -> int:
        """What may be given away: the owner's, and at the last step the fund's above its floor."""
        equity = self.valuation.equity(book)
        return max(0, equity) + (self.spare(fund, max(0, -equity)) if self.is_last(sale) else 0)

    def spare(self, fund: Book, more: int = 0) -> int:
        """Of the fund, above its floor and what is lost: of others, and so much more."""
        capital = min(fund[0], self.valuation.equity(fund)) - self.lost - more
        return max(0, capital - self.fund_floor)

    def is_last(self, sale: Sale) -> bool:
        """The price falls no further."""
        return self._step(sale) == sale.duration // sale.step

    def closes(self, book: Book, *, sold: bool) -> bool:
        """Nothing is left to sell, or margin is met again: initial, once something was sold."""
        if self.is_over(book):
            return True
        return (
            self.valuation.meets_initial(book) if sold else self.valuation.meets_maintenance(book)
        )

    def settled(self, book: Book, fund: Book) -> tuple[Book, Book]:
        """With a debt paid by the fund, where there is nothing left to pay it with."""
        debt = min(0, book[0])
        if debt and self.is_over(book):
            return (0, *book[1:]), (fund[0] + debt, *fund[1:])
        return book, fund

    def _coins(self, book: Book) -> Book:
        """Asset after asset, each whole until the next one is more than needed; or none."""
        assets = self.valuation.shape.assets
        lot, needed = [0] * len(book), self.valuation.unpaid(book)
        for asset in range(1, assets) if needed > 0 else ():
            lot[asset] = book[asset]
            if self._brings(lot) < needed:
                continue
            least, most = 0, book[asset]
            while least < most:  # halved in this very way: rounding makes it not quite monotonic
                lot[asset] = (least + most) // 2
                enough = self._brings(lot) >= needed
                least, most = (least, lot[asset]) if enough else (lot[asset] + 1, most)
            lot[asset] = most
            break
        return tuple(lot)

    def _brings(self, lot: Sequence[int]) -> int:
        book = tuple(lot)
        return self.valuation.equity(book) - self.greatest(book)

    def _step(self, sale: Sale) -> int:
        passed = sale.elapsed + max(0, min(self.now, self.fresh_until) - sale.since)
        return min(passed // sale.step, sale.duration // sale.step)


def less(book: Book, lot: Book, price: int) -> Book:
    """After a lot was sold for so much."""
    cash, *rest = (held - sold for held, sold in zip(book, lot, strict=True))
    return (cash + price, *rest)
