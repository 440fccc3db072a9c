"""What a dealer tells one guardian: HPKE (RFC 9180), base mode.

| part | is                                 |
| ---- | ---------------------------------- |
| KEM  | DHKEM(X25519, HKDF-SHA256)         |
| AEAD | ChaCha20-Poly1305                  |
| info | who speaks to whom, in which ceremony |

Who the sender is follows from its signature over the whole deal, not from HPKE. The ephemeral key
is drawn by the library from the operating system: of all randomness here it alone is no parameter.
Anybody may carry the bytes; they can stand in public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from Crypto.Protocol import HPKE
from Crypto.Protocol.DH import import_x25519_private_key, import_x25519_public_key

from zk.errors import Malformed, Rejected
from zk.randomness import Randomness, system_randomness

_ENCAPSULATED: Final = 32


class Undecipherable(Rejected):
    """Not encrypted to this key with this info, or changed on the way."""


@dataclass(frozen=True, slots=True, repr=False)
class TransportKey:
    """A guardian's X25519 key; it never prints itself."""

    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != 32:
            raise Malformed("transport key", expected="32 bytes", actual=f"{len(self.seed)} bytes")

    @classmethod
    def draw(cls, randomness: Randomness = system_randomness) -> Self:
        """A fresh key."""
        return cls(randomness(1 << 256).to_bytes(32, "big"))

    @property
    def public(self) -> bytes:
        """32 bytes."""
        key = import_x25519_private_key(self.seed).public_key()
        return key.export_key(format="raw")

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """The message; anything else is `Undecipherable`."""
        try:
            cipher = HPKE.new(
                receiver_key=import_x25519_private_key(self.seed),
                aead_id=HPKE.AEAD.CHACHA20_POLY1305,
                enc=sealed[:_ENCAPSULATED],
                info=info,
            )
            return cipher.unseal(sealed[_ENCAPSULATED:])
        except ValueError:
            raise Undecipherable(
                "message", expected="one encrypted to this key", actual="another"
            ) from None

    def __repr__(self) -> str:
        return "TransportKey(<redacted>)"


def seal_to(public: bytes, message: bytes, info: bytes) -> bytes:
    """The message for the holder of that key; a key that is none is `Malformed`."""
    try:
        receiver = import_x25519_public_key(public)
        cipher = HPKE.new(receiver_key=receiver, aead_id=HPKE.AEAD.CHACHA20_POLY1305, info=info)
        return cipher.enc + cipher.seal(message)
    except ValueError:
        raise Malformed("transport key", expected="an X25519 key", actual=public.hex()) from None
