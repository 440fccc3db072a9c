"""Redeem: expired contracts become cash, against the expiry account and nothing else."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from circuits.shape import Shape
from ledger.encoding import Count, PointHex, ProofBytes, SignatureBytes, SpanBytes
from ledger.errors import NotAdmitted
from ledger.evidence import ClaimedSpan, Evidence
from ledger.market.data import SCALE
from ledger.market.listing import Listing
from ledger.records import Market
from ledger.requirements import (
    hidden_change,
    require_current_market,
    require_free_account,
    require_index,
    secured,
    with_nonce_used,
)
from ledger.state import State
from ledger.transitions.base import (
    AccountTransition,
    demand_solvency,
    owner_context,
    show_flat,
    signed_by_owner,
)
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from ledger.wording import name_of
from zk.babyjubjub import Point
from zk.generators import blinding_generator, value_generator
from zk.sigma import Span


class Redeem(AccountTransition):
    """D = q·(value·G_cash − G_instrument) + x·H: for a hidden q, lots go and cash comes.

    The expiry account takes the other side, so that nothing is created when longs redeem and
    shorts never come: then it owes the cash and holds the lots that the shorts still owe.
    """

    TOPIC: ClassVar[Topic] = Topic.ACCOUNTS
    EVIDENCE: ClassVar[dict[str, Any]] = {
        "exchange": True,
        "flat": True,
        "escrow": True,
        "proof": True,
        "signature": True,
    }

    kind: Literal["redeem"] = "redeem"
    nonce: Count
    epoch: Count
    instrument: Count
    delta: PointHex
    exchange: SpanBytes
    flat: SpanBytes | None = None
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def check(self, shape: Shape) -> None:
        require_index("instrument", self.instrument, shape.instruments)

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        market = require_current_market(state, self.epoch)
        _require_settled(state, self.instrument, market)
        binding = self.binding(state.charter.ledger)
        span = Span((exchange_base(state, self.instrument), blinding_generator()), self.delta)
        subject = f"account {account.id} after the redemption"
        after = account.commitment + self.delta
        floor, spanned = show_flat(state, subject, after, self.flat, binding)
        proof = demand_solvency(
            state,
            subject,
            after,
            state.demands(market).initial(floor),
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            spans=[
                ClaimedSpan("exchange at the settlement value", span, binding, self.exchange),
                *spanned,
            ],
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        account = hidden_change(state.account(self.account), self.delta)
        state.put_account(secured(state, with_nonce_used(account)))
        state.update_pool(expiry=state.pool.expiry - self.delta)

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        return (EscrowedOpening(self.account, self.epoch, self.escrow),)

    def own_change(self, before: Before) -> Change:
        return Change.of(before.shape, {}, self.delta)

    def told(self, listing: Listing) -> str:
        what = name_of(listing, len(listing.assets) + self.instrument)
        return f"account {self.account} redeemed {what}"


def _require_settled(state: State, instrument: int, market: Market) -> None:
    """The table of this epoch knows the final value already.

    Under an older one a lot could count for more, or for less, than it is exchanged for.
    """
    value = state.pool.settled[instrument]
    column = state.shape.assets + instrument
    if value is not None and market.table.mark[column] != value * SCALE:
        raise NotAdmitted(
            f"instrument {instrument}",
            expected="a market that was published after its expiry",
            actual="an older one",
        )


def exchange_base(state: State, instrument: int) -> Point:
    """value·G_cash − G_instrument: one lot for its settlement value."""
    value = state.pool.settled[instrument]
    if value is None:
        raise NotAdmitted(
            f"instrument {instrument}", expected="one that has expired", actual="one that lives"
        )
    lot = value_generator(state.shape.assets + instrument)
    return value_generator(0) * value - lot
