"""Secrets in a file, under a password: scrypt (RFC 7914), then AES-256-GCM.

    "TACITSF2" ‖ log₂N ‖ r ‖ p ‖ salt (16) ‖ nonce (12) ‖ ciphertext ‖ tag (16) ‖ SHA-256 (32)

All before the ciphertext is authenticated with it, and the SHA-256 is of all before that. The
nonce is drawn anew each time. The key is what scrypt makes of password and salt, and a `Lock`
keeps it for as long as it lives: a process that writes a file many times stretches once.

Files of the first version have "TACITSF1" and no nonce: theirs comes out of scrypt behind the key,
and so their salt was good for one file. They are read, and not written.

The SHA-256 is no protection: it tells a file that was damaged from a password that is wrong, before
scrypt is asked for anything.
Whoever rewrites a file on purpose can repair it, and is then told that the password is wrong.

scrypt takes 128·N·r bytes of memory because the file says so. A file that asks for more than
`MAX_MEMORY` is refused, and so is one that makes guessing cheaper than `MIN_LOG_N`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import ClassVar, Final

from Crypto.Cipher import AES
from Crypto.Protocol.KDF import scrypt

from zk.errors import Conflict, Malformed, MalformedFile, Rejected
from zk.randomness import Randomness, system_randomness

MAGIC: Final = b"TACITSF2"
#: Of the first version, whose nonce follows from the salt.
OLDER_MAGIC: Final = b"TACITSF1"
MIN_LOG_N: Final = 14
MAX_LOG_N: Final = 20
MAX_MEMORY: Final = 256 << 20
MAX_PARALLEL: Final = 4
MAX_BLOCK: Final = 32

_SALT: Final = 16
_KEY: Final = 32
_NONCE: Final = 12
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


@dataclass(frozen=True, slots=True, repr=False)
class StretchedKey:
    """What scrypt made of a password and a salt: it opens what was sealed under these, and no more.

    It is not the password, and nobody comes from it to the password faster than by guessing.
    """

    salt: bytes
    cost: Cost
    #: The key, and behind it the nonce of a file of the first version.
    stream: bytes

    #: How long it is in bytes.
    SIZE: ClassVar[int] = 3 + _SALT + _KEY + _NONCE

    def opens(self, data: bytes) -> bool:
        """Whether that file was sealed under this salt, at this cost."""
        return is_sealed(data) and data[len(MAGIC) : _HEADER] == self._head()

    def encode(self) -> bytes:
        """A secret: whoever has it opens the file."""
        return self._head() + self.stream

    @classmethod
    def decode(cls, data: bytes) -> StretchedKey:
        """The inverse of `encode`."""
        if len(data) != cls.SIZE:
            raise MalformedFile(
                "stretched key", expected=f"{cls.SIZE} bytes", actual=f"{len(data)} bytes"
            )
        return cls(data[3 : 3 + _SALT], Cost(*data[:3]), data[3 + _SALT :])

    def _head(self) -> bytes:
        return bytes((self.cost.log_n, self.cost.r, self.cost.p)) + self.salt

    def __repr__(self) -> str:
        return "StretchedKey(<redacted>)"


@dataclass(slots=True, repr=False)
class Lock:
    """A password, and the key that it was stretched to last.

    To seal again under the salt of before is safe. The salt keeps guesses at one password from
    being of use against another, and the password is the same. What must never come twice under
    one key is a nonce, and each is 96 fresh bits: after 2³² files the odds that any two met are
    below 2⁻³². And whoever can read the key in this process can read the password beside it.
    """

    password: str
    cost: Cost = STANDARD
    randomness: Randomness = system_randomness
    #: None where nothing was stretched yet.
    _held: StretchedKey | None = field(default=None, init=False)

    @classmethod
    def of_key(cls, key: StretchedKey, randomness: Randomness = system_randomness) -> Lock:
        """One that knows no password, and so opens and writes files under that key's salt alone."""
        lock = cls("", key.cost, randomness)
        lock._held = key
        return lock

    @property
    def key(self) -> StretchedKey:
        """What the password was stretched to for what was sealed or opened last."""
        if self._held is None:
            raise Conflict("lock", expected="one that has sealed or opened a file", actual="none")
        return self._held

    def seal(self, plaintext: bytes) -> bytes:
        """The file that only this password opens."""
        held = self._held
        if held is None or held.cost != self.cost:
            held = self._stretch(self._drawn(_SALT), self.cost)
        cost, nonce = self.cost, self._drawn(_NONCE)
        header = MAGIC + bytes((cost.log_n, cost.r, cost.p)) + held.salt + nonce
        cipher = AES.new(held.stream[:_KEY], AES.MODE_GCM, nonce=nonce, mac_len=_TAG)
        cipher.update(header)
        ciphertext, tag = cipher.encrypt_and_digest(plaintext)
        body = header + ciphertext + tag
        return body + hashlib.sha256(body).digest()

    def unseal(self, data: bytes) -> bytes:
        """What was sealed; `MalformedFile` where the file is damaged, `WrongPassword` otherwise."""
        body = _undamaged(data)
        end = _header_length(body)
        header, ciphertext, tag = body[:end], body[end:-_TAG], body[-_TAG:]
        log_n, r, p = header[len(MAGIC) : len(MAGIC) + 3]
        salt, nonce = header[_HEADER - _SALT : _HEADER], header[_HEADER:]
        stream = self._stretch(salt, Cost(log_n, r, p)).stream
        cipher = AES.new(stream[:_KEY], AES.MODE_GCM, nonce=nonce or stream[_KEY:], mac_len=_TAG)
        cipher.update(header)
        try:
            return cipher.decrypt_and_verify(ciphertext, tag)
        except ValueError:
            self._held = None  # nothing is sealed under a salt that somebody else may have chosen
            raise WrongPassword(
                "password of a sealed file",
                expected="the one it was sealed with",
                actual="another, or a file that somebody has rewritten",
            ) from None

    def _stretch(self, salt: bytes, cost: Cost) -> StretchedKey:
        held = self._held
        if held is None or (salt, cost) != (held.salt, held.cost):
            held = StretchedKey(salt, cost, _stretched(self.password, salt, cost))
            self._held = held
        return held

    def _drawn(self, size: int) -> bytes:
        return self.randomness(1 << 8 * size).to_bytes(size, "big")

    def __repr__(self) -> str:
        return "Lock(<redacted>)"


