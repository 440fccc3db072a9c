"""What contracts are worth where arithmetic alone decides: notional, and what they end at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ledger.market.data import Observation
from ledger.market.instrument import Instrument
from ledger.market.instruments.future import Future
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.listing import Listing
from tests.ledger.simulation.margin import ONE, UNIT


def notional(listing: Listing, slot: int, seen: Observation) -> int:
    """Of a lot: millionths of coins times cents per coin."""
    contract = listing.instruments[slot]
    return multiplier(contract) * seen.spots[0]


def final_bounds(
    listing: Listing, slot: int, markets: Sequence[Observation], move_bps: int
) -> tuple[Fraction, Fraction]:
    """What a lot can be worth at its end: within one move of the last markets' spots."""
    spots = [seen.spots[0] for seen in markets]
    low = Fraction(min(spots) * (ONE - move_bps), ONE)
    high = Fraction(max(spots) * (ONE + move_bps), ONE)
    values = sorted(payoff(listing, slot, spot) for spot in (low, high))
    return values[0], values[1]


def payoff(listing: Listing, slot: int, spot: Fraction) -> Fraction:
    """Of a lot, at its end: the spot, or what an option gains over its strike."""
    contract = listing.instruments[slot]
    coins = Fraction(multiplier(contract), UNIT)
    if not isinstance(contract, Option):
        return coins * spot
    gain = spot - contract.strike if contract.right == "call" else contract.strike - spot
    return coins * max(Fraction(0), gain)


def multiplier(contract: Instrument) -> int:
    """Millionths of a coin per lot."""
    assert isinstance(contract, Future | Option | Perpetual)
    return contract.multiplier
