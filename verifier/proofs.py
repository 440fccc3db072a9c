"""Checks a proof of one of our statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zk.backends import Backend
from zk.circuit import Circuit, compile_circuit, field_elements
from zk.errors import Conflict
from zk.groth16 import Proof, VerifyingKey


@dataclass(frozen=True, slots=True)
class StatementVerifier:
    """A circuit, the key for it, and the backend that checks."""

    circuit: Circuit[Any, Any]
    key: VerifyingKey
    backend: Backend

    def __post_init__(self) -> None:
        expected = len(compile_circuit(self.circuit).public_names)
        if self.key.public != expected:
            raise Conflict(
                "verifying key",
                expected=f"{expected} public inputs, as the circuit",
                actual=f"{self.key.public} public inputs",
            )

    def verify(self, public: object, proof: Proof) -> None:
        """Raises `ProofRejected` unless the proof proves the circuit's statement of `public`."""
        self.backend.verifier(self.key).verify(field_elements(public), proof)
