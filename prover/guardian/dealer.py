"""A guardian's part in a ceremony: it deals, looks at what it was dealt, and adds up.

Everybody deals a polynomial of their own; the key is the sum of the constants, so nobody knows it
while one dealer is honest (Pedersen, "A threshold cryptosystem without a trusted party", 1991). In
a refresh the constants are zero, and the sum is added to the shares that are there (Herzberg,
Jarecki, Krawczyk, Yung: "Proactive secret sharing", 1995). A guardian that has its new share must
destroy the old one: t old shares are still the key.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover.blank import BLANK_SIGNATURE
from prover.guardian.errors import MalformedCeremony, ShareRejected
from prover.guardian.generation import (
    Answer,
    CeremonyTerms,
    Complaint,
    Deal,
    Pledge,
    Record,
    pledged,
    pledges_digest,
    possession_of,
    share_info,
)
from prover.guardian.judgement import judge, judge_deals
from prover.guardian.polynomial import Polynomial, commitment_at, place_of
from prover.guardian.shares import KeyShare
from prover.messages import Recipient, Undecipherable, encrypt_to
from zk.babyjubjub import Point
from zk.errors import Conflict, Malformed, Rejected
from zk.field import SUBGROUP_ORDER, decode, encode
from zk.randomness import Randomness, system_randomness
from zk.signatures import SigningKey


class Dealer:
    """One guardian's polynomial, for one session; it never prints itself."""

    def __init__(
        self,
        terms: CeremonyTerms,
        index: int,
        signer: SigningKey,
        randomness: Randomness = system_randomness,
    ) -> None:
        terms.check()
        _require_member(terms, index, signer)
        self.index = index
        self._terms = terms
        self._session = terms.session()
        self._signer = signer
        secret = 0 if terms.refreshes is not None else randomness(SUBGROUP_ORDER)
        self._polynomial = Polynomial.draw(secret, terms.threshold, randomness)
        self._commitments = self._polynomial.commit()
        span, context = possession_of(self._session, index, self._commitments[0])
        self._possession = span.prove((secret,), context, randomness).encode()
        self._dealt: Deal | None = None
        self._exposed: set[int] = set()

    def pledge(self) -> Pledge:
        """Said first, and by everybody before anybody deals."""
        digest = pledged(self._session, self.index, self._commitments, self._possession)
        draft = Pledge(dealer=self.index, promise=digest, signature=BLANK_SIGNATURE)
        return draft.signed(self._session, self._signer)

    def deal(self, pledges: Sequence[Pledge]) -> Deal:
        """Once the pledges are known; for another list of pledges there is no second deal."""
        digest = pledges_digest(tuple(pledges))
        if self._dealt is not None:
            if self._dealt.pledges != digest:
                raise Conflict("deal", expected="the pledges it was made for", actual="others")
            return self._dealt
        for one in pledges:
            one.check(self._terms, self._session)
        if self.pledge().promise not in {p.promise for p in pledges if p.dealer == self.index}:
            raise Conflict("deal", expected="our own pledge among them", actual="another list")
        draft = Deal(
            dealer=self.index,
            pledges=digest,
            commitments=self._commitments,
            possession=self._possession,
            sealed=tuple(self._sealed(j) for j in range(len(self._terms.members))),
            signature=BLANK_SIGNATURE,
        )
        self._dealt = draft.signed(self._session, self._signer)
        return self._dealt

    def answers(self, record: Record) -> list[Answer]:
        """The shares that somebody says it lacks.

        Fewer than t in all, whatever the records that are shown to us: t would be the polynomial.
        """
        if record.check() != self._session:
            raise Conflict("record", expected="our own session", actual="another")
        accusers = record.accusers(self.index)
        if len(self._exposed | set(accusers)) >= self._terms.threshold:
            return []
        self._exposed |= set(accusers)
        return [self._answer(j) for j in accusers]

    def _answer(self, accuser: int) -> Answer:
        share = self._polynomial.at(place_of(accuser))
        draft = Answer(dealer=self.index, accuser=accuser, share=share, signature=BLANK_SIGNATURE)
        return draft.signed(self._session, self._signer)

    def _sealed(self, receiver: int) -> bytes:
        share = encode(self._polynomial.at(place_of(receiver)))
        public = self._terms.members[receiver].encryption
        return encrypt_to(public, share, info=share_info(self._session, self.index, receiver))

    def __repr__(self) -> str:
        return f"Dealer({self.index}, <redacted>)"


def complaints(
    record: Record, index: int, transport: Recipient, signer: SigningKey
) -> list[Complaint]:
    """About every dealer who is in order in public, and not towards us."""
    session = record.check()
    found = []
    for deal in judge_deals(record, session):
        try:
            _opened(session, deal, index, transport)
        except Rejected:
            draft = Complaint(accuser=index, dealer=deal.dealer, signature=BLANK_SIGNATURE)
            found.append(draft.signed(session, signer))
    return found


def receive(
    record: Record, index: int, transport: Recipient, before: KeyShare | None = None
) -> KeyShare:
    """Our share of what the record gives; `before` is the one that a refresh renews."""
    outcome = judge(record)
    session = record.terms.session()
    total = 0 if before is None else before.secret
    if (None if before is None else before.shared) != record.terms.refreshes or (
        before is not None and before.guardian != index
    ):
        raise Conflict("share to refresh", expected="ours, of the key in the terms", actual=before)
    for deal in outcome.deals:
        total += _received(record, session, deal, index, transport)
    share = KeyShare(guardian=index, secret=total % SUBGROUP_ORDER, shared=outcome.shared)
    share.check()
    return share


def _received(record: Record, session: bytes, deal: Deal, index: int, transport: Recipient) -> int:
    """What a qualified dealer gave us: sealed, or in its answer."""
    try:
        return _opened(session, deal, index, transport)
    except Rejected:
        for answer in record.answers:
            if (answer.dealer, answer.accuser) == (deal.dealer, index) and _fits(
                deal, index, answer.share
            ):
                share: int = answer.share
                return share
        raise


def _opened(session: bytes, deal: Deal, index: int, transport: Recipient) -> int:
    """The sealed share; `Rejected` where it does not open or does not fit."""
    subject = f"share from dealer {deal.dealer}"
    info = share_info(session, deal.dealer, index)
    try:
        share = decode(transport.decrypt(deal.sealed[index], info), SUBGROUP_ORDER, subject)
    except (Malformed, Undecipherable):
        raise ShareRejected(subject, expected="one that opens", actual="another") from None
    if not _fits(deal, index, share):
        raise ShareRejected(subject, expected="the one its commitments fix", actual="another")
    return share


def _fits(deal: Deal, index: int, share: int) -> bool:
    return Point.BASE8 * share == commitment_at(deal.commitments, place_of(index))


def _require_member(terms: CeremonyTerms, index: int, signer: SigningKey) -> None:
    n = len(terms.members)
    if not 0 <= index < n or terms.members[index].signing != signer.public:
        raise MalformedCeremony(
            "dealer", expected="a member who signs with its own key", actual=index
        )
