"""The Fiat–Shamir transcript: SHA-256 over everything that was said, in order.

Weak Fiat–Shamir (a challenge that does not depend on the whole statement) is the classic
break, so there is one transcript, every item enters with its label and its length, and
every challenge enters what follows.
"""

from __future__ import annotations

import hashlib
from typing import Final, Self

from zk.babyjubjub import Point

_DOMAIN: Final = b"tacit/v1/transcript"


class Transcript:
    """Absorbs labelled items and draws challenges that bind all of them."""

    __slots__ = ("_hash",)

    def __init__(self, protocol: str) -> None:
        self._hash = hashlib.sha256(_DOMAIN)
        self.absorb("protocol", protocol.encode())

    def absorb(self, label: str, data: bytes) -> Self:
        """Binds `data` under `label`; no two different sequences read alike."""
        for part in (label.encode(), data):
            self._hash.update(len(part).to_bytes(8, "big"))
            self._hash.update(part)
        return self

    def absorb_points(self, label: str, *points: Point) -> Self:
        """Binds points, and how many there are."""
        return self.absorb(label, b"".join(point.encode() for point in points))

    def challenge(self, label: str, bound: int) -> int:
        """A number in [0, bound), uniform up to 2⁻²⁵⁶ for bounds of 256 bits."""
        self.absorb("challenge", label.encode())
        wide = b"".join(self._fork(half) for half in (b"\0", b"\1"))
        self.absorb("drawn", wide)
        return int.from_bytes(wide, "big") % bound

    def _fork(self, suffix: bytes) -> bytes:
        branch = self._hash.copy()
        branch.update(suffix)
        return branch.digest()
