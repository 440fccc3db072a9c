"""A key that nobody holds: what is public of it, and one guardian's part.

t guardians together can read everything that was ever put in escrow under their key: every
account, every epoch, overdue or not. No mathematics stops them, only that t of them would have to
agree to break their word. And n − t + 1 guardians who refuse or are gone can block every reveal,
and with it every liquidation. Whoever chooses t and n chooses between these two.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from ledger.encoding import Count, Decoding, Digest, Model, PointHex, Scalar
from ledger.errors import MalformedTransition
from prover.guardian.errors import MalformedCeremony, ShareRejected
from prover.guardian.polynomial import place_of, weights
from prover.sealed_file import STANDARD, Cost, seal, unseal
from zk.babyjubjub import Point, combine
from zk.errors import Malformed
from zk.randomness import Randomness, system_randomness


class SharedKey(Model):
    """P and every guardian's p_j·B; it follows from the public record of a ceremony."""

    key: PointHex
    threshold: Annotated[int, Field(ge=1)]
    shares: tuple[PointHex, ...]
    #: Where it comes from: shares of two ceremonies do not combine, even where P is the same.
    ceremony: Digest

    def check(self) -> None:
        """P and the public shares lie on one polynomial of degree t − 1, and P is a key."""
        t = self.threshold
        if self.key.is_identity or t > len(self.shares):
            raise MalformedCeremony(
                "shared key",
                expected="a point of order l and at least t shares",
                actual=f"{t} of {len(self.shares)} for {self.key}",
            )
        xs = [place_of(j) for j in range(t)]
        for x, expected in ((0, self.key), *self._beyond_threshold()):
            actual = combine(self.shares[:t], weights(xs, at=x))
            if actual != expected:
                raise MalformedCeremony(
                    "shared key", expected=f"{expected} at place {x}", actual=actual
                )

    def share_of(self, guardian: int) -> Point:
        """p_j·B; a guardian who does not exist is refused."""
        if not 0 <= guardian < len(self.shares):
            raise MalformedCeremony(
                "guardian", expected=f"0 to {len(self.shares) - 1}", actual=guardian
            )
        return self.shares[guardian]

    def _beyond_threshold(self) -> list[tuple[int, Point]]:
        rest = range(self.threshold, len(self.shares))
        return [(place_of(j), self.shares[j]) for j in rest]


class KeyShare(Model):
    """p_j: worthless alone, and as secret as a key; it never prints itself."""

    guardian: Count
    secret: Scalar
    shared: SharedKey

    def check(self) -> None:
        """It is the share to which the public record commits."""
        if Point.BASE8 * self.secret != self.shared.share_of(self.guardian):
            raise ShareRejected(
                f"share of guardian {self.guardian}",
                expected="the logarithm of its public share",
                actual="another number",
            )

    @classmethod
    def decode(cls, data: bytes, decoding: Decoding | None = None) -> Self:
        """Canonical only; the error says nothing about what the bytes were."""
        try:
            share = super().decode(data, decoding)
        except MalformedTransition as error:
            raise Malformed(
                "share of a key", expected=error.expected, actual="another (redacted)"
            ) from None
        share.shared.check()
        share.check()
        return share

    def seal(
        self,
        password: str,
        randomness: Randomness = system_randomness,
        cost: Cost = STANDARD,
    ) -> bytes:
        """The file in which a guardian keeps it."""
        return seal(password, self.encode(), randomness, cost)

    @classmethod
    def unseal(cls, password: str, data: bytes) -> Self:
        """The share in such a file; what does not fit its public share is refused."""
        return cls.decode(unseal(password, data))

    def __repr__(self) -> str:
        return f"KeyShare(guardian={self.guardian}, <redacted>)"

    __str__ = __repr__
