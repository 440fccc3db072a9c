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
)
from ledger.encoding import Count, ProofBytes, Quantity, Scalar, SignatureBytes, Total
from ledger.errors import MalformedTransition, NotAdmitted, TransitionRejected
from ledger.market.data import equity
from ledger.parameters import Endorsement
from ledger.records import Account, PublicOpening, Sale, price_of
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
    """The guardians open an overdue account, together."""

    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True}

    kind: Literal["reveal"] = "reveal"
    account: AccountId
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
        try:
            Commitment(account.commitment).check_opening(self._opening.opening)
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
        changes: dict[str, object] = {"opening": self._opening, "order": None}
        if market.matrices.maintenance.worst(self.values) >= 0:
            changes |= {"status": "revealed", "standing": market.epoch}
        else:
            worth = equity(market.matrices.mark, self.values)
            sale = Sale(start=state.pool.time, equity=worth)
            changes |= {"status": "frozen", "sale": sale}
        state.put_account(account.model_copy(update=changes))

    @property
    def _opening(self) -> PublicOpening:
        return PublicOpening(values=self.values, blinding=self.blinding)


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
        if self.price != price:
            raise TransitionRejected("price of the sale", expected=price, actual=self.price)
        binding = self.binding(state.charter.ledger)
        bought = _bought(opening, price)
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
        opening, price = _on_sale(state, self.target)
        account = state.account(self.account).moved(_bought(opening, price).commit().point)
        state.put_account(secured(state, with_nonce_used(account)))
        _end_sale(state, self.target, proceeds=max(price, 0))
        pool = state.pool
        paid = (min(price, 0), *(0,) * (state.shape.components - 1))
        state.update_pool(fund=pool.fund.plus(paid))


class Absorb(Transition):
    """Nobody wanted it: at the end of the sale the fund takes the portfolio, whoever says so."""

    kind: Literal["absorb"] = "absorb"
    target: AccountId

    def examine(self, state: State) -> Evidence:
        account, _ = _frozen(state, self.target)
        require_fresh_market(state)
        assert account.sale is not None  # frozen accounts are on sale
        end = account.sale.start + state.parameters.sale_duration
        if state.pool.time < end:
            raise NotAdmitted(
                f"sale of account {self.target}",
                expected=f"its end at {end}",
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
    account, opening = _frozen(state, target)
    assert account.sale is not None  # frozen accounts are on sale
    parameters = state.parameters
    price = price_of(
        account.sale,
        elapsed=state.pool.time - account.sale.start,
        step=parameters.sale_step,
        duration=parameters.sale_duration,
        payable=state.payable,
    )
    return opening, price


def _frozen(state: State, target: int) -> tuple[Account, PublicOpening]:
    account = state.account(target)
    if account.status != "frozen" or account.opening is None:
        raise NotAdmitted(f"account {target}", expected="an account on sale", actual=account.status)
    return account, account.opening


def _bought(opening: PublicOpening, price: int) -> Opening:
    """What a buyer receives: the portfolio less the price, with nothing hidden."""
    cash, *rest = opening.values
    return Opening((cash - price, *rest), 0)


def _end_sale(state: State, target: int, proceeds: int) -> None:
    """The portfolio is gone; what its owner keeps is cash that everybody can see."""
    account, opening = _frozen(state, target)
    components = state.shape.components
    left = PublicOpening(values=(proceeds, *(0,) * (components - 1)), blinding=opening.blinding)
    state.put_account(
        account.model_copy(
            update={
                "commitment": left.opening.commit().point,
                "opening": left,
                "status": "revealed",
                "sale": None,
                "exempt": True,
                "standing": state.pool.epoch,
            }
        )
    )
