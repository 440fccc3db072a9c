"""Histories that come out the same every time they are played, for whoever compares roots or faces.

All of them are the stand-in's: its proofs follow from what is proven and from a seed, so entries,
state roots and hashes do too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from ledger.log import Entry
from ledger.port import LedgerPort
from prover.author import Author
from tacit.demo.darkpool import darkpool
from tacit.demo.default import default
from tacit.demo.disclosure import disclosure
from tacit.demo.otc import otc
from tacit.demo.stage import Stage
from tests.ledger.simulation.history import simulate
from tests.ledger.simulation.setting import fast_arithmetic, stand_in_setting
from tests.ledger.world import World, stand_in_world
from tests.verifier.books.history import everything
from tests.verifier.honest import play

SEED: Final = 7
_STEPS: Final = 300
_CAPITAL: Final = 100_000_000


class _Stage(Stage):
    """Its escrow key is whole and in one hand, and nobody watches."""

    def reveal(self, author: Author) -> Entry:
        return self.venue.reveal(author)


def _demo(scenario: Callable[[Stage], None]) -> World:
    world, nobody = stand_in_world(SEED), Console(file=StringIO())
    guardians: Any = None
    world.publish()
    world.submit(world.offices.endow(world.state, _CAPITAL))
    scenario(_Stage(nobody, world, Path(), guardians))
    return world


def _simulated(seed: int) -> World:
    with fast_arithmetic():
        return simulate(stand_in_setting(seed), seed, _STEPS).world


HISTORIES: Final[Mapping[str, Callable[[], World]]] = {
    "otc": lambda: _demo(otc),
    "darkpool": lambda: _demo(darkpool),
    "default": lambda: _demo(default),
    "disclosure": lambda: _demo(disclosure),
    "an honest ledger": lambda: play(stand_in_world(SEED)).world,
    "books": lambda: everything().world,
    "simulation 4": lambda: _simulated(4),
    "simulation 15": lambda: _simulated(15),
}


@cache
def recorded(name: str) -> LedgerPort:
    """That history, played once per process."""
    return HISTORIES[name]().ledger
