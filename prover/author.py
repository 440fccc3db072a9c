"""Writes the transitions of one account: what its owner signs and proves.

A transition is written with blank evidence first, because its terms fix the binding to which
every proof and signature in it belongs; then the evidence is filled in. What the account's opening
will be once the ledger has accepted it comes back beside the transition, and nothing is
remembered before.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.market.data import Rows
from ledger.state import State
from ledger.transitions import (
    CancelOrder,
    Deposit,
    OpenAccount,
    PlaceOrder,
    ProveFlat,
    ProveMargin,
    PublishClaim,
    Redeem,
    Refresh,
    Settle,
    SignedLeg,
    TakeOver,
    Withdraw,
)
from ledger.transitions.base import owner_context
from ledger.transitions.default import current_offer
from ledger.transitions.margin import cash_not_negative
from ledger.transitions.orders import filled_context
from ledger.transitions.redemption import exchange_base
from prover.blank import BLANK_ESCROW, BLANK_PROOF, BLANK_SIGNATURE, BLANK_SPAN
from prover.owner import Owner, Written
from zk.errors import Conflict
from zk.generators import blinding_generator
from zk.pedersen import Opening
from zk.sigma import Span
from zk.signatures import SigningKey


@dataclass(slots=True)
class Author(Owner):
    """An owner who asks for things."""

    def open_account(self, state: State) -> Written[OpenAccount]:
        """An empty account under a blinding of our own."""
        opening = self.first_opening(state)
        draft = OpenAccount(
            owner=self.signer.public,
            commitment=opening.commit().point,
            possession=BLANK_SPAN,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        possession = self._span((blinding_generator(),), draft.commitment, opening, binding)
        return self._signed(draft, binding, opening, possession=possession)

    def deposit(
        self, state: State, asset: int, amount: int, custodian: SigningKey
    ) -> Written[Deposit]:
        """What the custodian has received; both sign."""
        draft = Deposit(
            account=self.account,
            nonce=self._nonce(state),
            asset=asset,
            amount=amount,
            custodian_signature=BLANK_SIGNATURE,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        after = self.known + _public(state, {asset: amount})
        return self._signed(draft, binding, after, custodian_signature=custodian.sign(binding))

    def withdraw(
        self, state: State, asset: int, amount: int, least: int | None = None
    ) -> Written[Withdraw]:
        """Takes `amount` out; all of it must be paid, unless less is said to do."""
        draft = Withdraw(
            **self._place(state),
            asset=asset,
            amount=amount,
            least=amount if least is None else least,
            escrow=BLANK_ESCROW,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        after = self.known + _public(state, {asset: -amount})
        demands = state.demands(state.current_market)
        asked = demands.withdrawal if asset == 0 else demands.initial
        return self._solvent(state, draft, after, asked)

    def refresh(self, state: State) -> Written[Refresh]:
        """A new blinding."""
        change = Opening(state.shape.vector({}), self._fresh_blinding(state, b"refresh"))
        draft = Refresh(
            **self._place(state),
            delta=change.commit().point,
            possession=BLANK_SPAN,
            escrow=BLANK_ESCROW,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        possession = self._span((blinding_generator(),), draft.delta, change, binding)
        asked = state.demands(state.current_market).maintenance
        return self._solvent(state, draft, self.known + change, asked, possession=possession)

    def place_order(self, state: State, order: Opening, matcher: bytes) -> Written[PlaceOrder]:
        """A firm order whose opening the matcher is told by other means."""
        draft = PlaceOrder(
            **self._place(state),
            order=order.commit().point,
            matcher=matcher,
            escrow=BLANK_ESCROW,
            proof=BLANK_PROOF,
            filled_proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        after = self.known + _public(state, {0: -state.parameters.order_fee})
        schedule = state.demands(state.current_market).initial(state.parameters.floor)
        context = filled_context(binding, self.account)
        whose = "the account with the order filled"
        filled = self._margin(state, after + order, schedule, context, whose)
        context = owner_context(binding, self.account)
        escrow, proof = self.solvency(state, after, schedule, context)
        return self._signed(draft, binding, after, escrow=escrow, proof=proof, filled_proof=filled)

    def cancel_order(self, state: State) -> Written[CancelOrder]:
        """Takes the open order back."""
        order = state.account(self.account).order
        if order is None:
            raise Conflict("order", expected="an open order", actual="none")
        draft = CancelOrder(
            account=self.account,
            nonce=self._nonce(state),
            order=order.id,
            signature=BLANK_SIGNATURE,
        )
        return self._signed(draft, draft.binding(state.charter.ledger), self.known)

    def prove_margin(
        self, state: State, *, escrowed: bool = False, epoch: int | None = None
    ) -> Written[ProveMargin]:
        """The heartbeat, for the current epoch or an older one within the grace."""
        epoch = state.pool.epoch if epoch is None else epoch
        market = state.market(epoch) or state.current_market
        asked = state.demands(market).maintenance
        draft = ProveMargin(
            account=self.account,
            nonce=self._nonce(state),
            epoch=epoch,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        if escrowed:
            return self._solvent(state, draft, self.known, asked)
        binding = draft.binding(state.charter.ledger)
        floor, flat = self._floor(state, self.known, binding)
        context = owner_context(binding, self.account)
        proof = self._margin(state, self.known, asked(floor), context)
        return self._signed(draft, binding, self.known, flat=flat, proof=proof)

    def prove_flat(self, state: State) -> Written[ProveFlat]:
        """No positions, no debt: no more heartbeats."""
        draft = ProveFlat(
            account=self.account,
            nonce=self._nonce(state),
            flat=BLANK_SPAN,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        flat = self._flat(state, self.known, binding)
        rows = cash_not_negative(state)
        proof = self._claim(state, self.known, rows, owner_context(binding, self.account))
        return self._signed(draft, binding, self.known, flat=flat, proof=proof)

    def publish_claim(self, state: State, label: str, rows: Rows) -> Written[PublishClaim]:
        """Shows that these rows hold."""
        draft = PublishClaim(
            **self._place(state),
            label=label,
            rows=rows,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        proof = self._claim(state, self.known, rows, owner_context(binding, self.account))
        return self._signed(draft, binding, self.known, proof=proof)

    def redeem(self, state: State, instrument: int, lots: int) -> Written[Redeem]:
        """Exchanges lots of an expired instrument for their settlement value."""
        value = state.pool.settled[instrument] or 0
        amounts = {0: lots * value, state.shape.assets + instrument: -lots}
        # Of the lots too: under one blinding two attempts would show what they differ in.
        blinding = self._fresh_blinding(state, b"redeem/%d/%d/" % (instrument, lots))
        change = Opening(state.shape.vector(amounts), blinding)
        draft = Redeem(
            **self._place(state),
            instrument=instrument,
            delta=change.commit().point,
            exchange=BLANK_SPAN,
            escrow=BLANK_ESCROW,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        binding = draft.binding(state.charter.ledger)
        span = Span((exchange_base(state, instrument), blinding_generator()), draft.delta)
        exchange = span.prove((lots, blinding), binding, self.randomness).encode()
        asked = state.demands(state.current_market).initial
        after = self.known + change
        return self._solvent(state, draft, after, asked, traded=True, exchange=exchange)

    def take_over(
        self, state: State, target: int | None, part: int | None = None, price: int | None = None
    ) -> Written[TakeOver]:
        """Buys what is on offer, or a part of it, at the price of the moment or a higher one."""
        offer = current_offer(state, target, part)
        price = offer.price if price is None else price
        draft = TakeOver(
            **self._place(state),
            target=target,
            part=offer.lot.parts,
            price=price,
            escrow=BLANK_ESCROW,
            proof=BLANK_PROOF,
            signature=BLANK_SIGNATURE,
        )
        bought = Opening(offer.lot.values, 0) + _public(state, {0: -price})
        schedule = state.sale_demands().initial(state.parameters.floor)
        after = self.known + bought
        binding = draft.binding(state.charter.ledger)
        context = owner_context(binding, self.account)
        escrow, proof = self.solvency(state, after, schedule, context)
        return self._signed(draft, binding, after, escrow=escrow, proof=proof)

    def signed_leg(self, state: State, settlement: Settle, delta: Opening) -> Written[SignedLeg]:
        """Our leg of a settlement whose terms are agreed: proven, and signed as a whole."""
        binding = settlement.binding(state.charter.ledger)
        own = next(leg for leg in settlement.legs if leg.account == self.account)
        if not isinstance(own, SignedLeg) or own.delta != delta.commit().point:
            raise Conflict("leg", expected="a signed leg of our own delta", actual="another")
        after = self.known + delta + _public(state, {0: -state.parameters.leg_fee})
        asked = state.demands(state.current_market).initial
        floor, flat = self._floor(state, after, binding, traded=True)
        context = owner_context(binding, self.account)
        escrow, proof = self.solvency(state, after, asked(floor), context)
        evidence = {
            "flat": flat,
            "escrow": escrow,
            "proof": proof,
            "signature": self.signer.sign(binding),
        }
        return Written(own.model_copy(update=evidence), after)


def _public(state: State, amounts: dict[int, int]) -> Opening:
    """Public amounts, as something that can be added to an opening."""
    return Opening(state.shape.vector(amounts), 0)
