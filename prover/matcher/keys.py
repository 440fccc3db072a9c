"""What a matcher is: a key that signs settlements, a key it is written to, and a seed.

The seed makes the blindings and escrow secrets of fills, so that a matcher which was killed and
clears again writes the same terms. The *card* is what owners are given: an order on the ledger
names the signing key, and its opening is encrypted to the other.

A key file is sealed under a password, or it says in its first word that it is not.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

from ledger.encoding import Digest, Model
from prover.messages import MatcherCard, Recipient
from prover.sealed_file import is_sealed, seal, unseal
from zk.errors import Conflict, Malformed, MalformedFile
from zk.formats.files import read_bytes
from zk.randomness import Randomness, system_randomness
from zk.signatures import SigningKey

_MAX_BYTES: Final = 1 << 16
_WARNING: Final = "whoever reads this file can read all orders and settle as this matcher"
_NotEncrypted = Literal["whoever reads this file can read all orders and settle as this matcher"]


class _Secrets(Model):
    """The content of a key file."""

    kind: Literal["tacit/v1/matcher"] = "tacit/v1/matcher"
    signing: Digest
    messages: Digest
    seed: Digest

    def __repr__(self) -> str:
        return "_Secrets(<redacted>)"

    __str__ = __repr__


class _PlainFile(Model):
    """The content of a file that hides nothing."""

    insecure: _NotEncrypted
    matcher: _Secrets


@dataclass(frozen=True, slots=True, repr=False)
class MatcherKeys:
    """All of a matcher's secrets; they never print themselves."""

    signer: SigningKey
    recipient: Recipient
    seed: bytes

    @classmethod
    def draw(cls, randomness: Randomness = system_randomness) -> Self:
        """Fresh keys."""
        signer, recipient = SigningKey.draw(randomness), Recipient.draw(randomness)
        return cls(signer, recipient, randomness(1 << 256).to_bytes(32, "big"))

    @property
    def public(self) -> bytes:
        """The key that orders name."""
        return self.signer.public

    @property
    def card(self) -> MatcherCard:
        """What owners are given."""
        return MatcherCard(matcher=self.public, messages=self.recipient.public)

    def sealed(self, password: str, randomness: Randomness = system_randomness) -> bytes:
        """The key file under a password."""
        return seal(password, self._secrets().encode(), randomness)

    def insecure_plain(self) -> bytes:
        """The key file for a development ledger, readable as it lies there."""
        return _PlainFile(insecure=_WARNING, matcher=self._secrets()).encode() + b"\n"

    @classmethod
    def of_file(cls, data: bytes, password: str) -> Self:
        """The keys in a key file; the password is not looked at where it is a plain one."""
        if is_sealed(data):
            return cls._of(_Secrets.decode(unseal(password, data)))
        try:
            return cls._of(_PlainFile.decode(data.removesuffix(b"\n")).matcher)
        except Malformed:
            # What the decoder found might be a secret, so it is not repeated.
            raise MalformedFile(
                "key file", expected="the keys of a matcher", actual="something else"
            ) from None

    def _secrets(self) -> _Secrets:
        return _Secrets(signing=self.signer.seed, messages=self.recipient.secret, seed=self.seed)

    @classmethod
    def _of(cls, secrets: _Secrets) -> Self:
        return cls(SigningKey(secrets.signing), Recipient(secrets.messages), secrets.seed)

    def __repr__(self) -> str:
        return "MatcherKeys(<redacted>)"


def read_key_file(path: Path) -> bytes:
    """The bytes of a key file."""
    return read_bytes(path, _MAX_BYTES)


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """A file for its owner's eyes; one that is there is never replaced: its keys may be in use."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise Conflict(str(path), expected="a new file", actual="one that is there") from None
    except OSError as error:
        raise MalformedFile(
            str(path), expected="a place to write to", actual=error.strerror or "an error"
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
