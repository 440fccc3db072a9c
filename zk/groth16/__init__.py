"""Groth16 over BN254, the readable reference."""

from zk.groth16.batch import verify_batch
from zk.groth16.domain import Domain
from zk.groth16.fixed_inputs import fix_inputs
from zk.groth16.keys import Proof, ProvingKey, VerifyingKey
from zk.groth16.prove import Blinding, prove
from zk.groth16.setup import Trapdoor, insecure_dev_setup
from zk.groth16.verify import verify

__all__ = [
    "Blinding",
    "Domain",
    "Proof",
    "ProvingKey",
    "Trapdoor",
    "VerifyingKey",
    "fix_inputs",
    "insecure_dev_setup",
    "prove",
    "verify",
    "verify_batch",
]
