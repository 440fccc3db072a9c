"""Statement in, proof out: the witness is solved, proven, and the proof verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zk.backends import Backend
from zk.circuit import Circuit, compile_circuit
from zk.groth16 import Blinding, Proof, ProvingKey
from zk.progress import Progress, silent
from zk.randomness import Randomness, system_randomness

Public = TypeVar("Public")
Private = TypeVar("Private")


@dataclass(frozen=True, slots=True)
class StatementProver(Generic[Public, Private]):
    """A circuit, the key for it, and the backend that proves."""

    circuit: Circuit[Any, Any]
    key: ProvingKey
    backend: Backend

    def prove(
        self,
        public: Public,
        private: Private,
        randomness: Randomness = system_randomness,
        progress: Progress = silent,
    ) -> Proof:
        """A verified proof; raises `Unsatisfied` with the name of the check that fails."""
        compiled = compile_circuit(self.circuit)
        registers = self.backend.run(compiled.program, compiled.inputs(public, private))
        violation = compiled.first_violation(registers)
        if violation is not None:
            raise violation
        witness = compiled.program.witness(registers)
        return self.backend.prover(self.key).prove(witness, Blinding.draw(randomness), progress)
