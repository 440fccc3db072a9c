"""Transitions to measure: everything that is secret work is done here, before anything is timed.

Each account acts once, so that every transition holds whichever came before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from development.genesis import development_genesis
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.ledger import Ledger
from ledger.market.presets import preset
from prover.keys import KeyFiles, cache_folder
from zk.backends import Backend
from zk.randomness import insecure_seeded_randomness

_CASH: Final = 1_000_000_000
_LOTS: Final = 10
_PRICE: Final = 6_000


def founded(path: Path, shape: str, backend: Backend) -> Venue:
    """A development ledger in a file, with one market."""
    market, offices = preset(shape), InsecureOffices.of(0)
    randomness = insecure_seeded_randomness(b"bench")
    provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape, randomness)
    genesis = development_genesis(market, offices, provers.statement_keys(), "bench")
    ledger = Ledger.found(path, genesis, backend)
    venue = Venue(ledger, offices, market, provers, randomness, market.time)
    venue.publish()
    return venue


def signed(venue: Venue, legs: int) -> bytes:
    """A settlement between new parties who all sign; half of them buy what the others sell."""
    parties = [venue.join(_CASH) for _ in range(legs)]
    deltas = [venue.delta(_amounts(venue, leg, 1)) for leg in range(legs)]
    return venue.settlement(list(zip(parties, deltas, strict=True)))[0].encode()


def firm(venue: Venue, legs: int) -> bytes:
    """A settlement of new orders, each filled by half."""
    fills = []
    for leg in range(legs):
        party = venue.join(_CASH)
        order = venue.order(party, _amounts(venue, leg, 2))
        fills.append(venue.fill(party, order, 1, 2))
    return venue.firm_settlement(fills).encode()


def margin(venue: Venue, _legs: int) -> bytes:
    """A new party's proof of margin."""
    return venue.join(_CASH).prove_margin(venue.state).transition.encode()


def _amounts(venue: Venue, leg: int, factor: int) -> Mapping[int, int]:
    sign = -1 if leg % 2 else 1
    return {0: -sign * _PRICE * _LOTS * factor, venue.lot(0): sign * _LOTS * factor}
