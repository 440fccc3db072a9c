"""The offices of a development ledger: custodian, oracles, governors, guardians, all in one hand.

Whoever has the seed is everybody. That is what a demonstration and a test need, and what a ledger
that means something must never have; so the name says it. The guardians here hold the escrow key
whole instead of in shares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from circuits.escrow import EscrowPublic, decrypt, unpack
from circuits.fill import traded_widths
from circuits.gadgets.coordinates import coordinates
from ledger.log import Entry
from ledger.market.data import Matrices, Observation, median
from ledger.market.risk import RiskEngine
from ledger.parameters import Endorsement, EscrowKey, Parameters, Quorum
from ledger.records import Sealed
from ledger.state import State
from ledger.transitions import (
    Escrow,
    Expire,
    FirmLeg,
    PlaceOrder,
    ProveMargin,
    Redeem,
    Refresh,
    Report,
    Reveal,
    Settle,
    TakeOver,
    Transition,
    UpdateMarket,
    UpdateParams,
    Withdraw,
    decode_transition,
)
from ledger.transitions.base import owner_context
from ledger.transitions.market import report_message
from zk.errors import Conflict
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.randomness import Randomness, insecure_seeded_randomness
from zk.signatures import SigningKey

T = TypeVar("T", bound=Transition)
EntryOf = Callable[[int], Entry]

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
        draft = Reveal(
            account=account, values=opening.values, blinding=opening.blinding, endorsements=()
        )
        return self._endorsed(state, draft, self.guardians)

    def read(self, state: State, account: int, entry_of: EntryOf) -> Opening:
        """The opening of an account: its trail, decrypted and summed up."""
        trail = state.account(account).trail
        opening = Opening(trail.public, 0)
        for sealed in (trail.base, trail.fill):
            if sealed is not None:
                opening += self._unseal(state, account, sealed, entry_of)
        return opening

    def _unseal(self, state: State, account: int, sealed: Sealed, entry_of: EntryOf) -> Opening:
        transition = decode_transition(entry_of(sealed.entry).transition)
        escrow, is_fill = sealed_escrow(transition, sealed.leg)
        context = owner_context(transition.binding(state.charter.ledger), account)
        public = EscrowPublic(coordinates(sealed.key), coordinates(escrow.ephemeral), escrow.words)
        words = decrypt(public, escrow.ephemeral * self.escrow_secret, context)
        if not is_fill:
            return unpack(words, state.shape.widths)
        traded = unpack(words, traded_widths(state.shape))
        values = [0] * state.shape.components
        for index, value in zip(state.shape.traded, traded.values, strict=True):
            values[index] = value
        return Opening(tuple(values), traded.blinding)

    def _endorsed(self, state: State, draft: T, committee: Committee) -> T:
        binding = draft.binding(state.charter.ledger)
        return draft.model_copy(update={"endorsements": committee.endorse(binding)})


def sealed_escrow(transition: Transition, leg: int) -> tuple[Escrow, bool]:
    """The escrow at that place of a transition, and whether it is of a fill alone."""
    if isinstance(transition, Settle):
        part = transition.legs[leg]
        return part.escrow, isinstance(part, FirmLeg)
    simple = (PlaceOrder, ProveMargin, Redeem, Refresh, TakeOver, Withdraw)
    if isinstance(transition, simple) and transition.escrow is not None:
        return transition.escrow, False
    raise Conflict("escrow", expected="a transition that carries one", actual=transition.kind)


def _matrices(state: State, reports: Sequence[Report], time: int) -> Matrices:
    """What the risk engine makes of the medians."""
    charter = state.charter
    engine = RiskEngine(state.shape, charter.listing, state.parameters.risk)
    settled: Mapping[int, int] = {
        slot: value for slot, value in enumerate(state.pool.settled) if value is not None
    }
    return engine.matrices(median([r.observation for r in reports]), time, settled)
