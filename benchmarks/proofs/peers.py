"""The provers of others: where they are, and a conversation with one that runs.

A peer is a program that loads a folder's files, warms up, prints one line that describes it, and
then for each line that it reads makes one proof, verifies it, and prints the milliseconds of
both. Starting, loading and compiling are therefore in no figure.

| file                    | read by              |
| ----------------------- | -------------------- |
| `circuit.r1cs`          | ark-groth16, gnark, zksnake |
| `circuit.zkey`, `verification_key.json` | snarkjs, groth16-zorch |
| `witness.wtns`          | all                  |
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import MappingProxyType
from typing import IO, Any, Final

from benchmarks.errors import PeerFailed
from zk.errors import Conflict

_HERE: Final = Path(__file__).resolve().parent.parent / "peers"
_NODE_MODULES: Final = _HERE.parent.parent / "tests" / "interop" / "node_modules"
_ARK: Final = _HERE / "ark" / "target" / "release" / "tacit-bench-ark"
_GNARK: Final = _HERE / "gnark" / "build" / "gnark"

#: A proof of the largest circuit takes the slowest peer well under a minute, as does all that comes
#: before the first; only a first start of groth16-zorch compiles for longer than that.
SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """How to start one, and why it cannot be started where it cannot."""

    name: str
    command: Callable[[Path], list[str]]
    #: What the peer proves, in words: the same constraints, and under whose key.
    imports: str
    missing: Callable[[], str | None] = lambda: None
    #: A proof takes it many seconds: it meets small shapes only, unless it is asked for by name.
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One proof of a peer's, in seconds; what it is in snarkjs's form, where the peer shows it."""

    prove: float
    verify: float
    proof: bytes | None


class Conversation:
    """A peer that is warm."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: IO[str]) -> None:
        self._name = name
        self._process = process
        self._log = log
        self.greeting = self._read()

    def prove(self) -> Answer:
        """One proof; raises `PeerFailed` where the peer's own verifier rejects it."""
        try:
            assert self._process.stdin is not None
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except OSError:
            raise self._failure("a closed pipe") from None
        answer = self._read()
        try:
            proving, verifying = (float(answer[key]) / 1000 for key in ("prove_ms", "verify_ms"))
        except (KeyError, TypeError, ValueError):
            raise self._failure(str(answer)) from None
        if answer.get("valid") is not True:
            raise PeerFailed(
                f"proof of {self._name}", expected="one that it accepts itself", actual="another"
            )
        proof = answer.get("proof")
        return Answer(proving, verifying, json.dumps(proof).encode() if proof else None)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        watchdog = Timer(SECONDS, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watchdog.cancel()
        try:
            answer = json.loads(line)
        except ValueError:
            raise self._failure(line.strip() or "no answer") from None
        if not isinstance(answer, dict):
            raise self._failure(line.strip())
        return answer

    def _failure(self, actual: str) -> PeerFailed:
        self._log.seek(0)
        last = (self._log.read().strip().splitlines() or [""])[-1]
        return PeerFailed(
            f"peer {self._name}",
            expected="a line of JSON with its figures",
            actual=f"{actual} ({last})" if last else actual,
        )


@contextmanager
def conversation(peer: Peer, folder: Path) -> Iterator[Conversation]:
    """Starts a peer on the files of a folder; it ends with the block."""
    with tempfile.TemporaryFile("w+") as log:
        try:
            process = subprocess.Popen(
                peer.command(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        except OSError as error:
            reason = error.strerror or "an error"
            raise PeerFailed(f"peer {peer.name}", expected="a program", actual=reason) from None
        try:
            yield Conversation(peer.name, process, log)
        finally:
            process.kill()
            process.communicate()


def chosen_peers(names: str) -> tuple[list[Peer], dict[str, str]]:
    """The peers of `none`, `auto` or a list of names, and why which of `auto` are left out.

    One that is asked for by name and is not there is a `Conflict`.
    """
    if names == "none":
        return [], {}
    wanted = list(PEERS) if names == "auto" else names.split(",")
    unknown = [name for name in wanted if name not in PEERS]
    if unknown:
        expected = f"auto, none, or some of {','.join(PEERS)}"
        raise Conflict("peers", expected=expected, actual=unknown[0])
    missing = {name: why for name in wanted if (why := PEERS[name].missing()) is not None}
    if missing and names != "auto":
        name, why = next(iter(missing.items()))
        raise Conflict(f"peer {name}", expected="one that is built", actual=why)
    return [PEERS[name] for name in wanted if name not in missing], missing


def _without_snarkjs() -> str | None:
    if shutil.which("node") is None:
        return "node is not installed"
    ready = (_NODE_MODULES / "snarkjs").is_dir()
    return None if ready else "not installed; `make bench-peers` does that"


def _unbuilt(program: Path, tool: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        if program.is_file():
            return None
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
        return "not built; `make bench-peers` does that"

    return missing


def _script(name: str, folder: Path) -> list[str]:
    """A peer in Python has an environment of its own, and sees nothing of ours."""
    home = _HERE / name
    return [
        str(home / ".venv" / "bin" / "python"),
        "-I",
        str(home / f"prove_{name}.py"),
        str(folder),
    ]


def _uninstalled(name: str, python: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        if (_HERE / name / ".venv" / ".ready").is_file():
            return None
        return f"not installed; `make bench-peers` does that, given {python} and a network"

    return missing


PEERS: Final = MappingProxyType(
    {
        peer.name: peer
        for peer in (
            Peer(
                "snarkjs",
                lambda folder: [
                    "node",
                    str(_HERE / "snarkjs" / "prove.mjs"),
                    str(_NODE_MODULES),
                    str(folder),
                ],
                "the same key, and we verify its proofs too",
                _without_snarkjs,
            ),
            Peer(
                "ark",
                lambda folder: [str(_ARK), str(folder)],
                "the same constraints, row by row, under a key of its own",
                _unbuilt(_ARK, "cargo"),
            ),
            Peer(
                "gnark",
                lambda folder: [str(_GNARK), str(folder)],
                "the same constraints, row by row, under a key of its own",
                _unbuilt(_GNARK, "go"),
            ),
            Peer(
                "zksnake",
                lambda folder: _script("zksnake", folder),
                "the same constraints, read by itself, under a key of its own",
                _uninstalled("zksnake", "a Python that it is published for"),
            ),
            Peer(
                "zorch",
                lambda folder: _script("zorch", folder),
                "the same key, and we verify its proofs too",
                _uninstalled("zorch", "Python 3.11 on Linux x86_64"),
                is_slow=True,
            ),
        )
    }
)
