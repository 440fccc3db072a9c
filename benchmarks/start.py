"""What a command takes before and beside its work: processor time of whole processes.

Another installation's command can be measured in turns with this one's, so that both see the same
machine; the time is of the processor, which a busy machine stretches less than a clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

from benchmarks.errors import MeasurementFailed
from circuits.catalogue import named_circuit
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from zk.backends import select
from zk.circuit import compile_circuit
from zk.formats.files import write_files
from zk.formats.json import encode_proof, encode_public, encode_verifying_key
from zk.groth16 import Blinding, Trapdoor
from zk.randomness import insecure_seeded_randomness

_CIRCUIT: Final = ("claim", "tiny")
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "version": ("--version",),
        "help": ("--help",),
        "verify": ("verify", "verification_key.json", "proof.json", "public.json"),
    }
)


def measure_starts(runs: int, other: Path | None) -> list[dict[str, Any]]:
    """Of each command its processor seconds, here and in the other installation, in turns."""
    ours = (sys.executable, "-m", "tacit")
    commands = {"this": ours} | ({} if other is None else {"other": (str(other.absolute()),)})
    with TemporaryDirectory(prefix="tacit-bench-") as name:
        folder = Path(name)
        insecure_example(folder)
        return [
            {"command": word} | _measured(commands, arguments, runs, folder)
            for word, arguments in COMMANDS.items()
        ]


def insecure_example(folder: Path) -> None:
    """A key, a proof and its public inputs, for `verify`; anybody can repeat the key."""
    name, shape = _CIRCUIT
    randomness, backend = insecure_seeded_randomness(0), select()
    compiled = compile_circuit(named_circuit(name, shape))
    witness = compiled.solve(*SAMPLES[name](SHAPES[shape], randomness))
    key = backend.insecure_dev_setup(compiled.r1cs, Trapdoor.draw(randomness))
    proof = backend.prover(key).prove(witness, Blinding.draw(randomness))
    write_files(
        {
            folder / "verification_key.json": encode_verifying_key(key.verifying_key),
            folder / "proof.json": encode_proof(proof),
            folder / "public.json": encode_public(tuple(witness[1 : key.verifying_key.public + 1])),
        }
    )


def start_table(document: Mapping[str, Any]) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    """One table: a row for each command."""
    rows: list[tuple[str, ...]] = [
        (f"`tacit {COMMANDS[each['command']][0]}`", _cell(each["this"]), _cell(each.get("other")))
        for each in document["starts"]
    ]
    columns = ("command", "processor time: median / minimum", "the other installation's")
    return "what a command takes to start", columns, rows


def _cell(timing: Mapping[str, float] | None) -> str:
    return "" if timing is None else f"{timing['median']:.2f} / {timing['min']:.2f} s"


def _measured(
    commands: Mapping[str, Sequence[str]], arguments: Sequence[str], runs: int, folder: Path
) -> dict[str, Any]:
    known = {
        which: [*command, *arguments]
        for which, command in commands.items()
        if which == "this" or _is_known([*command, *arguments], folder)
    }
    seconds: dict[str, list[float]] = {which: [] for which in known}
    for _ in range(runs + 1):  # the first fills the caches, and does not count
        for which, command in known.items():
            seconds[which].append(_processor_seconds(command, folder))
    return {
        which: {"median": median(taken[1:]), "min": min(taken[1:]), "runs": runs}
        for which, taken in seconds.items()
    }


def _is_known(command: list[str], folder: Path) -> bool:
    """An older installation has not every command."""
    return not subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def _processor_seconds(command: list[str], folder: Path) -> float:
    """User and system time of that process and what it waited for."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise MeasurementFailed(
            " ".join(command), expected="exit status 0", actual=process.returncode
        )
    return usage.ru_utime + usage.ru_stime
