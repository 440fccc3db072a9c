"""The transitions of the ledger, one page of the rule book each."""

from ledger.transitions.accounts import Deposit, Endow, OpenAccount, Refresh
from ledger.transitions.base import Transition
from ledger.transitions.claims import PublishClaim
from ledger.transitions.default import Absorb, Reveal, TakeOver
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from ledger.transitions.governance import UpdateParams
from ledger.transitions.margin import ProveFlat, ProveMargin
from ledger.transitions.market import Expire, Report, UpdateMarket
from ledger.transitions.orders import CancelOrder, PlaceOrder
from ledger.transitions.redemption import Redeem
from ledger.transitions.settlement import FirmLeg, Settle, SignedLeg
from ledger.transitions.union import decode_transition, does_concern, forget_kinds, kinds
from ledger.transitions.withdrawals import PayOut, Withdraw

__all__ = [
    "Absorb",
    "Before",
    "CancelOrder",
    "Change",
    "Deposit",
    "Endow",
    "Escrow",
    "EscrowedOpening",
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
    "Topic",
    "Transition",
    "UpdateMarket",
    "UpdateParams",
    "Withdraw",
    "decode_transition",
    "does_concern",
    "forget_kinds",
    "kinds",
]
