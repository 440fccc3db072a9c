"""Walks over the log for one account: entry by entry, what it opens to afterwards.

Most changes of an account are public and are added. What is hidden is read from the account's own
escrow, or from the notice of a fill. Entries that concern nobody but others are skipped before
anything in them is decoded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ledger.encoding import Decoding
from ledger.log import Entry
from ledger.requirements import amount_point
from ledger.state import State
from ledger.transitions import (
    Absorb,
    CancelOrder,
    Deposit,
    FirmLeg,
    OpenAccount,
    PlaceOrder,
    Redeem,
    Refresh,
    Reveal,
    Settle,
    SignedLeg,
    TakeOver,
    Transition,
    UpdateParams,
    Withdraw,
    decode_transition,
)
from ledger.transitions.base import Escrow, owner_context
from prover.author import Author
from prover.wallet.errors import Unreadable
from prover.wallet.escrows import read_escrow, read_notice
from prover.wallet.keys import MAX_ATTEMPTS
from prover.wallet.records import (
    HeldOpening,
    LedgerTerms,
    PendingLedgerTerms,
    PlacedOrder,
    Seen,
    Step,
    WalletRecord,
)
from prover.wallet.replay import EntryOf, SaleReplay
from zk.babyjubjub import Point
from zk.pedersen import Opening


@dataclass(slots=True, repr=False)
class Follower:
    """A record on its way to a later entry; `state` is asked only for what never changes."""

    record: WalletRecord
    author: Author
    state: State
    entry_of: EntryOf
    decoding: Decoding = field(default_factory=Decoding)
    _replay: SaleReplay | None = None

    def take(self, entry: Entry) -> None:
        """Follows one entry."""
        self._put_terms_in_force(entry.time)
        if self._concerns_us(json.loads(entry.transition)):
            transition = decode_transition(entry.transition, self.decoding)
            if isinstance(transition, UpdateParams):
                terms = LedgerTerms.of(transition.parameters)
                pending = PendingLedgerTerms(effective=transition.effective, terms=terms)
                self._change(waiting=(*self.record.waiting, pending))
            else:
                self._step(entry, transition)
        self._change(seen=Seen(number=entry.number, hash=entry.hash))

    def _step(self, entry: Entry, transition: Transition) -> None:
        if isinstance(transition, OpenAccount):
            after = self._opened(transition)
        else:
            after = self._known + self._moved(entry, transition)
        held = HeldOpening.of(after)
        step = Step(entry=entry.number, time=entry.time, what=self._name(transition), held=held)
        self._change(history=(*self.record.history, step))
        self._settle_accounts_with(transition)

    def _name(self, transition: Transition) -> str:
        """For people: a trade that we signed, or a fill of an order while we may have slept."""
        if isinstance(transition, Settle) and isinstance(self._own_leg(transition), FirmLeg):
            return "fill"
        return transition.kind

    def _opened(self, transition: OpenAccount) -> Opening:
        opening = self.author.first_opening(self.state)
        if opening.commit().point != transition.commitment:
            raise Unreadable("account", expected="one that this seed has opened", actual="another")
        self._change(account=self.state.owned_by(self.author.signer.public))
        return opening

    def _moved(self, entry: Entry, transition: Transition) -> Opening:
        """What a transition adds to our opening."""
        match transition:
            case Deposit():
                return self._public(transition.asset, transition.amount)
            case Withdraw():
                return self._public(transition.asset, -transition.amount)
            case Refresh() | Redeem():
                return self._hidden(transition, transition.escrow, transition.delta, fee=0)
            case PlaceOrder():
                self._place(entry, transition)
                return self._public(0, -self.record.terms.order_fee)
            case TakeOver() if transition.account == self._account:
                return self._bought(entry, transition)
            case TakeOver() | Absorb():
                return Opening(self._again.sold(entry.number, self._account), 0)
            case Settle():
                return self._settled(transition)
            case CancelOrder():
                self._cancel()
            case Reveal():
                self._change(order=None)
                return self._made_whole()
        return self._public(0, 0)

    def _settled(self, settlement: Settle) -> Opening:
        leg = self._own_leg(settlement)
        if isinstance(leg, SignedLeg):
            return self._hidden(settlement, leg.escrow, leg.delta, self.record.terms.leg_fee)
        return self._filled(settlement, leg)

    def _own_leg(self, settlement: Settle) -> SignedLeg | FirmLeg:
        return next(leg for leg in settlement.legs if leg.account == self._account)

    def _hidden(self, transition: Transition, escrow: Escrow, delta: Point, fee: int) -> Opening:
        """A change that our own escrow explains."""
        before = self._known
        commitment = before.commit().point + delta - amount_point(0, fee)
        context = owner_context(transition.binding(self.record.ledger), self._account)
        key = self.record.terms.escrow
        shape = self.state.shape
        return read_escrow(self.author, shape, escrow, key, context, commitment) - before

    def _filled(self, settlement: Settle, leg: FirmLeg) -> Opening:
        order = self.record.order
        if order is None or order.id != leg.order:
            raise Unreadable("fill", expected="one of our newest order", actual=leg.order)
        keys = self.record.keys
        blindings = (
            keys.order_blinding(self._account, order.nonce, attempt)
            for attempt in range(MAX_ATTEMPTS)
        )
        context = owner_context(settlement.binding(self.record.ledger), self._account)
        delta = read_notice(self.state.shape, leg, context, blindings)
        self._change(order=None)
        return delta

    def _place(self, entry: Entry, transition: PlaceOrder) -> None:
        """Remembers the order, and its values if this file was there when it was written."""
        attempts, held = self.record.attempts, None
        if attempts is not None and attempts.nonce == transition.nonce:
            for attempt, values in enumerate(attempts.tried):
                blinding = self.record.keys.order_blinding(self._account, transition.nonce, attempt)
                opening = Opening(values, blinding)
                if opening.commit().point == transition.order:
                    held = HeldOpening.of(opening)
        order = PlacedOrder(
            id=entry.number, nonce=transition.nonce, matcher=transition.matcher, held=held
        )
        self._change(order=order)

    def _cancel(self) -> None:
        """For a settling time more it can be filled: what its fill would say is still wanted."""
        order = self.record.order
        if order is not None:
            self._change(order=order.model_copy(update={"cancelled": True}))

    def _bought(self, entry: Entry, transition: TakeOver) -> Opening:
        """A lot for its price: as we wrote it down ourselves, or as the log has it."""
        pending = self.record.pending
        if pending is not None and pending.binding == transition.binding(self.record.ledger):
            return pending.held.opening - self._known
        lot = Opening(self._again.bought(entry.number), 0)
        return lot + self._public(0, -transition.price)

    def _made_whole(self) -> Opening:
        """Of a book that is opened and has nothing but a debt, the fund pays the debt at once."""
        cash, *rest = self._known.values
        return self._public(0, max(-cash, 0) if not any(rest) else 0)

    @property
    def _again(self) -> SaleReplay:
        if self._replay is None:
            self._replay = SaleReplay(self.entry_of, self.decoding)
        return self._replay

    def _settle_accounts_with(self, transition: Transition) -> None:
        """Tells what was pending, and trades, that this is the transition they were waiting for."""
        binding = transition.binding(self.record.ledger)
        pending = self.record.pending
        if pending is not None and pending.binding == binding:
            self._change(pending=None)
        trades = tuple(
            trade.model_copy(update={"status": "settled"}) if trade.binding == binding else trade
            for trade in self.record.trades
        )
        self._change(trades=trades)

    def _put_terms_in_force(self, time: int) -> None:
        waiting = self.record.waiting
        while waiting and waiting[0].effective <= time:
            self._change(terms=waiting[0].terms, waiting=waiting[1:])
            waiting = waiting[1:]

    def _concerns_us(self, document: dict[str, Any]) -> bool:
        """Judged by the plain JSON, whose bytes the ledger has found to be canonical."""
        kind, ours = document["kind"], self.record.account
        if kind in ("open-account", "update-params"):
            owner = self.author.signer.public.hex()
            return kind == "update-params" or bool(document["owner"] == owner)
        if ours is None:
            return False
        named = [leg["account"] for leg in document["legs"]] if kind == "settle" else []
        return ours in (*named, document.get("account"), document.get("target"))

    def _public(self, index: int, amount: int) -> Opening:
        components = self.state.shape.components
        return Opening(tuple(amount if k == index else 0 for k in range(components)), 0)

    @property
    def _account(self) -> int:
        assert self.record.account is not None  # it was opened before anything moved it
        return self.record.account

    @property
    def _known(self) -> Opening:
        opening = self.record.opening
        assert opening is not None  # likewise
        return opening

    def _change(self, **changes: object) -> None:
        self.record = self.record.model_copy(update=changes)
