"""The books that are margined: five ideas, one coin of notional each, in the market `standard`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ledger.market.conditions import Conditions
from ledger.market.instrument import Contract
from ledger.market.instruments.future import Future
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.presets import Preset

Legs = tuple[tuple[Contract, int], ...]

#: The coin of the books, and the other one of the pair.
_COIN: Final = 0
_OTHER: Final = 1


@dataclass(frozen=True, slots=True)
class Book:
    """So many lots of each slot; a name in one word, and what people call it."""

    name: str
    title: str
    lots: Mapping[int, int]

    def legs(self, market: Preset) -> Legs:
        """The contracts, and how many of each."""
        return tuple((_contract(market, slot), held) for slot, held in self.lots.items())

    def values(self, market: Preset) -> tuple[int, ...]:
        """As a portfolio without cash."""
        none = (0,) * market.shape.assets
        return (*none, *(self.lots.get(slot, 0) for slot in range(market.shape.instruments)))

    def mirrored(self, name: str, title: str) -> Book:
        """The other side of it."""
        return Book(name, title, {slot: -held for slot, held in self.lots.items()})


def books(market: Preset) -> tuple[Book, ...]:
    """All of them; a straddle from both sides."""
    perpetual, future = _slot(market, Perpetual, _COIN), _slot(market, Future, _COIN)
    other = _slot(market, Perpetual, _OTHER)
    one = _lots_of_a_coin(market, perpetual)
    bought = _straddle(market, perpetual, one)
    far_out = _option(market, "put", lowest=True)
    return (
        Book("outright", "outright perpetual", {perpetual: one}),
        Book("calendar", "calendar spread", {perpetual: one, future: -one}),
        bought,
        bought.mirrored("sold", "straddle, sold and hedged"),
        Book("put", "far-out put, sold", {far_out: -one}),
        Book("pair", "pair across coins", {perpetual: one, other: -_as_much(market, other)}),
    )


def straddles(market: Preset) -> tuple[Book, ...]:
    """The two of them whose losses are drawn."""
    return tuple(book for book in books(market) if book.name in {"bought", "sold"})


def notional(market: Preset) -> int:
    """What one coin is worth, in cash."""
    return market.observation.spots[_COIN]


def _straddle(market: Preset, perpetual: int, one: int) -> Book:
    """A call and a put at the money on one coin, and as many perpetuals as take its delta away."""
    seen = Conditions.seen(market.observation, market.time)
    call, put = (_option(market, right) for right in ("call", "put"))
    delta = sum(_contract(market, slot).greeks(seen).delta for slot in (call, put)) * one
    hedge = -round(delta / _contract(market, perpetual).greeks(seen).delta)
    lots = {call: one, put: one, perpetual: hedge}
    return Book("bought", "straddle, bought and hedged", lots)


def _lots_of_a_coin(market: Preset, slot: int) -> int:
    return int(1 / _contract(market, slot).coins)


def _as_much(market: Preset, slot: int) -> int:
    """Of another coin, lots of the same notional."""
    contract = _contract(market, slot)
    lot = contract.coins * market.observation.spots[contract.underlying]
    return round(Fraction(notional(market)) / lot)


def _option(market: Preset, right: str, *, lowest: bool = False) -> int:
    """Of one coin: the one at the money, or the one with the lowest strike."""
    spot = market.observation.spots[_COIN]
    found = [
        (option.strike if lowest else abs(option.strike - spot), slot)
        for slot, option in _of(market, Option, _COIN)
        if isinstance(option, Option) and option.right == right
    ]
    return min(found)[1]


def _slot(market: Preset, kind: type[Contract], coin: int) -> int:
    """The first of that kind."""
    return next(slot for slot, _ in _of(market, kind, coin))


def _of(market: Preset, kind: type[Contract], coin: int) -> Iterator[tuple[int, Contract]]:
    for slot in range(market.shape.instruments):
        contract = _contract(market, slot)
        if isinstance(contract, kind) and contract.underlying == coin:
            yield slot, contract


def _contract(market: Preset, slot: int) -> Contract:
    contract = market.listing.instruments[slot]
    assert isinstance(contract, Contract)  # every preset lists contracts
    return contract
