"""Markets to begin with: for each named shape a listing, prices, and what margin asks.

The numbers are round and plausible, and nobody's forecast. A lot is worth some tens of dollars
and cash is counted in cents; coins are counted in units of which each is worth thousands of
matrix units, so that rounding collateral down costs next to nothing. What is worth little is
quoted by the thousand: a price in whole cents would be no price of a stablecoin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Final

from circuits.shape import SHAPES, Shape
from ledger.market.black import Right
from ledger.market.data import Observation
from ledger.market.instrument import Instrument
from ledger.market.instruments.cash import Cash
from ledger.market.instruments.future import Future
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.instruments.spot import Spot
from ledger.market.listing import Listing
from ledger.market.reach import Reach, RiskParameters
from ledger.market.risk import RiskEngine
from ledger.market.window import Window
from zk.errors import Malformed

#: 1 January 2026, 00:00 UTC.
START: Final = 1_767_225_600
DAY: Final = 86_400

INITIAL_FACTOR_BPS: Final = 12_500
RATE: Final = 40_000
#: What a development ledger lets the market do beside spots and vols: three updates, and two gaps
#: of half a day, an hour of grace and twenty minutes of sale.
WINDOW: Final = Window(
    updates=3, seconds=91_200, rate_bps=30, funding_bps=6, basis_bps=30, slope_bps=30
)
BOTH: Final[tuple[Right, ...]] = ("call", "put")


@dataclass(frozen=True, slots=True)
class Coin:
    """An underlying: cents, vol and basis in 10⁻⁶, how it is counted, how far it may move."""

    symbol: str
    spot: int
    vol: int
    multiplier: int
    units_per_coin: int
    haircut_bps: int
    price_reach_bps: int
    vol_reach_bps: int
    basis: int = RATE

    @property
    def reach(self) -> Reach:
        """As the risk engine takes it."""
        return Reach(price_bps=self.price_reach_bps, vol_bps=self.vol_reach_bps)


_COINS: Final = (
    Coin("BTC", 6_000_000, 500_000, 1_000, 10**8, 1_000, 1_500, 3_000),
    Coin("ETH", 300_000, 650_000, 10_000, 10**6, 1_500, 2_000, 3_000),
    Coin("SOL", 15_000, 850_000, 1_000_000, 10**6, 2_500, 2_500, 3_500),
    Coin("1000XRP", 200_000, 800_000, 100_000, 10**7, 3_000, 2_500, 3_500),
    Coin("LINK", 1_800, 850_000, 10_000_000, 10**5, 3_000, 2_500, 3_500),
    Coin("LTC", 9_000, 750_000, 1_000_000, 10**5, 3_000, 2_500, 3_500),
    Coin("1000USDC", 100_000, 10_000, 1_000, 10**5, 200, 100, 0, basis=0),
)
COINS: Final[Mapping[str, Coin]] = MappingProxyType({coin.symbol: coin for coin in _COINS})


@dataclass(frozen=True, slots=True)
class Preset:
    """A market that can be opened at once."""

    shape: Shape
    listing: Listing
    observation: Observation
    time: int
    parameters: RiskParameters
    window: Window = WINDOW

    def engine(self) -> RiskEngine:
        """The risk engine of this market."""
        return RiskEngine(self.shape, self.listing, self.parameters, self.window)


def preset(name: str, time: int = START) -> Preset:
    """The market for `tiny`, `standard`, `desk` or `large`; expiries are counted from `time`."""
    if name not in _MARKETS:
        raise Malformed("preset", expected=f"one of {', '.join(_MARKETS)}", actual=name)
    shape, market = SHAPES[name], _MARKETS[name]
    coins = tuple(COINS[symbol] for symbol in market.underlyings)
    listing = Listing(
        underlyings=market.underlyings,
        assets=(Cash(currency="USD"), *map(market.collateral, market.assets)),
        instruments=tuple(market.instruments(time)),
    )
    observation = Observation(
        spots=tuple(coin.spot for coin in coins),
        vols=tuple(coin.vol for coin in coins),
        rate=RATE,
        funding=(0,) * len(coins),
        basis=tuple(coin.basis for coin in coins),
        slopes=(0,) * len(coins),
    )
    parameters = RiskParameters(
        reaches=tuple(coin.reach for coin in coins), initial_factor_bps=INITIAL_FACTOR_BPS
    )
    return Preset(shape, listing, observation, time, parameters)


@dataclass(frozen=True, slots=True)
class _Strikes:
    """Options of one coin and expiry: these strikes, in percent of the spot, and these rights."""

    symbol: str
    days: int
    strikes_percent: tuple[int, ...]
    rights: tuple[Right, ...] = BOTH


@dataclass(frozen=True, slots=True)
class _Market:
    """What is listed, by symbol; coins come in the order of what is traded in them."""

    underlyings: tuple[str, ...]
    assets: tuple[str, ...]
    perpetuals: tuple[str, ...]
    futures: tuple[tuple[str, int], ...]
    options: tuple[_Strikes, ...]

    def collateral(self, symbol: str) -> Spot:
        coin = COINS[symbol]
        return Spot(
            underlying=self.underlyings.index(symbol),
            units_per_coin=coin.units_per_coin,
            haircut_bps=coin.haircut_bps,
        )

    def instruments(self, time: int) -> Iterator[Instrument]:
        """Coin by coin: its perpetual, its futures, its options."""
        for symbol in self.perpetuals:
            coin, lot = self.underlyings.index(symbol), COINS[symbol].multiplier
            yield Perpetual(underlying=coin, multiplier=lot)
            for listed, days in self.futures:
                if listed == symbol:
                    yield Future(underlying=coin, multiplier=lot, expiry=time + days * DAY)
            for grid in self.options:
                if grid.symbol == symbol:
                    yield from self._options(grid, time)

    def _options(self, grid: _Strikes, time: int) -> Iterator[Instrument]:
        coin = COINS[grid.symbol]
        for right, percent in product(grid.rights, grid.strikes_percent):
            yield Option(
                underlying=self.underlyings.index(grid.symbol),
                multiplier=coin.multiplier,
                right=right,
                strike=coin.spot * percent // 100,
                expiry=time + grid.days * DAY,
            )


_FIVE: Final = (80, 90, 100, 110, 120)
_TEN: Final = (60, 70, 80, 90, 95, 105, 110, 120, 130, 140)
_TRADED: Final = ("BTC", "ETH", "SOL", "1000XRP", "LINK", "LTC")
_MARKETS: Final[Mapping[str, _Market]] = MappingProxyType(
    {
        "tiny": _Market(
            underlyings=("BTC",),
            assets=("BTC",),
            perpetuals=("BTC",),
            futures=(),
            options=(_Strikes("BTC", 30, (100,), ("call",)),),
        ),
        "standard": _Market(
            underlyings=("BTC", "ETH", "1000USDC"),
            assets=("1000USDC", "BTC", "ETH"),
            perpetuals=("BTC", "ETH"),
            futures=(("BTC", 90),),
            options=(
                _Strikes("BTC", 30, (100,)),
                _Strikes("BTC", 30, (120,), ("call",)),
                _Strikes("BTC", 30, (80,), ("put",)),
                _Strikes("ETH", 30, (100,), ("call",)),
            ),
        ),
        "desk": _Market(
            underlyings=("BTC", "ETH", "1000USDC"),
            assets=("1000USDC", "BTC", "ETH"),
            perpetuals=("BTC", "ETH"),
            futures=(("BTC", 30), ("BTC", 90), ("ETH", 30), ("ETH", 90)),
            options=(
                _Strikes("BTC", 30, (85, 100, 115)),
                _Strikes("BTC", 90, (80, 100, 120)),
                _Strikes("ETH", 30, _FIVE),
            ),
        ),
        "large": _Market(
            underlyings=(*_TRADED, "1000USDC"),
            assets=("1000USDC", *_TRADED),
            perpetuals=_TRADED,
            futures=tuple((symbol, 90) for symbol in _TRADED),
            options=(
                _Strikes("BTC", 30, _TEN),
                _Strikes("BTC", 90, _TEN),
                _Strikes("ETH", 30, _FIVE),
                _Strikes("ETH", 90, _FIVE),
                _Strikes("SOL", 30, _FIVE),
                _Strikes("1000XRP", 30, _FIVE),
            ),
        ),
    }
)
