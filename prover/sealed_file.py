"""Secrets in a file, under a password: scrypt (RFC 7914), then AES-256-GCM.

    "TACITSF1" ‖ log₂N ‖ r ‖ p ‖ salt (16) ‖ ciphertext ‖ tag (16) ‖ SHA-256 of all before (32)

The first 27 bytes are authenticated with the ciphertext. Key and nonce both come out of scrypt,
whose salt is fresh for every file, so no pair of them is used twice. The SHA-256 is no protection:
it tells a file that was damaged from a password that is wrong, before scrypt is asked for anything.
Whoever rewrites a file on purpose can repair it, and is then told that the password is wrong.

scrypt takes 128·N·r bytes of memory because the file says so. A file that asks for more than
`MAX_MEMORY` is refused, and so is one that makes guessing cheaper than `MIN_LOG_N`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Final

from Crypto.Cipher import AES
from Crypto.Protocol.KDF import scrypt

from zk.errors import Malformed, MalformedFile, Rejected
from zk.randomness import Randomness, system_randomness

MAGIC: Final = b"TACITSF1"
MIN_LOG_N: Final = 14
MAX_LOG_N: Final = 20
MAX_MEMORY: Final = 256 << 20
MAX_PARALLEL: Final = 4
MAX_BLOCK: Final = 32

_SALT: Final = 16
_TAG: Final = 16
_CHECKSUM: Final = 32
_HEADER: Final = len(MAGIC) + 3 + _SALT


class WrongPassword(Rejected):
    """The file is whole, and this password does not open it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of the password costs: 128·2^log_n·r bytes, `p` times in a row."""

    log_n: int
    r: int = 8
    p: int = 1

    def __post_init__(self) -> None:
        if not (
            MIN_LOG_N <= self.log_n <= MAX_LOG_N
            and 1 <= self.r <= MAX_BLOCK
            and 1 <= self.p <= MAX_PARALLEL
            and self.memory <= MAX_MEMORY
        ):
            raise MalformedFile(
                "cost of a sealed file",
                expected=f"2^{MIN_LOG_N} rounds or more, in at most {MAX_MEMORY >> 20} MiB",
                actual=f"2^{self.log_n} rounds, r = {self.r}, p = {self.p}",
            )

    @property
    def memory(self) -> int:
        """In bytes."""
        return 128 * (1 << self.log_n) * self.r


#: 128 MiB, about half a second.
STANDARD: Final = Cost(17)


def seal(
    password: str,
    plaintext: bytes,
    randomness: Randomness = system_randomness,
    cost: Cost = STANDARD,
) -> bytes:
    """The file that only this password opens."""
    salt = randomness(1 << 8 * _SALT).to_bytes(_SALT, "big")
    header = MAGIC + bytes((cost.log_n, cost.r, cost.p)) + salt
    key, nonce = _stretched(password, salt, cost)
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=_TAG)
    cipher.update(header)
    ciphertext, tag = cipher.encrypt_and_digest(plaintext)
    body = header + ciphertext + tag
    return body + hashlib.sha256(body).digest()


def unseal(password: str, data: bytes) -> bytes:
    """What was sealed; `MalformedFile` where the file is damaged, `WrongPassword` otherwise."""
    body = _undamaged(data)
    header, ciphertext, tag = body[:_HEADER], body[_HEADER:-_TAG], body[-_TAG:]
    log_n, r, p = header[len(MAGIC) : len(MAGIC) + 3]
    key, nonce = _stretched(password, header[-_SALT:], Cost(log_n, r, p))
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=_TAG)
    cipher.update(header)
    try:
        return cipher.decrypt_and_verify(ciphertext, tag)
    except ValueError:
        raise WrongPassword(
            "password of a sealed file",
            expected="the one it was sealed with",
            actual="another, or a file that somebody has rewritten",
        ) from None


def _undamaged(data: bytes) -> bytes:
    """Everything but the checksum, which must be that of the rest."""
    if data[: len(MAGIC)] != MAGIC:
        raise MalformedFile("sealed file", expected=f"{MAGIC!r} first", actual="another kind")
    least = _HEADER + _TAG + _CHECKSUM
    if len(data) < least:
        raise MalformedFile(
            "sealed file", expected=f"at least {least} bytes", actual=f"{len(data)} bytes"
        )
    body, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum:
        raise MalformedFile(
            "sealed file", expected="the bytes that were written", actual="damaged or cut short"
        )
    return body


def _stretched(password: str, salt: bytes, cost: Cost) -> tuple[bytes, bytes]:
    """Key and nonce. NFC, so that one password typed on two systems is one password (RFC 8265)."""
    if not password:
        raise Malformed("password", expected="at least one character", actual="none")
    try:
        secret = unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:
        raise Malformed("password", expected="text in UTF-8", actual="other bytes") from None
    stream = scrypt(secret, salt.hex(), 44, N=1 << cost.log_n, r=cost.r, p=cost.p)
    assert isinstance(stream, bytes)  # one key was asked for
    return stream[:32], stream[32:]
