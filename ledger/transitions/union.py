"""From bytes to a transition, and nowhere else."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field, TypeAdapter

from ledger.encoding import Decoding, parse_canonical
from ledger.transitions.accounts import Deposit, Endow, OpenAccount, PayOut, Refresh, Withdraw
from ledger.transitions.claims import PublishClaim
from ledger.transitions.default import Absorb, Reveal, TakeOver
from ledger.transitions.governance import UpdateParams
from ledger.transitions.margin import ProveFlat, ProveMargin
from ledger.transitions.market import Expire, UpdateMarket
from ledger.transitions.orders import CancelOrder, PlaceOrder
from ledger.transitions.redemption import Redeem
from ledger.transitions.settlement import Settle

AnyTransition = Annotated[
    OpenAccount
    | Deposit
    | Withdraw
    | PayOut
    | Endow
    | Refresh
    | PlaceOrder
    | CancelOrder
    | Settle
    | UpdateMarket
    | ProveMargin
    | ProveFlat
    | Reveal
    | TakeOver
    | Absorb
    | PublishClaim
    | Redeem
    | UpdateParams
    | Expire,
    Field(discriminator="kind"),
]


def decode_transition(data: bytes, decoding: Decoding | None = None) -> AnyTransition:
    """Canonical bytes only; anything else is `MalformedTransition`."""
    return parse_canonical(_adapter(), data, decoding)


@cache
def _adapter() -> TypeAdapter[AnyTransition]:
    return TypeAdapter(AnyTransition)
