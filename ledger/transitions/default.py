"""What happens to an account that does not prove its margin: Reveal, TakeOver, Absorb.

Default costs privacy first and money only then: a revealed account that is solvent keeps all
that it has. Of an insolvent one as little is sold as mends it, at a price that falls until somebody
takes it; if nobody does, the insurance fund must. What is left is always the owner's.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from circuits.shape import Shape
from ledger.encoding import Count, ProofBytes, Quantity, Scalar, SignatureBytes, Total
from ledger.errors import MalformedTransition, NotAdmitted, OutOfOrder, TransitionRejected
from ledger.evidence import Evidence
from ledger.liquidation import freeze, sell
from ledger.market.listing import Listing
from ledger.offers import PARTS, Offer, account_offer, fund_offer, is_at_last_step
from ledger.parameters import Endorsement
from ledger.records import Account, PublicOpening, Sale
from ledger.requirements import (
    bought,
    require_current_market,
    require_free_account,
    require_fresh_market,
    secured,
    with_nonce_used,
    with_public_change,
)
from ledger.state import State
from ledger.transitions.accounts import add_to_fund
from ledger.transitions.base import (
    AccountId,
    AccountStatement,
    AccountTransition,
    Transition,
    demand_solvency,
    owner_context,
    signed_by_owner,
)
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from ledger.wording import amount_of
from zk.errors import OpeningRejected
from zk.pedersen import Commitment


class Reveal(AccountStatement):
    """The guardians open an overdue account, together.

    They say what stood in escrow; a deposit that comes in between changes nothing about it. The
    standing makes it a reveal of this default, and not of the next one as well.
    """

    TOPIC: ClassVar[Topic] = Topic.REVEALS
    IS_RARE: ClassVar[bool] = True
    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True}

    kind: Literal["reveal"] = "reveal"
    standing: Count
    values: tuple[Quantity, ...]
    blinding: Scalar
    endorsements: tuple[Endorsement, ...]

    def check(self, shape: Shape) -> None:
        if len(self.values) != shape.components:
            raise MalformedTransition(
                "values", expected=f"{shape.components} values", actual=len(self.values)
            )

    def examine(self, state: State) -> Evidence:
        account = state.account(self.account)
        require_fresh_market(state)
        if not state.is_overdue(account):
            raise NotAdmitted(
                f"account {account.id}", expected="an overdue account", actual="one in standing"
            )
        if self.standing != account.standing:
            raise OutOfOrder(
                f"standing of account {account.id}",
                expected=account.standing,
                actual=self.standing,
            )
        try:
            Commitment(account.commitment).check_opening(self.opening(account).opening)
        except OpeningRejected:
            raise TransitionRejected(
                f"opening of account {account.id}",
                expected="values and blinding of its commitment",
                actual="those of another",
            ) from None
        binding = self.binding(state.charter.ledger)
        return Evidence(
            signatures=state.parameters.guardians.signed("guardian", binding, self.endorsements)
        )

    def apply(self, state: State) -> None:
        account = state.account(self.account)
        opening = self.opening(account)
        known = account.model_copy(update={"opening": opening, "order": None})
        if state.sale_demands().meets_maintenance(opening.values):
            standing = state.pool.epoch
            state.put_account(known.model_copy(update={"status": "revealed", "standing": standing}))
        else:
            freeze(state, known)

    def opening(self, account: Account) -> PublicOpening:
        """With the public amounts that came after the escrow, which everybody can add."""
        sealed = PublicOpening(values=self.values, blinding=self.blinding)
        return sealed.plus(account.trail.public)

    def own_change(self, before: Before) -> Change:
        """Nothing, frozen or not.

        The fund pays a debt where nothing is left to sell. No book comes here like that: whatever
        took its last position or coin out of it asked that cash be not below zero.
        """
        return super().own_change(before)

    def told(self, listing: Listing) -> str:
        return f"the guardians opened account {self.account}"

    def outcome(self, before: Before, after: State) -> str:
        if after.account(self.account).status == "frozen":
            return "it is below maintenance, and on sale until that is mended"
        return "it is sound, and keeps all that it has"


class TakeOver(AccountTransition):
    """A liquidator buys what is offered of a book on sale, or of the fund's, or a part of it."""

    TOPIC: ClassVar[Topic] = Topic.SALES
    IS_RARE: ClassVar[bool] = True
    EVIDENCE: ClassVar[dict[str, Any]] = {"escrow": True, "proof": True, "signature": True}

    kind: Literal["take-over"] = "take-over"
    nonce: Count
    epoch: Count
    #: Whose book; the fund's, if nobody's.
    target: AccountId | None
    #: Sixty-fourths of the positions; as many as are offered take the lot whole.
    part: Annotated[int, Field(ge=1, le=PARTS)]
    price: Total
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def check(self, shape: Shape) -> None:
        if self.account == self.target:
            raise MalformedTransition("target", expected="another account", actual=self.target)

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        require_current_market(state, self.epoch)
        offer = current_offer(state, self.target, self.part)
        if self.price < offer.price:
            raise TransitionRejected(
                "price of the sale", expected=f"{offer.price} or more", actual=self.price
            )
        binding = self.binding(state.charter.ledger)
        whose = "the fund" if self.target is None else f"account {self.target}"
        after = with_public_change(account, self._change(offer))
        proof = demand_solvency(
            state,
            f"account {account.id} with a part of {whose}",
            after.commitment,
            state.sale_demands().initial(state.parameters.floor),
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signatures=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            proofs=[proof],
        )

    def apply(self, state: State) -> None:
        offer = current_offer(state, self.target, self.part)
        change = self._change(offer)
        account = bought(state.account(self.account), change)
        state.put_account(secured(state, with_nonce_used(account)))
        if self.target is None:
            add_to_fund(state, tuple(-v for v in change))
            _end_fund_sale(state)
        else:
            sell(state, self.target, offer.lot.values, self.price)

    def _change(self, offer: Offer) -> tuple[int, ...]:
        cash, *rest = offer.lot.values
        return (cash - self.price, *rest)

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        return (EscrowedOpening(self.account, self.epoch, self.escrow),)

    def named(self) -> tuple[int, ...]:
        return (self.account,) if self.target is None else (self.account, self.target)

    def change_of(self, account: int, before: Before) -> Change:
        """To the buyer the lot less its price; to the book what its sale did to it."""
        if account == self.target:
            return _sold(self, account, before)
        return super().change_of(account, before)

    def own_change(self, before: Before) -> Change:
        return Change(self._change(current_offer(before.found(), self.target, self.part)))

    def told(self, listing: Listing) -> str:
        whose = "what the fund had taken" if self.target is None else f"account {self.target}"
        price = amount_of(listing, 0, self.price)
        return f"account {self.account} bought {self.part}/{PARTS} of {whose} for {price}"

    def outcome(self, before: Before, after: State) -> str:
        if self.target is not None:
            return _fate(after, self.target)
        return "nothing is left of it" if after.pool.fund_sale is None else "more is on sale"


