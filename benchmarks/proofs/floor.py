"""The least that a proof could cost: its group additions, at the price of one, on all cores.

A sum of points with window tables cannot do without one addition per digit of a scalar and a
few per bucket; the backend counts them for the scalars at hand. What one costs is measured in
the same process, in a batch whose operands are in the cache. Transforms, memory and the
distribution of the work come on top: the ratio says how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.proofs.stages import TimedStage
from zk.backends.interface import AdditionCosts


@dataclass(frozen=True, slots=True)
class Floor:
    """Additions in both groups, and their prices in seconds."""

    additions_1: int
    additions_2: int
    costs: AdditionCosts
    threads: int

    @property
    def seconds(self) -> float:
        """What these additions take when every core does nothing else."""
        work = self.additions_1 * self.costs.g1 + self.additions_2 * self.costs.g2
        return work / self.threads

    def document(self, proof: float) -> dict[str, Any]:
        """As JSON, with the ratio of a measured proof to it."""
        return {
            "g1_additions": self.additions_1,
            "g2_additions": self.additions_2,
            "seconds_per_g1_addition": self.costs.g1,
            "seconds_per_g2_addition": self.costs.g2,
            "threads": self.threads,
            "seconds": round(self.seconds, 7),
            "proof_to_floor": round(proof / self.seconds, 3),
        }


def floor_of(stages: Sequence[TimedStage], costs: AdditionCosts, threads: int) -> Floor:
    """The floor of a proof with these stages."""
    additions = dict.fromkeys((1, 2), 0)
    for stage in stages:
        additions[stage.group] += stage.additions
    return Floor(additions[1], additions[2], costs, threads)
