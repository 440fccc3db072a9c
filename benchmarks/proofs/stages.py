"""Where the time of one proof goes: its sums of points, its transforms, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.times import Timing
from zk.backends.interface import Stage

#: What the stages' names begin with, and what work they are: MSM and NTT in the literature.
_SUMS: Final = "sum "
_TRANSFORMS: Final = "quotient"


@dataclass(frozen=True, slots=True)
class TimedStage:
    """A stage that ran several times, alone, on all threads."""

    name: str
    time: Timing
    additions: int
    group: int

    def document(self) -> dict[str, Any]:
        """As JSON."""
        counts = {"additions": self.additions, "group": self.group}
        return {"name": self.name, "time": self.time.document()} | counts


def timed_stages(profiles: Sequence[Sequence[Stage]]) -> tuple[TimedStage, ...]:
    """Stage by stage, from several profiles of the same proof."""
    return tuple(
        TimedStage(
            first.name, Timing.of(stage.seconds for stage in same), first.additions, first.group
        )
        for same in zip(*profiles, strict=True)
        for first in same[:1]
    )


def split(stages: Sequence[TimedStage], prove: Timing) -> dict[str, float] | None:
    """Medians of sums and of transforms, and what a whole proof takes beyond them.

    A proof on several threads overlaps its stages, and each of them alone may leave threads idle:
    where a proof is done sooner than its stages one by one, the rest is negative, and says how
    much that saves.
    """
    if not stages:
        return None
    msm = sum(stage.time.median for stage in stages if stage.name.startswith(_SUMS))
    ntt = sum(stage.time.median for stage in stages if stage.name.startswith(_TRANSFORMS))
    parts = {"msm": msm, "ntt": ntt, "rest": prove.median - msm - ntt}
    return {name: round(seconds, 7) for name, seconds in parts.items()}
