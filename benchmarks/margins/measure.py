"""The document of `tacit bench margins`: books, coins, and what two of the books may lose."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from benchmarks.margins.books import Book, Legs, books, notional, straddles
from benchmarks.margins.deribit import MAINTENANCE, deribit
from benchmarks.margins.span import span
from benchmarks.margins.tims import tims
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE
from ledger.market.demands import Demands, weights_of
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.presets import Preset, preset
from ledger.market.window import Surroundings
from ledger.parameters import MAX_CASH

#: The market of the books, and the one with the most coins.
_BOOKS: Final = "standard"
_COINS: Final = "large"
#: Prices at which losses are drawn: so many reaches each way, and so many steps to a reach.
_REACHES: Final = 2
_STEPS: Final = 20
#: Parts of a notional are kept to a hundredth of a basis point: floats may differ beyond.
_DIGITS: Final = 6


def margins() -> dict[str, Any]:
    """All of it, as JSON."""
    market = preset(_BOOKS)
    demands = demands_of(market)
    return {
        "notional": notional(market),
        "books": [_book(market, demands, book) for book in books(market)],
        "coins": list(_coins(preset(_COINS))),
        "losses": [_losses(market, demands, book) for book in straddles(market)],
    }


def demands_of(market: Preset) -> Demands:
    """What a ledger of that market would ask in its first epoch, without a floor."""
    table = market.engine().table(market.observation, market.time)
    return Demands(
        shape=market.shape,
        table=table,
        mark=table.mark,
        counted_bps=tuple(asset.counted_bps for asset in market.listing.assets),
        weights=weights_of(market.listing, market.observation, (None,) * market.shape.instruments),
        factor_bps=market.parameters.initial_factor_bps,
        floor=0,
        cap=MAX_CASH,
    )


def _book(market: Preset, demands: Demands, book: Book) -> dict[str, Any]:
    seen, legs = _seen(market), book.legs(market)
    values, whole = book.values(market), notional(market)
    theirs = deribit(legs, seen)
    asked = {
        "maintenance": demands.requirement(demands.maintenance(0), values),
        "initial": demands.requirement(demands.initial(0), values),
        "span": span(legs, seen, market.parameters),
        "tims": tims(legs, seen),
        "deribit_maintenance": MAINTENANCE * theirs,
        "deribit_initial": theirs,
    }
    labels = market.listing.labels[market.shape.assets :]
    legs_alone = sum(_alone(market, demands, slot, held) for slot, held in book.lots.items())
    return {
        "name": book.name,
        "book": book.title,
        "lots": {labels[slot]: held for slot, held in book.lots.items()},
        "premium": round(_premium(legs, seen) / whole, _DIGITS),
        "asked": {name: round(float(amount) / whole, _DIGITS) for name, amount in asked.items()},
        # Of the initial margin of its legs, each by itself.
        "of_its_legs": round(asked["initial"] / legs_alone, _DIGITS),
    }


def _premium(legs: Legs, seen: Conditions) -> float:
    """What its options are worth."""
    return sum(float(each.value(seen)) * held for each, held in legs if isinstance(each, Option))


def _alone(market: Preset, demands: Demands, slot: int, held: int) -> int:
    values = Book("leg", "one leg", {slot: held}).values(market)
    return demands.requirement(demands.initial(0), values)


def _coins(market: Preset) -> Iterator[dict[str, Any]]:
    """Each coin's reach, the leverage of its perpetual, and the range of what is charged."""
    demands = demands_of(market)
    for block, columns in enumerate(market.shape.columns):
        count = market.shape.blocks[block].instruments
        slots = [column - market.shape.assets for column in columns[:count]]
        coin = market.listing.coins(market.shape)[block]
        reach = market.parameters.reaches[coin]
        sides = (demands.table.long_charges, demands.table.short_charges)
        parts = [charges[slot] / demands.weights[slot] for charges in sides for slot in slots]
        yield {
            "coin": market.listing.underlyings[coin],
            "instruments": count,
            "rows": market.shape.blocks[block].rows,
            "price_reach": reach.price_bps / ONE_BPS,
            "vol_reach": reach.vol_bps / ONE_BPS,
            "outright": round(_outright(market, demands, slots), _DIGITS),
            "least_charge": round(min(parts), _DIGITS),
            "greatest_charge": round(max(parts), _DIGITS),
        }


def _outright(market: Preset, demands: Demands, slots: list[int]) -> float:
    """The initial margin of the perpetual, in parts of its notional."""
    instruments = market.listing.instruments
    slot = next(slot for slot in slots if isinstance(instruments[slot], Perpetual))
    lots = 1_000
    asked = _alone(market, demands, slot, lots)
    return asked * SCALE / (lots * demands.weights[slot])


def _losses(market: Preset, demands: Demands, book: Book) -> dict[str, Any]:
    """What it may lose in the window at every price, whatever else moves, and what it is asked."""
    legs, values, whole = book.legs(market), book.values(market), notional(market)
    reach = market.parameters.reaches[legs[0][0].underlying].price_bps / ONE_BPS
    most = _STEPS * _REACHES
    prices = [reach * step / _STEPS for step in range(-most, most + 1)]
    schedules = {"maintenance": demands.maintenance(0), "initial": demands.initial(0)}
    return {
        "name": book.name,
        "book": book.title,
        "reach": reach,
        "asked": {
            name: round(demands.requirement(schedule, values) / whole, _DIGITS)
            for name, schedule in schedules.items()
        },
        "prices": [round(price, _DIGITS) for price in prices],
        "lost": [round(_lost(market, legs, price) / whole, _DIGITS) for price in prices],
    }


def _lost(market: Preset, legs: Legs, price: float) -> float:
    """The largest loss there: vol at its ends and as it is, at once, at half and at the end."""
    coin, window = legs[0][0].underlying, market.window
    reach = market.parameters.reaches[coin]
    around = Surroundings.of(_seen(market), coin, window, reach.price_bps)
    spot = around.seen.spots[coin] * (1 + Fraction(price))
    vol_reach = Fraction(reach.vol_bps, ONE_BPS)
    vols = [around.seen.vols[coin] * (1 + side * vol_reach) for side in (-1, 0, 1)]
    before = sum(float(each.value(around.seen)) * held for each, held in legs)
    lost = 0.0
    for vol in vols:
        for seconds in (0, window.seconds // 2, window.seconds):
            for corner in around.corners():
                world = around.at(spot, vol, around.seen.time + seconds, corner)
                after = sum(float(each.value(world)) * held for each, held in legs)
                lost = max(lost, before - after)
    return lost


def _seen(market: Preset) -> Conditions:
    return Conditions.seen(market.observation, market.time)
