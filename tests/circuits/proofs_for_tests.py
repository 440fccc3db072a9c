"""Real proofs of the sample statements in the smallest shape, made once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from circuits.catalogue import named_circuit
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from zk.backends import Backend
from zk.circuit import CompiledCircuit, compile_circuit
from zk.groth16 import Blinding, Proof, ProvingKey, Trapdoor
from zk.randomness import insecure_seeded_randomness


@dataclass(frozen=True)
class Proven:
    """A true statement, a development key for its circuit, and a proof."""

    compiled: CompiledCircuit
    public: Any
    private: Any
    key: ProvingKey
    proof: Proof

    @property
    def inputs(self) -> tuple[int, ...]:
        """The public inputs, as a verifier is given them."""
        return self.inputs_of(self.public)

    def inputs_of(self, public: Any) -> tuple[int, ...]:
        """Those of another public part."""
        return tuple(self.compiled.inputs(public, self.private)[: self.compiled.r1cs.public])


def sample(name: str, shape: str = "tiny") -> tuple[CompiledCircuit, Any, Any]:
    """A circuit and a true statement of it, always the same."""
    public, private = SAMPLES[name](
        SHAPES[shape], insecure_seeded_randomness(f"{name} {shape}".encode())
    )
    return compile_circuit(named_circuit(name, shape)), public, private


@cache
def development_key(backend: Backend, name: str) -> ProvingKey:
    """A key for the statement: the first call takes the reference some ten seconds."""
    compiled, _, _ = sample(name)
    trapdoor = Trapdoor.draw(insecure_seeded_randomness(f"key of {name}".encode()))
    return backend.insecure_dev_setup(compiled.r1cs, trapdoor)


@cache
def proven(backend: Backend, name: str) -> Proven:
    """Witness and proof: the first call takes the reference as long again."""
    compiled, public, private = sample(name)
    key = development_key(backend, name)
    blinding = Blinding.draw(insecure_seeded_randomness(f"proof of {name}".encode()))
    proof = backend.prover(key).prove(compiled.solve(public, private), blinding)
    return Proven(compiled, public, private, key, proof)
