"""What is sold of a book in default, and for how much: the rules of a sale, written once more."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from tests.ledger.simulation.margin import ONE, Scales, Vector, minus, plus

PARTS: Final = 64


@dataclass(slots=True)
class OnSale:
    """A sale that is under way; `elapsed` is what has run of it, in fresh time, up to `since`."""

    since: int
    elapsed: int
    duration: int
    step: int
    sold: bool = False

    def elapsed_at(self, now: int, fresh_until: int) -> int:
        """It stands still while the market is stale."""
        return self.elapsed + max(0, min(now, fresh_until) - self.since)

    def run(self, now: int, fresh_until: int) -> None:
        """Up to now."""
        self.elapsed, self.since = self.elapsed_at(now, fresh_until), now

    def part_at(self, now: int, fresh_until: int) -> tuple[int, int]:
        """Steps gone of the steps there are."""
        steps = self.duration // self.step
        return min(self.elapsed_at(now, fresh_until) // self.step, steps), steps


@dataclass(frozen=True, slots=True)
class Lot:
    """What is on offer of a book."""

    kind: Literal["coins", "slice"]
    parts: int
    values: Vector


@dataclass(frozen=True, slots=True)
class Quote:
    """A lot at this moment."""

    lot: Lot
    worth: int
    discount: int

    @property
    def price(self) -> int:
        return self.worth - self.discount


def lot_of(scales: Scales, discount_bps: int, book: Vector) -> Lot | None:
    """Coins for what is not paid by anything else; then the least slice that mends the book.

    What the slice's discount leaves unpaid may come from coins as well.
    """
    assets = scales.shape.assets
    if not any(book[assets:]) and (book[0] >= 0 or not any(book[1:assets])):
        return None
    coins = _coins(scales, discount_bps, book)
    if any(coins):
        return Lot("coins", PARTS, coins)
    slices = (sixty_fourths(scales, book, parts) for parts in range(1, PARTS + 1))
    for parts, values in enumerate(slices, 1):
        rest = _without(scales, discount_bps, book, values)
        rest = _without(scales, discount_bps, rest, _coins(scales, discount_bps, rest))
        if parts == PARTS or scales.holds("initial", rest):
            return Lot("slice", parts, values)
    raise AssertionError("the whole is a slice")


def fund_lot(scales: Scales, fund: Vector) -> Lot | None:
    """All positions of the fund, and when there are none, all its coins."""
    assets = scales.shape.assets
    if any(fund[assets:]):
        return Lot("slice", PARTS, (*(0,) * assets, *fund[assets:]))
    return Lot("coins", PARTS, (0, *fund[1:])) if any(fund[1:]) else None


def sixty_fourths(scales: Scales, book: Vector, parts: int, *, least: bool = False) -> Vector:
    """Of every position, at least so many, or at most."""
    assets = scales.shape.assets
    lots = []
    for v in book[assets:]:
        whole, rest = divmod(abs(v) * parts, PARTS)
        lots.append((whole + (rest > 0 and not least)) * (1 if v > 0 else -1))
    return (*(0,) * assets, *lots)


def most_discount(scales: Scales, discount_bps: int, lot: Vector) -> int:
    """What a buyer may get for taking it."""
    return max(0, scales.requirement(lot)) * discount_bps // ONE


def quote(
    scales: Scales, discount_bps: int, lot: Lot, gone: tuple[int, int], spendable: int
) -> Quote:
    """The discount grows with the steps that have gone, as far as somebody can pay for it."""
    step, steps = gone
    grown = most_discount(scales, discount_bps, lot.values) * step // steps
    return Quote(lot, scales.equity(lot.values), min(grown, spendable))


def is_least(scales: Scales, discount_bps: int, book: Vector, lot: Vector) -> bool:
    """Coins that bring what is missing, and no more than the rounding of two cents beyond it.

    Rounded, more of a coin can bring one cent less: the least amount is the least but for that.
    """
    missing, brings = scales.missing(book), _brings(scales, discount_bps, lot)
    all_coins = lot[1 : scales.shape.assets] == book[1 : scales.shape.assets]
    return brings <= missing + 2 and (brings >= missing or all_coins)


def _coins(scales: Scales, discount_bps: int, book: Vector) -> Vector:
    """Coin by coin: all of it if that is too little, else the least amount, found by halving."""
    lot: Vector = (0,) * scales.shape.components
    missing = scales.missing(book)

    def brings(asset: int, amount: int) -> int:
        return _brings(scales, discount_bps, plus(lot, {asset: amount}))

    for asset in range(1, scales.shape.assets if missing > 0 else 1):
        held = book[asset]
        if brings(asset, held) >= missing:
            found = partial(brings, asset)
            return plus(lot, {asset: bisect_left(range(held), missing, key=found)})
        lot = plus(lot, {asset: held})
    return lot


def _without(scales: Scales, discount_bps: int, book: Vector, lot: Vector) -> Vector:
    """The book after a sale at the greatest discount."""
    return plus(minus(book, lot), {0: _brings(scales, discount_bps, lot)})


def _brings(scales: Scales, discount_bps: int, lot: Vector) -> int:
    return scales.equity(lot) - most_discount(scales, discount_bps, lot)
