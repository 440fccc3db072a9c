"""Guardians around a table, honest or not, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.parameters import EscrowKey
from ledger.records import Sealed
from ledger.transitions import Escrow, EscrowedOpening
from prover.guardian import (
    CeremonyTerms,
    Deal,
    Dealer,
    Found,
    KeyShare,
    Member,
    Nonces,
    Record,
    SharedKey,
    complaints,
    join,
    receive,
    respond,
)
from prover.guardian.polynomial import Polynomial, place_of
from prover.messages import Recipient
from zk.babyjubjub import Point
from zk.field import SUBGROUP_ORDER
from zk.randomness import Randomness, insecure_seeded_randomness
from zk.signatures import SigningKey

#: Turns an honest deal into what a cheat says instead; it is signed again.
Forgery = Callable[[Deal], Deal]

LEDGER = bytes(range(32))


@dataclass
class Circle:
    """t of n guardians with their keys."""

    n: int
    t: int
    randomness: Randomness = field(default_factory=lambda: insecure_seeded_randomness(7))
    signers: Sequence[SigningKey] = ()
    transports: list[Recipient] = field(init=False)

    def __post_init__(self) -> None:
        self.signers = self.signers or [SigningKey.draw(self.randomness) for _ in range(self.n)]
        self.transports = [Recipient.draw(self.randomness) for _ in range(self.n)]

    def terms(self, refreshes: SharedKey | None = None, nonce: int = 0) -> CeremonyTerms:
        """What they agree on."""
        members = tuple(
            Member(signing=signer.public, encryption=transport.public)
            for signer, transport in zip(self.signers, self.transports, strict=True)
        )
        return CeremonyTerms(
            purpose="test",
            nonce=nonce.to_bytes(32, "big"),
            members=members,
            threshold=self.t,
            refreshes=refreshes,
        )

    def dealers(self, terms: CeremonyTerms) -> list[Dealer]:
        """Everybody's polynomial."""
        return [Dealer(terms, i, signer, self.randomness) for i, signer in enumerate(self.signers)]

    def dealt(
        self,
        terms: CeremonyTerms,
        dealers: Sequence[Dealer],
        forgeries: Mapping[int, Forgery] | None = None,
    ) -> Record:
        """After the second message; some may say something else than honest dealers do."""
        pledges = tuple(dealer.pledge() for dealer in dealers)
        deals = []
        for dealer in dealers:
            deal = dealer.deal(pledges)
            forge = (forgeries or {}).get(dealer.index)
            deals.append(deal if forge is None else self.sign(terms, forge(deal)))
        return Record(terms=terms, pledges=pledges, deals=tuple(deals))

    def sign(self, terms: CeremonyTerms, deal: Deal) -> Deal:
        """As its dealer would."""
        return deal.signed(terms.session(), self.signers[deal.dealer])

    def complained(self, record: Record, absent: Collection[int] = ()) -> Record:
        """With the complaints of all who are there."""
        found = [
            one
            for i in range(self.n)
            if i not in absent
            for one in complaints(record, i, self.transports[i], self.signers[i])
        ]
        return record.model_copy(update={"complaints": (*record.complaints, *found)})

    def answered(self, record: Record, dealers: Iterable[Dealer]) -> Record:
        """With the answers of these dealers."""
        found = tuple(one for dealer in dealers for one in dealer.answers(record))
        return record.model_copy(update={"answers": (*record.answers, *found)})

    def hold(self, terms: CeremonyTerms, forgeries: Mapping[int, Forgery] | None = None) -> Record:
        """A ceremony to its end; whoever forges does not answer."""
        dealers = self.dealers(terms)
        record = self.complained(self.dealt(terms, dealers, forgeries))
        honest = [dealer for dealer in dealers if dealer.index not in (forgeries or {})]
        return self.answered(record, honest)

    def shares(
        self, record: Record, before: Sequence[KeyShare] | None = None
    ) -> tuple[KeyShare, ...]:
        """What each of them has at the end."""
        return tuple(
            receive(record, i, self.transports[i], None if before is None else before[i])
            for i in range(self.n)
        )

    def prove(self, shares: Sequence[KeyShare]) -> EscrowKey:
        """Possession, by these guardians."""
        nonces = [Nonces(share.guardian, self.randomness) for share in shares]
        pairs = [one.public for one in nonces]
        responses = [
            respond(share, nonce, pairs) for share, nonce in zip(shares, nonces, strict=True)
        ]
        return join(shares[0].shared, pairs, responses)


def trusted(n: int, t: int, seed: int = 3) -> tuple[int, tuple[KeyShare, ...]]:
    """A key and its shares from one hand, for what does not depend on where they come from."""
    randomness = insecure_seeded_randomness(seed)
    polynomial = Polynomial.draw(randomness(SUBGROUP_ORDER), t, randomness)
    secrets = [polynomial.at(place_of(j)) for j in range(n)]
    shared = SharedKey(
        key=Point.BASE8 * polynomial.coefficients[0],
        threshold=t,
        shares=tuple(Point.BASE8 * secret for secret in secrets),
        ceremony=seed.to_bytes(32, "big"),
    )
    shares = (KeyShare(guardian=j, secret=s, shared=shared) for j, s in enumerate(secrets))
    return polynomial.coefficients[0], tuple(shares)


def found_at(key: Point, e: int = 12345, entry: int = 5, leg: int = 0, account: int = 1) -> Found:
    """An escrow whose E is e·B, somewhere in a log."""
    sealed = Sealed(entry=entry, leg=leg, key=key)
    escrow = Escrow(ephemeral=Point.BASE8 * e, words=())
    return Found(sealed, EscrowedOpening(account, 1, escrow), context=1)


def garbled(receiver: int) -> Forgery:
    """A deal whose share for `receiver` is noise."""

    def forge(deal: Deal) -> Deal:
        sealed = list(deal.sealed)
        sealed[receiver] = bytes(80)
        return deal.model_copy(update={"sealed": tuple(sealed)})

    return forge
