"""This checkout and an earlier one, in turns.

The folder is another checkout of this repository, for instance of `git worktree add FOLDER COMMIT`;
both are run by the same interpreter on the same backend. A statement is compared with that of the
same name, whatever it said then: what an owner waits for, before and after. What disturbs a machine
disturbs both halves of a pair, so that the median of the ratios is steadier than the ratio of the
medians; every other pair begins with the earlier one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.errors import MeasurementFailed
from benchmarks.times import spread
from circuits.catalogue import named_circuit
from zk.formats.files import what_is_at

_HERE: Final = Path(__file__).resolve().parents[2]
#: What either checkout runs; it uses only what both of them have.
_PROGRAM: Final = """
import json, sys
try:
    from benchmarks.proofs.prepared import Prepared
    from benchmarks.proofs.subject import Loaded, Subject
except ModuleNotFoundError:  # the name before packages had one floor each
    from benchmarks.proving.prepared import Prepared
    from benchmarks.proving.subject import Loaded, Subject
from zk.backends import Choice, select
loaded = Loaded.on(select(Choice.NATIVE), Subject.named(*sys.argv[1:]))
prepared = Prepared.of(loaded)
def once():
    run = loaded.run()
    found = {name: getattr(run, name) for name in ("witness", "prove", "whole", "verify")}
    if prepared is not None:
        found["verify_prepared"] = prepared.verify(loaded.public, run.proof)
    return found
once()
print(json.dumps({
    "constraints": len(loaded.subject.compiled.r1cs.constraints),
    "public_inputs": loaded.key.public,
    "circuit_digest": loaded.subject.compiled.digest,
}), flush=True)
for _ in sys.stdin:
    print(json.dumps(once()), flush=True)
"""


class Checkout:
    """A process that proves with the code of one folder, and is warm."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder
        self.circuit = self._read()

    def prove(self) -> Mapping[str, float]:
        """The seconds of one verified proof."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            return dict(json.loads(line))
        except ValueError:
            raise MeasurementFailed(
                str(self._folder), expected="a checkout that proves", actual=line.strip() or "none"
            ) from None


@contextmanager
def checkout(folder: Path, circuit: str, shape: str) -> Iterator[Checkout]:
    """Starts the process; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, circuit, shape],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a strange folder has to say is no measurement
        text=True,
    )
    try:
        yield Checkout(process, folder)
    finally:
        process.kill()
        process.communicate()


def compare_checkouts(before: Path, circuit: str, shape: str, runs: int) -> dict[str, Any]:
    """So many pairs, as JSON: both circuits, and of every figure the ratios, new over old."""
    named_circuit(circuit, shape)  # a name that is none is refused before anything is started
    if not (before / "zk").is_dir():  # where nothing is found, this installation would be
        actual = "one without `zk`" if before.is_dir() else what_is_at(before)
        raise MeasurementFailed(str(before), expected="a folder with a checkout", actual=actual)
    with ExitStack() as stack:
        old, new = (
            stack.enter_context(checkout(folder.resolve(), circuit, shape))
            for folder in (before, _HERE)
        )
        pairs = []
        for index in range(runs):
            order = (old, new) if index % 2 else (new, old)
            timed = {side: side.prove() for side in order}
            pairs.append((timed[old], timed[new]))
        names = [name for name in pairs[0][0] if name in pairs[0][1]]
        return {
            "circuit": circuit,
            "shape": shape,
            "pairs": runs,
            "old": {**old.circuit, **_runs([pair[0] for pair in pairs])},
            "new": {**new.circuit, **_runs([pair[1] for pair in pairs])},
            "ratios": {
                name: spread(after[name] / then[name] for then, after in pairs) for name in names
            },
        }


def _runs(found: list[Mapping[str, float]]) -> dict[str, list[float]]:
    return {name: [run[name] for run in found] for name in found[0]}
