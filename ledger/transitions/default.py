"""What happens to an account that does not prove its margin: Reveal, TakeOver, Absorb.

Default costs privacy first and money only then: a revealed account that is solvent keeps all
that it has. An insolvent one is sold whole, at a price that falls until somebody takes it; if
nobody does, the insurance fund must.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from circuits.shape import Shape
from ledger.conditions import (
    require_current_market,
    require_free_account,
    require_fresh_market,
    secured,
    with_nonce_used,
    with_public_opening,
)
from ledger.encoding import Count, ProofBytes, Quantity, Scalar, SignatureBytes, Total
from ledger.errors import MalformedTransition, NotAdmitted, OutOfOrder, TransitionRejected
from ledger.market.data import SCALE, equity
from ledger.parameters import Endorsement
from ledger.records import Account, PublicOpening, Sale, Trail
from ledger.state import State
from ledger.transitions.base import (
    AccountId,
    Escrow,
    Transition,
    owner_context,
    prove_solvency,
    signed_by_owner,
)
from verifier.evidence import Evidence
from zk.errors import OpeningRejected
from zk.pedersen import Commitment, Opening


class Reveal(Transition):
    """The guardians open an overdue account, together.

    They say what stood in escrow; a deposit that comes in between changes nothing about it. The
    standing makes it a reveal of this default, and not of the next one as well.
    """

    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True}

    kind: Literal["reveal"] = "reveal"
    account: AccountId
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
            signed=state.parameters.guardians.signed("guardian", binding, self.endorsements)
        )

    def apply(self, state: State) -> None:
        account, market = state.account(self.account), state.current_market
        opening = self.opening(account)
        changes: dict[str, object] = {"opening": opening, "order": None}
        if market.matrices.maintenance.worst(opening.values) >= 0:
            changes |= {"status": "revealed", "standing": market.epoch}
        else:
            worth = equity(market.matrices.mark, opening.values)
            sale = Sale(
                start=state.pool.time,
                duration=state.parameters.sale_duration,
                step=state.parameters.sale_step,
                equity=worth,
                shortfall=-(market.matrices.maintenance.worst(opening.values) // SCALE),
            )
            changes |= {"status": "frozen", "sale": sale}
        state.put_account(account.model_copy(update=changes))

    def opening(self, account: Account) -> PublicOpening:
        """With the public amounts that came after the escrow, which everybody can add."""
        sealed = PublicOpening(values=self.values, blinding=self.blinding)
        return sealed.plus(account.trail.public)


class TakeOver(Transition):
    """A liquidator buys a portfolio on sale, whole, at the price of the moment.

    Its owner keeps a price above zero; the fund pays one below.
    """

    EVIDENCE: ClassVar[dict[str, Any]] = {"escrow": True, "proof": True, "signature": True}

    kind: Literal["take-over"] = "take-over"
    account: AccountId
    nonce: Count
    epoch: Count
    target: AccountId
    price: Total
    escrow: Escrow
    proof: ProofBytes
    signature: SignatureBytes

    def check(self, shape: Shape) -> None:  # noqa: ARG002
        if self.account == self.target:
            raise MalformedTransition("target", expected="another account", actual=self.target)

    def examine(self, state: State) -> Evidence:
        account = require_free_account(state, self.account, self.nonce)
        initial = require_current_market(state, self.epoch).matrices.initial
        opening, price = _on_sale(state, self.target)
        if self.price < price:
            raise TransitionRejected(
                "price of the sale", expected=f"{price} or more", actual=self.price
            )
        binding = self.binding(state.charter.ledger)
        bought = _bought(opening, self.price)
        proof = prove_solvency(
            state,
            f"account {account.id} with the portfolio of account {self.target}",
            account.commitment + bought.commit().point,
            initial,
            owner_context(binding, account.id),
            self.escrow,
            self.proof,
        )
        return Evidence(
            signed=[signed_by_owner(account.owner, account.id, binding, self.signature)],
            proven=[proof],
        )

    def apply(self, state: State) -> None:
        opening, _ = _on_sale(state, self.target)
        bought = _bought(opening, self.price)
        account = with_public_opening(state.account(self.account), bought)
        state.put_account(secured(state, with_nonce_used(account)))
        _end_sale(state, self.target, proceeds=max(self.price, 0))
        pool = state.pool
        paid = (min(self.price, 0), *(0,) * (state.shape.components - 1))
        state.update_pool(fund=pool.fund.plus(paid))


class Absorb(Transition):
    """Nobody wanted it: at the end of the sale the fund takes the portfolio, whoever says so."""

    kind: Literal["absorb"] = "absorb"
    target: AccountId

    def examine(self, state: State) -> Evidence:
        sale, _ = _frozen(state, self.target)
        require_fresh_market(state)
        if state.pool.time < sale.end:
            raise NotAdmitted(
                f"sale of account {self.target}",
                expected=f"its end at {sale.end}",
                actual=state.pool.time,
            )
        return Evidence()

    def apply(self, state: State) -> None:
        _, opening = _frozen(state, self.target)
        _end_sale(state, self.target, proceeds=0)
        state.update_pool(fund=state.pool.fund.plus(opening.values))


def sale_price(state: State, target: int) -> int:
    """What the portfolio of a frozen account costs now."""
    return _on_sale(state, target)[1]


def _on_sale(state: State, target: int) -> tuple[PublicOpening, int]:
    sale, opening = _frozen(state, target)
    if state.pool.time >= sale.end:
        raise NotAdmitted(
            f"sale of account {target}", expected=f"a time before {sale.end}", actual="its end"
        )
    return opening, sale.price(state.pool.time, state.payable)


def _frozen(state: State, target: int) -> tuple[Sale, PublicOpening]:
    account = state.account(target)
    if account.sale is None or account.opening is None:
        raise NotAdmitted(f"account {target}", expected="an account on sale", actual=account.status)
    return account.sale, account.opening


def _bought(opening: PublicOpening, price: int) -> Opening:
    """What a buyer receives: the portfolio less the price, with nothing hidden."""
    cash, *rest = opening.values
    return Opening((cash - price, *rest), 0)


def _end_sale(state: State, target: int, proceeds: int) -> None:
    """The portfolio is gone; what its owner keeps is cash that everybody can see."""
    account, (_, opening) = state.account(target), _frozen(state, target)
    components = state.shape.components
    left = PublicOpening(values=(proceeds, *(0,) * (components - 1)), blinding=opening.blinding)
    state.put_account(
        account.model_copy(
            update={
                "commitment": left.opening.commit().point,
                "opening": left,
                "status": "revealed",
                "sale": None,
                "trail": Trail(public=(0,) * components),
                "exempt": True,
                "standing": state.pool.epoch,
            }
        )
    )
