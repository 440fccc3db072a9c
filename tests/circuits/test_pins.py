"""What is proven is pinned: keys are made for one digest, and fit no other."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from typing import Any, Final

import pytest

from circuits.catalogue import STATEMENTS, named_circuit
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from tests.circuits.pin import CIRCUITS_FILE, REGENERATE, compiled_circuit, describe
from tests.conftest import ROOT
from zk.circuit import compile_circuit
from zk.field import SCALAR_MODULUS
from zk.randomness import insecure_seeded_randomness

#: Rows of the domain: constraints, public inputs, and one for the constant.
MOST_ROWS: Final = {
    ("claim", "standard"): 5200,
    ("margin", "standard"): 8192,
    ("solvency", "standard"): 8192,
    ("fill", "standard"): 8192,
    ("margin", "desk"): 1 << 14,
    ("solvency", "desk"): 1 << 14,
}
MOST_PUBLIC_INPUTS: Final = 124
MOST_TRACING_SECONDS: Final = 3.0
MOST_WITNESS_SECONDS: Final = 0.150

_TRACE = """
import sys, time
from circuits.catalogue import named_circuit
from zk.circuit import compile_circuit
circuit = named_circuit(sys.argv[1], "standard")
start = time.process_time()
compile_circuit(circuit)
sys.stdout.write(str(time.process_time() - start))
"""


def pinned() -> dict[str, dict[str, Any]]:
    """The file's content: statement, shape, description."""
    content: dict[str, dict[str, Any]] = json.loads(CIRCUITS_FILE.read_text())
    return content


def leaf(tree: Any, path: str) -> int:
    """What a name such as `matrix[2][0]` names, found by the name alone."""
    for step in re.findall(r"\w+", path):
        tree = tree[int(step)] if step.isdigit() else getattr(tree, step)
    assert isinstance(tree, int)
    return tree


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", STATEMENTS)
def test_a_circuit_is_what_was_pinned(name: str, shape: str) -> None:
    """Constraints, wires, digest and the order of the public inputs change on purpose only."""
    described = describe(compiled_circuit(name, shape))
    assert described == pinned()[name][shape], f"if this is meant: {REGENERATE}"


def test_every_circuit_is_pinned_and_no_other() -> None:
    """The file has each statement in each shape; no two circuits share a digest."""
    content = pinned()
    assert list(content) == list(STATEMENTS)
    assert all(list(shapes) == list(SHAPES) for shapes in content.values())
    digests = [circuit["digest"] for shapes in content.values() for circuit in shapes.values()]
    assert len(set(digests)) == len(STATEMENTS) * len(SHAPES)


@pytest.mark.parametrize(("name", "shape"), MOST_ROWS)
def test_a_circuit_keeps_to_its_budget_of_rows(name: str, shape: str) -> None:
    """Constraints and public rows of a shape fit the domain that was planned."""
    r1cs = compile_circuit(named_circuit(name, shape)).r1cs
    assert len(r1cs.constraints) + r1cs.public + 1 <= MOST_ROWS[name, shape]


def test_a_standard_solvency_keeps_to_its_budget_of_public_inputs() -> None:
    """A verifier sums over them for each market that it has not prepared: they are few."""
    r1cs = compile_circuit(named_circuit("solvency", "standard")).r1cs
    assert r1cs.public <= MOST_PUBLIC_INPUTS


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_standard_circuit_is_traced_within_its_budget(name: str) -> None:
    """A fresh process compiles a standard circuit in three seconds of one core."""
    result = subprocess.run(
        [sys.executable, "-c", _TRACE, name], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert float(result.stdout) <= MOST_TRACING_SECONDS


def test_a_witness_is_computed_within_its_budget() -> None:
    """The witness program of solvency(standard) takes 150 ms of one core, by the median."""
    compiled = compile_circuit(named_circuit("solvency", "standard"))
    statement = SAMPLES["solvency"](SHAPES["standard"], insecure_seeded_randomness(1))
    inputs = compiled.inputs(*statement)
    taken = []
    for _ in range(7):
        start = time.process_time()
        compiled.program.run(inputs)
        taken.append(time.process_time() - start)
    assert statistics.median(taken) <= MOST_WITNESS_SECONDS


@pytest.mark.parametrize("shape", ["tiny", "standard"])
@pytest.mark.parametrize("name", STATEMENTS)
def test_public_inputs_come_first_and_in_the_order_of_their_names(name: str, shape: str) -> None:
    """Wires 1 to n of a witness are the public inputs, one for each name, in that order."""
    compiled = compile_circuit(named_circuit(name, shape))
    public, private = SAMPLES[name](SHAPES[shape], insecure_seeded_randomness(2))
    wires = compiled.program.wires
    assert wires[: compiled.r1cs.public + 1] == tuple(range(compiled.r1cs.public + 1))
    inputs = compiled.inputs(public, private)
    for position, path in enumerate(compiled.public_names):
        assert inputs[position] == leaf(public, path) % SCALAR_MODULUS, path
