"""A key that nobody holds, from a record that anybody can judge."""

from __future__ import annotations

from itertools import combinations

import pytest

from prover.blank import BLANK_SIGNATURE
from prover.guardian import Complaint, Dealer, Record, judge, receive
from prover.guardian.errors import MalformedCeremony, ShareRejected
from prover.guardian.generation import Answer, Deal, share_info
from prover.guardian.polynomial import place_of, weights
from prover.messages import Undecipherable, encrypt_to
from tests.prover.guardian.circle import Circle, garbled
from zk.babyjubjub import Point, add_all
from zk.errors import Conflict, SignatureRejected
from zk.field import SUBGROUP_ORDER, encode

L = SUBGROUP_ORDER


@pytest.fixture
def circle() -> Circle:
    return Circle(n=4, t=2)


def secret_of(circle: Circle, record: Record) -> int:
    """p, which takes t shares in one place; all subsets agree on it."""
    shares = circle.shares(record)
    found = set()
    for chosen in combinations(shares, circle.t):
        lambdas = weights([place_of(share.guardian) for share in chosen])
        found.add(sum(w * s.secret for w, s in zip(lambdas, chosen, strict=True)) % L)
    (secret,) = found
    return int(secret)


@pytest.mark.parametrize(("n", "t"), [(1, 1), (2, 2), (3, 2), (5, 3)])
def test_honest_dealers_make_a_key(n: int, t: int) -> None:
    """Every guardian's share fits, any t of them are the key, and P is the sum of all constants."""
    circle = Circle(n, t)
    record = circle.hold(circle.terms())
    outcome = judge(record)
    assert not outcome.disqualified
    assert outcome.shared.key == Point.BASE8 * secret_of(circle, record)
    assert outcome.shared.key == add_all(deal.commitments[0] for deal in record.deals)


def test_a_record_is_the_same_for_everybody(circle: Circle) -> None:
    """The outcome follows from the bytes of the record, in whatever order its messages are."""
    record = circle.hold(circle.terms())
    again = Record.decode(record.encode())
    shuffled = again.model_copy(update={"pledges": again.pledges[::-1], "deals": again.deals[::-1]})
    assert judge(again) == judge(record)
    assert judge(shuffled).shared == judge(record).shared


def test_a_bad_share_that_is_not_answered_disqualifies(circle: Circle) -> None:
    """Dealer 2 cheats guardian 0 and is silent: what it dealt is no part of P."""
    record = circle.hold(circle.terms(), {2: garbled(0)})
    outcome = judge(record)
    assert outcome.disqualified == {2: "no share for guardian 0"}
    honest = [deal.commitments[0] for deal in record.deals if deal.dealer != 2]
    assert outcome.shared.key == add_all(honest) == Point.BASE8 * secret_of(circle, record)


def test_a_share_of_another_polynomial_disqualifies(circle: Circle) -> None:
    """It opens, and it does not fit the commitments."""
    terms = circle.terms()

    def forge(deal: Deal) -> Deal:
        info = share_info(terms.session(), deal.dealer, 3)
        sealed = encrypt_to(terms.members[3].encryption, encode(4711), info=info)
        return deal.model_copy(update={"sealed": (*deal.sealed[:3], sealed)})

    assert judge(circle.hold(terms, {1: forge})).disqualified == {1: "no share for guardian 3"}


def test_a_share_for_somebody_else_does_not_open(circle: Circle) -> None:
    """Two sealed shares that are swapped are two complaints: t of them, so the dealer is out."""

    def forge(deal: Deal) -> Deal:
        a, b, *rest = deal.sealed
        return deal.model_copy(update={"sealed": (b, a, *rest)})

    outcome = judge(circle.hold(circle.terms(), {1: forge}))
    assert outcome.disqualified == {1: "complaints by 2 guardians"}


def test_a_sealed_share_belongs_to_its_dealer_receiver_and_session(circle: Circle) -> None:
    """Copied into another deal, sent to another guardian or kept for later it does not open."""
    terms = circle.terms()
    session = terms.session()
    sealed = circle.dealt(terms, circle.dealers(terms)).deals[0].sealed[1]
    assert len(circle.transports[1].decrypt(sealed, share_info(session, 0, 1))) == 32
    for info in (
        share_info(session, 1, 1),
        share_info(session, 0, 2),
        share_info(circle.terms(nonce=1).session(), 0, 1),
    ):
        with pytest.raises(Undecipherable):
            circle.transports[1].decrypt(sealed, info)


