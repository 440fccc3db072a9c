"""Settle: several accounts trade at once, and nobody sees what.

Each leg adds a hidden D to its account. That nothing was created is one representation proof,
Σ D = x·H. That each account stays sound is a proof a leg: a *signed* leg proves the solvency of
what it becomes; a *firm* leg fills a placed order, whose owner may be asleep.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from circuits.shape import Shape
from ledger.encoding import (
    Count,
    Element,
    Model,
    PointHex,
    ProofBytes,
    PublicKey,
    SignatureBytes,
    SpanBytes,
)
from ledger.errors import LimitExceeded, MalformedTransition, NotAdmitted, Unauthorised
from ledger.evidence import ClaimedSignature, ClaimedSpan, Evidence
from ledger.market.listing import Listing
from ledger.records import Account, Market, Order
from ledger.requirements import (
    amount_point,
    amounts,
    hidden_change,
    open_order,
    require_free_account,
    require_open_market,
    sealed_here,
    secured,
    with_nonce_used,
)
from ledger.state import State
from ledger.transitions.accounts import add_to_fund
from ledger.transitions.base import (
    AccountId,
    Transition,
    demand_fill,
    demand_solvency,
    owner_context,
    show_flat,
    signed_by_owner,
)
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from ledger.wording import counted
from zk.babyjubjub import Point, add_all
from zk.generators import blinding_generator
from zk.sigma import Span

MAX_LEGS: Final = 256
#: So many accounts are told by their numbers.
_FEW: Final = 4


class SignedLeg(Model):
    """A party that is there: it signs the whole settlement and proves what it becomes."""

    kind: Literal["signed"] = "signed"
    account: AccountId
    nonce: Count
    delta: PointHex
    flat: SpanBytes | None = None
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes


class FirmLeg(Model):
    """A placed order, filled in whole or in part by the matcher that it named."""

    kind: Literal["firm"] = "firm"
    account: AccountId
    order: Count
    delta: PointHex
    escrow: Escrow
    notice: tuple[Element, ...]
    proof: ProofBytes


Leg = Annotated[SignedLeg | FirmLeg, Field(discriminator="kind")]


class Settle(Transition):
    """The legs of one settlement; all of them or none."""

    TOPIC: ClassVar[Topic] = Topic.SETTLEMENTS
    EVIDENCE: ClassVar[dict[str, Any]] = {
        "legs": {"__all__": {"flat", "escrow", "notice", "proof", "signature"}},
        "balance": True,
        "matcher_signature": True,
    }

    kind: Literal["settle"] = "settle"
    epoch: Count
    legs: Annotated[tuple[Leg, ...], Field(max_length=MAX_LEGS)]
    #: Who cleared the firm legs; none where there are only signed ones.
    matcher: PublicKey | None = None
    balance: SpanBytes
    matcher_signature: SignatureBytes | None = None

    def check(self, shape: Shape) -> None:
        if not 1 <= len(self.legs) <= MAX_LEGS:
            raise LimitExceeded("legs", expected=f"1 to {MAX_LEGS}", actual=len(self.legs))
        _require_in_order([leg.account for leg in self.legs])
        wanted = any(isinstance(leg, FirmLeg) for leg in self.legs)
        for given in (self.matcher is not None, self.matcher_signature is not None):
            if given != wanted:
                raise MalformedTransition(
                    "matcher",
                    expected="a key and a signature exactly where a leg is firm",
                    actual="another combination",
                )

    def examine(self, state: State) -> Evidence:
        market = require_open_market(state, self.epoch)
        binding = self.binding(state.charter.ledger)
        excess = add_all(leg.delta for leg in self.legs)
        span = Span((blinding_generator(),), excess)
        evidence = Evidence(
            spans=[ClaimedSpan("balance of the settlement", span, binding, self.balance)]
        )
        if self.matcher is not None and self.matcher_signature is not None:
            evidence.signatures.append(
                ClaimedSignature("the matcher", self.matcher, binding, self.matcher_signature)
            )
        for leg in self.legs:
            if isinstance(leg, SignedLeg):
                _examine_signed(state, market, leg, binding, evidence)
            else:
                self._examine_firm(state, leg, binding, evidence)
        return evidence

    def apply(self, state: State) -> None:
        fees = 0
        for place, leg in enumerate(self.legs):
            account = state.account(leg.account)
            if isinstance(leg, SignedLeg):
                after = secured(state, hidden_change(account, _signed_change(state, leg)), place)
                state.put_account(with_nonce_used(after))
                fees += state.parameters.leg_fee
            else:
                state.put_account(_filled(state, account, leg, place))
        add_to_fund(state, amounts(state.shape.components, 0, fees))

    def _examine_firm(self, state: State, leg: FirmLeg, binding: bytes, into: Evidence) -> None:
        order = _require_order(state, leg)
        if order.matcher != self.matcher:
            raise Unauthorised(
                f"matcher of order {order.id}",
                expected=order.matcher.hex(),
                actual="none" if self.matcher is None else self.matcher.hex(),
            )
        into.proofs.append(
            demand_fill(
                state,
                f"order {order.id} of account {leg.account}",
                order.commitment,
                leg.delta,
                owner_context(binding, leg.account),
                leg.escrow,
                leg.notice,
                leg.proof,
            )
        )

    def named(self) -> tuple[int, ...]:
        return tuple(leg.account for leg in self.legs)

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        return tuple(
            EscrowedOpening(leg.account, self.epoch, leg.escrow, place, isinstance(leg, FirmLeg))
            for place, leg in enumerate(self.legs)
        )

    def change_of(self, account: int, before: Before) -> Change:
        """The delta of its leg, and the fee of whoever signed; a fill has cost its order's fee."""
        for leg in self.legs:
            if leg.account == account:
                fee = before.leg_fee if isinstance(leg, SignedLeg) else 0
                return Change.of(before.shape, {0: -fee}, leg.delta)
        return Change.none(before.shape)

    def told(self, listing: Listing) -> str:
        firm = sum(isinstance(leg, FirmLeg) for leg in self.legs)
        signed = len(self.legs) - firm
        return f"{_whose(self.named())} settled: {signed} signed, {firm} firm"


