"""An auditor reads what guardians have consented to, and nothing around it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.records import Sealed, Trail
from prover.blank import BLANK_SIGNATURE
from prover.guardian import (
    AuditRequest,
    Guardian,
    audit_account,
    combine_disclosures,
    escrows_of,
    open_disclosure,
    points_file,
    read_account,
)
from prover.guardian.errors import NotPermitted, PartialRejected, TooFewGuardians
from prover.messages import Recipient, Undecipherable
from tests.ledger.world import fastest
from tests.prover.guardian.guarded import GuardedWorld
from verifier.books import CombinedPoints, open_books
from zk.errors import Conflict, SignatureRejected
from zk.signatures import SigningKey

AUDITOR = SigningKey(b"\1" * 32)
TRANSPORT = Recipient(b"\2" * 32)


@pytest.fixture(scope="module")
def guarded() -> GuardedWorld:
    """An account that is in standing: a trade and a fill in epoch 1."""
    world = GuardedWorld()
    world.trade()
    world.fill()
    return world


def request_for(guarded: GuardedWorld, **changes: Any) -> AuditRequest:
    """Account 0, epoch 1, unless the test says otherwise."""
    fields: dict[str, Any] = {
        "ledger": guarded.world.ledger.id,
        "auditor": AUDITOR.public,
        "encryption": TRANSPORT.public,
        "purpose": "yearly",
        "accounts": (0,),
        "first_epoch": 1,
        "last_epoch": 1,
        "expires": guarded.world.now + 3600,
        "signature": BLANK_SIGNATURE,
    }
    return AuditRequest(**(fields | changes)).signed(AUDITOR)


def places(guarded: GuardedWorld, account: int = 0) -> list[Sealed]:
    trail: Trail = guarded.world.state.account(account).trail
    return [part for part in (trail.base, trail.fill) if part is not None]


def anew(guarded: GuardedWorld, index: int = 0) -> Guardian:
    """A guardian that has consented to nothing."""
    return guarded.guardian(index, [guarded.shares[index]])


def test_an_auditor_opens_an_account_in_standing(guarded: GuardedWorld) -> None:
    """t guardians consent; their partials travel encrypted, and only the auditor reads them."""
    request = request_for(guarded)
    sealed = []
    for index in (0, 2):
        guardian = anew(guarded, index)
        guardian.consent(request)
        sealed.append(guardian.disclose(request, 0, places(guarded)))
    disclosures = [open_disclosure(request, one, TRANSPORT) for one in sealed]
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    opened = audit_account(state, 0, entry_of, disclosures, guarded.shared)
    assert opened.opening == guarded.one.known
    with pytest.raises(TooFewGuardians):
        audit_account(state, 0, entry_of, disclosures[:1], guarded.shared)
    with pytest.raises(Undecipherable):
        open_disclosure(request_for(guarded, purpose="other"), sealed[0], TRANSPORT)


def test_an_auditor_combines_many_escrows_at_once(guarded: GuardedWorld) -> None:
    """S by entry and leg, for every escrow of both accounts; a liar is named."""
    request = request_for(guarded, accounts=(0, 1))
    state, entry_of = guarded.world.state, guarded.world.ledger.entry
    disclosures = []
    for index in (1, 2):
        guardian = anew(guarded, index)
        guardian.consent(request)
        for account in (0, 1):
            sealed = guardian.disclose(request, account, places(guarded, account))
            disclosures.append(open_disclosure(request, sealed, TRANSPORT))
    found = [one for account in (0, 1) for one in escrows_of(state, account, entry_of)]
    ledger, shared = state.charter.ledger, guarded.shared
    points = combine_disclosures(ledger, found, disclosures, shared)
    for account, author in enumerate((guarded.one, guarded.two)):
        opening = read_account(
            state, account, entry_of, lambda one: points[one.sealed.entry, one.sealed.leg]
        )
        assert opening == author.known
    books = open_books(
        guarded.world.ledger.entries(),
        CombinedPoints.of(points_file(ledger, points)),
        fastest(),
        epochs=(state.pool.epoch, state.pool.epoch),
    )
    values = {one.account: one.values for one in books.moments[-1].holdings}
    assert values == {a: guarded.world.authors[a].known.values for a in (0, 1)}
    first, *others = disclosures
    partials = tuple(one.model_copy(update={"guardian": 0}) for one in first.partials)
    lie = first.model_copy(update={"partials": partials})
    with pytest.raises(PartialRejected, match="guardian 0"):
        combine_disclosures(ledger, found, [lie, *others], shared)
    with pytest.raises(TooFewGuardians):
        combine_disclosures(ledger, found, others, shared)


def test_without_consent_there_is_nothing(guarded: GuardedWorld) -> None:
    """A valid signature of an auditor is a question, not an order."""
    request, guardian = request_for(guarded), anew(guarded)
    with pytest.raises(NotPermitted, match="consented"):
        guardian.disclose(request, 0, places(guarded))
    guardian.consent(request)
    wider = request_for(guarded, accounts=(0, 1))
    with pytest.raises(NotPermitted, match="consented"):
        guardian.disclose(wider, 1, places(guarded, 1))
    guardian.withdraw_consent(request)
    with pytest.raises(NotPermitted, match="consented"):
        guardian.disclose(request, 0, places(guarded))


def test_the_scope_is_the_accounts_and_epochs_asked_for(guarded: GuardedWorld) -> None:
    """Another account, another epoch, and another account's entry under the first one's name."""
    guardian = anew(guarded)
    request = request_for(guarded)
    guardian.consent(request)
    with pytest.raises(NotPermitted, match="account 1"):
        guardian.disclose(request, 1, places(guarded, 1))
    with pytest.raises(Conflict, match="one of account 0"):
        guardian.disclose(request, 0, places(guarded, 1))
    later = request_for(guarded, first_epoch=2, last_epoch=9)
    guardian.consent(later)
    with pytest.raises(NotPermitted, match="an epoch from 2 to 9"):
        guardian.disclose(later, 0, places(guarded))


def test_an_entry_without_an_escrow_is_refused(guarded: GuardedWorld) -> None:
    """E comes from the guardian's own copy of the log, or not at all."""
    guardian, request = anew(guarded), request_for(guarded)
    guardian.consent(request)
    market = Sealed(entry=1, leg=0, key=guarded.key)
    with pytest.raises(Conflict, match="a transition that carries one"):
        guardian.disclose(request, 0, [market])
    past = places(guarded)[1].model_copy(update={"leg": 200})
    with pytest.raises(Conflict, match="a transition that carries one"):
        guardian.disclose(request, 0, [past])


def test_a_request_is_signed_and_has_an_end(guarded: GuardedWorld) -> None:
    """Of another ledger, past its time, or changed after it was signed: not even consent."""
    guardian, request = anew(guarded), request_for(guarded)
    changed = request.model_copy(update={"accounts": (0, 1)})
    with pytest.raises(SignatureRejected, match="auditor"):
        guardian.consent(changed)
    with pytest.raises(NotPermitted, match="audit"):
        guardian.consent(request_for(guarded, ledger=bytes(32)))
    with pytest.raises(NotPermitted, match="audit"):
        guardian.consent(request_for(guarded, expires=guarded.world.state.pool.time - 1))
    assert AuditRequest.decode(request.encode()) == request
