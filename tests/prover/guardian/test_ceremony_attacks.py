"""Dealers and messages that would give somebody a say in what the key is."""

from __future__ import annotations

import pytest

from prover.guardian import Dealer, Record, judge
from prover.guardian.errors import CeremonyFailed
from prover.guardian.generation import Deal, possession_of
from tests.prover.guardian.circle import Circle, garbled
from zk.babyjubjub import add_all
from zk.errors import SignatureRejected


@pytest.fixture
def circle() -> Circle:
    return Circle(n=4, t=2)


def test_a_rogue_key_has_no_possession(circle: Circle) -> None:
    """A constant that cancels the others' would make P the cheat's own: it cannot prove it."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    others = add_all(dealer._commitments[0] for dealer in dealers[:3])
    rogue = dealers[3]
    own = rogue._commitments[0] - others
    rogue._commitments = (own, *rogue._commitments[1:])
    outcome = judge(circle.answered(circle.complained(circle.dealt(terms, dealers)), dealers))
    assert outcome.disqualified == {3: "no possession of its constant"}
    assert outcome.shared.key == others


def test_possession_cannot_be_borrowed(circle: Circle) -> None:
    """Another dealer's commitments and its proof are worth nothing under one's own name."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    dealers[1]._commitments = dealers[0]._commitments
    dealers[1]._possession = dealers[0]._possession
    record = circle.dealt(terms, dealers)
    outcome = judge(record)
    assert outcome.disqualified == {1: "no possession of its constant"}
    span, context = possession_of(terms.session(), 0, record.deals[0].commitments[0])
    assert context != possession_of(terms.session(), 1, span.target)[1]


def test_what_is_dealt_was_pledged(circle: Circle) -> None:
    """A dealer cannot change its mind once it has seen the others' constants."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    second = Dealer(terms, 2, circle.signers[2], circle.randomness)

    def forge(deal: Deal) -> Deal:
        new = {"commitments": second._commitments, "possession": second._possession}
        return deal.model_copy(update=new)

    outcome = judge(circle.dealt(terms, dealers, {2: forge}))
    assert outcome.disqualified == {2: "dealt something else than it pledged"}


def test_nobody_pledges_after_the_first_deal(circle: Circle) -> None:
    """A pledge that honest dealers had not seen makes their deals worthless, and with them P."""
    terms = circle.terms()
    dealers = circle.dealers(terms)
    early = tuple(dealer.pledge() for dealer in dealers[:3])
    deals = [dealer.deal(early) for dealer in dealers[:3]]
    late = dealers[3]
    pledges = (*early, late.pledge())
    record = Record(terms=terms, pledges=pledges, deals=(*deals, late.deal(pledges)))
    with pytest.raises(CeremonyFailed, match="other pledges"):
        judge(record)
    # Without the latecomer the others go on.
    outcome = judge(Record(terms=terms, pledges=early, deals=tuple(deals)))
    assert outcome.disqualified == {3: "0 pledges"}


def test_two_versions_of_a_message_disqualify(circle: Circle) -> None:
    """Whoever tells one thing to some and another to others is out."""
    terms = circle.terms()
    record = circle.dealt(terms, circle.dealers(terms))
    again = circle.sign(terms, garbled(1)(record.deals[0]))
    twice = record.model_copy(update={"deals": (*record.deals, again)})
    assert judge(twice).disqualified == {0: "2 deals"}
    dealers = circle.dealers(terms)
    other = Dealer(terms, 1, circle.signers[1], circle.randomness).pledge()
    pledges = (*(dealer.pledge() for dealer in dealers), other)
    deals = tuple(dealer.deal(pledges) for dealer in dealers)
    outcome = judge(Record(terms=terms, pledges=pledges, deals=deals))
    assert outcome.disqualified == {1: "2 pledges"}


def test_a_message_of_another_session_is_refused(circle: Circle) -> None:
    """A signature belongs to one ceremony; so does a sealed share."""
    old = circle.hold(circle.terms(nonce=1))
    with pytest.raises(SignatureRejected):
        judge(old.model_copy(update={"terms": circle.terms(nonce=2)}))


def test_too_few_dealers_make_no_key() -> None:
    """With fewer than t left, those could all be dishonest."""
    circle = Circle(n=3, t=2)
    terms = circle.terms()
    record = circle.dealt(terms, circle.dealers(terms))
    with pytest.raises(CeremonyFailed, match="at least 2 dealers"):
        judge(record.model_copy(update={"deals": record.deals[:1]}))
