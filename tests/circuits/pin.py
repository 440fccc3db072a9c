"""Rewrites what is pinned: `python -m tests.circuits.pin`, after a change that was meant.

A circuit's digest is part of every key that was made for it: with another digest, keys are void.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from circuits.catalogue import STATEMENTS, named_circuit
from circuits.shape import SHAPES
from tests.circuits.costs import COSTS_FILE, measure, write
from zk.circuit import CompiledCircuit, compile_circuit
from zk.groth16.qap import domain_of

CIRCUITS_FILE: Final = Path(__file__).with_name("pinned_circuits.json")
REGENERATE: Final = "python -m tests.circuits.pin"
#: Longer lists of names are pinned by their hash, and shown by their ends.
_MOST_NAMES: Final = 32
_SHOWN: Final = 3


def compiled_circuit(name: str, shape: str) -> CompiledCircuit:
    """The circuit; the largest ones are not kept for the rest of the process."""
    circuit = named_circuit(name, shape)
    return compile_circuit.__wrapped__(circuit) if shape == "large" else compile_circuit(circuit)


def describe(compiled: CompiledCircuit) -> dict[str, Any]:
    """What a circuit is known by."""
    r1cs = compiled.r1cs
    return {
        "constraints": len(r1cs.constraints),
        "checks": dict(compiled.constraints_by_scope),
        "wires": r1cs.wires,
        "domain": domain_of(r1cs).size,
        "digest": compiled.digest,
        "public": _describe_names(compiled.public_names),
    }


def _describe_names(names: tuple[str, ...]) -> dict[str, Any]:
    if len(names) <= _MOST_NAMES:
        return {"count": len(names), "names": list(names)}
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    first, last = list(names[:_SHOWN]), list(names[-_SHOWN:])
    return {"count": len(names), "sha256": digest, "first": first, "last": last}


def main() -> None:
    """Writes both files."""
    pinned = {
        name: {shape: describe(compiled_circuit(name, shape)) for shape in SHAPES}
        for name in STATEMENTS
    }
    CIRCUITS_FILE.write_text(json.dumps(pinned, indent=2) + "\n")
    COSTS_FILE.write_text(write(measure()))


if __name__ == "__main__":
    main()
