"""Checks a proof of one of our statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from circuits.gadgets.coordinates import Coordinates
from zk.babyjubjub import Point
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
        self.backend.check_points(points_of(public))
        self.backend.verifier(self.key).verify(field_elements(public), proof)


def points_of(public: Any) -> list[Point]:
    """The points of the curve in a public part; a circuit does not look at them."""
    if isinstance(public, Coordinates):
        return [Point.unchecked(public.x, public.y)]
    names = getattr(public, "__dataclass_fields__", ())
    return [point for name in names for point in points_of(getattr(public, name))]
