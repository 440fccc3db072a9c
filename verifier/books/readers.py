"""Who can decrypt: a whole escrow key, or the points that guardians combined for an audit.

    {"insecure_escrow_secret": HEX}
        opens all that was ever encrypted to that key
    {"ledger": HEX, "shared": [{"entry": N, "leg": N, "point": HEX}, …]}
        opens the escrows at those places, and no other

A secret is 32 bytes, little-endian, below l. A whole key is for development ledgers: on a real one
nobody holds it, and what guardians hand to an auditor are the S of the escrows they consented to.
Neither is believed: what is decrypted must open the commitment on the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from pydantic import ValidationError

from ledger.encoding import Count, Digest, Model, PointHex, Scalar
from ledger.escrows import Found
from zk.babyjubjub import Point
from zk.errors import Conflict, MalformedFile
from zk.formats.files import MAX_JSON_BYTES, read_bytes


class NotGiven(Conflict):
    """Nobody handed over what opens that escrow."""


class Reader(Protocol):
    """Gives S for an escrow; `NotGiven` where it has none."""

    @property
    def keys(self) -> tuple[Point, ...]:
        """The escrow keys to which it holds the secret; none where it holds points alone."""

    @property
    def ledgers(self) -> tuple[bytes, ...]:
        """The ledgers that it was made for; none where a key decides that."""

    def shared(self, found: Found) -> Point:
        """S."""


class WholeKeys:
    """Escrow keys in one hand: all of them, so that a rotation does not hide what was before."""

    def __init__(self, secrets: Iterable[int]) -> None:
        self._secrets = {Point.BASE8 * secret: secret for secret in secrets}

    @property
    def keys(self) -> tuple[Point, ...]:
        return tuple(self._secrets)

    @property
    def ledgers(self) -> tuple[bytes, ...]:
        return ()

    def shared(self, found: Found) -> Point:
        secret = self._secrets.get(found.sealed.key)
        if secret is None:
            raise NotGiven(
                f"escrow in entry {found.sealed.entry}",
                expected="a key that is given",
                actual=f"key {name_of(found.sealed.key)}",
            )
        return found.ephemeral * secret

    def __repr__(self) -> str:
        return f"WholeKeys(<{len(self._secrets)} redacted>)"


class SharedPoint(Model):
    """S of the escrow at that place."""

    entry: Count
    leg: Count
    point: PointHex


class SharedPoints(Model):
    """What t guardians combined for an auditor: as secret as the accounts that it opens."""

    ledger: Digest
    shared: tuple[SharedPoint, ...]

    def __repr__(self) -> str:
        return f"SharedPoints(<{len(self.shared)} redacted>)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class CombinedPoints:
    """Reads the escrows to which guardians consented."""

    ledger: bytes
    points: dict[tuple[int, int], Point]

    @classmethod
    def of(cls, document: SharedPoints) -> Self:
        """By their places; the last one counts where a place occurs twice."""
        return cls(document.ledger, {(one.entry, one.leg): one.point for one in document.shared})

    @property
    def keys(self) -> tuple[Point, ...]:
        return ()

    @property
    def ledgers(self) -> tuple[bytes, ...]:
        return (self.ledger,)

    def shared(self, found: Found) -> Point:
        point = self.points.get((found.sealed.entry, found.sealed.leg))
        if point is None:
            raise NotGiven(
                f"escrow in entry {found.sealed.entry}",
                expected="a point that the guardians gave",
                actual="none",
            )
        return point

    def __repr__(self) -> str:
        return f"CombinedPoints(<{len(self.points)} redacted>)"


@dataclass(frozen=True, slots=True)
class Readers:
    """Several, asked in turn."""

    readers: tuple[Reader, ...]

    @property
    def keys(self) -> tuple[Point, ...]:
        return tuple(key for reader in self.readers for key in reader.keys)

    @property
    def ledgers(self) -> tuple[bytes, ...]:
        return tuple(ledger for reader in self.readers for ledger in reader.ledgers)

    def shared(self, found: Found) -> Point:
        for reader in self.readers:
            try:
                return reader.shared(found)
            except NotGiven:
                continue
        raise NotGiven(
            f"escrow in entry {found.sealed.entry}", expected="what opens it", actual="nothing"
        )


class InsecureEscrowKey(Model):
    """The key of a development ledger, whole; it never prints itself."""

    insecure_escrow_secret: Scalar

    def __repr__(self) -> str:
        return "InsecureEscrowKey(<redacted>)"

    __str__ = __repr__


def load_reader(paths: Sequence[Path]) -> Reader:
    """The reader of those files; the error never says what a file contained."""
    return Readers(tuple(_load(path) for path in paths))


def name_of(key: Point) -> str:
    """Enough of a public key to tell it from others."""
    return key.encode().hex()[:16] + "…"


def _load(path: Path) -> Reader:
    data = read_bytes(path, MAX_JSON_BYTES)
    try:
        secret = InsecureEscrowKey.model_validate_json(data).insecure_escrow_secret
    except ValidationError:
        pass
    else:
        return WholeKeys([secret])
    try:
        return CombinedPoints.of(SharedPoints.model_validate_json(data))
    except ValidationError:
        raise MalformedFile(
            str(path),
            expected="an escrow key or the combined points of guardians",
            actual="another (redacted)",
        ) from None
