"""Statement in, proof out: the witness is solved, proven, and the proof verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zk.backends import Backend, Prover
from zk.circuit import Circuit, compile_circuit
from zk.groth16 import Blinding, Proof
from zk.progress import Progress, silent
from zk.randomness import Randomness, system_randomness

Public = TypeVar("Public")
Private = TypeVar("Private")


@dataclass(frozen=True, slots=True)
class StatementProver(Generic[Public, Private]):
    """A circuit, the loaded key for it, and the backend that solves."""

    circuit: Circuit[Any, Any]
    prover: Prover
    backend: Backend

    def prove(
        self,
        public: Public,
        private: Private,
        randomness: Randomness = system_randomness,
        progress: Progress = silent,
    ) -> Proof:
        """A verified proof; raises `Unsatisfied` with the name of the check that fails."""
        witness = self.backend.solve(compile_circuit(self.circuit), public, private)
        return self.prover.prove(witness, Blinding.draw(randomness), progress)
