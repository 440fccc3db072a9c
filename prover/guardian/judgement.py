"""What follows from a record, for anybody who reads it: P, the public shares, and who is out.

A dealer is out where it
- pledged twice, dealt twice, or did not deal what it pledged;
- dealt upon another list of pledges than the record's;
- does not know its constant, or has one that is not zero in a refresh;
- is complained about and gives no answer that fits, or by t guardians or more: answers would then
  be the polynomial, and either the dealer lied or t guardians do.

What it dealt does not enter P. At least t dealers must be left, so that one of them is honest while
fewer than t are not.

**Bias.** In a plain Feldman ceremony a rushing adversary sees the honest A₀ before it fixes its
own, and can give P any property it likes by letting a dealer of its own fail afterwards (Gennaro,
Jarecki, Krawczyk, Rabin: "Secure distributed key generation for discrete-log based cryptosystems",
J. Cryptology 2007, section 3). Here every A₀ is pledged before any is shown. What is left is a
choice of which dealers fail: the adversary's own, or any where it keeps the record too. That is one
key out of at most 2ⁿ, and each is uniform, because an honest part is in it. Whatever an attacker
can do to a random key with probability ε it can do to this one with at most 2ⁿ·ε: n ≤ 16 bits of
about 125, and as much again each time that a failed ceremony is convened anew. The second sharing,
under Pedersen commitments, with which the paper takes these bits away is not worth its rounds for
an ElGamal key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover.guardian.errors import CeremonyFailed
from prover.guardian.generation import (
    Deal,
    Record,
    pledged,
    pledges_digest,
    possession_of,
)
from prover.guardian.polynomial import commitment_at, place_of
from prover.guardian.shares import SharedKey
from zk.babyjubjub import Point, add_all
from zk.errors import Malformed, ProofRejected
from zk.sigma import SpanProof


@dataclass(frozen=True, slots=True)
class CeremonyOutcome:
    """The key, the deals that made it, and why others did not."""

    shared: SharedKey
    deals: tuple[Deal, ...]
    disqualified: Mapping[int, str]


def judge(record: Record) -> CeremonyOutcome:
    """The outcome of a complete record; raises where a message is forged or too few are left."""
    session = record.check()
    deals, disqualified = [], {}
    for dealer, verdict in enumerate(_verdicts(record, session)):
        final = _unanswered(record, verdict) if isinstance(verdict, Deal) else verdict
        if isinstance(final, Deal):
            deals.append(final)
        else:
            disqualified[dealer] = final
    if len(deals) < record.terms.threshold:
        raise CeremonyFailed(
            "ceremony",
            expected=f"at least {record.terms.threshold} dealers in order",
            actual=f"{len(deals)}; {disqualified}",
        )
    shared = _sum(record, session, deals)
    shared.check()
    return CeremonyOutcome(shared, tuple(deals), disqualified)


def judge_deals(record: Record, session: bytes) -> list[Deal]:
    """The deals that are in order in public; complaints are not looked at yet."""
    return [found for found in _verdicts(record, session) if isinstance(found, Deal)]


def _verdicts(record: Record, session: bytes) -> list[Deal | str]:
    return [_deal_of(record, session, j) for j in range(len(record.terms.members))]


def _deal_of(record: Record, session: bytes, dealer: int) -> Deal | str:
    """The dealer's deal, or why there is none."""
    pledges = {one.promise for one in record.pledges if one.dealer == dealer}
    deals = {one.body(): one for one in record.deals if one.dealer == dealer}
    if len(pledges) != 1:
        return f"{len(pledges)} pledges"
    if len(deals) != 1:
        return f"{len(deals)} deals"
    (promise,), (deal,) = pledges, deals.values()
    if deal.pledges != pledges_digest(record.pledges):
        return "dealt upon other pledges"
    if pledged(session, dealer, deal.commitments, deal.possession) != promise:
        return "dealt something else than it pledged"
    return _fault_of(record, session, deal) or deal


def _fault_of(record: Record, session: bytes, deal: Deal) -> str | None:
    terms = record.terms
    sizes = (len(deal.commitments), len(deal.sealed))
    if sizes != (terms.threshold, len(terms.members)):
        return f"{sizes[0]} commitments and {sizes[1]} shares"
    constant = deal.commitments[0]
    if terms.refreshes is not None and not constant.is_identity:
        return "a constant that is not zero"
    span, context = possession_of(session, deal.dealer, constant)
    try:
        span.verify(SpanProof.decode(deal.possession), context)
    except (Malformed, ProofRejected):
        return "no possession of its constant"
    return None


def _unanswered(record: Record, deal: Deal) -> Deal | str:
    """Why complaints put the dealer out, or the deal where they do not."""
    accusers = record.accusers(deal.dealer)
    if len(accusers) >= record.terms.threshold:
        return f"complaints by {len(accusers)} guardians"
    for accuser in accusers:
        expected = commitment_at(deal.commitments, place_of(accuser))
        given = (
            answer.share
            for answer in record.answers
            if (answer.dealer, answer.accuser) == (deal.dealer, accuser)
        )
        if not any(Point.BASE8 * share == expected for share in given):
            return f"no share for guardian {accuser}"
    return deal


def _sum(record: Record, session: bytes, deals: Sequence[Deal]) -> SharedKey:
    terms = record.terms
    totals = [add_all(column) for column in zip(*(d.commitments for d in deals), strict=True)]
    shares = [commitment_at(totals, place_of(j)) for j in range(len(terms.members))]
    key = totals[0]
    if terms.refreshes is not None:
        key += terms.refreshes.key
        shares = [a + b for a, b in zip(shares, terms.refreshes.shares, strict=True)]
    return SharedKey(key=key, threshold=terms.threshold, shares=tuple(shares), ceremony=session)
