"""A ledger with everybody around it: offices, authors, a matcher, a clock. For tests.

Each helper writes a transition, submits it, and moves the author's opening only if the ledger took
it. Time stands still until a test moves it, so that a refusal is about what the test is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from development.genesis import development_genesis
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.encoding import Decoding
from ledger.evidence import EvidenceChecker
from ledger.genesis import Genesis, StatementKeys
from ledger.ledger import Ledger, checker_on
from ledger.market.presets import Preset, preset
from ledger.parameters import Parameters
from ledger.storage import MemoryStore, Store
from prover.owner import Proving
from prover.provers import StatementProvers
from tests.ledger.stand_in import UnsoundStandIn
from zk.backends import Backend, Choice, available, select
from zk.randomness import insecure_seeded_randomness

CheckerMaker = Callable[[Genesis], EvidenceChecker]


#: What the tests call it.
World = Venue


def stand_in_world(
    seed: int = 1, shape: str = "tiny", store: Store | None = None, **changes: Any
) -> World:
    """A world whose proofs are those of the stand-in."""
    market = preset(shape)
    stand_in = UnsoundStandIn(market.shape, fastest(), seed.to_bytes(8, "big"))
    return _world(
        market, stand_in, stand_in.statement_keys(), lambda _: stand_in, seed, store, changes
    )


def real_world(
    seed: int = 1,
    shape: str = "tiny",
    store: Store | None = None,
    backend: Backend | None = None,
    **changes: Any,
) -> World:
    """A world whose proofs are proofs."""
    market, backend = preset(shape), backend or fastest()
    provers = dev_provers(shape, backend.name)
    return _world(
        market, provers, provers.statement_keys(), checker_on(backend), seed, store, changes
    )


def peopled(world: World, owners: int = 2) -> World:
    """With its first market, and so many owners who have paid ten million in."""
    world.publish()
    for _ in range(owners):
        world.join(10**7)
    return world


@cache
def dev_provers(shape: str, backend: str) -> StatementProvers:
    """Development keys, made once per process."""
    return StatementProvers.insecure_dev_setup(
        preset(shape).shape, select(Choice(backend)), insecure_seeded_randomness(0)
    )


def fastest() -> Backend:
    """The native backend where it is installed."""
    return select(Choice.NATIVE if Choice.NATIVE in available() else Choice.PY_ECC)


def _world(
    market: Preset,
    proving: Proving,
    keys: StatementKeys,
    make_checker: CheckerMaker,
    seed: int,
    store: Store | None,
    changes: Mapping[str, Any],
) -> World:
    offices = InsecureOffices.of(seed)
    genesis = development_genesis(market, offices, keys, f"world {seed}")
    if changes:
        parameters: Parameters = genesis.parameters.model_copy(update=dict(changes))
        genesis = genesis.model_copy(update={"parameters": parameters})
    decoding = Decoding(fastest().decode_point)
    ledger = Ledger.create(store or MemoryStore(), genesis, make_checker, decoding)
    randomness = insecure_seeded_randomness(f"world {seed}".encode())
    return World(ledger, offices, market, proving, randomness, market.time)
