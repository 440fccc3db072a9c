"""A statement and its key: what is proven with it, and that the two belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zk.backends import Backend, Prover
from zk.circuit import Circuit, compile_circuit
from zk.errors import Conflict
from zk.groth16 import Blinding, Proof, VerifyingKey
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


def check_key_fits(circuit: Circuit[Any, Any], key: VerifyingKey) -> None:
    """Raises `Conflict` where the key has not as many public inputs as the circuit."""
    expected = len(compile_circuit(circuit).public_names)
    if key.public != expected:
        raise Conflict(
            "verifying key",
            expected=f"{expected} public inputs, as the circuit",
            actual=f"{key.public} public inputs",
        )
