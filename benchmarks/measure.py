"""One circuit on one backend: every figure from proofs that verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any, Final

from benchmarks.floor import Floor, floor_of, median_stages
from benchmarks.machine import threads
from benchmarks.subject import Loaded, Run
from benchmarks.timing import Timing, timing
from zk.backends.interface import Stage
from zk.groth16.qap import domain_of

#: Sizes of the batches that are verified; a batch repeats the run's proofs where they are few.
BATCHES: Final = (1, 10, 100)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one circuit costs on one backend."""

    loaded: Loaded
    runs: tuple[Run, ...]
    batches: Mapping[int, Timing]
    stages: tuple[Stage, ...]
    floor: Floor | None

    @property
    def prove(self) -> Timing:
        return Timing.of(run.prove for run in self.runs)

    def document(self) -> dict[str, Any]:
        """As JSON; all times in seconds."""
        subject, key = self.loaded.subject, self.loaded.key
        r1cs = subject.compiled.r1cs
        return {
            "circuit": subject.circuit,
            "shape": subject.shape,
            "backend": self.loaded.backend.name,
            "constraints": len(r1cs.constraints),
            "domain": domain_of(r1cs).size,
            "circuit_digest": subject.compiled.digest,
            "key_digest": key.verifying_key.digest(),
            "runs": len(self.runs),
            "setup": round(self.loaded.setup, 7),
            "load": round(self.loaded.load, 7),
            **run_documents(self.runs),
            "batch_verify": {str(n): batch.document() for n, batch in self.batches.items()},
            "stages": [
                {"name": stage.name, "seconds": round(stage.seconds, 7)}
                | {"additions": stage.additions, "group": stage.group}
                for stage in self.stages
            ],
            "floor": self.floor.document(self.prove.median) if self.floor else None,
        }


def measure(loaded: Loaded, runs: int) -> Figures:
    """The figures of so many proofs; a witness before them readies what is readied only once."""
    subject = loaded.subject
    witness = loaded.backend.solve(subject.compiled, subject.public, subject.private)
    made = tuple(loaded.run() for _ in range(runs))
    stages = median_stages([loaded.prover.profile(witness) for _ in range(runs)])
    costs = loaded.backend.addition_costs()
    return Figures(
        loaded,
        made,
        _batches(loaded, made, tuple(witness[1 : loaded.key.public + 1])),
        stages,
        floor_of(stages, costs, threads()) if stages and costs else None,
    )


def run_documents(runs: tuple[Run, ...]) -> dict[str, Any]:
    """The parts of these runs as JSON."""
    return {
        "witness": Timing.of(run.witness for run in runs).document(),
        "prove": Timing.of(run.prove for run in runs).document(),
        "whole": Timing.of(run.whole for run in runs).document(),
        "whole_verified": Timing.of(run.verified for run in runs).document(),
        "verify": Timing.of(run.verify for run in runs).document(),
    }


def _batches(loaded: Loaded, made: tuple[Run, ...], public: tuple[int, ...]) -> dict[int, Timing]:
    statements = cycle([(public, run.proof) for run in made])
    verify_batch = loaded.verifier.verify_batch
    return {
        size: timing(partial(verify_batch, list(islice(statements, size))), len(made))
        for size in BATCHES
    }
