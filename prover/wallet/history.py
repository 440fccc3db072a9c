"""Walks over the log for one account: entry by entry, what it opens to afterwards.

A transition says itself what it adds to an account. What is hidden of that is read from the
account's own escrow, or from the notice of a fill. Entries that concern nobody but others are
skipped before a point in them is decoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.encoding import Decoding
from ledger.log import Entry
from ledger.state import State
from ledger.transitions import (
    Before,
    CancelOrder,
    Change,
    EscrowedOpening,
    FirmLeg,
    OpenAccount,
    PlaceOrder,
    Reveal,
    Settle,
    TakeOver,
    Transition,
    UpdateParams,
    decode_transition,
    does_concern,
)
from ledger.transitions.base import owner_context
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
from prover.wallet.replay import EntryOf, LogReplay
from zk.pedersen import Opening


@dataclass(slots=True, repr=False)
class Follower:
    """A record on its way to a later entry; `state` is asked only for what never changes."""

    record: WalletRecord
    author: Author
    state: State
    entry_of: EntryOf
    decoding: Decoding = field(default_factory=Decoding)
    _replay: LogReplay | None = None

    def take(self, entry: Entry) -> None:
        """Follows one entry."""
        self._put_terms_in_force(entry.time)
        owner = self.author.signer.public
        if does_concern(entry.transition, self.record.account, owner):
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
        fills = [one.account for one in transition.sealed() if one.is_fill]
        return "fill" if self.record.account in fills else transition.kind

    def _opened(self, transition: OpenAccount) -> Opening:
        opening = self.author.first_opening(self.state)
        if opening.commit().point != transition.commitment:
            raise Unreadable("account", expected="one that this seed has opened", actual="another")
        self._change(account=self.state.owned_by(self.author.signer.public))
        return opening

    def _moved(self, entry: Entry, transition: Transition) -> Opening:
        """What a transition adds to our opening; of what is hidden, our own escrow tells."""
        self._follow_order(entry, transition)
        if isinstance(transition, TakeOver) and self._is_pending(transition):
            return self._written_down()
        own = [one for one in transition.sealed() if one.account == self._account]
        if any(one.is_fill for one in own):
            return self._filled(transition, own[0])
        change = transition.change_of(self._account, self._before(entry))
        if change.hidden.is_identity:
            return Opening(change.public, 0)
        if not own:
            raise Unreadable(transition.kind, expected="an escrow of our own", actual="none")
        return self._hidden(transition, own[0], change)

    def _before(self, entry: Entry) -> Before:
        """The log is replayed only for what neither an entry nor our terms say."""
        terms = self.record.terms
        return Before(
            self.state.shape,
            terms.order_fee,
            terms.leg_fee,
            lambda: self._replayed.before(entry.number),
        )

    def _hidden(self, transition: Transition, sealed: EscrowedOpening, change: Change) -> Opening:
        before = self._known
        commitment = before.commit().point + change.point
        context = owner_context(transition.binding(self.record.ledger), self._account)
        key, shape = self.record.terms.escrow, self.state.shape
        after = read_escrow(self.author, shape, sealed.escrow, key, context, commitment)
        return after - before

    def _filled(self, transition: Transition, sealed: EscrowedOpening) -> Opening:
        """What a matcher filled of our order, which its notice tells to us alone."""
        assert isinstance(transition, Settle)  # nothing else fills an order
        leg, order = transition.legs[sealed.leg], self.record.order
        assert isinstance(leg, FirmLeg)  # it is a fill
        if order is None or order.id != leg.order:
            raise Unreadable("fill", expected="one of our newest order", actual=leg.order)
        keys = self.record.keys
        blindings = (
            keys.order_blinding(self._account, order.nonce, attempt)
            for attempt in range(MAX_ATTEMPTS)
        )
        context = owner_context(transition.binding(self.record.ledger), self._account)
        delta = read_notice(self.state.shape, leg, context, blindings)
        self._change(order=None)
        return delta

    def _follow_order(self, entry: Entry, transition: Transition) -> None:
        """Which order of ours is open: no entry repeats it, and a fill is read with it."""
        match transition:
            case PlaceOrder():
                self._place(entry, transition)
            case CancelOrder():
                self._cancel()
            case Reveal():
                self._change(order=None)

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

    def _is_pending(self, transition: Transition) -> bool:
        pending = self.record.pending
        return pending is not None and pending.binding == transition.binding(self.record.ledger)

    def _written_down(self) -> Opening:
        """A lot for its price, as this wallet computed it when it wrote the take-over."""
        assert self.record.pending is not None  # asked before
        return self.record.pending.held.opening - self._known

    @property
    def _replayed(self) -> LogReplay:
        if self._replay is None:
            self._replay = LogReplay(self.entry_of, self.decoding)
        return self._replay

    def _settle_accounts_with(self, transition: Transition) -> None:
        """Tells what was pending, and trades, that this is the transition they were waiting for."""
        binding = transition.binding(self.record.ledger)
        if self._is_pending(transition):
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

    @property
    def _account(self) -> int:
        assert self.record.account is not None  # it was opened before anything moved it
        return self.record.account

    @property
    def _known(self) -> Opening:
        opening = self.record.opening
        assert opening is not None  # it was opened before anything moved it
        return opening

    def _change(self, **changes: object) -> None:
        self.record = self.record.model_copy(update=changes)
