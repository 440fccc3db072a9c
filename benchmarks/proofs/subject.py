"""What is measured: a circuit with a true statement of it, and the same loaded on a backend.

Samples and development keys come from a fixed seed, so that a run elsewhere measures the same
circuit, statement and key: the digests say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from benchmarks.memory import peak_memory
from benchmarks.times import timed
from circuits.catalogue import named_circuit
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from zk.backends import Backend, Prover, Verifier
from zk.circuit import CompiledCircuit, compile_circuit
from zk.groth16 import Blinding, Proof, ProvingKey, Trapdoor
from zk.randomness import insecure_seeded_randomness


@dataclass(frozen=True, slots=True)
class Subject:
    """A compiled circuit, and the public and private part of a true statement."""

    circuit: str
    shape: str
    compiled: CompiledCircuit
    public: object
    private: object

    @classmethod
    def named(cls, circuit: str, shape: str) -> Self:
        """The circuit of the catalogue, with an invented statement."""
        compiled = compile_circuit(named_circuit(circuit, shape))
        seed = f"{circuit}/{shape}".encode()
        public, private = SAMPLES[circuit](SHAPES[shape], insecure_seeded_randomness(seed))
        return cls(circuit, shape, compiled, public, private)

    def sample(self, index: int) -> tuple[Any, Any]:
        """The public and private part of another true statement, by its number."""
        seed = f"{self.circuit}/{self.shape}/{index}".encode()
        return SAMPLES[self.circuit](SHAPES[self.shape], insecure_seeded_randomness(seed))

    def trapdoor(self) -> Trapdoor:
        """The development key's trapdoor: the same every time, and no secret at all."""
        seed = f"tacit bench {self.compiled.digest}".encode()
        return Trapdoor.draw(insecure_seeded_randomness(seed))


@dataclass(frozen=True, slots=True)
class Run:
    """One proof from its inputs to its verification: the seconds of each part."""

    witness: float
    prove: float
    verify: float
    proof: Proof

    @property
    def whole(self) -> float:
        """From inputs to proof."""
        return self.witness + self.prove

    @property
    def verified(self) -> float:
        """From inputs to a proof that was verified before it was handed out."""
        return self.whole + self.verify


@dataclass(frozen=True, slots=True)
class Loaded:
    """A subject with its key on a backend, ready to prove."""

    subject: Subject
    backend: Backend
    key: ProvingKey
    prover: Prover
    verifier: Verifier
    setup: float
    load: float
    #: The most memory that this process had held when the key was made.
    setup_memory: int

    @classmethod
    def on(cls, backend: Backend, subject: Subject) -> Self:
        """Makes the key and loads it; both are timed once, since both are done once."""
        compiled, trapdoor = subject.compiled, subject.trapdoor()
        key, setup = timed(lambda: backend.insecure_dev_setup(compiled.r1cs, trapdoor))
        memory = peak_memory()
        prover, load = timed(lambda: backend.prover(key))
        verifier = backend.verifier(key.verifying_key)
        return cls(subject, backend, key, prover, verifier, setup, load, memory)

    @property
    def public(self) -> tuple[int, ...]:
        """The public inputs of the subject's statement."""
        inputs = self.subject.compiled.inputs(self.subject.public, self.subject.private)
        return tuple(inputs[: self.key.public])

    def run(self) -> Run:
        """One proof; raises `ProofRejected` where it does not verify, and times nothing."""
        subject = self.subject
        witness, solving = timed(
            lambda: self.backend.solve(subject.compiled, subject.public, subject.private)
        )
        blinding = Blinding.draw()
        proof, proving = timed(lambda: self.prover.unchecked_prove(witness, blinding))
        _, verifying = timed(
            lambda: self.verifier.verify(tuple(witness[1 : self.key.public + 1]), proof)
        )
        return Run(solving, proving, verifying, proof)
