"""A trade between two wallets, in three steps that each may be the last.

    maker: offer  →  taker: accept  →  maker: finish

Nothing moves before the settlement is on the ledger, and then both accounts have moved. Each side
saves what it waits for before anything leaves it, and learns from the log what became of it. Until
the epoch ends the maker may finish an accepted trade or let it go; a taker who does not want to
wait uses up the nonce, for instance by a refresh, and the trade is void.
"""

from __future__ import annotations

from typing import Literal

from ledger.log import Entry
from ledger.port import LedgerPort
from ledger.state import State
from ledger.transitions import Settle
from prover.blank import BLANK_SIGNATURE
from prover.owner import Written
from prover.settlement import in_order, settled, settlement_terms, signed_terms
from prover.wallet.agreement import Agreement
from prover.wallet.errors import MessageRejected
from prover.wallet.offers import (
    Acceptance,
    Card,
    Envelope,
    Offer,
    check_signed,
    signed_part,
)
from prover.wallet.records import HeldOpening, Trade
from prover.wallet.wallet import Wallet
from zk.pedersen import Opening


def offer(
    wallet: Wallet, ledger: LedgerPort, time: int, agreement: Agreement, taker: Card
) -> Envelope:
    """Writes our terms down for the holder of that card, under a blinding nobody has seen."""
    wallet.sync(ledger)
    state = ledger.state_at(time)
    taker.check(state)
    if taker.account == wallet.account:
        raise MessageRejected("card", expected="another owner's", actual="our own")
    delta = Opening.of(agreement.values(state.shape), wallet.randomness)
    agreement.check(state.shape, delta, state.parameters.leg_fee)
    blank = Offer(
        ledger=ledger.id,
        epoch=state.current_market.epoch,
        maker=Card.of(wallet.keys, wallet.account),
        maker_nonce=state.account(wallet.account).nonce,
        taker=taker.account,
        taker_nonce=state.account(taker.account).nonce,
        delta=HeldOpening.of(delta),
        signature=BLANK_SIGNATURE,
    )
    signature = wallet.keys.signer.sign(signed_part(blank))
    written = blank.model_copy(update={"signature": signature})
    wallet.remember(_trade(written, _terms(state, written), "maker"))
    return Envelope.seal(written, taker, wallet.randomness)


def read_offer(wallet: Wallet, ledger: LedgerPort, envelope: Envelope) -> Offer:
    """The offer that was sent to us; refused if it is not the owner's, or not of this moment."""
    wallet.sync(ledger)
    state, written = ledger.state, envelope.open(wallet.keys.recipient, Offer)
    written.maker.check(state)
    check_signed(written, written.ledger, written.maker.account, state)
    found = {
        "taker": (wallet.account, written.taker),
        "epoch": (state.pool.epoch, written.epoch),
        "our nonce": (state.account(wallet.account).nonce, written.taker_nonce),
        "the maker's nonce": (state.account(written.maker.account).nonce, written.maker_nonce),
        "components": (state.shape.components, len(written.delta.values)),
    }
    for what, (expected, actual) in found.items():
        if expected != actual:
            raise MessageRejected(f"offer, {what}", expected=expected, actual=actual)
    return written


def accept(
    wallet: Wallet, ledger: LedgerPort, time: int, envelope: Envelope, agreement: Agreement
) -> Envelope:
    """Signs our leg of an offer, if it is what its owner agreed to or better."""
    written = read_offer(wallet, ledger, envelope)
    state, delta = ledger.state_at(time), -written.delta.opening
    agreement.check(state.shape, delta, state.parameters.leg_fee)
    terms = _terms(state, written)
    leg = wallet.author().signed_leg(state, terms, delta).transition
    blank = Acceptance(
        ledger=ledger.id,
        binding=terms.binding(ledger.id),
        taker=wallet.account,
        leg=leg,
        signature=BLANK_SIGNATURE,
    )
    signature = wallet.keys.signer.sign(signed_part(blank))
    accepted = blank.model_copy(update={"signature": signature})
    wallet.remember(_trade(written, terms, "taker"))
    return Envelope.seal(accepted, written.maker, wallet.randomness)


def finish(wallet: Wallet, ledger: LedgerPort, time: int, envelope: Envelope) -> Entry:
    """Adds our own leg to the taker's, and submits the settlement."""
    wallet.sync(ledger)
    accepted = envelope.open(wallet.keys.recipient, Acceptance)
    state = ledger.state_at(time)
    check_signed(accepted, accepted.ledger, accepted.taker, state)
    trade = _remembered(wallet, accepted)
    delta = trade.delta.opening
    terms = settlement_terms(
        state,
        [
            signed_terms(state, wallet.account, delta.commit().point),
            signed_terms(state, trade.other, (-delta).commit().point),
        ],
    )
    ours = next(leg for leg in terms.legs if leg.account == wallet.account)
    answered = terms.model_copy(update={"legs": in_order([ours, accepted.leg])})
    if answered.binding(ledger.id) != trade.binding:
        raise MessageRejected("acceptance", expected="the leg of our offer", actual="another")
    own = wallet.author().signed_leg(state, terms, delta)
    settlement = settled(state, terms, [own.transition, accepted.leg], 0, None, wallet.randomness)
    return wallet.submit(ledger, Written(settlement, own.opening), time)


def _remembered(wallet: Wallet, accepted: Acceptance) -> Trade:
    for trade in wallet.record.trades:
        if trade.binding == accepted.binding and trade.role == "maker":
            if trade.status != "open" or trade.other != accepted.taker:
                raise MessageRejected(
                    "acceptance", expected="one of a trade that is open", actual=trade.status
                )
            return trade
    raise MessageRejected("acceptance", expected="one of our own offer", actual="of another")


def _terms(state: State, written: Offer) -> Settle:
    """The settlement of an offer; both sides come to the same."""
    delta = written.delta.opening
    legs = [
        signed_terms(state, written.maker.account, delta.commit().point),
        signed_terms(state, written.taker, (-delta).commit().point),
    ]
    return settlement_terms(state, legs)


def _trade(written: Offer, terms: Settle, role: Literal["maker", "taker"]) -> Trade:
    maker = (written.maker.account, written.maker_nonce, written.delta.opening)
    taker = (written.taker, written.taker_nonce, -written.delta.opening)
    (_, nonce, delta), (other, other_nonce, _) = (
        (maker, taker) if role == "maker" else (taker, maker)
    )
    return Trade(
        binding=terms.binding(written.ledger),
        role=role,
        epoch=written.epoch,
        nonce=nonce,
        other=other,
        other_nonce=other_nonce,
        delta=HeldOpening.of(delta),
    )
