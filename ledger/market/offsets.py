"""What margin asks of books that people hold: outrights, calendar spreads, hedged straddles.

A rule of margin can be safe and of no use. These numbers say that it is of some: how far a
perpetual can be levered, and which part of its legs' margin a book is asked for whose legs offset
each other. All of it is initial margin, of which a cap on size is no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from circuits.schedule import LIMIT
from circuits.shape import SCALE
from ledger.market.conditions import Conditions
from ledger.market.data import Observation
from ledger.market.demands import Demands
from ledger.market.instruments.future import Future
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.risk import RiskEngine

_LOTS: Final = 10_000
_MONTH: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Straddle:
    """What a call and a put of one strike, their delta hedged, are asked for of their legs' sum."""

    long: float
    short: float


@dataclass(frozen=True, slots=True)
class Offsets:
    """By label: perpetuals, futures against their perpetual, straddles of about a month."""

    leverages: Mapping[str, float]
    calendar_spreads: Mapping[str, float]
    straddles: Mapping[str, Straddle]


def offsets(engine: RiskEngine, observation: Observation, time: int) -> Offsets:
    """Of everything that is listed."""
    desk = _Desk(engine, observation, time)
    return Offsets(
        leverages={
            engine.listing.labels[place]: desk.leverage(place) for place in desk.perpetuals.values()
        },
        calendar_spreads={
            engine.listing.labels[place]: desk.calendar_spread(perpetual, place)
            for place, perpetual in desk.futures()
        },
        straddles={
            engine.listing.labels[call]: desk.straddle(perpetual, call, put)
            for perpetual, call, put in desk.straddles()
        },
    )


class _Desk:
    """Books of one listing, and the initial margin that they are asked for."""

    def __init__(self, engine: RiskEngine, observation: Observation, time: int) -> None:
        table = engine.table(observation, time)
        self._components = engine.listing.components
        self._observation = observation
        self._seen = Conditions.seen(observation, time)
        self._demands = Demands(
            shape=engine.shape,
            table=table,
            mark=table.mark,
            counted_bps=tuple(each.counted_bps for each in engine.listing.assets),
            weights=tuple(each.weight(observation) for each in engine.listing.instruments),
            factor_bps=engine.risk.initial_factor_bps,
            floor=0,
            cap=LIMIT.maximum // SCALE,
        )
        self._schedule = self._demands.initial(0)
        #: The place of each coin's perpetual.
        self.perpetuals = {
            each.underlying: place
            for place, each in enumerate(self._components)
            if isinstance(each, Perpetual)
        }

    def asked(self, book: Mapping[int, int]) -> int:
        """Of lots by component, in cash units."""
        values = [book.get(place, 0) for place in range(len(self._components))]
        return self._demands.requirement(self._schedule, values)

    def share(self, book: Mapping[int, int]) -> float:
        """What a book is asked for, of what its legs are asked for one by one."""
        return self.asked(book) / sum(self.asked({place: book[place]}) for place in book)

    def leverage(self, place: int) -> float:
        """Notional per margin, of the side that is asked for more."""
        notional = self._components[place].weight(self._observation) * _LOTS / SCALE
        return notional / max(self.asked({place: _LOTS}), self.asked({place: -_LOTS}))

    def calendar_spread(self, perpetual: int, future: int) -> float:
        """The same lots of both, the dearer way round."""
        ways = ({perpetual: side, future: -side} for side in (_LOTS, -_LOTS))
        return max(map(self.share, ways))

    def straddle(self, perpetual: int, call: int, put: int) -> Straddle:
        """As many calls as puts, and as much of the perpetual as leaves no delta."""
        deltas = (self._components[place].greeks(self._seen).delta for place in (call, put))
        per_lot = self._components[perpetual].greeks(self._seen).delta
        book = {call: _LOTS, put: _LOTS, perpetual: -round(_LOTS * sum(deltas) / per_lot)}
        held = {place: lots for place, lots in book.items() if lots}
        return Straddle(
            long=self.share(held), short=self.share({place: -lots for place, lots in held.items()})
        )

    def futures(self) -> Iterator[tuple[int, int]]:
        """The place of each future, and of its coin's perpetual."""
        for place, each in enumerate(self._components):
            if isinstance(each, Future) and each.underlying in self.perpetuals:
                yield place, self.perpetuals[each.underlying]

    def straddles(self) -> Iterator[tuple[int, int, int]]:
        """For each coin with calls and puts of one strike: the pair about a month and the spot."""
        for coin, perpetual in self.perpetuals.items():
            sides: dict[str, dict[tuple[int, int], int]] = {"call": {}, "put": {}}
            for place, each in enumerate(self._components):
                if isinstance(each, Option) and each.underlying == coin:
                    sides[each.right][each.expiry, each.strike] = place
            both = sides["call"].keys() & sides["put"].keys()
            if both:
                nearest = min(both, key=lambda terms: self._distance(coin, *terms))
                yield perpetual, sides["call"][nearest], sides["put"][nearest]

    def _distance(self, coin: int, expiry: int, strike: int) -> tuple[int, int, int]:
        spot = self._observation.spots[coin]
        return abs(expiry - self._seen.time - _MONTH), abs(strike - spot), strike
