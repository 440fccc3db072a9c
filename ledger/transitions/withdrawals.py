"""What goes out, at once or after it has waited: Withdraw, PayOut."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ledger.encoding import Amount, AnyAmount, Count, ProofBytes, SignatureBytes, SpanBytes
from ledger.errors import LimitExceeded, NotAdmitted
from ledger.evidence import Evidence
from ledger.market.listing import Listing
from ledger.payout import share
from ledger.records import Account, Withdrawal
from ledger.requirements import (
    amounts,
    require_current_market,
    require_free_account,
    require_fresh_market,
    require_index,
    require_unlocked,
    secured,
    with_nonce_used,
    with_public_amount,
)
from ledger.state import State
from ledger.transitions.accounts import add_to_fund, add_to_total, floor_asked
from ledger.transitions.base import (
    AccountTransition,
    LedgerTransition,
    demand_solvency,
    owner_context,
    signed_by_owner,
)
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from ledger.wording import amount_of


class Withdraw(AccountTransition):
    """`amount` leaves the account; what stays meets initial margin.

    When cash leaves, collateral counts for nothing: nobody borrows other people's cash against
    it. An account that never traded is paid at once. Of any other the amount waits until every
    loser of the same market is overdue, opened and sold: a gain is not carried off before its loss
    has shown.
    """

    TOPIC: ClassVar[Topic] = Topic.PAYMENTS
    EVIDENCE: ClassVar[dict[str, Any]] = {
        "flat": True,
        "escrow": True,
        "proof": True,
        "signature": True,
    }

    kind: Literal["withdraw"] = "withdraw"
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

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        return (EscrowedOpening(self.account, self.epoch, self.escrow),)

    def own_change(self, before: Before) -> Change:
        return Change.of(before.shape, {self.asset: -self.amount})

    def told(self, listing: Listing) -> str:
        return f"account {self.account} asked for {amount_of(listing, self.asset, self.amount)}"

    def outcome(self, before: Before, after: State) -> str:
        return "it was paid at once" if after.account(self.account).is_untraded else "it waits"


class PayOut(LedgerTransition):
    """A withdrawal whose time has come is paid, at the fraction in force; whoever says so."""

    TOPIC: ClassVar[Topic] = Topic.PAYMENTS

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

    def accounts(self, before: Before) -> tuple[int, ...]:
        """Whose withdrawal it was, which its record says as long as it waits."""
        return (before.found().withdrawal(self.withdrawal).account,)

    def told(self, listing: Listing) -> str:
        return f"withdrawal {self.withdrawal} was paid"

    def outcome(self, before: Before, after: State) -> str:
        paid, listing = before.found().withdrawal(self.withdrawal), after.charter.listing
        return f"account {paid.account} had asked for {amount_of(listing, paid.asset, paid.amount)}"


def require_held(state: State, asset: int, amount: int) -> None:
    """Nothing leaves that is not there: cash may be lent against coins, and is then elsewhere."""
    total = state.pool.totals[asset]
    if amount > total:
        raise LimitExceeded(
            f"total of asset {asset}", expected=f"at most {total} to leave", actual=amount
        )


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


def _paid_of(state: State, waiting: Withdrawal) -> int:
    return share(state, untraded=False).of(waiting.amount)


def _add_to_queue(state: State, asset: int, amount: int) -> None:
    change = amounts(state.shape.assets, asset, amount)
    parts = zip(state.pool.queued, change, strict=True)
    state.update_pool(queued=tuple(total + more for total, more in parts))
