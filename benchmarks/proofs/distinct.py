"""A large batch of distinct proofs of distinct statements, verified together on one thread.

A batch that repeats a few proofs costs the same in our code, but only one that does not shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.machine import threads
from benchmarks.processes import on_cores
from benchmarks.proofs.subject import Loaded
from benchmarks.times import Timing, timing
from zk.backends import Choice, select
from zk.groth16 import Blinding, VerifyingKey
from zk.groth16.batch import Statement


@dataclass(frozen=True, slots=True)
class Distinct:
    """So many proofs, verified together several times."""

    proofs: int
    threads: int
    verify: Timing

    def document(self) -> dict[str, Any]:
        """As JSON; how many per second is by the median."""
        return {
            "proofs": self.proofs,
            "threads": self.threads,
            "verify": self.verify.document(),
            "per_second": round(self.proofs / self.verify.median, 1),
        }


def verify_distinct(loaded: Loaded, proofs: int, runs: int) -> Distinct:
    """Makes the proofs on all threads; a process that was given one thread verifies them."""
    statements = [_statement(loaded, index) for index in range(proofs)]
    return on_cores(1, _verify, loaded.key.verifying_key, statements, runs)


def _statement(loaded: Loaded, index: int) -> Statement:
    compiled = loaded.subject.compiled
    witness = loaded.backend.solve(compiled, *loaded.subject.sample(index))
    proof = loaded.prover.unchecked_prove(witness, Blinding.draw())
    return tuple(witness[1 : loaded.key.public + 1]), proof


def _verify(key: VerifyingKey, statements: list[Statement], runs: int) -> Distinct:
    verifier = select(Choice.NATIVE).verifier(key)
    verifier.verify_batch(statements[:1])
    verify = timing(partial(verifier.verify_batch, statements), runs)
    return Distinct(len(statements), threads(), verify)
