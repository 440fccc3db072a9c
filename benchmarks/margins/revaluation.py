"""What a book gains or loses when the world moves, coin by coin: what all of these rules ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from benchmarks.margins.books import Legs
from ledger.market.conditions import Conditions


def by_coin(legs: Legs) -> Iterable[Legs]:
    """The legs of each coin, apart: none of these rules lets one coin stand for another."""
    coins = sorted({contract.underlying for contract, _ in legs})
    return [tuple(leg for leg in legs if leg[0].underlying == coin) for coin in coins]


def change(legs: Legs, before: Conditions, after: Conditions) -> float:
    """How much the legs are worth more, in cash."""
    gains = (each.value(after) - each.value(before) for each, _ in legs)
    return float(sum((g * held for g, (_, held) in zip(gains, legs, strict=True)), Fraction(0)))


def moved(
    seen: Conditions, coin: int, price: float, vol: float = 0.0, seconds: int = 0
) -> Conditions:
    """With one coin's price and vol moved by so much of themselves, and time gone by."""
    spot = seen.spots[coin] * (1 + Fraction(price))
    world = seen.with_coin(coin, spot, seen.vols[coin] * (1 + Fraction(vol)))
    return replace(world, time=seen.time + seconds)


def worst(changes: Iterable[float]) -> float:
    """The largest loss, or nothing."""
    return max(0.0, *(-gain for gain in changes))