def _examine_signed(
    state: State, market: Market, leg: SignedLeg, binding: bytes, into: Evidence
) -> None:
    account = require_free_account(state, leg.account, leg.nonce)
    into.signatures.append(signed_by_owner(account.owner, account.id, binding, leg.signature))
    subject = f"account {account.id} after the settlement"
    after = account.commitment + _signed_change(state, leg)
    floor, spanned = show_flat(state, subject, after, leg.flat, binding)
    into.spans += spanned
    into.proofs.append(
        demand_solvency(
            state,
            subject,
            after,
            state.demands(market).initial(floor),
            owner_context(binding, account.id),
            leg.escrow,
            leg.proof,
        )
    )


def _signed_change(state: State, leg: SignedLeg) -> Point:
    return leg.delta - amount_point(0, state.parameters.leg_fee)


def _require_order(state: State, leg: FirmLeg) -> Order:
    account = state.account(leg.account)
    order = open_order(state, account)
    if order is None or order.id != leg.order or account.status == "frozen":
        raise NotAdmitted(
            f"order {leg.order}",
            expected=f"an open order of account {leg.account}",
            actual="none" if order is None else f"order {order.id}",
        )
    return order


def _filled(state: State, account: Account, leg: FirmLeg, place: int) -> Account:
    """The order is closed, and the guardians find the fill in this entry."""
    trail = account.trail.model_copy(update={"fill": sealed_here(state, place)})
    return hidden_change(account, leg.delta).model_copy(update={"trail": trail, "order": None})


def _require_in_order(accounts: list[int]) -> None:
    """Each account once, in the order of their numbers.

    Each leg proves against the state before the settlement, and two of one account would count it
    twice. Any other order could say who bought, who sold and at what limit.
    """
    for before, after in pairwise(accounts):
        if before >= after:
            raise MalformedTransition(
                "legs",
                expected="each account once, in their order",
                actual=f"account {after} after account {before}",
            )


def _whose(accounts: tuple[int, ...]) -> str:
    """By number, where there are few."""
    *others, last = map(str, accounts)
    if len(accounts) > _FEW or not others:
        return counted(len(accounts), "account") if others else f"account {last}"
    return f"accounts {', '.join(others)} and {last}"
