"""Proofs, on every backend: what is accepted, and that nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.zk.circuits_for_tests import (
    UNUSED_INPUT,
    UNUSED_INPUT_WITNESS,
    Below,
    CubeRoot,
    Ratio,
    SumOfSquares,
)
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.errors import Conflict, Malformed, ProofRejected, Unsatisfied
from zk.field import SCALAR_MODULUS
from zk.groth16 import Blinding, Trapdoor, insecure_dev_setup, prove, verify
from zk.r1cs import R1CS
from zk.randomness import insecure_seeded_randomness

R = SCALAR_MODULUS
TRAPDOOR = Trapdoor.draw(insecure_seeded_randomness(b"groth16"))
BLINDING = Blinding.draw(insecure_seeded_randomness(b"blinding"))

CIRCUITS = pytest.mark.parametrize(
    "circuit", [CubeRoot(), Below(4), SumOfSquares(2, 3), Ratio()], ids=lambda c: type(c).__name__
)


def compiled(circuit: Any) -> tuple[R1CS, list[int]]:
    """The circuit's constraints and an honest witness."""
    result = compile_circuit(circuit)
    return result.r1cs, result.solve(*circuit.honest())


def public_part(r1cs: R1CS, witness: list[int]) -> tuple[int, ...]:
    return tuple(witness[1 : r1cs.public + 1])


@CIRCUITS
def test_an_honest_proof_is_accepted(backend: Backend, circuit: Any) -> None:
    """Completeness: what an honest prover makes of an honest witness verifies."""
    r1cs, witness = compiled(circuit)
    key = backend.insecure_dev_setup(r1cs, TRAPDOOR)
    proof = backend.prover(key).prove(witness, Blinding.draw())
    backend.verifier(key.verifying_key).verify(public_part(r1cs, witness), proof)


def test_every_public_input_moved_by_one_is_refused(backend: Backend) -> None:
    """Soundness in small, and threat: unused public input. No input can be any other.

    The input that no constraint mentions is held by its row alone, and that is enough.
    """
    key = backend.insecure_dev_setup(UNUSED_INPUT, TRAPDOOR)
    proof = backend.prover(key).prove(UNUSED_INPUT_WITNESS, BLINDING)
    verifier = backend.verifier(key.verifying_key)
    public = public_part(UNUSED_INPUT, UNUSED_INPUT_WITNESS)
    for index in range(len(public)):
        moved = (*public[:index], public[index] + 1, *public[index + 1 :])
        with pytest.raises(ProofRejected):
            verifier.verify(moved, proof)


def test_a_false_witness_gives_no_proof(backend: Backend) -> None:
    """Threat: a proof that does not verify is handed out. Each wire moved: the prover raises."""
    r1cs, witness = compiled(CubeRoot())
    prover = backend.prover(backend.insecure_dev_setup(r1cs, TRAPDOOR))
    for wire in range(1, r1cs.wires):
        moved = [*witness[:wire], witness[wire] + 1, *witness[wire + 1 :]]
        with pytest.raises(Unsatisfied):
            r1cs.check(moved)
        with pytest.raises(ProofRejected, match="satisfies the circuit"):
            prover.prove(moved, BLINDING)


def test_an_unchecked_proof_of_a_false_witness_is_refused(backend: Backend) -> None:
    """Without its own check a prover does make something, and every verifier refuses it."""
    r1cs, witness = compiled(CubeRoot())
    key = backend.insecure_dev_setup(r1cs, TRAPDOOR)
    false = [*witness[:-1], witness[-1] + 1]
    proof = backend.prover(key).unchecked_prove(false, BLINDING)
    with pytest.raises(ProofRejected):
        backend.verifier(key.verifying_key).verify(public_part(r1cs, false), proof)
    with pytest.raises(ProofRejected):
        verify(key.verifying_key, public_part(r1cs, false), proof)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda w: w[:-1], Conflict),
        (lambda w: [*w, 0], Conflict),
        (lambda w: w[:0], Conflict),
        (lambda w: [0, *w[1:]], Malformed),
        (lambda w: [2, *w[1:]], Malformed),
        (lambda w: [*w[:-1], w[-1] + R], Malformed),
        (lambda w: [*w[:-1], w[-1] - R], Malformed),
        (lambda w: [*w[:-1], float(w[-1])], Malformed),
    ],
    ids=["short", "long", "empty", "zero one", "two one", "past r", "negative", "float"],
)
def test_a_witness_of_another_form_is_refused(
    backend: Backend, spoil: Any, error: type[Exception]
) -> None:
    """A witness for another circuit, or of elements that are none, never reaches a proof."""
    r1cs, witness = compiled(CubeRoot())
    prover = backend.prover(backend.insecure_dev_setup(r1cs, TRAPDOOR))
    for make in (prover.prove, prover.unchecked_prove):
        with pytest.raises(error):
            make(spoil(witness), BLINDING)


