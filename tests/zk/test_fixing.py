"""Keys with part of their public inputs fixed."""

from __future__ import annotations

import pytest

from tests.zk.circuits_for_tests import Ratio
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.errors import Conflict, Malformed, ProofRejected
from zk.field import SCALAR_MODULUS
from zk.groth16 import Blinding, Proof, Trapdoor, VerifyingKey, fix_inputs
from zk.randomness import insecure_seeded_randomness

Proven = tuple[VerifyingKey, tuple[int, ...], Proof]


@pytest.fixture(scope="module")
def proven(backend: Backend) -> Proven:
    """A key with several public inputs, one statement and its proof."""
    compiled = compile_circuit(Ratio())
    randomness = insecure_seeded_randomness(5)
    key = backend.insecure_dev_setup(compiled.r1cs, Trapdoor.draw(randomness))
    witness = compiled.solve(*Ratio().honest())
    proof = backend.prover(key).prove(witness, Blinding.draw(randomness))
    return key.verifying_key, tuple(witness[1 : compiled.r1cs.public + 1]), proof


def test_a_fixed_key_accepts_what_the_whole_key_accepts(backend: Backend, proven: Proven) -> None:
    """Whatever range is fixed, none or all among them, the proof holds for the rest."""
    key, public, proof = proven
    for start in range(len(public) + 1):
        for end in range(start, len(public) + 1):
            fixed = fix_inputs(key, start, public[start:end])
            rest = public[:start] + public[end:]
            backend.verifier(fixed).verify(rest, proof)
            backend.verifier(fixed).verify_batch([(rest, proof)] * 2)


def test_another_fixed_value_is_refused(backend: Backend, proven: Proven) -> None:
    """A proof does not hold under a key that fixes any input to something else."""
    key, public, proof = proven
    for index in range(len(public)):
        moved = (public[index] + 1) % SCALAR_MODULUS
        fixed = fix_inputs(key, index, (moved,))
        with pytest.raises(ProofRejected):
            backend.verifier(fixed).verify(public[:index] + public[index + 1 :], proof)


def test_fixed_values_are_checked(proven: Proven) -> None:
    """A value that is not canonical and a range past the inputs are refused."""
    key, public, _ = proven
    for alias in (public[0] + SCALAR_MODULUS, SCALAR_MODULUS, -1):
        with pytest.raises(Malformed):
            fix_inputs(key, 0, (alias,))
    with pytest.raises(Conflict):
        fix_inputs(key, 1, public)
    with pytest.raises(Conflict):
        fix_inputs(key, -1, public[:1])


def test_a_fixed_key_keeps_its_mark_and_has_a_digest_of_its_own(proven: Proven) -> None:
    """Fixing inputs hides neither where a key came from nor what was fixed."""
    key, public, _ = proven
    assert fix_inputs(key, 0, public[:1]).insecure is key.insecure
    digests = {fix_inputs(key, 0, (value,)).digest() for value in (1, 2, 3)}
    assert len({*digests, key.digest()}) == 4
