"""Runs the `tacit` command as its user does, in a process of its own."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from tests.warm import WarmCommand
from tests.zk.circuits_for_tests import CubeRoot
from zk.backends import select
from zk.circuit import compile_circuit
from zk.formats.json import encode_verifying_key
from zk.formats.wtns import encode_wtns
from zk.formats.zkey import encode_zkey
from zk.groth16 import Trapdoor
from zk.randomness import insecure_seeded_randomness


def write_example_files(folder: Path) -> None:
    """A key, its verifying key, a true witness and a false one, all of one small circuit."""
    compiled = compile_circuit(CubeRoot())
    trapdoor = Trapdoor.draw(insecure_seeded_randomness(1))
    key = select().insecure_dev_setup(compiled.r1cs, trapdoor)
    witness = compiled.solve(*CubeRoot().honest())
    (folder / "circuit.zkey").write_bytes(encode_zkey(key))
    (folder / "verification_key.json").write_bytes(encode_verifying_key(key.verifying_key))
    (folder / "witness.wtns").write_bytes(encode_wtns(witness))
    (folder / "false.wtns").write_bytes(encode_wtns([1, witness[1] + 1, *witness[2:]]))


def run_tacit(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command's exit status and what it printed."""
    # The reference alone takes minutes for a demonstration.
    return warm_command().run([*map(str, arguments)], cwd, timeout=900)


@cache
def warm_command() -> WarmCommand:
    """One for all tests of this process."""
    return WarmCommand()


def assert_one_line_refusal(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 1, no traceback, and one line that begins with `error:` and has these words."""
    lines = [line for line in result.stderr.splitlines() if not line.startswith("backend:")]
    assert result.returncode == 1, result.stderr
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("error: "), result.stderr
    assert "expected" in lines[0]
    for word in words:
        assert word in lines[0]
