"""What a transition did, in a sentence that anybody may read: nothing in it was ever hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.state import State
from ledger.transitions import (
    Absorb,
    AnyTransition,
    CancelOrder,
    Deposit,
    Expire,
    FirmLeg,
    OpenAccount,
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
from verifier.auditing.page.numbers import counted, grouped, moment

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
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Which row of the timeline it belongs to, whom it concerns, and what it was."""

    lane: str
    accounts: tuple[int, ...]
    words: str


def deed_of(transition: AnyTransition, state: State) -> Deed:
    """In words; `state` is the one after it."""
    lane = _LANE_OF.get(transition.kind, "Accounts")
    return Deed(lane, _accounts(transition, state), _words(transition, state))


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
        case Deposit() | Withdraw():
            verb = "paid in" if isinstance(transition, Deposit) else "took out"
            amount = f"{grouped(transition.amount)} {labels[transition.asset]}"
            return f"account {transition.account} {verb} {amount}"
        case Settle():
            firm = sum(isinstance(leg, FirmLeg) for leg in transition.legs)
            signed = len(transition.legs) - firm
            return f"{counted(len(transition.legs), 'leg')} settled: {signed} signed, {firm} firm"
        case Reveal():
            fate = (
                "insolvent, its portfolio is on sale"
                if state.account(transition.account).status == "frozen"
                else "solvent, and keeps all that it has"
            )
            return f"the guardians opened account {transition.account}: {fate}"
        case TakeOver():
            price = grouped(transition.price)
            return (
                f"account {transition.account} bought the portfolio of account "
                f"{transition.target} for {price}"
            )
        case Absorb():
            return f"the fund took the portfolio of account {transition.target}"
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
    return f"account {transition.account}: {_PROVED[transition.kind]}"


_PROVED: Final = {
    "prove-margin": "margin proven",
    "prove-flat": "proven to hold no positions",
    "refresh": "a new blinding",
}
