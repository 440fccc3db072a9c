"""How cost grows with size: keys and proofs of synthetic circuits from 2¹⁰ rows on, native only.

Every key and every series of proofs is made in a process of its own, so that the peak memory
that the system reports is that work's alone (with the interpreter's, some 50 MB).
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.memory import peak_memory
from benchmarks.processes import in_subprocess
from benchmarks.sizes.synthetic import KINDS, Synthetic
from benchmarks.times import Timing, timed
from zk.backends import Choice, select
from zk.errors import Conflict
from zk.formats.zkey import encode_zkey
from zk.groth16 import Blinding, Trapdoor
from zk.randomness import insecure_seeded_randomness

#: The sizes, as logarithms: the smallest key that is worth measuring, and the largest.
SMALLEST: Final = 10
LARGEST: Final = 18


@dataclass(frozen=True, slots=True)
class Setup:
    """A key that was made and written: seconds, and bytes."""

    wires: int
    seconds: float
    key_bytes: int
    peak_memory: int


@dataclass(frozen=True, slots=True)
class Proving:
    """A key that was loaded, and proofs with it that verified."""

    load: float
    prove: Timing
    verify: Timing
    peak_memory: int


@dataclass(frozen=True, slots=True)
class Size:
    """One kind of circuit at one size."""

    kind: str
    log_rows: int
    setup: Setup
    proving: Proving

    def document(self) -> dict[str, Any]:
        """As JSON: seconds and bytes; the growth is seconds per n·log₂ n for n rows."""
        rows = 1 << self.log_rows
        return {
            "kind": self.kind,
            "rows": rows,
            "constraints": rows - 2,
            "setup": {k: round(v, 7) for k, v in asdict(self.setup).items()},
            "load": round(self.proving.load, 7),
            "prove": self.proving.prove.document(),
            "verify": self.proving.verify.document(),
            "prove_peak_memory": self.proving.peak_memory,
            "prove_per_n_log_n": self.proving.prove.median / (rows * self.log_rows),
        }


def measure_size(kind: str, log_rows: int, runs: int) -> Size:
    """A key and so many proofs of one size."""
    with tempfile.TemporaryDirectory(prefix="tacit-bench-") as folder:
        path = Path(folder) / "circuit.zkey"
        setup = in_subprocess(_setup, kind, log_rows, path)
        proving = in_subprocess(_proving, kind, log_rows, path, runs)
    return Size(kind, log_rows, setup, proving)


def _setup(kind: str, log_rows: int, path: Path) -> Setup:
    backend, synthetic = select(Choice.NATIVE), _synthetic(kind, log_rows)
    trapdoor = Trapdoor.draw(insecure_seeded_randomness(f"{kind}/{log_rows}".encode()))
    key, seconds = timed(lambda: backend.insecure_dev_setup(synthetic.r1cs, trapdoor))
    path.write_bytes(encode_zkey(key))
    return Setup(synthetic.r1cs.wires, seconds, path.stat().st_size, peak_memory())


def _proving(kind: str, log_rows: int, path: Path, runs: int) -> Proving:
    backend = select(Choice.NATIVE)
    from zk.backends.native import Elements  # absent where it was not built

    witness = Elements.of(_synthetic(kind, log_rows).witness)
    data = path.read_bytes()
    prover, load = timed(lambda: backend.load_prover(data))
    verifier, public = backend.verifier(prover.verifying_key), (witness[1],)
    proving, verifying = [], []
    for _ in range(runs + 1):
        proof, seconds = timed(partial(prover.unchecked_prove, witness, Blinding.draw()))
        proving.append(seconds)
        verifying.append(timed(partial(verifier.verify, public, proof))[1])
    # The first one warms up.
    return Proving(load, Timing.of(proving[1:]), Timing.of(verifying[1:]), peak_memory())


def _synthetic(kind: str, log_rows: int) -> Synthetic:
    if kind not in KINDS:
        raise Conflict("kind", expected=f"one of {', '.join(KINDS)}", actual=kind)
    return KINDS[kind](log_rows, insecure_seeded_randomness(f"{kind}/{log_rows}".encode()))
