"""Our statements in snarkjs's hands: it checks our witnesses, and proves with our keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from circuits.catalogue import STATEMENTS
from tests.circuits.proofs_for_tests import Proven, proven, sample
from tests.interop.ceremonies import write_statement
from tests.interop.peers import Peers
from zk.backends import select
from zk.errors import ProofRejected
from zk.field import SCALAR_MODULUS
from zk.formats.json import decode_proof, decode_public, encode_verifying_key
from zk.formats.r1cs import encode_r1cs
from zk.formats.wtns import encode_wtns
from zk.formats.zkey import encode_zkey
from zk.groth16 import Proof, verify


@dataclass(frozen=True)
class Handed:
    """solvency(tiny): what we know of it, and the files of it."""

    made: Proven
    wtns: Path
    zkey: Path
    verification_key: Path


@pytest.fixture(scope="module")
def solvency(tmp_path_factory: pytest.TempPathFactory, peers: Peers) -> Handed:
    """The smallest solvency, with a development key of ours."""
    made = proven(select(), "solvency")
    folder = tmp_path_factory.mktemp("solvency")
    names = ("solvency.wtns", "dev.zkey", "verification_key.json")
    handed = Handed(made, *(folder / name for name in names))
    handed.wtns.write_bytes(encode_wtns(made.compiled.solve(made.public, made.private)))
    handed.zkey.write_bytes(encode_zkey(made.key))
    handed.verification_key.write_bytes(encode_verifying_key(made.key.verifying_key))
    return handed


@pytest.fixture(scope="module")
def theirs(
    peers: Peers, solvency: Handed, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """`public.json` and `proof.json` of a proof that snarkjs made from our files."""
    folder = tmp_path_factory.mktemp("theirs")
    public, proof = folder / "public.json", folder / "proof.json"
    peers.snarkjs("groth16 prove", solvency.zkey, solvency.wtns, proof, public)
    return public, proof


@pytest.mark.parametrize(
    ("name", "shape"),
    [*((name, "tiny") for name in STATEMENTS), ("solvency", "standard")],
)
def test_snarkjs_finds_our_witness_correct(
    peers: Peers, tmp_path: Path, name: str, shape: str
) -> None:
    """snarkjs evaluates every row of our `.r1cs` on our `.wtns`, and all of them hold."""
    compiled, public, private = sample(name, shape)
    r1cs, wtns = tmp_path / "circuit.r1cs", tmp_path / "witness.wtns"
    r1cs.write_bytes(encode_r1cs(compiled.r1cs))
    wtns.write_bytes(encode_wtns(compiled.solve(public, private)))
    assert "WITNESS IS CORRECT" in peers.snarkjs("wtns check", r1cs, wtns)


def test_snarkjs_proves_a_solvency(
    peers: Peers, solvency: Handed, theirs: tuple[Path, Path]
) -> None:
    """A proof that snarkjs makes from our key and witness is accepted by snarkjs."""
    public, proof = theirs
    assert peers.accepts(solvency.verification_key, public, proof)


def test_we_accept_the_solvency_that_snarkjs_proved(
    solvency: Handed, theirs: tuple[Path, Path]
) -> None:
    """We accept it too, for the public part that we know, and for no other."""
    public, proof = decode_public(theirs[0].read_bytes()), _proof(theirs[1])
    key = solvency.made.key.verifying_key
    assert public == solvency.made.inputs
    verify(key, public, proof)
    with pytest.raises(ProofRejected):
        verify(key, (*public[:-1], (public[-1] + 1) % SCALAR_MODULUS), proof)


def test_snarkjs_accepts_a_solvency_that_we_proved(
    peers: Peers, solvency: Handed, tmp_path: Path
) -> None:
    """Our own proof of the same statement is accepted by snarkjs."""
    files = write_statement(tmp_path, solvency.made.inputs, solvency.made.proof)
    assert peers.accepts(solvency.verification_key, *files)


def _proof(path: Path) -> Proof:
    return decode_proof(path.read_bytes())
