"""The ledger that is simulated: a short-lived listing, rough prices, and who holds which key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from development.genesis import development_parameters
from development.offices import Committee, InsecureOffices
from ledger.encoding import Decoding
from ledger.escrows import EntryOf
from ledger.evidence import Evidence, EvidenceChecker
from ledger.genesis import Genesis, StatementKeys
from ledger.ledger import CheckerMaker, Ledger, checker_on
from ledger.market.instrument import Instrument
from ledger.market.instruments.future import Future
from ledger.market.instruments.option import Option
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.presets import Preset, preset
from ledger.parameters import Parameters
from ledger.records import ShapeRecord
from ledger.state import State
from ledger.storage import MemoryStore
from prover.owner import Proving
from tests.ledger.stand_in import UnsoundStandIn
from tests.ledger.world import World, dev_provers, fastest
from zk.errors import OpeningRejected
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey

HOUR: Final = 3_600
#: So short that a stall of the oracles can last longer.
MAX_GAP: Final = 10_800


@dataclass
class Witnessing:
    """A checker that remembers what it was last asked and held to be true."""

    judge: EvidenceChecker
    held: Evidence = field(default_factory=Evidence)

    def check(self, evidence: Evidence) -> None:
        """As the judge decides."""
        self.judge.check(evidence)
        self.held = evidence


@dataclass
class KeyRing:
    """Everybody's keys, old and new: the newest offices can read what is under any escrow key."""

    offices: InsecureOffices
    former: list[InsecureOffices] = field(default_factory=list)

    def in_force(self, terms: Parameters) -> InsecureOffices:
        """Those who sign under these parameters."""
        everybody = (self.offices, *self.former)
        return next(each for each in everybody if each.custodian.public == terms.custodian)

    def rotate(self) -> InsecureOffices:
        """One more escrow key; the offices are the same otherwise."""
        secret = 1 + self.offices.randomness(SUBGROUP_ORDER - 1)
        self.offices = self.offices.with_escrow_secret(secret)
        return self.offices

    def replace(self) -> InsecureOffices:
        """Others in every office, who know the same secrets of escrow."""
        randomness = self.offices.randomness
        self.former.append(self.offices)
        self.offices = replace(
            self.offices,
            custodian=SigningKey.draw(randomness),
            oracles=Committee.draw(randomness),
            governors=Committee.draw(randomness),
            guardians=Committee.draw(randomness),
        )
        return self.offices

    def read(self, state: State, account: int, entry_of: EntryOf) -> Opening:
        """From what is in escrow, also where the ledger says what an account holds."""
        found = state.account(account)
        if found.trail.base is not None:
            state = state.draft(state.number)
            state.put_account(found.model_copy(update={"opening": None}))
        try:
            return self.offices.read(state, account, entry_of)
        except OpeningRejected as error:
            raise AssertionError(f"account {account} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class Setting:
    """A ledger about to be simulated, and all that a replay of it needs."""

    world: World
    keys: KeyRing
    checker: Witnessing
    make_checker: CheckerMaker
    decoding: Decoding


def listed(seed: int) -> Preset:
    """The tiny market, with a contract beside the perpetual that expires within the day."""
    market = preset("tiny")
    hours = 6 + 5 * (seed % 4)
    expiry = market.time + hours * HOUR
    spot = market.observation.spots[0]
    dated: tuple[Instrument, ...] = (
        Future(underlying=0, multiplier=1_000, expiry=expiry),
        Option(underlying=0, multiplier=1_000, right="call", strike=spot, expiry=expiry),
        Option(underlying=0, multiplier=1_000, right="put", strike=spot, expiry=expiry),
    )
    instruments = (Perpetual(underlying=0, multiplier=1_000), dated[seed % 3])
    return replace(market, listing=market.listing.model_copy(update={"instruments": instruments}))


def stand_in_setting(seed: int) -> Setting:
    """Proofs are keyed hashes of statements that were evaluated."""
    market = listed(seed)
    stand_in = UnsoundStandIn(market.shape, fastest(), seed.to_bytes(8, "big"))
    return _setting(seed, market, stand_in, stand_in.statement_keys(), lambda _: stand_in)


def real_setting(seed: int) -> Setting:
    """Proofs are proofs."""
    provers = dev_provers("tiny", fastest().name)
    return _setting(seed, listed(seed), provers, provers.statement_keys(), checker_on(fastest()))


@contextmanager
def fast_arithmetic() -> Iterator[None]:
    """Curve arithmetic of authors and statements at the backend's speed: the same results."""
    if fastest().name != "native":
        yield
        return
    combine = fastest().combine
    with pytest.MonkeyPatch.context() as patch:
        for module in ("zk.babyjubjub", "zk.pedersen", "zk.sigma.span", "circuits.checks"):
            patch.setattr(f"{module}.combine", combine)
        yield


def _setting(
    seed: int,
    market: Preset,
    proving: Proving,
    keys: StatementKeys,
    make_checker: CheckerMaker,
) -> Setting:
    offices = InsecureOffices.of(seed)
    parameters = development_parameters(market, offices).model_copy(
        update={
            "max_gap": MAX_GAP,
            "delay": 1_200,
            "key_delay": 2_400,
        }
    )
    genesis = Genesis(
        mode="development",
        name=f"simulation {seed}",
        time=market.time,
        shape=ShapeRecord.of(market.shape),
        listing=market.listing,
        parameters=parameters,
        statements=keys,
    )
    checker: list[Witnessing] = []

    def witnessed(founded: Genesis) -> Witnessing:
        checker.append(Witnessing(make_checker(founded)))
        return checker[-1]

    decoding = Decoding(fastest().decode_point)
    ledger = Ledger.create(MemoryStore(), genesis, witnessed, decoding)
    randomness = insecure_seeded_randomness(f"simulation {seed}".encode())
    world = World(ledger, offices, market, proving, randomness, market.time)
    return Setting(world, KeyRing(offices), checker[-1], make_checker, decoding)
