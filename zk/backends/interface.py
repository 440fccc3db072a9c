"""What a backend does: everything in `zk` that is worth doing fast.

Two backends of the same inputs and the same randomness give the same bytes and raise the
same errors. Keys are loaded once and used many times, so they stay on the backend's side.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from zk.babyjubjub import Point
from zk.bn254 import G1Point, G2Point
from zk.circuit import CompiledCircuit, WitnessProgram
from zk.errors import Malformed, ProofRejected
from zk.formats.files import named, read_bytes
from zk.formats.zkey import decode_zkey
from zk.groth16.batch import Statement
from zk.groth16.keys import Proof, ProvingKey, VerifyingKey
from zk.groth16.prove import Blinding
from zk.groth16.setup import Trapdoor
from zk.progress import Progress, silent
from zk.r1cs import R1CS


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of one proof: its seconds, and the additions in one group that it cannot avoid."""

    name: str
    seconds: float
    additions: int
    group: int


class AdditionCosts(NamedTuple):
    """Seconds of one addition in G1 and in G2, on one core."""

    g1: float
    g2: float


class Verifier(ABC):
    """A verifying key, loaded."""

    @abstractmethod
    def verify(self, public: tuple[int, ...], proof: Proof) -> None:
        """Raises `ProofRejected` unless the proof holds."""

    @abstractmethod
    def verify_batch(self, statements: Sequence[Statement]) -> None:
        """Raises `ProofRejected` unless all of the proofs hold."""


class Prover(ABC):
    """A proving key, loaded."""

    def __init__(self, verifying_key: VerifyingKey, verifier: Verifier) -> None:
        self.verifying_key = verifying_key
        self._verifier = verifier

    def prove(
        self, witness: Sequence[int], blinding: Blinding, progress: Progress = silent
    ) -> Proof:
        """A proof for the witness's public part; verified before it is handed out."""
        proof = self.unchecked_prove(witness, blinding, progress)
        try:
            self._verifier.verify(tuple(witness[1 : self.verifying_key.public + 1]), proof)
        except ProofRejected:
            raise ProofRejected(
                "witness", expected="one that satisfies the circuit", actual="a broken constraint"
            ) from None
        return proof

    @abstractmethod
    def unchecked_prove(
        self, witness: Sequence[int], blinding: Blinding, progress: Progress = silent
    ) -> Proof:
        """A proof that does not verify where the witness breaks a constraint."""

    def profile(self, _witness: Sequence[int]) -> Sequence[Stage]:
        """Where the time of one proof goes; nothing, where the backend cannot tell."""
        return ()


class Backend(ABC):
    """One implementation of the arithmetic."""

    name: ClassVar[str]

    @abstractmethod
    def insecure_dev_setup(
        self, r1cs: R1CS, trapdoor: Trapdoor, progress: Progress = silent
    ) -> ProvingKey:
        """The key of that trapdoor."""

    @abstractmethod
    def prover(self, key: ProvingKey) -> Prover:
        """Loads a proving key."""

    def load_prover(self, zkey: bytes, progress: Progress = silent) -> Prover:
        """Loads the proving key of a file."""
        return self.prover(decode_zkey(zkey, progress))

    def open_prover(self, path: Path, progress: Progress = silent) -> Prover:
        """Loads the proving key of a file on disk."""
        with named(path):
            return self.load_prover(read_bytes(path), progress)

    @abstractmethod
    def verifier(self, key: VerifyingKey) -> Verifier:
        """Loads a verifying key."""

    def addition_costs(self) -> AdditionCosts | None:
        """What a group addition costs here; None, where the backend does not say."""
        return None

    @abstractmethod
    def run(self, program: WitnessProgram, inputs: Sequence[int]) -> Sequence[int]:
        """All registers of a witness program."""

    def solve(self, compiled: CompiledCircuit, public: object, private: object) -> Sequence[int]:
        """The witness; raises `Unsatisfied` with the scope of the first broken constraint."""
        registers = self.run(compiled.program, compiled.inputs(public, private))
        violation = compiled.first_violation(registers)
        if violation is not None:
            raise violation
        return compiled.program.witness(registers)

    @abstractmethod
    def combine(self, points: Sequence[Point], scalars: Sequence[int]) -> Point:
        """Σ scalar·point on Baby Jubjub."""

    @abstractmethod
    def add_all(self, points: Sequence[Point]) -> Point:
        """Σ points on Baby Jubjub."""

    @abstractmethod
    def combine_g1(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        """Σ scalar·point in G1, for points that are summed once."""

    @abstractmethod
    def combine_g2(self, points: Sequence[G2Point], scalars: Sequence[int]) -> G2Point:
        """Σ scalar·point in G2."""

    def decode_point(self, data: bytes) -> Point:
        """The point of Baby Jubjub with this canonical encoding: on the curve, in the subgroup."""
        return Point.decode(data)

    def check_points(self, points: Sequence[Point]) -> None:
        """The checks of `Point` for objects that may have been made past them."""
        for point in points:
            Point(point.x, point.y)

    def decode_proof(self, data: bytes) -> Proof:
        """The proof with this canonical encoding: each point on its curve, in its subgroup."""
        return Proof.decode(data)


def check_lengths(points: Sequence[object], scalars: Sequence[object]) -> None:
    """A scalar for each point, or `Malformed`."""
    if len(points) != len(scalars):
        raise Malformed(
            "combination", expected=f"{len(points)} scalars", actual=f"{len(scalars)} scalars"
        )
