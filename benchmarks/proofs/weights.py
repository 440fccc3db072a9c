"""What proofs and keys weigh: the bytes that are sent, published or kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Self

from zk.formats.json import encode_proof, encode_verifying_key
from zk.formats.zkey import encode_zkey
from zk.groth16 import Proof, ProvingKey


@dataclass(frozen=True, slots=True)
class Weights:
    """In bytes: points as EIP-197 has them, uncompressed; JSON as snarkjs writes it."""

    proof: int
    proof_json: int
    proving_key: int
    verifying_key: int
    verifying_key_json: int

    @classmethod
    def of(cls, key: ProvingKey, proof: Proof) -> Self:
        """Of a key's file and one of its proofs, whose JSON differs by a few digits."""
        return cls(
            proof=len(proof.encode()),
            proof_json=len(encode_proof(proof)),
            proving_key=len(encode_zkey(key)),
            verifying_key=len(key.verifying_key.encode()),
            verifying_key_json=len(encode_verifying_key(key.verifying_key)),
        )

    def document(self) -> dict[str, int]:
        """As JSON."""
        return asdict(self)
