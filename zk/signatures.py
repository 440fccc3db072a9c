"""Ed25519 signatures (RFC 8032), for whoever has to say who said something."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from zk.errors import Malformed, SignatureRejected
from zk.randomness import Randomness, system_randomness


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A seed of 32 bytes; it never prints itself."""

    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != 32:
            raise Malformed("signing key", expected="32 bytes", actual=f"{len(self.seed)} bytes")

    @classmethod
    def draw(cls, randomness: Randomness = system_randomness) -> Self:
        """A fresh key."""
        return cls(randomness(1 << 256).to_bytes(32, "big"))

    @property
    def public(self) -> bytes:
        """The verifying key, 32 bytes."""
        return self._key().public_key().export_key(format="raw")

    def sign(self, message: bytes) -> bytes:
        """64 bytes, the same for the same message."""
        return eddsa.new(self._key(), "rfc8032").sign(message)

    def _key(self) -> ECC.EccKey:
        return eddsa.import_private_key(self.seed)

    def __repr__(self) -> str:
        return "SigningKey(<redacted>)"


@lru_cache(maxsize=1 << 12)
def verifying_key(key: bytes) -> ECC.EccKey:
    """The key; `ValueError` for one of small order, under which anybody's signature verifies."""
    imported = eddsa.import_public_key(key)
    if (imported.pointQ * 8).is_point_at_infinity():
        raise ValueError("a key of small order")
    return imported


def verify_signature(signer: str, key: bytes, message: bytes, signature: bytes) -> None:
    """Raises `SignatureRejected` unless `key` signed `message`; `signer` says whose key it is."""
    try:
        eddsa.new(verifying_key(key), "rfc8032").verify(message, signature)
    except ValueError:
        raise SignatureRejected(
            f"signature of {signer}",
            expected=f"one by the key {key.hex()[:16]}… of exactly this",
            actual="another",
        ) from None
