"""The margin heartbeat: ProveMargin, and ProveFlat for those who have nothing to prove."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ledger.encoding import Count, ProofBytes, SignatureBytes, SpanBytes
from ledger.errors import NotAdmitted, OutOfOrder
from ledger.evidence import Evidence
from ledger.market.data import Rows
from ledger.market.listing import Listing
from ledger.records import Account, Market
from ledger.requirements import (
    require_free_account,
    require_fresh_market,
    trail_from_here,
    with_nonce_used,
)
from ledger.state import State
from ledger.transitions.accounts import floor_asked
from ledger.transitions.base import (
    AccountStatement,
    demand_claim,
    demand_margin,
    demand_solvency,
    flatness,
    owner_context,
    signed_by_owner,
)
from ledger.transitions.faces import Escrow, EscrowedOpening, Topic


class ProveMargin(AccountStatement):
    """The account meets maintenance margin in an epoch that is within the grace.

    With an escrow it is a proof of solvency; it must be one when the escrow key has changed.
    """

    TOPIC: ClassVar[Topic] = Topic.PROOFS
    EVIDENCE: ClassVar[dict[str, Any]] = {
        "flat": True,
        "escrow": True,
        "proof": True,
        "signature": True,
    }

    kind: Literal["prove-margin"] = "prove-margin"
    nonce: Count
    epoch: Count
    flat: SpanBytes | None = None
    escrow: Escrow | None = None
    proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        market = _market_within_grace(state, self.epoch)
        self._require_escrow(state, account)
        binding = self.binding(state.charter.ledger)
        subject, bound = f"account {account.id}", owner_context(binding, account.id)
        floor, spanned = floor_asked(state, subject, account, self.flat, binding)
        schedule, point = state.demands(market).maintenance(floor), account.commitment
        if self.escrow is None:
            proof = demand_margin(state.shape, subject, point, schedule, bound, self.proof)
        else:
            proof = demand_solvency(state, subject, point, schedule, bound, self.escrow, self.proof)
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            spans=spanned,
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        account = with_nonce_used(state.account(self.account))
        changes: dict[str, object] = {"standing": max(account.standing, self.epoch)}
        if self.escrow is not None:
            changes["trail"] = trail_from_here(state)
        state.put_account(account.model_copy(update=changes))

    def _require_escrow(self, state: State, account: Account) -> None:
        if self.escrow is None and not account.trail.is_readable_with(
            state.parameters.escrow.point
        ):
            raise NotAdmitted(
                "proof of margin",
                expected="one with escrow: the escrow key has changed",
                actual="one without",
            )

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        if self.escrow is None:
            return ()
        return (EscrowedOpening(self.account, self.epoch, self.escrow),)

    def told(self, listing: Listing) -> str:
        return f"account {self.account} proved its margin of epoch {self.epoch}"


class ProveFlat(AccountStatement):
    """No positions, and cash not below zero: the account owes no proofs until it changes."""

    TOPIC: ClassVar[Topic] = Topic.PROOFS
    EVIDENCE: ClassVar[dict[str, Any]] = {"flat": True, "proof": True, "signature": True}

    kind: Literal["prove-flat"] = "prove-flat"
    nonce: Count
    flat: SpanBytes
    proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        require_fresh_market(state)
        binding = self.binding(state.charter.ledger)
        subject, point = f"account {account.id}", account.commitment
        proof = demand_claim(
            state.shape,
            f"{subject}: its cash",
            point,
            cash_not_negative(state),
            owner_context(binding, account.id),
            self.proof,
        )
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            spans=[flatness(state, subject, point, binding, self.flat)],
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        account = with_nonce_used(state.account(self.account))
        state.put_account(account.model_copy(update={"exempt": True}))

    def told(self, listing: Listing) -> str:
        return f"account {self.account} proved that it holds no positions"


def cash_not_negative(state: State) -> Rows:
    """Rows that all say: cash ≥ 0."""
    shape = state.shape
    row = (1, *(0,) * (shape.components - 1))
    return Rows(matrix=(row,) * shape.scenarios, constants=(0,) * shape.scenarios)


def _market_within_grace(state: State, epoch: int) -> Market:
    """The current market, however old, or one whose successor is younger than the grace."""
    market = state.market(epoch)
    if market is None or state.is_over(epoch):
        raise OutOfOrder(
            "epoch", expected=f"{state.pool.epoch}, or one within the grace", actual=epoch
        )
    return market
