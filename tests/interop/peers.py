"""Runs the tools of others: snarkjs, circom and circomlibjs, each in a node of its own.

No shell, no daemon: a process that does not end within its time is killed and the test
fails. snarkjs is asked for what it accepts, never for what it refuses: it accepts several
things that must be refused, and our own checks are the judge of those.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
SECONDS: Final = 60


@dataclass(frozen=True)
class Peers:
    """The tools in one folder of node modules."""

    node_modules: Path

    def snarkjs(self, command: str, *arguments: Path | str) -> str:
        """One command of snarkjs's, such as `groth16 prove`; its log. Fails where it fails."""
        program = self.node_modules / "snarkjs" / "build" / "cli.cjs"
        return _node(program, *command.split(), *arguments)

    def accepts(self, verification_key: Path, public: Path, proof: Path) -> bool:
        """True where snarkjs says that the proof holds."""
        return "OK!" in self.snarkjs("groth16 verify", verification_key, public, proof)

    def compile(self, name: str, folder: Path) -> tuple[Path, Path]:
        """Compiles circuits/`name`.circom; the `.r1cs` and the program that finds witnesses."""
        source = HERE / "circuits" / f"{name}.circom"
        library = self.node_modules / "circomlib" / "circuits"
        program = self.node_modules / "circom2" / "cli.js"
        _node(program, source, "--r1cs", "--wasm", "--O2", "-l", library, "-o", folder)
        return folder / f"{name}.r1cs", folder / f"{name}_js" / f"{name}.wasm"

    def script(self, name: str, question: object) -> Any:
        """What the script of that name in this folder answers, both in JSON."""
        return json.loads(_node(HERE / name, given=json.dumps(question)))


def _node(program: Path, *arguments: Path | str, given: str = "") -> str:
    done = subprocess.run(
        ["node", str(program), *map(str, arguments)],
        cwd=HERE,  # circom2 finds included files only below the folder that it runs in
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{program.name} {arguments}: {done.stdout[-2000:]}{done.stderr}")
    return done.stdout
