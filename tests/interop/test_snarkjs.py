"""Our files in snarkjs's hands, and its own in ours.

snarkjs is asked what it accepts; what has to be refused is judged by our own checks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.ceremonies import Ceremony, hold_ceremony, prove_with, write_statement
from tests.interop.peers import Peers
from tests.zk.circuits_for_tests import SumOfSquares
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.errors import ProofRejected, UnsafeKey
from zk.field import SCALAR_MODULUS
from zk.formats.json import (
    decode_proof,
    decode_public,
    decode_verifying_key,
    encode_verifying_key,
)
from zk.formats.r1cs import encode_r1cs
from zk.formats.wtns import encode_wtns
from zk.formats.zkey import decode_zkey, encode_zkey
from zk.groth16 import Blinding, Trapdoor, insecure_dev_setup, verify
from zk.groth16.qap import matrices
from zk.r1cs import R1CS, Row
from zk.randomness import insecure_seeded_randomness

CIRCUIT = SumOfSquares(3, 8)


@dataclass(frozen=True)
class Ours:
    """Files that we wrote for `CIRCUIT`, with a development key."""

    r1cs: Path
    wtns: Path
    zkey: Path
    verification_key: Path


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Ours:
    folder = tmp_path_factory.mktemp("ours")
    trapdoor = Trapdoor.draw(insecure_seeded_randomness(b"interop"))
    key = insecure_dev_setup(constraint_system(), trapdoor)
    files = Ours(*(folder / n for n in ("c.r1cs", "w.wtns", "dev.zkey", "verification_key.json")))
    files.r1cs.write_bytes(encode_r1cs(constraint_system()))
    files.wtns.write_bytes(encode_wtns(honest_witness()))
    files.zkey.write_bytes(encode_zkey(key))
    files.verification_key.write_bytes(encode_verifying_key(key.verifying_key))
    return files


@pytest.fixture(scope="session")
def ceremony(
    peers: Peers, ours: Ours, powers_of_tau: Path, tmp_path_factory: pytest.TempPathFactory
) -> Ceremony:
    """A key that snarkjs made from our `.r1cs`."""
    return hold_ceremony(peers, ours.r1cs, powers_of_tau, tmp_path_factory.mktemp("ceremony"))


def constraint_system() -> R1CS:
    return compile_circuit(CIRCUIT).r1cs


def honest_witness() -> list[int]:
    return compile_circuit(CIRCUIT).solve(*CIRCUIT.honest())


def test_snarkjs_reads_our_constraints(peers: Peers, ours: Ours, tmp_path: Path) -> None:
    """Every row of every matrix of our `.r1cs` is, for snarkjs, what it is for us."""
    exported = tmp_path / "r1cs.json"
    peers.snarkjs("r1cs export json", ours.r1cs, exported)
    document, r1cs = json.loads(exported.read_text()), constraint_system()
    assert document["nVars"] == r1cs.wires
    assert document["nOutputs"] == 0
    assert document["nPubInputs"] == r1cs.public
    assert document["nPrvInputs"] == r1cs.private_inputs
    assert [tuple(map(as_row, rows)) for rows in document["constraints"]] == [
        (c.a, c.b, c.c) for c in r1cs.constraints
    ]


def test_snarkjs_reads_our_witness(peers: Peers, ours: Ours, tmp_path: Path) -> None:
    """snarkjs finds our `.wtns` correct for our `.r1cs`, and every value where we put it."""
    assert "WITNESS IS CORRECT" in peers.snarkjs("wtns check", ours.r1cs, ours.wtns)
    exported = tmp_path / "witness.json"
    peers.snarkjs("wtns export json", ours.wtns, exported)
    assert [int(value) for value in json.loads(exported.read_text())] == honest_witness()


def test_snarkjs_proves_with_our_key(peers: Peers, ours: Ours, tmp_path: Path) -> None:
    """A proof by snarkjs from our `.zkey` and `.wtns` is accepted by us, for our inputs only."""
    proof_file, public_file = tmp_path / "proof.json", tmp_path / "public.json"
    peers.snarkjs("groth16 prove", ours.zkey, ours.wtns, proof_file, public_file)
    public, proof = decode_public(public_file.read_bytes()), decode_proof(proof_file.read_bytes())
    key = decode_verifying_key(ours.verification_key.read_bytes())
    assert public == tuple(honest_witness()[1:2])
    verify(key, public, proof)
    with pytest.raises(ProofRejected):
        verify(key, ((public[0] + 1) % SCALAR_MODULUS,), proof)


def test_snarkjs_accepts_our_proof(
    backend: Backend, peers: Peers, ours: Ours, tmp_path: Path
) -> None:
    """A proof by us from our own key file is accepted by snarkjs."""
    public, proof = prove_with(backend, ours.zkey, honest_witness())
    assert peers.accepts(ours.verification_key, *write_statement(tmp_path, public, proof))


def test_snarkjs_exports_our_verifying_key(peers: Peers, ours: Ours, tmp_path: Path) -> None:
    """The key that snarkjs exports from our `.zkey` has the points of the one that we export.

    It lacks our mark, which is why a key's origin is told by its `.zkey`.
    """
    exported = tmp_path / "verification_key.json"
    peers.snarkjs("zkey export verificationkey", ours.zkey, exported)
    theirs, mine = (json.loads(path.read_text()) for path in (exported, ours.verification_key))
    shared = mine.keys() & theirs.keys()
    assert shared == mine.keys() - {"insecure_dev_setup"}
    assert {name: theirs[name] for name in shared} == {name: mine[name] for name in shared}
    key = decode_verifying_key(exported.read_bytes())
    assert key == decode_verifying_key(ours.verification_key.read_bytes())


def test_our_circuit_goes_through_a_ceremony(
    peers: Peers, ours: Ours, ceremony: Ceremony, powers_of_tau: Path
) -> None:
    """snarkjs confirms that the ceremony's key belongs to our `.r1cs`, as users will ask it."""
    log = peers.snarkjs("zkey verify", ours.r1cs, powers_of_tau, ceremony.final)
    assert "ZKey Ok!" in log


