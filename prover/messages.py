"""Messages to one person: HPKE (RFC 9180), base mode, and what an owner tells a matcher.

    message = ephemeral public key (32) ‖ ciphertext ‖ tag (16)

| part | is                           |
| ---- | ---------------------------- |
| KEM  | DHKEM(X25519, HKDF-SHA256)   |
| KDF  | HKDF-SHA256                  |
| AEAD | ChaCha20-Poly1305, no extra data |
| info | "tacit/v1/message", or what the message is part of |

Opening a message is the library's. Sealing one is written out here, because the library draws the
ephemeral key itself, and a run must be repeatable from its seed. A message says nothing of who
wrote it: whoever reads it checks what it says against the ledger's commitments, which only
somebody who knows the opening can meet.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Self

from Crypto.Cipher import ChaCha20_Poly1305
from Crypto.Protocol import HPKE
from Crypto.Protocol.DH import (
    import_x25519_private_key,
    import_x25519_public_key,
    key_agreement,
)

from ledger.encoding import Count, Digest, Model, PublicKey, Quantity, Scalar
from zk.errors import Malformed, Rejected
from zk.pedersen import Opening
from zk.randomness import Randomness, system_randomness

KEY_BYTES: Final = 32
INFO: Final = b"tacit/v1/message"

_KEM: Final = b"KEM" + (0x0020).to_bytes(2, "big")
_SUITE: Final = b"HPKE" + b"".join(n.to_bytes(2, "big") for n in (0x0020, 0x0001, 0x0003))
_BASE_MODE: Final = b"\x00"


class Undecipherable(Rejected):
    """A message to somebody else, or one that was changed on its way."""


class MatcherCard(Model):
    """How a matcher is reached: the key that orders name, and the one that messages go to."""

    matcher: PublicKey
    messages: PublicKey


class OrderMessage(Model):
    """A firm order's opening, for the matcher that the order names; `order` is its number."""

    ledger: Digest
    account: Count
    order: Count
    values: tuple[Quantity, ...]
    blinding: Scalar

    @property
    def opening(self) -> Opening:
        """What the order's commitment hides, if the message is true."""
        return Opening(self.values, self.blinding)

    def __repr__(self) -> str:
        return f"OrderMessage(account={self.account}, order={self.order}, <redacted>)"

    def __str__(self) -> str:
        return repr(self)


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """An X25519 key of somebody who is written to; it never prints itself."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise Malformed(
                "message key", expected=f"{KEY_BYTES} bytes", actual=f"{len(self.secret)} bytes"
            )

    @classmethod
    def draw(cls, randomness: Randomness = system_randomness) -> Self:
        """A fresh key."""
        return cls(_secret(randomness))

    @property
    def public(self) -> bytes:
        """What others encrypt to, 32 bytes."""
        return _public(self.secret)

    def decrypt(self, message: bytes, info: bytes = INFO) -> bytes:
        """What was encrypted to this key, for this purpose; else `Undecipherable`."""
        try:
            cipher = HPKE.new(
                receiver_key=import_x25519_private_key(self.secret),
                aead_id=HPKE.AEAD.CHACHA20_POLY1305,
                enc=message[:KEY_BYTES],
                info=info,
            )
            return cipher.unseal(message[KEY_BYTES:])
        except ValueError:
            raise Undecipherable(
                "message", expected="one encrypted to this key", actual="another, or a damaged one"
            ) from None

    def __repr__(self) -> str:
        return "Recipient(<redacted>)"


def encrypt_to(
    public: bytes,
    plaintext: bytes,
    randomness: Randomness = system_randomness,
    info: bytes = INFO,
) -> bytes:
    """The message that only the holder of that key can read; `Malformed` where it is no key.

    `info` says what the message is about: it is opened with the same, or not at all.
    """
    return seal(public, plaintext, _secret(randomness), info)


def seal(
    public: bytes, plaintext: bytes, ephemeral: bytes, info: bytes = INFO, extra: bytes = b""
) -> bytes:
    """SealBase of RFC 9180 under that ephemeral key, which must never be used twice."""
    enc = _public(ephemeral)
    suite, shared = _SUITE, _encapsulated(public, ephemeral, enc)
    hashes = [_extract(suite, b"", b"psk_id_hash", b""), _extract(suite, b"", b"info_hash", info)]
    schedule = _BASE_MODE + b"".join(hashes)
    secret = _extract(suite, shared, b"secret", b"")
    key = _expand(suite, secret, b"key", schedule, 32)
    nonce = _expand(suite, secret, b"base_nonce", schedule, 12)
    cipher = ChaCha20_Poly1305.new(key=key, nonce=nonce)
    cipher.update(extra)
    ciphertext, tag = cipher.encrypt_and_digest(plaintext)
    return enc + ciphertext + tag


def _encapsulated(public: bytes, ephemeral: bytes, enc: bytes) -> bytes:
    """The KEM's shared secret; a key of small order, which shares nothing, is refused."""

    def extract_and_expand(dh: bytes) -> bytes:
        secret = _extract(_KEM, b"", b"eae_prk", dh)
        return _expand(_KEM, secret, b"shared_secret", enc + public, 32)

    try:
        return bytes(
            key_agreement(
                eph_priv=import_x25519_private_key(ephemeral),
                static_pub=import_x25519_public_key(public),
                kdf=extract_and_expand,
            )
        )
    except ValueError:
        raise Malformed("message key", expected="an X25519 key", actual=public.hex()) from None


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    labelled = b"HPKE-v1" + suite + label + material
    return hmac.new(salt or bytes(32), labelled, hashlib.sha256).digest()


def _expand(suite: bytes, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """One block of HKDF-Expand: nothing here is longer than a hash."""
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.new(secret, labelled + b"\x01", hashlib.sha256).digest()[:length]


def _secret(randomness: Randomness) -> bytes:
    return randomness(1 << 8 * KEY_BYTES).to_bytes(KEY_BYTES, "big")


def _public(secret: bytes) -> bytes:
    return import_x25519_private_key(secret).public_key().export_key(format="raw")
