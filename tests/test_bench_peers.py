"""The provers of others: that they prove our files, and what becomes of one that does not.

Nothing is installed here: a peer that is not there is skipped, with what would install it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.errors import PeerFailed
from benchmarks.proofs.comparison import peer_files
from benchmarks.proofs.peers import PEERS, Peer, chosen_peers, conversation
from benchmarks.proofs.subject import Loaded, Subject
from tests.conftest import ROOT
from tests.zk.circuits_for_tests import CubeRoot
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.errors import Conflict, ProofRejected
from zk.formats.json import decode_proof

#: Those that have an environment of their own.
PYTHON_PEERS = ("zksnake", "zorch")

#: Those that load our key, so that their proofs are proofs for us.
UNDER_OUR_KEY = {"snarkjs", "zorch"}


def present(name: str) -> Peer:
    peer = PEERS[name]
    if (why := peer.missing()) is not None:
        pytest.skip(f"peer {name}: {why}")
    return peer


def talker(script: str) -> Peer:
    return Peer("fake", lambda _: [sys.executable, "-c", script], "nothing")


@contextmanager
def witness_with_a_wrong(wire: int, loaded: Loaded) -> Iterator[Path]:
    """The files of a subject, where one value of the witness is another."""
    with peer_files(loaded) as folder:
        witness = folder / "witness.wtns"
        data = bytearray(witness.read_bytes())
        data[32 * (wire - loaded.subject.compiled.r1cs.wires)] ^= 1
        witness.write_bytes(data)
        yield folder


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_proves_a_statement(native: Backend, name: str) -> None:
    """It says who it is; what it proves under our key, and nothing else, we accept."""
    peer = present(name)
    loaded = Loaded.on(native, Subject.named("claim", "tiny"))
    with peer_files(loaded) as folder, conversation(peer, folder) as talk:
        answers = [talk.prove() for _ in range(2)]
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)+", talk.greeting["version"])
    assert talk.greeting["threads"] >= 1
    assert all(answer.prove > 0 and answer.verify > 0 for answer in answers)
    assert {answer.proof is not None for answer in answers} == {name in UNDER_OUR_KEY}
    changed = (loaded.public[0] ^ 1, *loaded.public[1:])
    for proof in (decode_proof(answer.proof) for answer in answers if answer.proof):
        loaded.verifier.verify(loaded.public, proof)
        with pytest.raises(ProofRejected):
            loaded.verifier.verify(changed, proof)


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_takes_no_other_public_input(native: Backend, name: str) -> None:
    """The root of another number than the one that is public has no proof."""
    peer = present(name)
    circuit = CubeRoot()
    subject = Subject("cube root", "small", compile_circuit(circuit), *circuit.honest(3))
    with (
        witness_with_a_wrong(1, Loaded.on(native, subject)) as folder,
        pytest.raises(PeerFailed),
        conversation(peer, folder) as talk,
    ):
        talk.prove()


@pytest.mark.parametrize("name", PYTHON_PEERS)
def test_every_version_is_pinned(name: str) -> None:
    """What an environment holds is what its list names, and the installer itself."""
    present(name)
    home = ROOT / "benchmarks" / "peers" / name
    lines = (home / "requirements.txt").read_text().splitlines()
    pinned = {line for line in lines if not line.startswith("#")}
    script = (
        "from importlib.metadata import distributions\n"
        "for d in distributions(): print(f'{d.name}=={d.version}')"
    )
    python = str(home / ".venv" / "bin" / "python")
    listed = subprocess.run(
        [python, "-I", "-c", script], capture_output=True, text=True, check=True
    )
    installed = set(listed.stdout.split())
    assert {
        line for line in installed if line.split("==")[0] not in ("pip", "setuptools")
    } == pinned


@pytest.mark.parametrize("name", PYTHON_PEERS)
def test_a_peer_without_its_environment(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what installs it; half an installation is none."""
    monkeypatch.setattr("benchmarks.proofs.peers._HERE", tmp_path)
    (tmp_path / name / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / name / ".venv" / "bin" / "python").touch()
    with pytest.raises(Conflict, match=f"peer {name}.*make bench-peers.*Python"):
        chosen_peers(name)
    (tmp_path / name / ".venv" / ".ready").touch()
    assert chosen_peers(name) == ([PEERS[name]], {})


def test_a_peer_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that says nothing is ended, and that is an error with its name."""
    monkeypatch.setattr("benchmarks.proofs.peers.SECONDS", 0.2)
    silent = talker("import time; time.sleep(60)")
    with (
        pytest.raises(PeerFailed, match=r"fake.*no answer") as error,
        conversation(silent, tmp_path),
    ):
        pass
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("line", ["hello", "[1]", "{", "1"])
def test_a_peer_that_says_something_else(line: str, tmp_path: Path) -> None:
    """A greeting that is not one is an error of one line that quotes it."""
    with (
        pytest.raises(PeerFailed, match=re.escape(line)) as error,
        conversation(talker(f"print({line!r}); input()"), tmp_path),
    ):
        pass
    assert "\n" not in str(error.value)


def test_a_peer_that_is_no_program(tmp_path: Path) -> None:
    """An interpreter that has gone since is an error with the peer's name."""
    gone = Peer("fake", lambda folder: [str(folder / "python")], "nothing")
    with pytest.raises(PeerFailed, match=r"fake.*expected a program"), conversation(gone, tmp_path):
        pass
