"""What a transition did, in a sentence that anybody may read: nothing in it was ever hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.records import Withdrawal
from ledger.state import State
from ledger.transitions import (
    Absorb,
    AnyTransition,
    CancelOrder,
    Deposit,
    Endow,
    Expire,
    FirmLeg,
    OpenAccount,
    PayOut,
    PlaceOrder,
    PublishClaim,
    Redeem,
    Reveal,
    Settle,
    TakeOver,
    UpdateMarket,
    UpdateParams,
    Withdraw,
)
from verifier.page.numbers import counted, grouped, moment

#: The rows of a timeline, from what happens to everybody to what happens to one.
LANES: Final = (
    "Market",
    "Parameters",
    "Accounts",
    "Orders",
    "Settlements",
    "Margin proofs",
    "Disclosures",
    "Reveals",
    "Sales",
    "Payments",
)
_LANE_OF: Final = {
    "update-market": "Market",
    "expire": "Market",
    "update-params": "Parameters",
    "place-order": "Orders",
    "cancel-order": "Orders",
    "settle": "Settlements",
    "prove-margin": "Margin proofs",
    "prove-flat": "Margin proofs",
    "publish-claim": "Disclosures",
    "reveal": "Reveals",
    "take-over": "Sales",
    "absorb": "Sales",
    "deposit": "Payments",
    "withdraw": "Payments",
    "pay-out": "Payments",
    "endow": "Payments",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Which row of the timeline it belongs to, whom it concerns, and what it was."""

    lane: str
    accounts: tuple[int, ...]
    words: str


def deed_of(
    transition: AnyTransition, state: State, waiting: Mapping[int, Withdrawal] | None = None
) -> Deed:
    """In words; `state` is the one after it, `waiting` the withdrawals that waited before it."""
    lane = _LANE_OF.get(transition.kind, "Accounts")
    if isinstance(transition, PayOut):
        return _paid(lane, transition, state, waiting or {})
    return Deed(lane, _accounts(transition, state), _words(transition, state))


def _paid(lane: str, transition: PayOut, state: State, waiting: Mapping[int, Withdrawal]) -> Deed:
    paid = waiting.get(transition.withdrawal)
    if paid is None:
        return Deed(lane, (), _words(transition, state))
    amount = f"{grouped(paid.amount)} {state.charter.listing.labels[paid.asset]}"
    words = f"account {paid.account} was paid for its withdrawal of {amount}"
    return Deed(lane, (paid.account,), words)


def _accounts(transition: AnyTransition, state: State) -> tuple[int, ...]:
    if isinstance(transition, Settle):
        return tuple(leg.account for leg in transition.legs)
    if isinstance(transition, OpenAccount):
        return (state.pool.accounts - 1,)
    own: int | None = getattr(transition, "account", None)
    target: int | None = getattr(transition, "target", None)
    return tuple(index for index in (own, target) if index is not None)


def _words(transition: AnyTransition, state: State) -> str:
    labels = state.charter.listing.labels
    match transition:
        case UpdateMarket():
            return f"epoch {transition.epoch} began"
        case Expire():
            label = labels[state.shape.assets + transition.instrument]
            return f"{label} was settled at {grouped(transition.value)} a lot"
        case UpdateParams():
            return f"new parameters were signed, in force from {moment(transition.effective)}"
        case Deposit():
            amount = f"{grouped(transition.amount)} {labels[transition.asset]}"
            return f"account {transition.account} paid in {amount}"
        case Withdraw():
            amount = f"{grouped(transition.amount)} {labels[transition.asset]}"
            is_paid = state.account(transition.account).is_untraded
            how = "took out" if is_paid else "asked for"
            return f"account {transition.account} {how} {amount}" + ("" if is_paid else ", to wait")
        case Endow():
            return f"the fund was endowed with {grouped(transition.amount)} {labels[0]}"
        case Settle():
            firm = sum(isinstance(leg, FirmLeg) for leg in transition.legs)
            signed = len(transition.legs) - firm
            return f"{counted(len(transition.legs), 'leg')} settled: {signed} signed, {firm} firm"
        case Reveal():
            fate = (
                "below maintenance, and on sale until that is mended"
                if state.account(transition.account).status == "frozen"
                else "sound, and keeps all that it has"
            )
            return f"the guardians opened account {transition.account}: {fate}"
        case TakeOver():
            return _bought(transition, state)
        case Absorb():
            fate = _fate(state, transition.target)
            return f"the fund took what was left on sale of account {transition.target}; {fate}"
        case OpenAccount():
            return f"account {state.pool.accounts - 1} was opened"
        case PublishClaim():
            return f"account {transition.account} published a claim"
        case Redeem():
            label = labels[state.shape.assets + transition.instrument]
            return f"account {transition.account} redeemed {label}"
        case PlaceOrder():
            return f"account {transition.account} placed an order"
        case CancelOrder():
            return f"account {transition.account} cancelled its order"
        case PayOut():
            return f"withdrawal {transition.withdrawal} was paid"
    return f"account {transition.account}: {_PROVED[transition.kind]}"


def _bought(transition: TakeOver, state: State) -> str:
    if transition.target is None:
        whose = "of what the fund had taken"
        fate = "more is on sale" if state.pool.fund_sale is not None else "nothing is left of it"
    else:
        whose, fate = f"of account {transition.target}", _fate(state, transition.target)
    price = grouped(transition.price)
    return f"account {transition.account} bought {transition.part}/64 {whose} for {price}; {fate}"


def _fate(state: State, account: int) -> str:
    """What became of who was sold."""
    if state.account(account).status == "frozen":
        return "its sale goes on"
    return "its sale is over, and the rest is its owner's"


_PROVED: Final = {
    "prove-margin": "margin proven",
    "prove-flat": "proven to hold no positions",
    "refresh": "a new blinding",
}
