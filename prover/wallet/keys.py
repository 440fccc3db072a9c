"""From one seed to every key and blinding that an owner needs on one ledger.

HKDF-SHA256 (RFC 5869), the ledger's id as its salt and a label per purpose: the same seed gives
unrelated keys on two ledgers, so that nobody can tell that two accounts have one owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from prover.messages import Recipient
from zk.errors import Malformed
from zk.field import SUBGROUP_ORDER
from zk.signatures import SigningKey

SEED_BYTES: Final = 32
#: Orders of different terms that one nonce of an account can be tried with.
MAX_ATTEMPTS: Final = 16

_LABEL: Final = b"tacit/v1/wallet/"


@dataclass(frozen=True, slots=True, repr=False)
class WalletKeys:
    """The keys of a seed on a ledger; they never print themselves."""

    seed: bytes
    ledger: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise Malformed("seed", expected=f"{SEED_BYTES} bytes", actual=f"{len(self.seed)}")

    @property
    def signer(self) -> SigningKey:
        """Owns the account."""
        return SigningKey(self._derive(b"signing"))

    @property
    def author_seed(self) -> bytes:
        """From which the author makes escrow secrets and blindings."""
        return self._derive(b"author")

    @property
    def recipient(self) -> Recipient:
        """Reads what other owners send."""
        return Recipient(self._derive(b"messages"))

    def order_blinding(self, account: int, nonce: int, attempt: int) -> int:
        """The blinding of an order, which is what reads the notice of its fill.

        It follows from the seed and from what the log says of the order, because its values are
        nowhere on record. Two orders under one blinding would show the difference of their values
        to whoever saw both commitments; so an order with other terms at the same nonce, after the
        first was refused, is another attempt, and a reader tries them all.
        """
        numbers = b"".join(number.to_bytes(8, "big") for number in (account, nonce, attempt))
        return int.from_bytes(self._derive(b"order/" + numbers, 64), "big") % SUBGROUP_ORDER

    def _derive(self, purpose: bytes, size: int = 32) -> bytes:
        derived = HKDF(self.seed, size, self.ledger, SHA256, context=_LABEL + purpose)
        assert isinstance(derived, bytes)  # one key was asked for
        return derived

    def __repr__(self) -> str:
        return "WalletKeys(<redacted>)"
