"""One guardian: its shares, its own copy of the ledger, and when it may use the one on the other.

It never multiplies a point that somebody hands to it: whoever could choose E could have any escrow
opened under another name. It takes E from its own copy, where every escrow came with a proof that
its author knows the secret of E, so none can be a copy of somebody else's. That the copy is the
ledger, and that it is not stale, is for the guardian to see to: it replays the log itself, from a
source of its own. An account that looks overdue on a copy that was cut off may not be.

It has a reason to decrypt in two cases. Either its copy says that the account is overdue, by the
oracles' time, and would admit a reveal: then the law of the ledger wants it opened. But only if the
newest market is of about now by the guardian's own clock: whoever holds oracles and operator
together could let time run ahead in the ledger, and it would be late for everybody. Or an auditor
has asked, and whoever runs this guardian has consented to that very request. Both are the
guardian's word and no mathematics: t guardians who want to read everything can, and n − t + 1 who
want to stop a liquidation can.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from ledger.escrows import Found, escrows_of, find_escrow
from ledger.log import Entry
from ledger.parameters import Endorsement
from ledger.records import Sealed
from ledger.requirements import require_fresh_market
from ledger.state import State
from ledger.transitions import Reveal
from prover.guardian.audit import AuditRequest, Disclosure
from prover.guardian.errors import NotPermitted
from prover.guardian.partials import Partial, unchecked_partial
from prover.guardian.shares import KeyShare
from zk.errors import Conflict
from zk.pedersen import Commitment
from zk.randomness import Randomness, system_randomness
from zk.signatures import SigningKey

#: In whole seconds since 1970.
OwnClock = Callable[[], int]

#: How far the newest market may lie from the guardian's own clock, in seconds, either way: the age
#: of 45 minutes that a market may have, and a quarter of an hour for clocks that are not right.
MAX_CLOCK_GAP: Final = 3_600


def system_clock() -> int:
    """The clock of the machine."""
    return int(time.time())


class LedgerCopy(Protocol):
    """A ledger that this guardian has verified itself; every `LedgerPort` may be one."""

    @property
    def state(self) -> State: ...

    def entry(self, number: int) -> Entry: ...


class Guardian:
    """Gives partials and endorsements, each for a reason that it has looked for itself.

    It may hold shares of several keys: an account that has proven nothing since the key was
    replaced is still in escrow under the one before. It never prints what it holds. `clock` is its
    own, and no part of the ledger.
    """

    def __init__(
        self,
        shares: Sequence[KeyShare],
        signer: SigningKey,
        copy: LedgerCopy,
        randomness: Randomness = system_randomness,
        *,
        clock: OwnClock = system_clock,
        most_apart: int = MAX_CLOCK_GAP,
    ) -> None:
        if len({share.guardian for share in shares}) != 1:
            raise Conflict("shares", expected="those of one guardian", actual=len(shares))
        for share in shares:
            share.check()
        self.index = shares[0].guardian
        self._shares = {share.shared.key: share for share in shares}
        if len(self._shares) != len(shares):
            raise Conflict(
                "shares", expected="one of each key, the old one destroyed", actual=len(shares)
            )
        self._signer = signer
        self._copy = copy
        self._randomness = randomness
        self._clock = clock
        self._most_apart = most_apart
        self._consents: set[bytes] = set()

    def partials(self, account: int) -> tuple[Partial, ...]:
        """For an overdue account: what opens the escrows that its opening is made of."""
        self._require_overdue(account)
        state = self._copy.state
        found = escrows_of(state, account, self._copy.entry)
        if not found:
            raise NotPermitted(
                f"account {account}", expected="a hidden opening", actual="a public one"
            )
        return tuple(self._partial(one) for one in found)

    def endorse(self, reveal: Reveal) -> Endorsement:
        """Our signature under the reveal of an overdue account, if it tells the truth."""
        state = self._copy.state
        self._require_overdue(reveal.account)
        account = state.account(reveal.account)
        Commitment(account.commitment).check_opening(reveal.opening(account).opening)
        keys = state.parameters.guardians.keys
        if self._signer.public not in keys:
            raise Conflict("guardian", expected="one of the ledger's quorum", actual="another")
        signature = self._signer.sign(reveal.binding(state.charter.ledger))
        return Endorsement(signer=keys.index(self._signer.public), signature=signature)

    def consent(self, request: AuditRequest) -> None:
        """Whoever runs this guardian has read the request and agrees; nothing else calls this."""
        self._require_valid(request)
        self._consents.add(request.terms())

    def withdraw_consent(self, request: AuditRequest) -> None:
        """No further partials for it; what was given cannot be taken back."""
        self._consents.discard(request.terms())

    def disclose(self, request: AuditRequest, account: int, places: Sequence[Sealed]) -> bytes:
        """The partials of escrows within a request that we consented to, for the auditor only.

        `places` are entries and legs of the log; what stands there we look up ourselves. Only the
        key is taken from them, and under a wrong one a partial tells nothing: who made E = e·B
        knows e, and so knows e·P for every P.
        """
        self._require_valid(request)
        if request.terms() not in self._consents:
            raise NotPermitted("audit", expected="a request we consented to", actual="another")
        ledger = self._copy.state.charter.ledger
        found = [find_escrow(ledger, account, place, self._copy.entry) for place in places]
        for one in found:
            request.require_covers(one)
        partials = tuple(self._partial(one) for one in found)
        return Disclosure(guardian=self.index, partials=partials).seal(request)

    def _partial(self, found: Found) -> Partial:
        share = self._shares.get(found.sealed.key)
        if share is None:
            raise Conflict(
                f"escrow in entry {found.sealed.entry}",
                expected="one under a key that we have a share of",
                actual=found.sealed.key,
            )
        ledger = self._copy.state.charter.ledger
        return unchecked_partial(share, ledger, found, self._randomness)

    def _require_overdue(self, account: int) -> None:
        """As `Reveal` asks it: a market that is fresh, here as there, and a proof that is not."""
        state = self._copy.state
        market = require_fresh_market(state)
        now = self._clock()
        if abs(now - market.time) > self._most_apart:
            raise NotPermitted(
                "time of the newest market",
                expected=f"within {self._most_apart} s of this guardian's own clock, {now}",
                actual=market.time,
            )
        if not state.is_overdue(state.account(account)):
            raise NotPermitted(
                f"account {account}", expected="an overdue account", actual="one in standing"
            )

    def _require_valid(self, request: AuditRequest) -> None:
        state = self._copy.state
        if request.ledger != state.charter.ledger:
            raise NotPermitted(
                "audit", expected=state.charter.ledger.hex(), actual=request.ledger.hex()
            )
        request.check()
        if state.pool.time > request.expires:
            raise NotPermitted(
                "audit", expected=f"a request until {state.pool.time}", actual=request.expires
            )

    def __repr__(self) -> str:
        return f"Guardian({self.index}, <redacted>)"
