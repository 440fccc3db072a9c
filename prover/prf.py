"""Numbers that follow from a seed and from what they are for, and from nothing else.

    PRF(seed, purpose, data) = HMAC-SHA512(seed, "tacit/v1/" ‖ purpose ‖ "/" ‖ data)

So whoever is killed and begins again writes the same, other terms get another number, and a seed
and the public log give everything back. No purpose begins with another.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from circuits.escrow import SECRET_BITS
from zk.field import SUBGROUP_ORDER

_BITS: Final = 512


def derived_secret(seed: bytes, purpose: bytes, data: bytes) -> int:
    """The secret of one escrow."""
    return _prf(seed, purpose, data) >> (_BITS - SECRET_BITS)


def derived_blinding(seed: bytes, purpose: bytes, data: bytes) -> int:
    """A blinding, uniform modulo l."""
    return _prf(seed, purpose, data) % SUBGROUP_ORDER


def _prf(seed: bytes, purpose: bytes, data: bytes) -> int:
    tag = hmac.new(seed, b"tacit/v1/" + purpose + b"/" + data, hashlib.sha512)
    return int.from_bytes(tag.digest(), "big")
