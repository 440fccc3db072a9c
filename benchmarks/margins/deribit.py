"""Deribit's segregated portfolio margin, as far as what is public of it establishes it.

The risk matrix has nine prices, evenly from −R to +R, each with the vol as it is, up and down. A
shift of vol is scaled by (30 days / days to expiry) to a power, which is another one below thirty
days. To the largest loss comes the roll shock: for each expiry its net delta, at the price, times
the larger of a least move and an annual one over the time to expiry; a perpetual has the least.
Maintenance is 0.8 of that. Coins are margined apart, and added.

- Deribit's API reference, the example of `private/pme/simulate`, whose figures are of 17 June 2024:
  R = 16 %, vol +50 % and −25 %, powers 0.30 and 0.13, moves of 1 % and of 7.5 % a year for bitcoin,
  and 0.8. That absolute deltas are added in the roll shock follows from its figures.
- An answer to the same call, 15 February 2026, recorded in a public repository: R = 18 %, vol +40 %
  and −25 %, moves of 0.5 % and of 5 % a year for ether.

Left out is what is not public, or could not be established: the delta shock of large books, which
is zero in both answers, and the extended table of moves from −66 % to +500 %, whose losses are
damped by a hundred thousand dollars and more: on books of one coin it adds nothing. Everything is
in dollars, as of contracts that settle in dollars. A shifted vol has no floor here; none of these
books would meet it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from benchmarks.margins.books import Legs
from benchmarks.margins.revaluation import by_coin, change, moved, worst
from ledger.market.conditions import SECONDS_PER_YEAR, Conditions
from ledger.market.instrument import Contract

MAINTENANCE: Final = 0.8
_STEPS: Final = 4
_SHORT_POWER: Final = 0.30
_LONG_POWER: Final = 0.13
_MONTH: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class _Coin:
    """What Deribit says of one coin."""

    price_range: float
    vol_up: float
    vol_down: float
    least_move: float
    annual_move: float


#: Bitcoin and ether; the vols of ether are those of the same response.
_COINS: Final = (_Coin(0.16, 0.50, 0.25, 0.01, 0.075), _Coin(0.18, 0.40, 0.25, 0.005, 0.05))


def deribit(legs: Legs, seen: Conditions) -> float:
    """The initial margin of each coin, added; in cash."""
    return sum(_risk_matrix(some, seen) + _roll_shock(some, seen) for some in by_coin(legs))


def _risk_matrix(legs: Legs, seen: Conditions) -> float:
    coin = _COINS[legs[0][0].underlying]
    prices = [coin.price_range * step / _STEPS for step in range(-_STEPS, _STEPS + 1)]
    return worst([_change(legs, seen, price, side) for price in prices for side in _sides(coin)])


def _sides(coin: _Coin) -> Iterable[float]:
    return (0.0, coin.vol_up, -coin.vol_down)


def _change(legs: Legs, seen: Conditions, price: float, vol: float) -> float:
    """Each contract with a shift of vol of its own."""
    return sum(
        change(((contract, held),), seen, moved(seen, contract.underlying, price, vol * scale))
        for contract, held in legs
        for scale in [_scale(contract, seen)]
    )


def _scale(contract: Contract, seen: Conditions) -> float:
    if contract.expires is None:
        return 0.0
    left = contract.expires - seen.time
    return float((_MONTH / left) ** (_SHORT_POWER if left < _MONTH else _LONG_POWER))


def _roll_shock(legs: Legs, seen: Conditions) -> float:
    coin = legs[0][0].underlying
    deltas: dict[int | None, float] = {}
    for contract, held in legs:
        delta = contract.greeks(seen).delta * held
        deltas[contract.expires] = deltas.get(contract.expires, 0.0) + delta
    spot = float(seen.spots[coin])
    return sum(abs(delta) * spot * _move(coin, expiry, seen) for expiry, delta in deltas.items())


def _move(coin: int, expiry: int | None, seen: Conditions) -> float:
    years = 0.0 if expiry is None else (expiry - seen.time) / SECONDS_PER_YEAR
    return max(_COINS[coin].least_move, _COINS[coin].annual_move * years)