def test_we_prove_with_a_ceremonys_key(
    backend: Backend, peers: Peers, ceremony: Ceremony, tmp_path: Path
) -> None:
    """A proof by us with snarkjs's key is accepted by snarkjs, and by us under its exported key."""
    public, proof = prove_with(backend, ceremony.final, honest_witness())
    assert peers.accepts(ceremony.verification_key, *write_statement(tmp_path, public, proof))
    key = decode_verifying_key(ceremony.verification_key.read_bytes())
    backend.verifier(key).verify(public, proof)
    assert not key.insecure


def test_a_ceremonys_key_has_our_matrices(ceremony: Ceremony) -> None:
    """What snarkjs put in section 4 is A and B with the public rows as we would lay them out."""
    key, (a, b, _) = decode_zkey(ceremony.final.read_bytes()), matrices(constraint_system())
    assert (key.a, key.b) == (a, b)
    assert not key.verifying_key.insecure


def test_a_ceremonys_key_survives_our_encoding(
    peers: Peers, ours: Ours, ceremony: Ceremony, powers_of_tau: Path, tmp_path: Path
) -> None:
    """Decoded and encoded by us, the key is still the one that snarkjs confirms."""
    again = tmp_path / "again.zkey"
    key = decode_zkey(ceremony.final.read_bytes())
    again.write_bytes(encode_zkey(key))
    assert decode_zkey(again.read_bytes()) == key
    assert "ZKey Ok!" in peers.snarkjs("zkey verify", ours.r1cs, powers_of_tau, again)


def test_no_second_phase_is_refused(ceremony: Ceremony) -> None:
    """Threat: Veil Cash 2026. The key that nobody contributed to is refused where it is read."""
    with pytest.raises(UnsafeKey, match="anyone can forge"):
        decode_zkey(ceremony.initial.read_bytes())


def test_a_contribution_does_not_remove_the_mark(
    backend: Backend, peers: Peers, ours: Ours, tmp_path: Path
) -> None:
    """A development key stays marked insecure after a contribution, whose δ it then has.

    Its τ, α and β are still known to whoever made it, so no contribution makes it safe.
    """
    contributed = tmp_path / "contributed.zkey"
    peers.snarkjs("zkey contribute", ours.zkey, contributed, "--name=test", "-e=whitewash")
    before, after = (decode_zkey(path.read_bytes()) for path in (ours.zkey, contributed))
    assert before.verifying_key.insecure
    assert after.verifying_key.insecure
    assert after.verifying_key.delta_2 != before.verifying_key.delta_2
    assert after.verifying_key.gamma_2 == before.verifying_key.gamma_2
    assert len(after.ceremony) > len(before.ceremony)
    proof = backend.prover(after).prove(honest_witness(), Blinding.draw())
    with pytest.raises(ProofRejected):
        verify(before.verifying_key, tuple(honest_witness()[1:2]), proof)


def as_row(terms: dict[str, Any]) -> Row:
    return tuple(sorted((int(wire), int(coefficient)) for wire, coefficient in terms.items()))
