"""Proves a .zkey and a .wtns with groth16-zorch, once per line of standard input.

Usage: prove_zorch.py FOLDER, where circuit.zkey, witness.wtns and verification_key.json are. The
first line of output describes the run; every further one is a proof, timed, and verified.

A proof is all that follows from a witness in memory: the rows' values, and what is made of them.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import frx
import numpy as np
from groth16_zorch.circom.wtns import parse_wtns
from groth16_zorch.circom.zkey import parse_zkey
from groth16_zorch.circom.zkey_to_terms import zkey_to_terms
from groth16_zorch.groth16 import VerificationKey, compile_circom, verify, write_public_signals
from groth16_zorch.r1cs import compute_abc
from zk_dtypes import bn254_sf_mont

#: The first compiles.
WARM_UP = 3

#: One thread does all the work of a proof, by the clocks of all that there are.
THREADS = 1


class Prover:
    """A key, compiled, and one witness."""

    def __init__(self, folder: Path) -> None:
        zkey = parse_zkey(folder / "circuit.zkey")
        self._compiled = compile_circom(zkey)
        _, self._coefficients = zkey_to_terms(zkey)
        self._verifying_key = VerificationKey.from_file(folder / "verification_key.json")
        witness = parse_wtns(folder / "witness.wtns")
        self._witness = witness.data._witnesses
        public = self._compiled.config.num_public
        self.public: list[str] = write_public_signals(witness.witnesses, public)

    def prove(self) -> dict[str, Any]:
        """One proof and its verification."""
        start = perf_counter()
        proof = self._proof()
        prove_ms = milliseconds(start)
        start = perf_counter()
        valid = self._accepts(proof, self.public)
        verify_ms = milliseconds(start)
        return {"prove_ms": prove_ms, "verify_ms": verify_ms, "valid": valid, "proof": proof}

    def check_that_it_rejects(self) -> None:
        """Ends the program where the verifier takes a proof for another statement's."""
        first, *others = self.public
        if self._accepts(self._proof(), [str(int(first) + 1), *others]):
            sys.exit("groth16-zorch accepts a false statement")

    def _proof(self) -> dict[str, Any]:
        compiled, witness = self._compiled, self._witness
        # The library's own callers too pass these bytes under the other type: a coefficient of a
        # .zkey carries Montgomery's factor twice, and the product takes one of them away.
        viewed = witness.view(np.dtype(bn254_sf_mont))
        rows = compute_abc(viewed, compiled.terms, self._coefficients, compiled.domain_size)
        proof, _ = compiled.prove(witness, *rows, self.public)
        # What is said of a proof so far are promises; its numbers wait for their fulfilment.
        shown: dict[str, Any] = proof.to_json()
        return shown

    def _accepts(self, proof: dict[str, Any], public: list[str]) -> bool:
        return bool(verify(self._verifying_key, proof, public))


def milliseconds(start: float) -> float:
    """Since then."""
    return (perf_counter() - start) * 1000


def say(answer: dict[str, Any]) -> None:
    """One line, at once."""
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


def main() -> None:
    """Loads, warms up, and answers every line with a proof."""
    # Its pairing takes most of a minute to compile, the same for every circuit.
    frx.config.update("jax_compilation_cache_dir", str(Path(sys.prefix) / "compiled"))
    prover = Prover(Path(sys.argv[1]))
    prover.check_that_it_rejects()
    for _ in range(WARM_UP):
        prover.prove()
    say({"name": "groth16-zorch", "version": version("groth16-zorch"), "threads": THREADS})
    for _ in sys.stdin:
        say(prover.prove())


if __name__ == "__main__":
    main()
