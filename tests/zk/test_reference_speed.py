"""What the reference promises about time, so that nobody has to wonder whether it hangs."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from py_ecc.optimized_bn128 import G1, multiply

from tests.zk.circuits_for_tests import SumOfSquares
from zk.backends import Choice, select
from zk.circuit import compile_circuit
from zk.groth16 import Blinding, Trapdoor

Result = TypeVar("Result")

CONSTRAINTS = 1024
#: In multiples of what forty multiplications of a point take here and now: half a second where
#: there is nothing else to do, and longer on a slow machine or a busy one, as does the rest.
SETUP, PROOF, VERIFICATION = 40, 15, 4


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
    """With 1,024 constraints and a witness of bits, setup, proof and check take what they may.

    The proof is verified, so what was fast was also right.
    """
    circuit, backend = SumOfSquares(32, 31), select(Choice.PY_ECC)
    compiled = compile_circuit(circuit)
    assert len(compiled.r1cs.constraints) == CONSTRAINTS
    witness = compiled.solve(*circuit.honest())
    assert sum(value in (0, 1) for value in witness) > 0.9 * len(witness)

    _, before = timed(multiplications)
    key, setup = timed(lambda: backend.insecure_dev_setup(compiled.r1cs, Trapdoor.draw()))
    prover, verifier = backend.prover(key), backend.verifier(key.verifying_key)
    proof, proving = timed(lambda: prover.prove(witness, Blinding.draw()))
    public = tuple(witness[1 : key.public + 1])
    _, verification = timed(lambda: verifier.verify(public, proof))
    _, after = timed(multiplications)

    unit = max(before, after)
    assert setup <= SETUP * unit
    assert proving <= PROOF * unit
    assert verification <= VERIFICATION * unit


def multiplications() -> None:
    """A measure for this machine, at this moment."""
    for number in range(40):
        multiply(G1, (1 << 253) - number)
