"""The reference: pure Python over py_ecc. Slow, always there, written to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zk import babyjubjub, curve
from zk.backends.interface import Backend, Prover, Verifier, check_lengths
from zk.bn254 import G1Point, G2Point, affine_g1, affine_g2
from zk.circuit.program import WitnessProgram
from zk.groth16 import Blinding, Proof, ProvingKey, Trapdoor, VerifyingKey
from zk.groth16 import insecure_dev_setup as reference_setup
from zk.groth16 import prove as reference_prove
from zk.groth16 import verify as reference_verify
from zk.groth16 import verify_batch as reference_verify_batch
from zk.groth16.batch import Statement
from zk.msm import multi_scalar_multiplication
from zk.progress import Progress, silent
from zk.r1cs import R1CS


class PyEccProver(Prover):
    """Keeps the key as it is."""

    def __init__(self, key: ProvingKey, verifier: Verifier) -> None:
        super().__init__(key.verifying_key, verifier)
        self._key = key

    def unchecked_prove(
        self, witness: Sequence[int], blinding: Blinding, progress: Progress = silent
    ) -> Proof:
        return reference_prove(self._key, witness, blinding, progress)


class PyEccVerifier(Verifier):
    """Keeps the key as it is."""

    def __init__(self, key: VerifyingKey) -> None:
        self._key = key

    def verify(self, public: tuple[int, ...], proof: Proof) -> None:
        reference_verify(self._key, public, proof)

    def verify_batch(self, statements: Sequence[Statement]) -> None:
        reference_verify_batch(self._key, statements)


class PyEccBackend(Backend):
    """Everything by the modules that describe it."""

    name: ClassVar[str] = "py_ecc"

    def insecure_dev_setup(
        self, r1cs: R1CS, trapdoor: Trapdoor, progress: Progress = silent
    ) -> ProvingKey:
        return reference_setup(r1cs, trapdoor, progress)

    def prover(self, key: ProvingKey) -> Prover:
        return PyEccProver(key, self.verifier(key.verifying_key))

    def verifier(self, key: VerifyingKey) -> Verifier:
        return PyEccVerifier(key)

    def run(self, program: WitnessProgram, inputs: Sequence[int]) -> list[int]:
        return program.run(inputs)

    def combine_g1(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        check_lengths(points, scalars)
        return affine_g1([multi_scalar_multiplication(points, scalars, curve.Z1)])[0]

    def combine_g2(self, points: Sequence[G2Point], scalars: Sequence[int]) -> G2Point:
        check_lengths(points, scalars)
        return affine_g2([multi_scalar_multiplication(points, scalars, curve.Z2)])[0]

    def combine(
        self, points: Sequence[babyjubjub.Point], scalars: Sequence[int]
    ) -> babyjubjub.Point:
        return babyjubjub.combine(points, scalars)

    def add_all(self, points: Sequence[babyjubjub.Point]) -> babyjubjub.Point:
        return babyjubjub.add_all(points)
