"""A circuit of circom's, with its own witness, proven by us."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop.ceremonies import Ceremony, hold_ceremony, prove_with, write_statement
from tests.interop.peers import Peers
from zk.backends import Backend
from zk.errors import ProofRejected, Unsatisfied
from zk.field import SCALAR_MODULUS
from zk.formats.json import decode_verifying_key
from zk.formats.r1cs import decode_r1cs, encode_r1cs
from zk.formats.wtns import decode_wtns
from zk.formats.zkey import decode_zkey
from zk.groth16.qap import matrices
from zk.poseidon import hash_elements
from zk.r1cs import R1CS

SALT, SECRET, SMALL = 11, SCALAR_MODULUS - 5, 9


@dataclass(frozen=True)
class Compiled:
    """circuits/preimage.circom: its constraints and a witness that circom's program found."""

    r1cs_file: Path
    r1cs: R1CS
    witness: list[int]


@pytest.fixture(scope="session")
def preimage(peers: Peers, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("preimage")
    r1cs_file, program = peers.compile("preimage", folder)
    inputs, wtns = folder / "input.json", folder / "witness.wtns"
    values = {"salt": SALT, "secret": SECRET, "small": SMALL}
    inputs.write_text(json.dumps({name: str(value) for name, value in values.items()}))
    peers.snarkjs("wtns calculate", program, inputs, wtns)
    return Compiled(r1cs_file, decode_r1cs(r1cs_file.read_bytes()), decode_wtns(wtns.read_bytes()))


@pytest.fixture(scope="session")
def ceremony(
    peers: Peers,
    preimage: Compiled,
    powers_of_tau: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ceremony:
    folder = tmp_path_factory.mktemp("ceremony")
    return hold_ceremony(peers, preimage.r1cs_file, powers_of_tau, folder)


def test_outputs_are_public_inputs(preimage: Compiled) -> None:
    """Two outputs and one public input are three public wires, in that order.

    The digest is our own Poseidon's, so the circuit is read as it was meant.
    """
    assert (preimage.r1cs.public, preimage.r1cs.private_inputs) == (3, 2)
    digest = hash_elements([(SECRET + SMALL) % SCALAR_MODULUS, SALT])
    assert preimage.witness[:4] == [1, digest, SMALL % 2, SALT]


def test_circoms_witness_satisfies_the_constraints_as_we_read_them(preimage: Compiled) -> None:
    """The witness passes our check, and fails it with any wire moved that occurs in a row."""
    r1cs, witness = preimage.r1cs, preimage.witness
    assert len(witness) == r1cs.wires
    r1cs.check(witness)
    used = {wire for c in r1cs.constraints for row in (c.a, c.b, c.c) for wire, _ in row}
    assert used >= set(range(1, r1cs.public + 1))
    for wire in used - {0}:
        moved = (witness[wire] + 1) % SCALAR_MODULUS
        with pytest.raises(Unsatisfied):
            r1cs.check([*witness[:wire], moved, *witness[wire + 1 :]])


def test_circoms_constraints_survive_our_encoding(preimage: Compiled) -> None:
    """Decoded, encoded and decoded again, a constraint system is the same."""
    assert decode_r1cs(encode_r1cs(preimage.r1cs)) == preimage.r1cs


def test_we_prove_a_circom_circuit(
    backend: Backend, peers: Peers, preimage: Compiled, ceremony: Ceremony, tmp_path: Path
) -> None:
    """With snarkjs's key and circom's witness, our proof is accepted by snarkjs and by us."""
    public, proof = prove_with(backend, ceremony.final, preimage.witness)
    assert peers.accepts(ceremony.verification_key, *write_statement(tmp_path, public, proof))
    verifier = backend.verifier(decode_verifying_key(ceremony.verification_key.read_bytes()))
    verifier.verify(public, proof)
    for index in range(len(public)):
        moved = (*public[:index], public[index] + 1, *public[index + 1 :])
        with pytest.raises(ProofRejected):
            verifier.verify(moved, proof)


def test_the_key_has_the_matrices_of_the_constraints(
    preimage: Compiled, ceremony: Ceremony
) -> None:
    """Section 4 of the key is A and B of the `.r1cs`, public rows included."""
    key, (a, b, _) = decode_zkey(ceremony.final.read_bytes()), matrices(preimage.r1cs)
    assert (key.a, key.b) == (a, b)
    assert key.wires == preimage.r1cs.wires
