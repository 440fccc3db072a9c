"""The offices of a development ledger: custodian, oracles, governors, guardians, all in one hand.

Whoever has the seed is everybody. That is what a demonstration and a test need, and what a ledger
that means something must never have; so the name says it. The guardians here hold the escrow key
whole instead of in shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from ledger.escrows import EntryOf, Found, read_account, reveal_of
from ledger.market.data import Observation, RiskTable
from ledger.oracle import default_mark, risk_table
from ledger.parameters import Endorsement, EscrowKey, Parameters, Quorum
from ledger.state import State
from ledger.transitions import (
    Endow,
    Expire,
    Report,
    Reveal,
    Transition,
    UpdateMarket,
    UpdateParams,
)
from ledger.transitions.market import agreed_by, bounded, needs_governors, report_message
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
    def draw(
        cls, randomness: Randomness, members: int = _MEMBERS, threshold: int = _THRESHOLD
    ) -> Committee:
        return cls(tuple(SigningKey.draw(randomness) for _ in range(members)), threshold)

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
    def of(
        cls, seed: bytes | int, members: int = _MEMBERS, threshold: int = _THRESHOLD
    ) -> InsecureOffices:
        """The same offices for the same seed; a rehearsal of production has three of four."""
        randomness = insecure_seeded_randomness(seed)
        return cls(
            custodian=SigningKey.draw(randomness),
            oracles=Committee.draw(randomness, members, threshold),
            governors=Committee.draw(randomness, members, threshold),
            guardians=Committee.draw(randomness, members, threshold),
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
        table: RiskTable | None = None,
    ) -> UpdateMarket:
        """A new epoch from what each oracle saw; the table follows unless it is given.

        Governors sign too where the rules ask for them: after a long silence, and for prices that
        are far away.
        """
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
        agreed = agreed_by(state, observations)
        draft = UpdateMarket(
            epoch=epoch,
            time=time,
            reports=reports,
            table=table or risk_table(state, bounded(state, agreed).observation, time),
            default_mark=default_mark(state, agreed, time),
            endorsements=(),
        )
        written = self._endorsed(state, draft, self.oracles)
        if not needs_governors(state, time, agreed):
            return written
        binding = written.binding(ledger)
        return written.model_copy(update={"governors": self.governors.endorse(binding)})

    def expire(self, state: State, instrument: int, value: int) -> Expire:
        """The final price of an instrument."""
        return self._endorsed(
            state, Expire(instrument=instrument, value=value, endorsements=()), self.oracles
        )

    def endow(self, state: State, amount: int) -> Endow:
        """Capital for the insurance fund."""
        draft = Endow(
            endowment=state.pool.endowments + 1, amount=amount, custodian_signature=bytes(64)
        )
        binding = draft.binding(state.charter.ledger)
        return draft.model_copy(update={"custodian_signature": self.custodian.sign(binding)})

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
