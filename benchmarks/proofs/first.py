"""The first proof of a process, held against those that follow in it.

The key and its window tables lie on disk, in the system's cache, and are mapped: the first proof
is the one that reads their pages. Every process starts with an interpreter of its own; starting
it and opening the key are not in the proof's time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.memory import peak_memory
from benchmarks.processes import in_subprocess
from benchmarks.proofs.subject import Loaded
from benchmarks.times import Timing, spread, timed
from zk.backends import Choice, select
from zk.formats.files import write_files
from zk.formats.zkey import encode_zkey
from zk.groth16 import Blinding

#: Processes at most, and the proofs in each that follow the first.
PROCESSES: Final = 3
LATER: Final = 5


@dataclass(frozen=True, slots=True)
class First:
    """One process: seconds until the key was open, of its first proof, and of its median later.

    Its peak memory is what proving takes where the key was made elsewhere, interpreter included.
    """

    open: float
    first: float
    later: float
    memory: int


def first_proofs(loaded: Loaded, processes: int) -> tuple[First, ...]:
    """So many processes, one after the other, on the native backend."""
    subject = loaded.subject
    witness = loaded.backend.solve(subject.compiled, subject.public, subject.private)
    with tempfile.TemporaryDirectory(prefix="tacit-bench-") as folder:
        path = Path(folder) / "circuit.zkey"
        write_files({path: encode_zkey(loaded.key)})
        # Makes the tables and leaves them beside the file, where the processes find them.
        loaded.backend.open_prover(path)
        return tuple(in_subprocess(_first, path, witness) for _ in range(processes))


def first_document(firsts: Sequence[First]) -> dict[str, Any] | None:
    """As JSON; the ratio is of each process's first proof to its median later one."""
    if not firsts:
        return None
    parts = ("open", "first", "later")
    timings = {p: Timing.of(getattr(first, p) for first in firsts).document() for p in parts}
    return timings | {"ratio": spread(first.first / first.later for first in firsts)}


def _first(path: Path, witness: Sequence[int]) -> First:
    backend = select(Choice.NATIVE)
    prover, opening = timed(lambda: backend.open_prover(path))
    prove = prover.unchecked_prove
    made = [timed(partial(prove, witness, Blinding.draw())) for _ in range(1 + LATER)]
    memory = peak_memory()
    verifier, public = backend.verifier(prover.verifying_key), prover.verifying_key.public
    for proof, _ in made:
        verifier.verify(tuple(witness[1 : public + 1]), proof)
    first, *later = (seconds for _, seconds in made)
    return First(opening, first, median(later), memory)
