"""The offices of a development ledger: custodian, oracles, governors, guardians, all in one hand.

Whoever has the seed is everybody. That is what a demonstration and a test need, and what a ledger
that means something must never have; so the name says it. The guardians here hold the escrow key
whole instead of in shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from ledger.escrows import EntryOf, Found, read_account, reveal_of
from ledger.market.data import Matrices, Observation, median
from ledger.market.risk import RiskEngine
from ledger.parameters import Endorsement, EscrowKey, Parameters, Quorum
from ledger.state import State
from ledger.transitions import Expire, Report, Reveal, Transition, UpdateMarket, UpdateParams
from ledger.transitions.market import report_message
from zk.babyjubjub import Point
from zk.errors import Conflict
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.randomness import Randomness, insecure_seeded_randomness
from zk.signatures import SigningKey

T = TypeVar("T", bound=Transition)

_MEMBERS: Final = 3
_THRESHOLD: Final = 2


@dataclass(frozen=True, slots=True)
class Committee:
    """The keys of a quorum."""

    members: tuple[SigningKey, ...]
    threshold: int

    @classmethod
    def draw(cls, randomness: Randomness) -> Committee:
        return cls(tuple(SigningKey.draw(randomness) for _ in range(_MEMBERS)), _THRESHOLD)

    @property
    def quorum(self) -> Quorum:
        return Quorum(keys=tuple(key.public for key in self.members), threshold=self.threshold)

    def endorse(self, message: bytes) -> tuple[Endorsement, ...]:
        """As many signatures as the quorum needs."""
        signers = enumerate(self.members[: self.threshold])
        return tuple(Endorsement(signer=i, signature=key.sign(message)) for i, key in signers)


@dataclass(frozen=True, slots=True)
class InsecureOffices:
    """Every office, from one seed."""

    custodian: SigningKey
    oracles: Committee
    governors: Committee
    guardians: Committee
    escrow_secret: int
    randomness: Randomness
    #: Of keys that were in force before: accounts are in escrow under them until their next proof.
    former_secrets: tuple[int, ...] = ()

    @classmethod
    def of(cls, seed: bytes | int) -> InsecureOffices:
        """The same offices for the same seed."""
        randomness = insecure_seeded_randomness(seed)
        return cls(
            custodian=SigningKey.draw(randomness),
            oracles=Committee.draw(randomness),
            governors=Committee.draw(randomness),
            guardians=Committee.draw(randomness),
            escrow_secret=1 + randomness(SUBGROUP_ORDER - 1),
            randomness=randomness,
        )

    def escrow_key(self) -> EscrowKey:
        """The guardians' key, with its proof of possession."""
        return EscrowKey.of(self.escrow_secret, self.randomness)

    def update_market(
        self,
        state: State,
        observations: Sequence[Observation],
        time: int,
        matrices: Matrices | None = None,
    ) -> UpdateMarket:
        """A new epoch from what each oracle saw; the matrices follow unless they are given."""
        epoch, ledger = state.pool.epoch + 1, state.charter.ledger
        reports = tuple(
            Report(
                oracle=index,
                observation=seen,
                signature=self.oracles.members[index].sign(
                    report_message(ledger, epoch, time, seen)
                ),
            )
            for index, seen in enumerate(observations)
        )
        draft = UpdateMarket(
            epoch=epoch,
            time=time,
            reports=reports,
            matrices=matrices or _matrices(state, reports, time),
            endorsements=(),
        )
        return self._endorsed(state, draft, self.oracles)

    def expire(self, state: State, instrument: int, value: int) -> Expire:
        """The final price of an instrument."""
        return self._endorsed(
            state, Expire(instrument=instrument, value=value, endorsements=()), self.oracles
        )

    def update_params(self, state: State, parameters: Parameters, effective: int) -> UpdateParams:
        """New parameters, from a time on."""
        draft = UpdateParams(
            change=state.pool.changes + 1,
            effective=effective,
            parameters=parameters,
            endorsements=(),
        )
        return self._endorsed(state, draft, self.governors)

    def reveal(self, state: State, account: int, entry_of: EntryOf) -> Reveal:
        """Reads the account's escrow in the log, and opens it."""
        opening = self.read(state, account, entry_of)
        return self._endorsed(state, reveal_of(state, account, opening), self.guardians)

    def read(self, state: State, account: int, entry_of: EntryOf) -> Opening:
        """The opening of an account, with the secret of each key that it is encrypted to."""
        return read_account(state, account, entry_of, self._shared)

    def with_escrow_secret(self, secret: int) -> InsecureOffices:
        """The same offices with another escrow key, and the old ones for what lies under them."""
        former = (self.escrow_secret, *self.former_secrets)
        return replace(self, escrow_secret=secret, former_secrets=former)

    def _shared(self, found: Found) -> Point:
        for secret in (self.escrow_secret, *self.former_secrets):
            if Point.BASE8 * secret == found.sealed.key:
                return found.ephemeral * secret
        raise Conflict("escrow key", expected="one of these offices", actual=found.sealed.key)

    def _endorsed(self, state: State, draft: T, committee: Committee) -> T:
        binding = draft.binding(state.charter.ledger)
        return draft.model_copy(update={"endorsements": committee.endorse(binding)})


def _matrices(state: State, reports: Sequence[Report], time: int) -> Matrices:
    """What the risk engine makes of the medians."""
    charter = state.charter
    engine = RiskEngine(state.shape, charter.listing, state.parameters.risk)
    settled: Mapping[int, int] = {
        slot: value for slot, value in enumerate(state.pool.settled) if value is not None
    }
    return engine.matrices(median([r.observation for r in reports]), time, settled)
