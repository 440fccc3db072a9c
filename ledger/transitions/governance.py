"""UpdateParams: what t governors sign takes effect after everybody had time to read it."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal

from ledger.encoding import Count
from ledger.errors import LimitExceeded, OutOfOrder
from ledger.evidence import Evidence
from ledger.market.listing import Listing
from ledger.parameters import Endorsement, Parameters
from ledger.records import PendingParameters
from ledger.state import State
from ledger.transitions.base import LedgerTransition
from ledger.transitions.faces import Topic
from ledger.wording import moment

MAX_PENDING: Final = 16
#: No change may stand in the way of later ones for longer than this, in seconds.
MAX_LEAD: Final = 30 * 86_400


class UpdateParams(LedgerTransition):
    """All parameters anew, in force from `effective` on."""

    TOPIC: ClassVar[Topic] = Topic.PARAMETERS
    IS_RARE: ClassVar[bool] = True
    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True}

    kind: Literal["update-params"] = "update-params"
    #: One more than the changes that were signed before: a change is signed once.
    change: Count
    effective: Count
    parameters: Parameters
    endorsements: tuple[Endorsement, ...]

    def examine(self, state: State) -> Evidence:
        pool, now = state.pool, state.parameters
        self.parameters.check(state.shape, state.charter.listing)
        if state.charter.mode == "production":
            self.parameters.check_production()
        if self.change != pool.changes + 1:
            raise OutOfOrder("change", expected=pool.changes + 1, actual=self.change)
        if len(pool.pending) >= MAX_PENDING:
            raise LimitExceeded("pending changes", expected=f"below {MAX_PENDING}", actual="more")
        earliest = pool.time + self._delay(state)
        if pool.pending:
            earliest = max(earliest, pool.pending[-1].effective)
        if self.effective < earliest:
            raise OutOfOrder(
                "effective time", expected=f"{earliest} or later", actual=self.effective
            )
        latest = pool.time + self._delay(state) + MAX_LEAD
        if self.effective > latest:
            raise LimitExceeded(
                "effective time", expected=f"at most {latest}", actual=self.effective
            )
        binding = self.binding(state.charter.ledger)
        return Evidence(
            signatures=now.governors.signed("governor", binding, self.endorsements),
            spans=[self.parameters.escrow.spanned()],
        )

    @property
    def by_governors(self) -> bool:
        return True

    def _delay(self, state: State) -> int:
        """Who may sign what changes more slowly than numbers do; what waits counts as in force."""
        pending = state.pool.pending
        before = pending[-1].parameters if pending else state.parameters
        is_of_keys = self.parameters.keys != before.keys
        return state.parameters.key_delay if is_of_keys else state.parameters.delay

    def apply(self, state: State) -> None:
        pool = state.pool
        waiting = PendingParameters(effective=self.effective, parameters=self.parameters)
        state.update_pool(changes=self.change, pending=(*pool.pending, waiting))

    def concerns(self, account: int | None, owner: bytes) -> bool:
        """Everybody, whose fees and demands they are."""
        return True

    def told(self, listing: Listing) -> str:
        return f"new parameters were signed, in force from {moment(self.effective)}"
