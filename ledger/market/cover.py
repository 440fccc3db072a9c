"""Does margin cover what the market may do? Every coin of a market, put to an adversary.

The moves are those of a fixed list, like the residuals' own (nine spots in each cell and every
strike, seven vols, at once, at half and at the end of the window and about every expiry, each with
the ends of rate, funding, basis and slope; what has expired was settled anywhere in the reach), and
as many others from a seed, anywhere inside the
reach, half of them near a strike or an expiry. Fitted to samples, charges would fail fresh ones:
nothing here is fitted, so any seed will do.

Prices are the instruments' own, one world at a time. The ends are first tried all at once, each
contract at the one that hurts its side: where no book loses enough even so, no end has to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from random import Random
from typing import Final

from ledger.market.adversary import Attack
from ledger.market.attacked import Attacked, attacked, has_expired
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, Observation
from ledger.market.residuals import VOLS, prices_bps, times
from ledger.market.risk import RiskEngine
from zk.progress import Progress, silent

#: Holdings are told for so much margin, in cash units; those of which nothing is asked, of a
#: component that is held for so much.
TOLD_FOR: Final = 10**8
#: A ratio past this is a solver's rounding: nothing is asked of such a book.
_NO_MARGIN: Final = 1_000
#: What a solver's tolerance adds to a ratio.
_ROUNDING: Final = 1e-6
#: How far around a strike or an expiry a move is near it, in parts of the reach and the window.
_NEAR: Final = 0.02


@dataclass(frozen=True, slots=True)
class Move:
    """One move of one coin: basis points of price and vol, seconds, and where the rest went."""

    underlying: str
    price_bps: float
    vol_bps: float
    seconds: int
    rate: float
    funding: float
    basis: float
    slope: float


@dataclass(frozen=True, slots=True)
class Found:
    """An attack, and the move and the holdings that make it: whole lots (or units) by label."""

    ratio: float
    move: Move
    holdings: dict[str, int]


@dataclass(slots=True)
class Cover:
    """What an adversary found: the worst finite ratio, and how many moves had none."""

    moves: int = 0
    unbounded: int = 0
    worst: Found | None = None
    free: Found | None = None

    @property
    def ratio(self) -> float:
        """The greatest loss per unit of margin, of those that are finite."""
        return 0.0 if self.worst is None else self.worst.ratio

    @property
    def holds(self) -> bool:
        """No book loses more than margin asks of it."""
        return self.unbounded == 0 and self.ratio <= 1 + _ROUNDING

    def note(self, coin: Attacked, attack: Attack, conditions: Conditions) -> bool:
        """Keeps the worst of what was found; True where nothing is asked of a book that loses."""
        if attack.ratio > _NO_MARGIN:
            if self.free is None or not self.free.holdings:
                self.free = _found(coin, attack, conditions)
            return True
        if attack.ratio > self.ratio:
            self.worst = _found(coin, attack, conditions)
        return False


def cover(
    engine: RiskEngine,
    observation: Observation,
    time: int,
    *,
    moves: int,
    seed: int,
    charged: bool = True,
    stride: int = 1,
    progress: Progress = silent,
) -> Cover:
    """The worst of the fixed list and of so many moves inside, coin by coin.

    What is not `charged` is the margin of rows alone: it shows what the charges are for. With a
    stride only one in so many of the fixed list is tried.
    """
    cover = Cover()
    coins = attacked(engine, observation, time, charged=charged)
    for place, coin in enumerate(coins):
        random = Random(f"{seed}/{coin.symbol}")
        for spot, vol, moment in islice(listed(coin), 0, None, stride):
            _try_ends(cover, coin, spot, vol, moment)
        for _ in range(moves):
            cover.moves += 1
            conditions = interior(coin, random)
            final = _moved(coin.spot, random.uniform(coin.grid.levels[0], coin.grid.levels[-1]))
            cover.unbounded += cover.note(coin, coin.attack(conditions, final), conditions)
        progress("coins", place + 1, len(coins))
    return cover


def listed(coin: Attacked) -> Iterator[tuple[Fraction, Fraction, int]]:
    """The spots, vols and times of the fixed list."""
    for price in prices_bps(coin.grid, float(coin.spot), coin.kinks):
        for vol_bps in coin.grid.vols(VOLS):
            for time in times(coin.around.seen.time, coin.seconds, coin.expiries):
                yield _moved(coin.spot, price), _moved(coin.vol, vol_bps), time


def interior(coin: Attacked, random: Random) -> Conditions:
    """Anywhere inside, and half of the time near a level or a strike, and before an expiry."""
    around, start = coin.around, coin.around.seen.time
    reach, vol_reach = coin.grid.levels[-1], coin.grid.vol_bps
    price, seconds = random.uniform(-reach, reach), random.randint(0, coin.seconds)
    if random.random() < 0.5:
        near = random.choice(prices_bps(coin.grid, float(coin.spot), coin.kinks))
        price = min(max(near + random.gauss(0, _NEAR * reach), -reach), reach)
        latest = random.choice(times(start, coin.seconds, coin.expiries)) - start
        seconds = max(latest - int(random.expovariate(1) * _NEAR * coin.seconds), 0)
    rest = tuple(
        low + (high - low) * Fraction(random.random())
        for low, high in (around.rate, around.funding, around.basis, around.slope)
    )
    vol_bps = random.uniform(-vol_reach, vol_reach)
    return around.at(_moved(coin.spot, price), _moved(coin.vol, vol_bps), start + seconds, rest)


def _try_ends(cover: Cover, coin: Attacked, spot: Fraction, vol: Fraction, time: int) -> None:
    """All ends of the rest, unless all of them at once are no worse than what is known."""
    cover.moves += 1
    if coin.attack_anywhere(spot, vol, time).ratio <= cover.ratio:
        return
    expired = any(has_expired(each, time) for each in coin.components)
    for corner, final in product(coin.around.corners(), coin.ends if expired else (spot,)):
        conditions = coin.around.at(spot, vol, time, corner)
        if cover.note(coin, coin.attack(conditions, final), conditions):
            cover.unbounded += 1
            return


def _found(coin: Attacked, attack: Attack, conditions: Conditions) -> Found:
    """An attack in words of the market."""
    place, seen = coin.around.underlying, coin.around.seen
    move = Move(
        underlying=coin.symbol,
        price_bps=float(conditions.spots[place] / coin.spot - 1) * ONE_BPS,
        vol_bps=float(conditions.vols[place] / coin.vol - 1) * ONE_BPS,
        seconds=conditions.time - seen.time,
        rate=float(conditions.rate - seen.rate),
        funding=float(conditions.funding[place] - seen.funding[place]),
        basis=float(conditions.basis[place] - seen.basis[place]),
        slope=float(conditions.slopes[place] - seen.slopes[place]),
    )
    # There is no book where a solver knows that one must lose, and not which.
    held = zip(coin.labels, attack.book, coin.worths, strict=False)
    lots = {label: round(part * TOLD_FOR / worth) for label, part, worth in held}
    return Found(attack.ratio, move, {label: each for label, each in lots.items() if each})


def _moved(number: Fraction, bps: float) -> Fraction:
    return number * (1 + Fraction(bps) / ONE_BPS)
