"""A phase two by snarkjs: from an `.r1cs` to a key that somebody contributed to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.interop.peers import Peers
from zk.backends import Backend
from zk.formats.json import encode_proof, encode_public
from zk.groth16 import Blinding, Proof


@dataclass(frozen=True)
class Ceremony:
    """A circuit's files, all of them snarkjs's but for the first."""

    r1cs: Path
    initial: Path
    final: Path
    verification_key: Path


def hold_ceremony(peers: Peers, r1cs: Path, powers_of_tau: Path, folder: Path) -> Ceremony:
    """Setup, one contribution, export."""
    initial, final, key = folder / "0.zkey", folder / "1.zkey", folder / "verification_key.json"
    peers.snarkjs("groth16 setup", r1cs, powers_of_tau, initial)
    peers.snarkjs("zkey contribute", initial, final, "--name=test", "-e=phase2")
    peers.snarkjs("zkey export verificationkey", final, key)
    return Ceremony(r1cs, initial, final, key)


def write_statement(folder: Path, public: tuple[int, ...], proof: Proof) -> tuple[Path, Path]:
    """`public.json` and `proof.json` in our encoding."""
    files = folder / "public.json", folder / "proof.json"
    for path, content in zip(files, (encode_public(public), encode_proof(proof)), strict=True):
        path.write_bytes(content)
    return files


def prove_with(backend: Backend, zkey: Path, witness: list[int]) -> tuple[tuple[int, ...], Proof]:
    """The public part and a proof, made by us with a key file; our own verifier agrees."""
    prover = backend.load_prover(zkey.read_bytes())
    proof = prover.prove(witness, Blinding.draw())
    public = tuple(witness[1 : prover.verifying_key.public + 1])
    backend.verifier(prover.verifying_key).verify(public, proof)
    return public, proof
