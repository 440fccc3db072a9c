"""What the reference promises about time, so that nobody has to wonder whether it hangs."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from tests.zk.circuits_for_tests import SumOfSquares
from zk.backends import Choice, select
from zk.circuit import compile_circuit
from zk.groth16 import Blinding, Trapdoor

Result = TypeVar("Result")

CONSTRAINTS = 4096
SETUP_SECONDS, PROOF_SECONDS, VERIFICATION_SECONDS = 40.0, 12.0, 1.0


def timed(function: Callable[[], Result]) -> tuple[Result, float]:
    """The result, and the processor time that it took, forked processes included.

    On a machine with nothing else to do nobody waits longer than that, with one core or
    with many; on a busy one the clock on the wall would measure the neighbours.
    """
    start = processor_seconds()
    return function(), processor_seconds() - start


def processor_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def test_the_reference_is_fast_enough() -> None:
    """With 4,096 constraints and a witness of bits: setup ≤ 40 s, proof ≤ 12 s, check ≤ 1 s.

    The proof is verified, so what was fast was also right.
    """
    circuit, backend = SumOfSquares(64, 63), select(Choice.PY_ECC)
    compiled = compile_circuit(circuit)
    assert len(compiled.r1cs.constraints) == CONSTRAINTS
    witness = compiled.solve(*circuit.honest())
    assert sum(value in (0, 1) for value in witness) > 0.95 * len(witness)

    key, setup = timed(lambda: backend.insecure_dev_setup(compiled.r1cs, Trapdoor.draw()))
    prover, verifier = backend.prover(key), backend.verifier(key.verifying_key)
    proof, proving = timed(lambda: prover.prove(witness, Blinding.draw()))
    public = tuple(witness[1 : key.public + 1])
    _, verification = timed(lambda: verifier.verify(public, proof))

    assert setup <= SETUP_SECONDS
    assert proving <= PROOF_SECONDS
    assert verification <= VERIFICATION_SECONDS
