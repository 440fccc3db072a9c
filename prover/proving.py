"""Statement in, proof out: the witness is solved, proven, and the proof verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from circuits.catalogue import STATEMENTS
from circuits.shape import Shape
from ledger.genesis import StatementKey, StatementKeys
from zk.backends import Backend, Prover
from zk.circuit import Circuit, compile_circuit
from zk.groth16 import Blinding, Proof, Trapdoor
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


@dataclass(frozen=True, slots=True)
class StatementProvers:
    """A prover for each statement of a shape, by its name."""

    provers: Mapping[str, StatementProver[Any, Any]]
    randomness: Randomness = system_randomness
    progress: Progress = silent

    @classmethod
    def insecure_dev_setup(
        cls,
        shape: Shape,
        backend: Backend,
        randomness: Randomness = system_randomness,
        progress: Progress = silent,
    ) -> Self:
        """Development keys for all of them, made on the spot."""
        provers: dict[str, StatementProver[Any, Any]] = {}
        for name, statement in STATEMENTS.items():
            circuit = statement(shape)
            r1cs = compile_circuit(circuit).r1cs
            key = backend.insecure_dev_setup(r1cs, Trapdoor.draw(randomness), progress)
            provers[name] = StatementProver(circuit, backend.prover(key), backend)
        return cls(provers, randomness, progress)

    def prove(self, statement: str, public: Any, private: Any) -> bytes:
        """The encoded proof of that statement."""
        prover = self.provers[statement]
        return prover.prove(public, private, self.randomness, self.progress).encode()

    def statement_keys(self) -> StatementKeys:
        """What a ledger's genesis says of these keys."""
        return StatementKeys(
            **{
                name: StatementKey.of(
                    prover.prover.verifying_key,
                    bytes.fromhex(compile_circuit(prover.circuit).digest),
                )
                for name, prover in self.provers.items()
            }
        )
