"""Ledgers to audit, each grown in one respect, and kept at several sizes on the way.

| kind     | one more of it is                                                       |
| -------- | ----------------------------------------------------------------------- |
| margin   | a proof of margin, by one of ten accounts in turn                       |
| signed   | a settlement of signed legs between the same ten accounts               |
| accounts | an account, with its first deposit                                      |
| epochs   | an update of the market, whose matrices an audit computes once more     |
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks.ledgers.desk import founded
from development.venue import Venue
from prover.author import Author
from zk.backends import Backend

_PARTIES: Final = 10
_CASH: Final = 1_000_000_000
_PRICE: Final = 6_000

#: Lengthens the ledger by one, given how many there are.
Step = Callable[[int], object]


def grown(
    kind: str, sizes: Sequence[int], folder: Path, shape: str, backend: Backend
) -> Iterator[tuple[int, Path]]:
    """A copy of the ledger at each of these sizes, which rise."""
    path = folder / f"{kind}.ledger"
    step = KINDS[kind](founded(path, shape, backend))
    done = 0
    for size in sizes:
        for number in range(done, size):
            step(number)
        done = size
        copy = folder / f"{kind}-{size}.ledger"
        _copy(path, copy)
        yield size, copy


def _margin(venue: Venue) -> Step:
    parties = _parties(venue)

    def prove(number: int) -> None:
        party = parties[number % _PARTIES]
        venue.accept(party, party.prove_margin(venue.state))

    return prove


def _signed(venue: Venue) -> Step:
    parties = _parties(venue)

    def settle(number: int) -> None:
        # To and fro, so that nobody's position grows past what its cash carries.
        signs = [-1 if (leg + number) % 2 else 1 for leg in range(_PARTIES)]
        amounts = [{0: -sign * _PRICE, venue.lot(0): sign} for sign in signs]
        deltas = [venue.delta(some) for some in amounts]
        settlement, openings = venue.settlement(list(zip(parties, deltas, strict=True)))
        venue.submit(settlement)
        for party, opening in zip(parties, openings, strict=True):
            party.opening = opening

    return settle


def _accounts(venue: Venue) -> Step:
    return lambda _: venue.join(_CASH)


def _epochs(venue: Venue) -> Step:
    return lambda _: venue.next_epoch()


KINDS: Final[Mapping[str, Callable[[Venue], Step]]] = MappingProxyType(
    {"margin": _margin, "signed": _signed, "accounts": _accounts, "epochs": _epochs}
)


def _parties(venue: Venue) -> list[Author]:
    return [venue.join(_CASH) for _ in range(_PARTIES)]


def _copy(path: Path, copy: Path) -> None:
    """By SQLite, which knows what of the file is still in the write-ahead log."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
