"""Proves a .r1cs and a .wtns with zksnake's Groth16, once per line of standard input.

Usage: prove_zksnake.py FOLDER, where circuit.r1cs and witness.wtns are. The first line of output
describes the run; every further one is a proof, timed, and verified.

zksnake reads the `.r1cs` itself and leaves its rows as they are, but names the wires and puts
them in an order of its own; so it is asked for the witness in that order.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

# Of its setup only, and otherwise so many processes, which would outlive one that is killed.
os.environ["ZKSNAKE_PARALLEL_CPU"] = "1"

from zksnake.arithmetization.r1cs import R1CS
from zksnake.groth16 import Groth16
from zksnake.parser import R1CSReader

WARM_UP = 3

#: One thread does all the work of a proof, by the clocks of all that there are.
THREADS = 1


class Prover:
    """A circuit with a key of its own, and one witness."""

    def __init__(self, folder: Path) -> None:
        circuit = str(folder / "circuit.r1cs")
        rows = R1CS.from_file(circuit)
        rows.compile()
        wires = [str(wire) for wire in R1CSReader(circuit).read()["wires"]]
        values = read_wtns((folder / "witness.wtns").read_bytes())
        named = dict(zip(wires, values, strict=True))
        self.public, self._private = rows.generate_witness(named)
        self.constraints: int = rows.A.n_row
        self._groth16 = Groth16(rows)
        start = perf_counter()
        self._groth16.setup()
        self.setup_ms = milliseconds(start)

    def prove(self) -> dict[str, float | bool]:
        """One proof and its verification; raises where the witness violates a row."""
        start = perf_counter()
        proof = self._groth16.prove(self.public, self._private)
        prove_ms = milliseconds(start)
        start = perf_counter()
        valid = self._groth16.verify(proof, self.public)
        verify_ms = milliseconds(start)
        return {"prove_ms": prove_ms, "verify_ms": verify_ms, "valid": valid}

    def check_that_it_rejects(self) -> None:
        """Ends the program where the verifier takes a proof for another statement's."""
        one, first, *others = self.public
        proof = self._groth16.prove(self.public, self._private)
        if self._groth16.verify(proof, [one, first + 1, *others]):
            sys.exit("zksnake accepts a false statement")


def read_wtns(data: bytes) -> list[int]:
    """The values of iden3's `.wtns`, as far as our own files need it."""
    sections, rest = {}, data[12:]
    while rest:
        number, size = (int.from_bytes(part, "little") for part in (rest[:4], rest[4:12]))
        sections[number], rest = rest[12 : 12 + size], rest[12 + size :]
    values = sections[2]
    return [int.from_bytes(values[i : i + 32], "little") for i in range(0, len(values), 32)]


def milliseconds(start: float) -> float:
    """Since then."""
    return (perf_counter() - start) * 1000


def say(answer: Mapping[str, object]) -> None:
    """One line, at once."""
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


def main() -> None:
    """Loads, warms up, and answers every line with a proof."""
    prover = Prover(Path(sys.argv[1]))
    prover.check_that_it_rejects()
    for _ in range(WARM_UP):
        prover.prove()
    say(
        {
            "name": "zksnake",
            "version": version("zksnake"),
            "threads": THREADS,
            "constraints": prover.constraints,
            "setup_ms": prover.setup_ms,
        }
    )
    for _ in sys.stdin:
        say(prover.prove())


if __name__ == "__main__":
    main()
