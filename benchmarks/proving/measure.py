"""One circuit on one backend: every figure from proofs that verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any, Final

from benchmarks.machine import threads
from benchmarks.proving.distinct import Distinct, verify_distinct
from benchmarks.proving.first import PROCESSES, First, first_document, first_proofs
from benchmarks.proving.floor import Floor, floor_of, median_stages
from benchmarks.proving.prepared import Prepared
from benchmarks.proving.subject import Loaded, Run
from benchmarks.timing import Timing, timing
from zk.backends import Choice
from zk.backends.interface import Stage
from zk.groth16.qap import domain_of

#: Sizes of the batches that are verified; a batch repeats the run's proofs where they are few.
BATCHES: Final = (1, 10, 100)
#: How often a large batch of distinct proofs is verified, at most.
BATCH_RUNS: Final = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What one circuit costs on one backend."""

    loaded: Loaded
    runs: tuple[Run, ...]
    batches: Mapping[int, Timing]
    stages: tuple[Stage, ...]
    floor: Floor | None
    prepared: Timing | None
    firsts: tuple[First, ...]
    distinct: Distinct | None

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
            "verify_prepared": self.prepared.document() if self.prepared else None,
            "first_proof": first_document(self.firsts),
            "batch_distinct": self.distinct.document() if self.distinct else None,
            "stages": [
                {"name": stage.name, "seconds": round(stage.seconds, 7)}
                | {"additions": stage.additions, "group": stage.group}
                for stage in self.stages
            ],
            "floor": self.floor.document(self.prove.median) if self.floor else None,
        }


def measure(loaded: Loaded, runs: int, batch: int = 0) -> Figures:
    """The figures of so many proofs; a witness before them readies what is readied only once.

    The first proofs of processes, and the batch of so many distinct proofs where one is asked
    for, are of the native backend only.
    """
    subject = loaded.subject
    native = loaded.backend.name == Choice.NATIVE
    witness = loaded.backend.solve(subject.compiled, subject.public, subject.private)
    made = tuple(loaded.run() for _ in range(runs))
    stages = median_stages([loaded.prover.profile(witness) for _ in range(runs)])
    costs = loaded.backend.addition_costs()
    return Figures(
        loaded,
        made,
        _batches(loaded, made),
        stages,
        floor_of(stages, costs, threads()) if stages and costs else None,
        _prepared(loaded, made),
        first_proofs(loaded, min(runs, PROCESSES)) if native else (),
        verify_distinct(loaded, batch, min(runs, BATCH_RUNS)) if native and batch else None,
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


def _batches(loaded: Loaded, made: tuple[Run, ...]) -> dict[int, Timing]:
    statements = cycle([(loaded.public, run.proof) for run in made])
    verify_batch = loaded.verifier.verify_batch
    return {
        size: timing(partial(verify_batch, list(islice(statements, size))), len(made))
        for size in BATCHES
    }


def _prepared(loaded: Loaded, made: tuple[Run, ...]) -> Timing | None:
    prepared, public = Prepared.of(loaded), loaded.public
    return Timing.of(prepared.verify(public, run.proof) for run in made) if prepared else None
