"""Accounts, and what comes in: OpenAccount, Deposit, Refresh, Endow."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ledger.encoding import (
    Amount,
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
from ledger.market.listing import Listing
from ledger.records import Account, Trail
from ledger.requirements import (
    amounts,
    reblinded,
    require_current_market,
    require_free_account,
    require_index,
    require_nonce,
    secured,
    with_nonce_used,
    with_public_amount,
)
from ledger.state import State
from ledger.transitions.base import (
    AccountTransition,
    LedgerTransition,
    Transition,
    demand_solvency,
    owner_context,
    show_flat,
    signed_by_owner,
)
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from ledger.wording import amount_of
from zk.babyjubjub import Point
from zk.generators import blinding_generator
from zk.sigma import Span


class OpenAccount(Transition):
    """A new, empty account: C = r·H, and its owner knows r."""

    TOPIC: ClassVar[Topic] = Topic.ACCOUNTS
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

    def named(self) -> tuple[int, ...]:
        return ()

    def concerns(self, account: int | None, owner: bytes) -> bool:
        return bool(owner == self.owner)

    def accounts(self, before: Before) -> tuple[int, ...]:
        """The next one."""
        return (before.found().pool.accounts,)

    def change_of(self, account: int, before: Before) -> Change:
        """All of what the new account begins with."""
        hidden = self.commitment if account in self.accounts(before) else Point.IDENTITY
        return Change.of(before.shape, {}, hidden)

    def told(self, listing: Listing) -> str:
        return f"an account was opened for key {self.owner.hex()[:8]}…"

    def outcome(self, before: Before, after: State) -> str:
        return f"it is account {after.owned_by(self.owner)}"


class Deposit(AccountTransition):
    """The custodian has received `amount` of an asset for the account: C += amount·G.

    A deposit into a book on sale may mend it; then the sale is over.
    """

    TOPIC: ClassVar[Topic] = Topic.PAYMENTS
    EVIDENCE: ClassVar[dict[str, Any]] = {"custodian_signature": True, "signature": True}

    kind: Literal["deposit"] = "deposit"
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

    def own_change(self, before: Before) -> Change:
        return Change.of(before.shape, {self.asset: self.amount})

    def told(self, listing: Listing) -> str:
        return f"account {self.account} paid in {amount_of(listing, self.asset, self.amount)}"


class Endow(LedgerTransition):
    """The custodian has received cash for the insurance fund."""

    TOPIC: ClassVar[Topic] = Topic.PAYMENTS
    IS_RARE: ClassVar[bool] = True
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

    def told(self, listing: Listing) -> str:
        return f"the fund was endowed with {amount_of(listing, 0, self.amount)}"


class Refresh(AccountTransition):
    """New blinding: C += T for a T that holds no value. It gives a revealed account its privacy."""

    TOPIC: ClassVar[Topic] = Topic.ACCOUNTS
    EVIDENCE: ClassVar[dict[str, Any]] = {
        "possession": True,
        "flat": True,
        "escrow": True,
        "proof": True,
        "signature": True,
    }

    kind: Literal["refresh"] = "refresh"
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

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        return (EscrowedOpening(self.account, self.epoch, self.escrow),)

    def own_change(self, before: Before) -> Change:
        return Change.of(before.shape, {}, self.delta)

    def told(self, listing: Listing) -> str:
        return f"account {self.account} took a new blinding"


def require_room(state: State, asset: int, amount: int) -> None:
    """The ledger holds no more of an asset than it may."""
    total, limit = state.pool.totals[asset], state.parameters.max_totals[asset]
    if total + amount > limit:
        raise LimitExceeded(
            f"total of asset {asset}", expected=f"at most {limit}", actual=total + amount
        )


def floor_asked(
    state: State, subject: str, account: Account, flat: bytes | None, binding: bytes
) -> tuple[int, list[ClaimedSpan]]:
    """Nothing of who never traded; of others the floor, unless they show that they are flat."""
    if account.is_untraded:
        return 0, []
    return show_flat(state, subject, account.commitment, flat, binding)


def add_to_total(state: State, asset: int, amount: int) -> None:
    """Deposited, or paid out."""
    change = amounts(state.shape.assets, asset, amount)
    parts = zip(state.pool.totals, change, strict=True)
    state.update_pool(totals=tuple(total + more for total, more in parts))


def add_to_fund(state: State, change: tuple[int, ...]) -> None:
    """Of any component."""
    state.update_pool(fund=state.pool.fund.plus(change))
