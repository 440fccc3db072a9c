"""Accounts, and what goes in and out: OpenAccount, Deposit, Withdraw, PayOut, Refresh, Endow."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

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
from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder
from ledger.evidence import ClaimedSignature, ClaimedSpan, Evidence
from ledger.liquidation import rejudge
from ledger.payout import share
from ledger.records import Account, Trail, Withdrawal
from ledger.requirements import (
    amounts,
    reblinded,
    require_current_market,
    require_free_account,
    require_fresh_market,
    require_index,
    require_nonce,
    require_unlocked,
    secured,
    with_nonce_used,
    with_public_amount,
)
from ledger.state import State
from ledger.transitions.base import (
    AccountId,
    Escrow,
    Transition,
    demand_solvency,
    owner_context,
    show_flat,
    signed_by_owner,
)
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
            signatures=[ClaimedSignature("the new owner", self.owner, binding, self.signature)],
            spans=[ClaimedSpan("opening of the account", span, binding, self.possession)],
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
            holdings=(0,) * state.shape.assets,
        )
        state.put_account(account)
        state.put_owner(self.owner, account.id)
        state.update_pool(accounts=pool.accounts + 1)


class Deposit(Transition):
    """The custodian has received `amount` of an asset for the account: C += amount·G.

    A deposit into a book on sale may mend it; then the sale is over.
    """

    EVIDENCE: ClassVar[dict[str, Any]] = {"custodian_signature": True, "signature": True}

    kind: Literal["deposit"] = "deposit"
    account: AccountId
    nonce: Count
    asset: Count
    amount: Amount
    custodian_signature: SignatureBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_nonce(state, self.account, self.nonce)
        require_index("asset", self.asset, state.shape.assets)
        require_room(state, self.asset, self.amount)
        binding = self.binding(state.charter.ledger)
        custodian = state.parameters.custodian
        return Evidence(
            signatures=[
                ClaimedSignature("the custodian", custodian, binding, self.custodian_signature),
                signed_by_owner(account.owner, account.id, binding, self.signature),
            ]
        )

    def apply(self, state: State) -> None:
        account = with_public_amount(state.account(self.account), self.asset, self.amount)
        add_to_total(state, self.asset, self.amount)
        state.put_account(with_nonce_used(account))
        rejudge(state, self.account)


class Withdraw(Transition):
    """`amount` leaves the account; what stays meets initial margin.

    When cash leaves, collateral counts for nothing: nobody borrows other people's cash against
    it. An account that never traded is paid at once. Of any other the amount waits until every
    loser of the same market is overdue, opened and sold: a gain is not carried off before its loss
    has shown.
    """

    EVIDENCE: ClassVar[dict[str, Any]] = {
        "flat": True,
        "escrow": True,
        "proof": True,
        "signature": True,
    }

    kind: Literal["withdraw"] = "withdraw"
    account: AccountId
    nonce: Count
    epoch: Count
    asset: Count
    amount: Amount
    #: The owner takes no less than this, should a loss be public already.
    least: AnyAmount
    #: That no positions are left, where the floor of those is not met.
    flat: SpanBytes | None = None
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        market = require_current_market(state, self.epoch)
        if not account.is_untraded:
            require_unlocked(market)
        require_index("asset", self.asset, state.shape.assets)
        paid = self._paid(state, account)
        require_held(state, self.asset, paid)
        if paid < self.least:
            raise LimitExceeded("payout", expected=f"at least {self.least}", actual=paid)
        binding = self.binding(state.charter.ledger)
        after = with_public_amount(account, self.asset, -self.amount)
        subject = f"account {account.id} after the withdrawal"
        floor, spanned = floor_asked(state, subject, after, self.flat, binding)
        demands = state.demands(market)
        proof = demand_solvency(
            state,
            subject,
            after.commitment,
            demands.withdrawal(floor) if self.asset == 0 else demands.initial(floor),
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            spans=spanned,
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        account = state.account(self.account)
        if account.is_untraded:
            pay(state, self.asset, self.amount, self._paid(state, account))
        else:
            queue(state, account.id, self.asset, self.amount)
        after = with_public_amount(account, self.asset, -self.amount)
        state.put_account(secured(state, with_nonce_used(after)))

    def _paid(self, state: State, account: Account) -> int:
        return share(state, untraded=account.is_untraded).of(self.amount)


class PayOut(Transition):
    """A withdrawal whose time has come is paid, at the fraction in force; whoever says so."""

    kind: Literal["pay-out"] = "pay-out"
    withdrawal: Count

    def examine(self, state: State) -> Evidence:
        waiting = state.withdrawal(self.withdrawal)
        require_unlocked(require_fresh_market(state))
        due = state.clock(waiting.epoch).due
        if due is None or state.pool.time < due:
            raise NotAdmitted(
                f"withdrawal {self.withdrawal}",
                expected="a market that is later by the grace" if due is None else f"time {due}",
                actual=f"epoch {state.pool.epoch}" if due is None else state.pool.time,
            )
        require_held(state, waiting.asset, _paid_of(state, waiting))
        return Evidence()

    def apply(self, state: State) -> None:
        waiting = state.withdrawal(self.withdrawal)
        paid = _paid_of(state, waiting)
        state.put_withdrawal(self.withdrawal, None)
        _add_to_queue(state, waiting.asset, -waiting.amount)
        pay(state, waiting.asset, waiting.amount, paid)


class Endow(Transition):
    """The custodian has received cash for the insurance fund."""

    EVIDENCE: ClassVar[dict[str, Any]] = {"custodian_signature": True}

    kind: Literal["endow"] = "endow"
    #: One more than the endowments before: each is signed once.
    endowment: Count
    amount: Amount
    custodian_signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        expected = state.pool.endowments + 1
        if self.endowment != expected:
            raise OutOfOrder("endowment", expected=expected, actual=self.endowment)
        require_room(state, 0, self.amount)
        binding = self.binding(state.charter.ledger)
        custodian = state.parameters.custodian
        return Evidence(
            signatures=[
                ClaimedSignature("the custodian", custodian, binding, self.custodian_signature)
            ]
        )

    def apply(self, state: State) -> None:
        add_to_total(state, 0, self.amount)
        add_to_fund(state, amounts(state.shape.components, 0, self.amount))
        state.update_pool(endowments=self.endowment)


class Refresh(Transition):
    """New blinding: C += T for a T that holds no value. It gives a revealed account its privacy."""

    EVIDENCE: ClassVar[dict[str, Any]] = {
        "possession": True,
        "flat": True,
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
    flat: SpanBytes | None = None
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        market = require_current_market(state, self.epoch)
        binding = self.binding(state.charter.ledger)
        span = Span((blinding_generator(),), self.delta)
        subject = f"account {account.id} after the refresh"
        after = reblinded(account, self.delta)
        floor, spanned = floor_asked(state, subject, after, self.flat, binding)
        proof = demand_solvency(
            state,
            subject,
            after.commitment,
            state.demands(market).maintenance(floor),
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            spans=[
                ClaimedSpan("refresh that holds no value", span, binding, self.possession),
                *spanned,
            ],
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        account = reblinded(state.account(self.account), self.delta)
        state.put_account(secured(state, with_nonce_used(account)))


def require_room(state: State, asset: int, amount: int) -> None:
    """The ledger holds no more of an asset than it may."""
    total, limit = state.pool.totals[asset], state.parameters.max_totals[asset]
    if total + amount > limit:
        raise LimitExceeded(
            f"total of asset {asset}", expected=f"at most {limit}", actual=total + amount
        )


def require_held(state: State, asset: int, amount: int) -> None:
    """Nothing leaves that is not there: cash may be lent against coins, and is then elsewhere."""
    total = state.pool.totals[asset]
    if amount > total:
        raise LimitExceeded(
            f"total of asset {asset}", expected=f"at most {total} to leave", actual=amount
        )


def floor_asked(
    state: State, subject: str, account: Account, flat: bytes | None, binding: bytes
) -> tuple[int, list[ClaimedSpan]]:
    """Nothing of who never traded; of others the floor, unless they show that they are flat."""
    if account.is_untraded:
        return 0, []
    return show_flat(state, subject, account.commitment, flat, binding)


def queue(state: State, account: int, asset: int, amount: int) -> None:
    """The amount has left its account, and waits."""
    index = state.pool.withdrawals
    waiting = Withdrawal(account=account, asset=asset, amount=amount, epoch=state.pool.epoch)
    state.put_withdrawal(index, waiting)
    state.update_pool(withdrawals=index + 1)
    _add_to_queue(state, asset, amount)


def pay(state: State, asset: int, amount: int, paid: int) -> None:
    """So much of an amount leaves the ledger, and the rest is the fund's."""
    add_to_total(state, asset, -paid)
    add_to_fund(state, amounts(state.shape.components, asset, amount - paid))


def add_to_total(state: State, asset: int, amount: int) -> None:
    """Deposited, or paid out."""
    change = amounts(state.shape.assets, asset, amount)
    parts = zip(state.pool.totals, change, strict=True)
    state.update_pool(totals=tuple(total + more for total, more in parts))


def add_to_fund(state: State, change: tuple[int, ...]) -> None:
    """Of any component."""
    state.update_pool(fund=state.pool.fund.plus(change))


def _paid_of(state: State, waiting: Withdrawal) -> int:
    return share(state, untraded=False).of(waiting.amount)


def _add_to_queue(state: State, asset: int, amount: int) -> None:
    change = amounts(state.shape.assets, asset, amount)
    parts = zip(state.pool.queued, change, strict=True)
    state.update_pool(queued=tuple(total + more for total, more in parts))