class Absorb(Transition):
    """Nobody wanted it: at the last step the fund takes what is offered, whoever says so."""

    TOPIC: ClassVar[Topic] = Topic.SALES
    IS_RARE: ClassVar[bool] = True

    kind: Literal["absorb"] = "absorb"
    target: AccountId

    def examine(self, state: State) -> Evidence:
        require_fresh_market(state)
        sale, _ = _frozen(state, self.target)
        if not is_at_last_step(state, sale):
            raise NotAdmitted(
                f"sale of account {self.target}",
                expected=f"its last step, {sale.duration} s of a fresh market after its start",
                actual=f"{sale.elapsed_at(state.pool.time, state.fresh_until)} s",
            )
        return Evidence()

    def apply(self, state: State) -> None:
        while state.account(self.target).sale is not None:
            offer = current_offer(state, self.target, None)
            cash, *rest = offer.lot.values
            add_to_fund(state, (cash - offer.price, *rest))
            sell(state, self.target, offer.lot.values, offer.price)
        if state.pool.fund_sale is None and any(state.pool.fund.values[1:]):
            parameters = state.parameters
            sale = Sale(
                since=state.pool.time,
                elapsed=0,
                duration=parameters.sale_duration,
                step=parameters.sale_step,
            )
            state.update_pool(fund_sale=sale)

    def named(self) -> tuple[int, ...]:
        return (self.target,)

    def change_of(self, account: int, before: Before) -> Change:
        return _sold(self, account, before) if account == self.target else Change.none(before.shape)

    def told(self, listing: Listing) -> str:
        return f"the fund took what was left on sale of account {self.target}"

    def outcome(self, before: Before, after: State) -> str:
        return _fate(after, self.target)


def current_offer(state: State, target: int | None, part: int | None) -> Offer:
    """What is on offer of that account, or of the fund, now; as a whole, or a part of it."""
    if target is not None:
        sale, opening = _frozen(state, target)
        return account_offer(state, opening.values, sale, part)
    sold = state.pool.fund_sale
    if sold is None:
        raise NotAdmitted("the fund", expected="something that it had to take", actual="nothing")
    return fund_offer(state, sold, part)


def _frozen(state: State, target: int) -> tuple[Sale, PublicOpening]:
    account = state.account(target)
    if account.sale is None or account.opening is None:
        raise NotAdmitted(f"account {target}", expected="an account on sale", actual=account.status)
    return account.sale, account.opening


def _end_fund_sale(state: State) -> None:
    if not any(state.pool.fund.values[1:]):
        state.update_pool(fund_sale=None)


def _sold(sale: TakeOver | Absorb, account: int, before: Before) -> Change:
    """What became of a book that everybody knows: lots for prices, and a debt that the fund paid.

    How much of it was sold, and for what, follows from the book, the market and the time.
    """
    state = before.found()
    known = _frozen(state, account)[1].values
    sale.apply(state)
    after = state.account(account).opening
    assert after is not None  # a sale hides nothing
    return Change(tuple(b - a for a, b in zip(known, after.values, strict=True)))


def _fate(after: State, account: int) -> str:
    """What became of who was sold."""
    if after.account(account).status == "frozen":
        return "its sale goes on"
    return "its sale is over, and the rest is its owner's"