def test_a_dealer_who_answers_stays_and_nobody_is_left_out(circle: Circle) -> None:
    """The answer is the share; whoever complained uses it."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    record = circle.complained(circle.dealt(terms, dealers, {2: garbled(0)}))
    assert [(one.accuser, one.dealer) for one in record.complaints] == [(0, 2)]
    record = circle.answered(record, dealers)
    assert not judge(record).disqualified
    assert judge(record).shared.key == Point.BASE8 * secret_of(circle, record)


def test_a_wrong_answer_disqualifies(circle: Circle) -> None:
    """An answer counts only if it fits the commitments."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    record = circle.complained(circle.dealt(terms, dealers, {2: garbled(0)}))
    lie = Answer(dealer=2, accuser=0, share=5, signature=BLANK_SIGNATURE)
    signed = lie.signed(terms.session(), circle.signers[2])
    outcome = judge(record.model_copy(update={"answers": (signed,)}))
    assert outcome.disqualified == {2: "no share for guardian 0"}


def test_a_false_complaint_harms_nobody(circle: Circle) -> None:
    """The dealer shows what the liar had already, and stays."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    lie = Complaint(accuser=3, dealer=0, signature=BLANK_SIGNATURE)
    signed = lie.signed(terms.session(), circle.signers[3])
    record = circle.dealt(terms, dealers).model_copy(update={"complaints": (signed,)})
    record = circle.answered(record, dealers)
    assert len(record.answers) == 1
    assert not judge(record).disqualified


def test_a_dealer_never_answers_t_times() -> None:
    """t answers would be the polynomial; several records that ask for one each change nothing."""
    circle = Circle(n=4, t=3)
    terms = circle.terms()
    dealers = circle.dealers(terms)
    record = circle.dealt(terms, dealers)
    answers = []
    for accuser in (1, 2, 3):
        complaint = Complaint(accuser=accuser, dealer=0, signature=BLANK_SIGNATURE)
        signed = complaint.signed(terms.session(), circle.signers[accuser])
        answers += dealers[0].answers(record.model_copy(update={"complaints": (signed,)}))
    assert [one.accuser for one in answers] == [1, 2]


def test_a_complaint_that_nobody_signed_gets_no_answer(circle: Circle) -> None:
    """Otherwise anyone could ask a dealer for any guardian's share."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    forged = Complaint(accuser=3, dealer=0, signature=BLANK_SIGNATURE)
    forged = forged.signed(terms.session(), circle.signers[2])
    record = circle.dealt(terms, dealers).model_copy(update={"complaints": (forged,)})
    with pytest.raises(SignatureRejected, match="guardian 3"):
        dealers[0].answers(record)


def test_a_dealer_deals_once(circle: Circle) -> None:
    """Asked again with other pledges it says nothing; asked again with the same, the same."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    pledges = tuple(dealer.pledge() for dealer in dealers)
    assert dealers[0].deal(pledges) == dealers[0].deal(pledges)
    with pytest.raises(Conflict, match="deal"):
        dealers[0].deal(pledges[:3])
    with pytest.raises(Conflict, match="our own pledge"):
        dealers[1].deal(pledges[2:])


def test_a_guardian_that_was_away_finds_its_share_in_the_record(circle: Circle) -> None:
    """Shares stand in the record, encrypted: who says nothing loses nothing."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    record = circle.complained(circle.dealt(terms, dealers[:3]), absent=[3])
    assert judge(record).disqualified == {3: "0 pledges"}
    receive(record, 3, circle.transports[3]).check()


def test_a_bad_share_that_nobody_complained_about_is_refused(circle: Circle) -> None:
    """It is named, and not added up."""
    terms = circle.terms()
    record = circle.dealt(terms, circle.dealers(terms), {1: garbled(3)})
    with pytest.raises(ShareRejected, match="dealer 1"):
        receive(record, 3, circle.transports[3])


def test_bad_terms_are_refused(circle: Circle) -> None:
    """A guardian who counts twice, a threshold nobody meets, a key nobody can encrypt to."""
    terms = circle.terms()
    first, *_ = terms.members
    unusable = first.model_copy(update={"encryption": bytes(32)})
    for wrong in (
        {"threshold": 5},
        {"members": (first, first)},
        {"members": (unusable, *terms.members[1:])},
    ):
        with pytest.raises(MalformedCeremony):
            terms.model_copy(update=wrong).check()
    with pytest.raises(MalformedCeremony, match="dealer"):
        Dealer(terms, 0, circle.signers[1])