def seal(
    password: str,
    plaintext: bytes,
    randomness: Randomness = system_randomness,
    cost: Cost = STANDARD,
) -> bytes:
    """The file that only this password opens, under a salt of its own."""
    return Lock(password, cost, randomness).seal(plaintext)


def unseal(password: str, data: bytes) -> bytes:
    """What was sealed; `MalformedFile` where the file is damaged, `WrongPassword` otherwise."""
    return Lock(password).unseal(data)


def is_sealed(data: bytes) -> bool:
    """Whether these bytes begin as a sealed file does, of either version."""
    return data[: len(MAGIC)] in {MAGIC, OLDER_MAGIC}


def _undamaged(data: bytes) -> bytes:
    """Everything but the checksum, which must be that of the rest."""
    if not is_sealed(data):
        raise MalformedFile(
            "sealed file", expected=f"magic {MAGIC.decode()}", actual="another kind of file"
        )
    least = _header_length(data) + _TAG + _CHECKSUM
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


def _header_length(data: bytes) -> int:
    return _HEADER if data.startswith(OLDER_MAGIC) else _HEADER + _NONCE


def _stretched(password: str, salt: bytes, cost: Cost) -> bytes:
    """Key and nonce. NFC, so that one password typed on two systems is one password (RFC 8265)."""
    if not password:
        raise Malformed("password", expected="at least one character", actual="none")
    try:
        secret = unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:
        raise Malformed("password", expected="text in UTF-8", actual="other bytes") from None
    stream = scrypt(secret, salt.hex(), _KEY + _NONCE, N=1 << cost.log_n, r=cost.r, p=cost.p)
    assert isinstance(stream, bytes)  # one key was asked for
    return stream
