"""One circuit on one backend: every figure from proofs that verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from types import MappingProxyType
from typing import Any, Final

from benchmarks.machine import threads
from benchmarks.memory import peak_memory
from benchmarks.proofs.distinct import Distinct, verify_distinct
from benchmarks.proofs.first import PROCESSES, First, first_document, first_proofs
from benchmarks.proofs.floor import Floor, floor_of
from benchmarks.proofs.prepared import Prepared
from benchmarks.proofs.stages import TimedStage, split, timed_stages
from benchmarks.proofs.subject import Loaded, Run
from benchmarks.proofs.weights import Weights
from benchmarks.times import Timing, timed, timing
from zk.backends import Choice
from zk.groth16.qap import domain_of

#: Sizes of the batches that are verified; a batch repeats the run's proofs where they are few.
BATCHES: Final = (1, 10, 100, 1000)
#: The largest of them that a backend verifies in reasonable time.
_LARGEST_BATCH: Final = MappingProxyType({Choice.NATIVE: 1000, Choice.PY_ECC: 10})
#: How often a batch of a hundred proofs or more is verified, at most.
BATCH_RUNS: Final = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """What one circuit costs on one backend, on the threads that this process was given."""

    loaded: Loaded
    first_witness: float
    runs: tuple[Run, ...]
    memory: int
    batches: Mapping[int, Timing | None]
    stages: tuple[TimedStage, ...]
    floor: Floor | None
    prepared: Timing | None
    firsts: tuple[First, ...]
    distinct: Distinct | None

    @property
    def prove(self) -> Timing:
        return Timing.of(run.prove for run in self.runs)

    def document(self) -> dict[str, Any]:
        """As JSON; all times in seconds, all sizes in bytes."""
        loaded = self.loaded
        return {
            **self._subject(),
            "runs": len(self.runs),
            "setup": Timing.of([loaded.setup]).document(),
            "load": Timing.of([loaded.load]).document(),
            "first_witness": Timing.of([self.first_witness]).document(),
            **run_documents(self.runs),
            "batch_verify": {
                str(size): batch.document() if batch else None
                for size, batch in self.batches.items()
            },
            "verify_prepared": self.prepared.document() if self.prepared else None,
            "first_proof": first_document(self.firsts),
            "batch_distinct": self.distinct.document() if self.distinct else None,
            "stages": [stage.document() for stage in self.stages],
            "split": split(self.stages, self.prove),
            "floor": self.floor.document(self.prove.median) if self.floor else None,
            "peak_memory": {"setup": loaded.setup_memory, "prove": self.memory},
            "bytes": Weights.of(loaded.key, self.runs[0].proof).document(),
        }

    def _subject(self) -> dict[str, Any]:
        subject, r1cs = self.loaded.subject, self.loaded.subject.compiled.r1cs
        return {
            "circuit": subject.circuit,
            "shape": subject.shape,
            "backend": self.loaded.backend.name,
            "threads": threads(),
            "constraints": len(r1cs.constraints),
            "wires": r1cs.wires,
            "public_inputs": r1cs.public,
            "private_inputs": r1cs.private_inputs,
            "domain": domain_of(r1cs).size,
            "circuit_digest": subject.compiled.digest,
            "key_digest": self.loaded.key.verifying_key.digest(),
        }


def measure(loaded: Loaded, runs: int, batch: int = 0) -> Figures:
    """The figures of so many proofs; a witness before them readies what is readied only once.

    The first proofs of processes, and the batch of so many distinct proofs where one is asked
    for, are of the native backend only. The memory of proving is that of a process which opened
    the key and proved; on the reference, of this one, which has made the key as well.
    """
    subject = loaded.subject
    native = loaded.backend.name == Choice.NATIVE
    witness, first_witness = timed(
        lambda: loaded.backend.solve(subject.compiled, subject.public, subject.private)
    )
    made = tuple(loaded.run() for _ in range(runs))
    memory = peak_memory()
    stages = timed_stages([loaded.prover.profile(witness) for _ in range(runs)])
    costs = loaded.backend.addition_costs()
    firsts = first_proofs(loaded, min(runs, PROCESSES)) if native else ()
    return Figures(
        loaded,
        first_witness,
        made,
        max((first.memory for first in firsts), default=memory),
        _batches(loaded, made),
        stages,
        floor_of(stages, costs, threads()) if stages and costs else None,
        _prepared(loaded, made),
        firsts,
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


def _batches(loaded: Loaded, made: tuple[Run, ...]) -> dict[int, Timing | None]:
    largest = _LARGEST_BATCH[Choice(loaded.backend.name)]
    return {size: _batch(loaded, made, size) if size <= largest else None for size in BATCHES}


def _batch(loaded: Loaded, made: tuple[Run, ...], size: int) -> Timing:
    statements = list(islice(cycle([(loaded.public, run.proof) for run in made]), size))
    runs = min(len(made), BATCH_RUNS) if size >= 100 else len(made)
    return timing(partial(loaded.verifier.verify_batch, statements), runs)


def _prepared(loaded: Loaded, made: tuple[Run, ...]) -> Timing | None:
    prepared, public = Prepared.of(loaded), loaded.public
    return Timing.of(prepared.verify(public, run.proof) for run in made) if prepared else None