@CIRCUITS
def test_equal_randomness_gives_equal_bytes(backend: Backend, circuit: Any) -> None:
    """Given the blinding, a proof is determined, and every backend makes the reference's."""
    r1cs, witness = compiled(circuit)
    key = backend.insecure_dev_setup(r1cs, TRAPDOOR)
    prover = backend.prover(key)
    proof = prover.unchecked_prove(witness, BLINDING)
    assert prover.unchecked_prove(witness, BLINDING).encode() == proof.encode()
    assert prove(insecure_dev_setup(r1cs, TRAPDOOR), witness, BLINDING).encode() == proof.encode()


def test_another_blinding_gives_another_proof(backend: Backend) -> None:
    """With r, s or both changed the proof is another one, and it verifies as well."""
    r1cs, witness = compiled(CubeRoot())
    key = backend.insecure_dev_setup(r1cs, TRAPDOOR)
    r, s = BLINDING.r, BLINDING.s
    blindings = (BLINDING, Blinding(r + 1, s), Blinding(r, s + 1), Blinding(r - 1, s - 1))
    proofs = [backend.prover(key).prove(witness, blinding) for blinding in blindings]
    first, moved_r, moved_s, moved_both = proofs
    assert (moved_r.a == first.a, moved_r.b == first.b) == (False, True)
    assert (moved_s.a == first.a, moved_s.b == first.b) == (True, False)
    assert moved_both.a not in (first.a, moved_r.a)
    assert moved_both.b not in (first.b, moved_s.b)
    assert len({proof.c for proof in proofs}) == 4


def test_without_blinding_a_proof_is_the_papers_sum(backend: Backend) -> None:
    """r = s = 0 is accepted; A is then α + Σ aᵢ·uᵢ and shows what the witness is."""
    r1cs, witness = compiled(CubeRoot())
    key = backend.insecure_dev_setup(r1cs, TRAPDOOR)
    proof = backend.prover(key).prove(witness, Blinding(0, 0))
    expected = key.verifying_key.alpha_1
    for value, point in zip(witness, key.a_query, strict=True):
        expected += point * value
    assert proof.a == expected


@pytest.mark.parametrize("value", [-1, R, R + 5, 1.0])
def test_a_blinding_is_canonical(value: Any) -> None:
    """Blindings are elements of F_r: another integer is refused, in r and in s."""
    with pytest.raises(Malformed, match="blinding r"):
        Blinding(value, 0)
    with pytest.raises(Malformed, match="blinding s"):
        Blinding(0, value)


def test_a_blinding_does_not_print_itself() -> None:
    """Secrets print redacted, and two drawn ones differ."""
    assert repr(BLINDING) == "Blinding(<redacted>)"
    assert Blinding.draw() != Blinding.draw()


def test_a_proof_holds_under_its_own_key_only(backend: Backend) -> None:
    """A proof is refused under another trapdoor's key of the very same circuit."""
    r1cs, witness = compiled(CubeRoot())
    other = Trapdoor.draw(insecure_seeded_randomness(b"another"))
    proof = backend.prover(backend.insecure_dev_setup(r1cs, TRAPDOOR)).prove(witness, BLINDING)
    key = backend.insecure_dev_setup(r1cs, other)
    with pytest.raises(ProofRejected):
        backend.verifier(key.verifying_key).verify(public_part(r1cs, witness), proof)


def test_a_proof_of_another_circuit_is_refused(backend: Backend) -> None:
    """Two circuits with as many public inputs each: neither's proof holds for the other."""
    cube, witness = compiled(CubeRoot())
    below, _ = compiled(Below(4))
    assert cube.public == below.public
    proof = backend.prover(backend.insecure_dev_setup(cube, TRAPDOOR)).prove(witness, BLINDING)
    key = backend.insecure_dev_setup(below, TRAPDOOR)
    with pytest.raises(ProofRejected):
        backend.verifier(key.verifying_key).verify(public_part(cube, witness), proof)


def test_a_circuit_without_public_inputs(backend: Backend) -> None:
    """With nothing public but the constant, a proof still proves, and to an empty list only."""
    r1cs, witness = compiled(CubeRoot())
    hidden = R1CS(r1cs.wires, 0, r1cs.private_inputs, r1cs.constraints)
    key = backend.insecure_dev_setup(hidden, TRAPDOOR)
    proof = backend.prover(key).prove(witness, BLINDING)
    verifier = backend.verifier(key.verifying_key)
    verifier.verify((), proof)
    with pytest.raises(Conflict):
        verifier.verify((0,), proof)
