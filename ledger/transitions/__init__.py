"""The transitions of the ledger, one page of the rule book each."""

from ledger.transitions.accounts import Deposit, Endow, OpenAccount, PayOut, Refresh, Withdraw
from ledger.transitions.base import Escrow, Transition
from ledger.transitions.claims import PublishClaim
from ledger.transitions.default import Absorb, Reveal, TakeOver
from ledger.transitions.governance import UpdateParams
from ledger.transitions.margin import ProveFlat, ProveMargin
from ledger.transitions.market import Expire, Report, UpdateMarket
from ledger.transitions.orders import CancelOrder, PlaceOrder
from ledger.transitions.redemption import Redeem
from ledger.transitions.settlement import FirmLeg, Settle, SignedLeg
from ledger.transitions.union import AnyTransition, decode_transition

__all__ = [
    "Absorb",
    "AnyTransition",
    "CancelOrder",
    "Deposit",
    "Endow",
    "Escrow",
    "Expire",
    "FirmLeg",
    "OpenAccount",
    "PayOut",
    "PlaceOrder",
    "ProveFlat",
    "ProveMargin",
    "PublishClaim",
    "Redeem",
    "Refresh",
    "Report",
    "Reveal",
    "Settle",
    "SignedLeg",
    "TakeOver",
    "Transition",
    "UpdateMarket",
    "UpdateParams",
    "Withdraw",
    "decode_transition",
]
