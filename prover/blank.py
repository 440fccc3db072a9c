"""What stands in a transition until its terms are fixed and its evidence can be made."""

from __future__ import annotations

from typing import Final

from ledger.transitions import Escrow
from zk.babyjubjub import Point

BLANK_PROOF: Final = bytes(256)
BLANK_SPAN: Final = bytes(64)
BLANK_SIGNATURE: Final = bytes(64)
BLANK_ESCROW: Final = Escrow(ephemeral=Point.BASE8, words=())
