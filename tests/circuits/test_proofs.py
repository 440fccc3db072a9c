"""The statements with real keys and real proofs, in the smallest shape, on every backend."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from circuits.catalogue import STATEMENTS
from tests.circuits.proofs_for_tests import Proven, development_key, proven, sample
from zk.backends import Backend, Choice, Verifier
from zk.errors import Conflict, Malformed, ProofRejected
from zk.field import SCALAR_MODULUS
from zk.groth16 import Blinding

EVERY_STATEMENT: Final = pytest.mark.parametrize("name", STATEMENTS)


def moved_context(name: str, public: Any) -> Any:
    """The same public part, for another use."""
    if name == "solvency":
        return replace(public, margin=moved_context("margin", public.margin))
    return replace(public, context=(public.context + 1) % SCALAR_MODULUS)


def verifier(backend: Backend, made: Proven) -> Verifier:
    """The statement's key, loaded."""
    return backend.verifier(made.key.verifying_key)


@EVERY_STATEMENT
def test_a_key_is_of_its_statement(backend: Backend, name: str) -> None:
    """A key has an IC point for every named public input, and its origin written on it."""
    compiled, _, _ = sample(name)
    key = development_key(backend, name)
    assert (key.public, key.wires) == (len(compiled.public_names), compiled.r1cs.wires)
    assert key.verifying_key.insecure
    assert bytes.fromhex(compiled.digest) in key.ceremony


@EVERY_STATEMENT
def test_a_true_statement_is_proven_and_verified(backend: Backend, name: str) -> None:
    """From a portfolio to a proof that a verifier accepts, who holds the public part alone."""
    made = proven(backend, name)
    assert len(made.inputs) == made.key.public == len(made.compiled.public_names)
    verifier(backend, made).verify(made.inputs, made.proof)


@EVERY_STATEMENT
def test_every_public_input_counts(backend: Backend, name: str) -> None:
    """Threat: an unused public input. Each of them moved by one: the proof is refused.

    The reference takes a second for each, so it is asked about a few. That it multiplies each input
    by a point, and no two by the same, is what a key is refused for that has no such points.
    """
    made = proven(backend, name)
    judge = verifier(backend, made)
    places = range(len(made.inputs))
    few = backend.name == Choice.PY_ECC
    for index in Random(name).sample(places, 5) if few else places:
        moved = list(made.inputs)
        moved[index] = (moved[index] + 1) % SCALAR_MODULUS
        with pytest.raises(ProofRejected):
            judge.verify(tuple(moved), made.proof)


@EVERY_STATEMENT
def test_the_number_of_public_inputs_counts(backend: Backend, name: str) -> None:
    """Threat: a list cut short or padded with zeros, which snarkjs takes where the tail is zero."""
    made = proven(backend, name)
    judge = verifier(backend, made)
    for inputs in ((), made.inputs[:-1], made.inputs[1:], (*made.inputs, 0), (1, *made.inputs)):
        with pytest.raises(Conflict):
            judge.verify(inputs, made.proof)


@EVERY_STATEMENT
def test_no_public_input_has_another_name(backend: Backend, name: str) -> None:
    """Threat: x + r for x. Every public input as x + r, r or −1 is refused before any pairing."""
    made = proven(backend, name)
    judge = verifier(backend, made)
    for index, value in enumerate(made.inputs):
        for alias in (value + SCALAR_MODULUS, SCALAR_MODULUS, -1, (1 << 256) - 1):
            inputs = (*made.inputs[:index], alias, *made.inputs[index + 1 :])
            with pytest.raises(Malformed):
                judge.verify(inputs, made.proof)


@EVERY_STATEMENT
def test_a_proof_is_of_one_use(backend: Backend, name: str) -> None:
    """Threat: replay. The same statement under another context has another proof."""
    made = proven(backend, name)
    elsewhere = made.inputs_of(moved_context(name, made.public))
    assert sum(a != b for a, b in zip(elsewhere, made.inputs, strict=True)) == 1
    with pytest.raises(ProofRejected):
        verifier(backend, made).verify(elsewhere, made.proof)


@EVERY_STATEMENT
def test_a_proof_is_of_one_statement(backend: Backend, name: str) -> None:
    """A proof under another statement's key is refused, however its inputs are made to fit."""
    made = proven(backend, name)
    for other in STATEMENTS:
        if other != name:
            key = proven(backend, other).key
            judge = backend.verifier(key.verifying_key)
            with pytest.raises(Conflict):
                judge.verify(made.inputs, made.proof)
            fitted = (*made.inputs, *[0] * key.public)[: key.public]
            for inputs in (fitted, proven(backend, other).inputs):
                with pytest.raises(ProofRejected):
                    judge.verify(inputs, made.proof)


def test_a_prover_hands_out_no_proof_of_a_false_statement(backend: Backend) -> None:
    """A witness that breaks a constraint ends in a refusal, not in a proof that fails later."""
    made = proven(backend, "claim")
    witness = made.compiled.solve(made.public, made.private)
    index = made.compiled.public_names.index("constants[0]") + 1
    witness[index] = (witness[index] - 1) % SCALAR_MODULUS
    with pytest.raises(ProofRejected):
        backend.prover(made.key).prove(witness, Blinding(1, 2))


def test_the_samples_are_true_in_every_shape_that_is_proven_here() -> None:
    """What is proven above is what the statement says over integers."""
    for name in STATEMENTS:
        compiled, public, private = sample(name)
        compiled.r1cs.check(compiled.solve(public, private))
