"""A prover for each statement of a shape, and what a genesis says of their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from circuits.catalogue import STATEMENTS
from circuits.proofs import StatementProver
from circuits.shape import Shape
from ledger.genesis import StatementKey, StatementKeys
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.groth16 import Trapdoor
from zk.progress import Progress, silent
from zk.randomness import Randomness, system_randomness


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
