"""Firm orders: PlaceOrder, CancelOrder.

Margin is a concave function of the book, so if C and C + O meet initial margin, every partial fill
at the limit or better does. A placed order therefore needs nothing more of its owner. Only deposits
may touch the account until it closes, and those can only help.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ledger.encoding import Count, PointHex, ProofBytes, PublicKey, SignatureBytes
from ledger.errors import NotAdmitted
from ledger.evidence import Evidence
from ledger.market.listing import Listing
from ledger.records import Account, Order
from ledger.requirements import (
    amounts,
    open_order,
    require_account,
    require_free_account,
    require_open_market,
    secured,
    with_nonce_used,
    with_public_amount,
)
from ledger.state import State
from ledger.transitions.accounts import add_to_fund
from ledger.transitions.base import (
    AccountStatement,
    AccountTransition,
    context,
    demand_margin,
    demand_solvency,
    owner_context,
    signed_by_owner,
)
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic


class PlaceOrder(AccountTransition):
    """An order O that `matcher` may fill in this epoch, once, at its limit or better.

    After the fee, C meets initial margin with its opening in escrow, and so does C + O. The floor
    is asked of both, flat or not: a part of the order would else leave a part of it. That the whole
    of C is in escrow means that a reveal never needs more than this and one fill.
    """

    TOPIC: ClassVar[Topic] = Topic.ORDERS
    EVIDENCE: ClassVar[dict[str, Any]] = {
        "escrow": True,
        "proof": True,
        "filled_proof": True,
        "signature": True,
    }

    kind: Literal["place-order"] = "place-order"
    nonce: Count
    epoch: Count
    order: PointHex
    matcher: PublicKey
    escrow: Escrow
    proof: ProofBytes
    filled_proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        demands = state.demands(require_open_market(state, self.epoch))
        binding = self.binding(state.charter.ledger)
        subject = f"account {account.id}"
        after = self._after_fee(state, account)
        asked = demands.initial(state.parameters.floor)
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            proofs=[
                demand_solvency(
                    state,
                    f"{subject} after the fee",
                    after.commitment,
                    asked,
                    owner_context(binding, account.id),
                    self.escrow,
                    self.proof,
                ),
                demand_margin(
                    state.shape,
                    f"{subject} with its order filled",
                    after.commitment + self.order,
                    asked,
                    filled_context(binding, account.id),
                    self.filled_proof,
                ),
            ],
        )

    def apply(self, state: State) -> None:
        account = secured(state, self._after_fee(state, state.account(self.account)))
        order = Order(
            id=state.number,
            commitment=self.order,
            epoch=state.pool.epoch,
            matcher=self.matcher,
        )
        state.put_account(with_nonce_used(account.model_copy(update={"order": order})))
        add_to_fund(state, amounts(state.shape.components, 0, state.parameters.order_fee))

    def _after_fee(self, state: State, account: Account) -> Account:
        return with_public_amount(account, 0, -state.parameters.order_fee)

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        return (EscrowedOpening(self.account, self.epoch, self.escrow),)

    def own_change(self, before: Before) -> Change:
        """The fee; what is ordered is added when it is filled."""
        return Change.of(before.shape, {0: -before.order_fee})

    def told(self, listing: Listing) -> str:
        return f"account {self.account} placed an order"


class CancelOrder(AccountStatement):
    """The owner takes an open order back; what was being cleared can still be filled a while."""

    TOPIC: ClassVar[Topic] = Topic.ORDERS
    EVIDENCE: ClassVar[dict[str, Any]] = {"signature": True}

    kind: Literal["cancel-order"] = "cancel-order"
    nonce: Count
    order: Count
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_account(state, self.account, self.nonce)
        order = open_order(state, account)
        if order is None or order.id != self.order or order.cancelled is not None:
            raise NotAdmitted(
                f"order {self.order}",
                expected=f"an open order of account {account.id}",
                actual="none" if order is None else f"order {order.id}, or one taken back before",
            )
        binding = self.binding(state.charter.ledger)
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)]
        )

    def apply(self, state: State) -> None:
        account = with_nonce_used(state.account(self.account))
        assert account.order is not None  # it is open
        cancelled = account.order.model_copy(update={"cancelled": state.pool.time})
        state.put_account(account.model_copy(update={"order": cancelled}))

    def told(self, listing: Listing) -> str:
        return f"account {self.account} cancelled order {self.order}"


def filled_context(binding: bytes, account: int) -> int:
    """The context of the claim on C + O."""
    return context(binding, f"filled/{account}")
