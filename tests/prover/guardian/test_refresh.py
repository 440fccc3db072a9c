"""New shares of the same key: the old ones are worth nothing beside them."""

from __future__ import annotations

import pytest

from prover.guardian import (
    KeyShare,
    Record,
    check_partial,
    combine_partials,
    judge,
    receive,
)
from prover.guardian.errors import (
    CeremonyFailed,
    MalformedCeremony,
    PartialRejected,
    ShareRejected,
)
from prover.guardian.generation import Deal
from prover.guardian.partials import unchecked_combination, unchecked_partial
from tests.prover.guardian.circle import LEDGER, Circle, found_at
from zk.babyjubjub import Point
from zk.errors import Conflict
from zk.field import SUBGROUP_ORDER
from zk.sigma import Span

Refreshed = tuple[Circle, tuple[KeyShare, ...], tuple[KeyShare, ...], Record]


@pytest.fixture(scope="module")
def refreshed() -> Refreshed:
    """A circle, its shares, the shares after a refresh, and the record of that."""
    circle = Circle(n=3, t=2)
    old = circle.shares(circle.hold(circle.terms()))
    record = circle.hold(circle.terms(refreshes=old[0].shared, nonce=1))
    return circle, old, circle.shares(record, old), record


def test_the_key_stays_and_every_share_moves(refreshed: Refreshed) -> None:
    """P is the same; the new public shares follow from the record and fit the new shares."""
    _, old, new, record = refreshed
    assert judge(record).shared == new[0].shared
    assert new[0].shared.key == old[0].shared.key
    for before, after in zip(old, new, strict=True):
        after.check()
        assert before.secret != after.secret
        assert before.shared.shares[before.guardian] != after.shared.shares[after.guardian]


def test_new_shares_decrypt_what_is_old(refreshed: Refreshed) -> None:
    """S is the same with two old shares and with two new ones."""
    _, old, new, _ = refreshed
    found = found_at(old[0].shared.key)
    results = {
        combine_partials(
            shares[0].shared,
            LEDGER,
            found,
            [unchecked_partial(share, LEDGER, found) for share in shares[1:]],
        )
        for shares in (old, new)
    }
    assert len(results) == 1


def test_old_and_new_shares_do_not_combine(refreshed: Refreshed) -> None:
    """Not as numbers, which give another point; and not as partials, which are told apart."""
    _, old, new, _ = refreshed
    found = found_at(old[0].shared.key)
    E = found.ephemeral
    right = unchecked_combination([0, 1], [E * new[0].secret, E * new[1].secret])
    mixed = unchecked_combination([0, 1], [E * old[0].secret, E * new[1].secret])
    assert right != mixed
    stale = unchecked_partial(old[0], LEDGER, found)
    fresh = unchecked_partial(new[1], LEDGER, found)
    with pytest.raises(PartialRejected, match="guardian 0"):
        combine_partials(new[0].shared, LEDGER, found, [stale, fresh])
    renamed = stale.model_copy(update={"ceremony": new[0].shared.ceremony})
    with pytest.raises(PartialRejected, match="guardian 0"):
        check_partial(new[0].shared, LEDGER, found, renamed)


def test_a_constant_that_is_not_zero_disqualifies(refreshed: Refreshed) -> None:
    """A dealer who would move the key has no part in the refresh."""
    circle, old, _, _ = refreshed
    terms = circle.terms(refreshes=old[0].shared, nonce=2)
    dealers = circle.dealers(terms)
    cheat = dealers[1]
    cheat._commitments = (Point.BASE8 * 5, *cheat._commitments[1:])
    span = Span((Point.BASE8,), Point.BASE8 * 5)
    cheat._possession = span.prove((5,), b"any").encode()
    record = circle.answered(circle.complained(circle.dealt(terms, dealers)), dealers)
    outcome = judge(record)
    assert outcome.disqualified == {1: "a constant that is not zero"}
    assert outcome.shared.key == old[0].shared.key
    for share in circle.shares(record, old):
        share.check()


def test_a_bad_share_in_a_refresh_disqualifies(refreshed: Refreshed) -> None:
    """The same complaints as when the key was made."""
    circle, old, _, _ = refreshed

    def forge(deal: Deal) -> Deal:
        return deal.model_copy(update={"sealed": (bytes(80), *deal.sealed[1:])})

    record = circle.hold(circle.terms(refreshes=old[0].shared, nonce=3), {2: forge})
    assert judge(record).disqualified == {2: "no share for guardian 0"}
    for share in circle.shares(record, old):
        share.check()


def test_a_refresh_is_of_one_key_with_one_threshold(refreshed: Refreshed) -> None:
    """Other terms are refused, and so is a share of another key or of another guardian."""
    circle, old, new, record = refreshed
    smaller = circle.terms(refreshes=old[0].shared).model_copy(update={"threshold": 1})
    with pytest.raises(MalformedCeremony, match="refresh"):
        smaller.check()
    for wrong in (None, new[0], old[1]):
        with pytest.raises(Conflict, match="share to refresh"):
            receive(record, 0, circle.transports[0], wrong)
    spoilt = old[0].model_copy(update={"secret": old[1].secret})
    with pytest.raises(ShareRejected, match="guardian 0"):
        receive(record, 0, circle.transports[0], spoilt)
    with pytest.raises(Conflict, match="share to refresh"):
        receive(circle.hold(circle.terms(nonce=4)), 0, circle.transports[0], old[0])


def test_a_refresh_of_too_few_changes_nothing(refreshed: Refreshed) -> None:
    """One dealer alone would know all the differences between old and new shares."""
    circle, old, _, _ = refreshed
    terms = circle.terms(refreshes=old[0].shared, nonce=5)
    record = circle.dealt(terms, circle.dealers(terms))
    with pytest.raises(CeremonyFailed):
        judge(record.model_copy(update={"deals": record.deals[2:]}))


def test_refreshes_follow_each_other(refreshed: Refreshed) -> None:
    """Each is bound to the shares before it."""
    circle, old, new, _ = refreshed
    record = circle.hold(circle.terms(refreshes=new[0].shared, nonce=6))
    third = circle.shares(record, new)
    assert third[0].shared.key == old[0].shared.key
    total = sum(share.secret for share in third) % SUBGROUP_ORDER
    assert total not in {sum(s.secret for s in x) % SUBGROUP_ORDER for x in (old, new)}
