"""Verification with the market's part of the public inputs summed in advance.

A schedule is the same for every margin proof of an epoch, and constants and matrix for every claim
about it, so whoever verifies many of them sums that part once; what a single proof then costs is
what is timed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from benchmarks.proofs.subject import Loaded
from benchmarks.times import timed
from zk.backends import Verifier
from zk.groth16 import Proof, fix_inputs

_MARKET: Final = frozenset({"schedule", "constants", "matrix"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A verifier for the public inputs that the market leaves open."""

    market: range
    verifier: Verifier

    @classmethod
    def of(cls, loaded: Loaded) -> Self | None:
        """None for a statement that has no market in it."""
        market = market_inputs(loaded.subject.compiled.public_names)
        if not market:
            return None
        values = loaded.public[market.start : market.stop]
        key = fix_inputs(loaded.key.verifying_key, market.start, values)
        return cls(market, loaded.backend.verifier(key))

    def verify(self, public: tuple[int, ...], proof: Proof) -> float:
        """The seconds of a verification; raises `ProofRejected` where the proof does not hold."""
        rest = public[: self.market.start] + public[self.market.stop :]
        return timed(lambda: self.verifier.verify(rest, proof))[1]


def market_inputs(names: Sequence[str]) -> range:
    """Where the schedule, or constants and matrix, are among the public inputs: in one place."""
    where = [i for i, name in enumerate(names) if not _MARKET.isdisjoint(_fields(name))]
    return range(where[0], where[-1] + 1) if where else range(0)


def _fields(name: str) -> list[str]:
    return [part.partition("[")[0] for part in name.split(".")]
