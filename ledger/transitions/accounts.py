"""Accounts and what goes in and out of them: OpenAccount, Deposit, Withdraw, Refresh."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ledger.conditions import (
    amounts,
    hidden_change,
    require_account,
    require_current_market,
    require_free_account,
    require_index,
    secured,
    with_nonce_used,
    with_public_amount,
)
from ledger.encoding import (
    Amount,
    AnyAmount,
    Count,
    PointHex,
    ProofBytes,
    PublicKey,
    SignatureBytes,
    SpanBytes,
)
from ledger.errors import LimitExceeded, NotAdmitted
from ledger.records import Account, Trail
from ledger.state import State
from ledger.transitions.base import (
    AccountId,
    Escrow,
    Transition,
    owner_context,
    prove_solvency,
    signed_by_owner,
)
from verifier.evidence import Evidence, Signed, Spanned
from zk.generators import blinding_generator
from zk.sigma import Span


class OpenAccount(Transition):
    """A new, empty account: C = r·H, and its owner knows r."""

    EVIDENCE: ClassVar[dict[str, Any]] = {"possession": True, "signature": True}

    kind: Literal["open-account"] = "open-account"
    owner: PublicKey
    commitment: PointHex
    possession: SpanBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        taken = state.owned_by(self.owner)
        if taken is not None:
            raise NotAdmitted("owner", expected="a key that owns no account", actual=taken)
        binding = self.binding(state.charter.ledger)
        span = Span((blinding_generator(),), self.commitment)
        return Evidence(
            signed=[Signed("the new owner", self.owner, binding, self.signature)],
            spanned=[Spanned("opening of the account", span, binding, self.possession)],
        )

    def apply(self, state: State) -> None:
        pool = state.pool
        account = Account(
            id=pool.accounts,
            owner=self.owner,
            commitment=self.commitment,
            standing=pool.epoch,
            exempt=True,
            trail=Trail(public=(0,) * state.shape.components),
        )
        state.put_account(account)
        state.put_owner(self.owner, account.id)
        state.update_pool(accounts=pool.accounts + 1)


class Deposit(Transition):
    """The custodian has received `amount` of an asset for the account: C += amount·G."""

    EVIDENCE: ClassVar[dict[str, Any]] = {"custodian_signature": True, "signature": True}

    kind: Literal["deposit"] = "deposit"
    account: AccountId
    nonce: Count
    asset: Count
    amount: Amount
    custodian_signature: SignatureBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_account(state, self.account, self.nonce)
        require_index("asset", self.asset, state.shape.assets)
        total, limit = state.pool.totals[self.asset], state.parameters.max_total
        if total + self.amount > limit:
            raise LimitExceeded(
                f"total of asset {self.asset}",
                expected=f"at most {limit}",
                actual=total + self.amount,
            )
        binding = self.binding(state.charter.ledger)
        custodian = state.parameters.custodian
        return Evidence(
            signed=[
                Signed("the custodian", custodian, binding, self.custodian_signature),
                signed_by_owner(account.owner, account.id, binding, self.signature),
            ]
        )

    def apply(self, state: State) -> None:
        account = with_public_amount(state.account(self.account), self.asset, self.amount)
        state.put_account(with_nonce_used(account))
        _add_to_total(state, self.asset, self.amount)


class Withdraw(Transition):
    """`amount` leaves the account; what stays meets initial margin.

    When cash leaves, collateral counts for nothing: nobody borrows other people's cash against
    it. While the fund is under water a public fraction is paid out, and the rest goes to the fund.
    """

    EVIDENCE: ClassVar[dict[str, Any]] = {"escrow": True, "proof": True, "signature": True}

    kind: Literal["withdraw"] = "withdraw"
    account: AccountId
    nonce: Count
    epoch: Count
    asset: Count
    amount: Amount
    #: The owner takes no less than this, should the fund be under water.
    least: AnyAmount
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        market = require_current_market(state, self.epoch)
        require_index("asset", self.asset, state.shape.assets)
        total, paid = state.pool.totals[self.asset], payout(state, self.amount)
        if paid > total:
            raise LimitExceeded(
                f"total of asset {self.asset}", expected=f"at most {total} to leave", actual=paid
            )
        if paid < self.least:
            raise LimitExceeded("payout", expected=f"at least {self.least}", actual=paid)
        binding = self.binding(state.charter.ledger)
        matrices = market.matrices
        proof = prove_solvency(
            state,
            f"account {account.id} after the withdrawal",
            with_public_amount(account, self.asset, -self.amount).commitment,
            matrices.withdrawal if self.asset == 0 else matrices.initial,
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signed=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            proven=[proof],
        )

    def apply(self, state: State) -> None:
        paid = payout(state, self.amount)
        account = with_public_amount(state.account(self.account), self.asset, -self.amount)
        state.put_account(secured(state, with_nonce_used(account)))
        _add_to_total(state, self.asset, -paid)
        kept = amounts(state.shape.components, self.asset, self.amount - paid)
        state.update_pool(fund=state.pool.fund.plus(kept))


class Refresh(Transition):
    """New blinding: C += T for a T that holds no value. It gives a revealed account its privacy."""

    EVIDENCE: ClassVar[dict[str, Any]] = {
        "possession": True,
        "escrow": True,
        "proof": True,
        "signature": True,
    }

    kind: Literal["refresh"] = "refresh"
    account: AccountId
    nonce: Count
    epoch: Count
    delta: PointHex
    possession: SpanBytes
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        market = require_current_market(state, self.epoch)
        binding = self.binding(state.charter.ledger)
        span = Span((blinding_generator(),), self.delta)
        proof = prove_solvency(
            state,
            f"account {account.id} after the refresh",
            account.commitment + self.delta,
            market.matrices.maintenance,
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signed=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            spanned=[Spanned("refresh that holds no value", span, binding, self.possession)],
            proven=[proof],
        )

    def apply(self, state: State) -> None:
        account = hidden_change(state.account(self.account), self.delta)
        state.put_account(secured(state, with_nonce_used(account)))


def payout(state: State, amount: int) -> int:
    """What is paid of a withdrawal: all of it, or the same share to everybody.

    Under water by −E, with deposits worth T at the mark, the share is T / (T − E).
    """
    deficit = -state.fund_equity
    if deficit <= 0:
        return amount
    mark = state.current_market.matrices.mark
    totals = state.pool.totals
    worth = sum(m * t for m, t in zip(mark, totals, strict=False)) // mark[0]
    return amount * max(worth, 0) // (max(worth, 0) + deficit)


def _add_to_total(state: State, asset: int, amount: int) -> None:
    totals = list(state.pool.totals)
    totals[asset] += amount
    state.update_pool(totals=tuple(totals))
