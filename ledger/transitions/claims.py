"""PublishClaim: an account shows that rows of its choice hold, and nothing else."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from circuits.shape import Shape
from ledger.encoding import Count, ProofBytes, SignatureBytes
from ledger.evidence import Evidence
from ledger.market.data import Rows
from ledger.market.listing import Listing
from ledger.requirements import require_current_market, require_free_account, with_nonce_used
from ledger.state import State
from ledger.transitions.base import (
    AccountStatement,
    Label,
    demand_claim,
    owner_context,
    signed_by_owner,
)
from ledger.transitions.faces import Topic


class PublishClaim(AccountStatement):
    """A disclosure receipt: M·v + b ≥ 0 at this epoch, for rows that stand on the record.

    The label is the owner's; what was proven is what the rows say.
    """

    TOPIC: ClassVar[Topic] = Topic.DISCLOSURES
    EVIDENCE: ClassVar[dict[str, Any]] = {"proof": True, "signature": True}

    kind: Literal["publish-claim"] = "publish-claim"
    nonce: Count
    epoch: Count
    label: Label
    rows: Rows
    proof: ProofBytes
    signature: SignatureBytes

    def check(self, shape: Shape) -> None:
        self.rows.check(shape)

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        require_current_market(state, self.epoch)
        binding = self.binding(state.charter.ledger)
        proof = demand_claim(
            state.shape,
            f"account {account.id}: {self.label}",
            account.commitment,
            self.rows,
            owner_context(binding, account.id),
            self.proof,
        )
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        state.put_account(with_nonce_used(state.account(self.account)))

    def told(self, listing: Listing) -> str:
        return f"account {self.account} published a claim"
