"""Keys and proofs of Groth16, and what a key must not be.

| paper (2016/260)          | here                          |
| ------------------------- | ----------------------------- |
| [α]₁, [β]₁, [β]₂           | alpha_1, beta_1, beta_2       |
| [γ]₂, [δ]₁, [δ]₂           | gamma_2, delta_1, delta_2     |
| [(β·uᵢ + α·vᵢ + wᵢ)/γ]₁    | ic[i], for public wires       |
| [(β·uᵢ + α·vᵢ + wᵢ)/δ]₁    | c_query[i], for private wires |
| [uᵢ(τ)]₁                   | a_query[i]                    |
| [vᵢ(τ)]₁, [vᵢ(τ)]₂         | b1_query[i], b2_query[i]      |
| [τⁱ·t(τ)/δ]₁               | h_query[i], in the odd Lagrange basis of snarkjs |
| A, B, C                   | Proof.a, Proof.b, Proof.c     |
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import ClassVar, Final

from zk.bn254 import G1Point, G2Point, GroupPoint
from zk.errors import Conflict, Malformed, UnsafeKey
from zk.field import SCALAR_MODULUS, canonical
from zk.groth16.domain import Domain
from zk.groth16.qap import Matrix, check_public_rows

#: Where a ceremony's key carries the hash of its circuit, a development key carries this.
INSECURE_MARK: Final = b"insecure_dev_setup".ljust(32, b"\0")
CIRCUIT_HASH_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """Three points: A and C of G1, B of G2."""

    a: G1Point
    b: G2Point
    c: G1Point

    BYTES: ClassVar[int] = 256

    def encode(self) -> bytes:
        """A, B, C as in EIP-197: what a verifier contract takes."""
        return self.a.encode() + self.b.encode() + self.c.encode()

    @classmethod
    def decode(cls, data: bytes) -> Proof:
        """Canonical only."""
        if len(data) != cls.BYTES:
            raise Malformed("proof", expected=f"{cls.BYTES} bytes", actual=f"{len(data)} bytes")
        return cls(
            G1Point.decode(data[:64]), G2Point.decode(data[64:192]), G1Point.decode(data[192:])
        )


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """What a verifier needs; one that is known to let forgeries through cannot be made."""

    alpha_1: G1Point
    beta_2: G2Point
    gamma_2: G2Point
    delta_2: G2Point
    ic: tuple[G1Point, ...]
    #: True for a key of `insecure_dev_setup`: whoever made it can prove anything.
    insecure: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        points = self.points()
        if not self.ic or any(point.is_infinity for point in points):
            raise UnsafeKey("verifying key", expected="no point at infinity", actual="one")
        if self.gamma_2.x == self.delta_2.x:
            raise UnsafeKey("verifying key", expected="γ ≠ ±δ", actual="γ = ±δ: anyone can forge")
        if self.beta_2.x in (self.gamma_2.x, self.delta_2.x):
            raise UnsafeKey(
                "verifying key", expected="β ≠ ±γ, ±δ", actual="one of them: anyone can forge"
            )
        if self.delta_2.x == G2Point.GENERATOR.x:
            raise UnsafeKey(
                "verifying key",
                expected="a δ of a second phase",
                actual="δ = ±1: nobody contributed",
            )
        if len({self.alpha_1.x, *(point.x for point in self.ic)}) != 1 + len(self.ic):
            raise UnsafeKey(
                "verifying key", expected="distinct α and IC points", actual="a repeated one"
            )

    @property
    def public(self) -> int:
        """How many public inputs a proof has."""
        return len(self.ic) - 1

    def check_public(self, public: tuple[int, ...]) -> None:
        """As many inputs as the key has, each in [0, r): x + r is not another name for x."""
        if len(public) != self.public:
            raise Conflict(
                "public inputs", expected=f"{self.public} values", actual=f"{len(public)} values"
            )
        for index, value in enumerate(public):
            canonical(value, SCALAR_MODULUS, f"public input {index}")

    def digest(self) -> str:
        """SHA-256 over the points in order."""
        return hashlib.sha256(self.encode()).hexdigest()

    def encode(self) -> bytes:
        """The points in order; that a key is insecure is not among them."""
        return b"".join(point.encode() for point in self.points())

    @classmethod
    def decode(cls, data: bytes, *, insecure: bool) -> VerifyingKey:
        """Canonical points only, each of them looked at; an unsafe key is refused."""
        head = 64 + 3 * 128
        if len(data) <= head or (len(data) - head) % 64:
            raise Malformed(
                "verifying key", expected=f"{head} + 64·n bytes", actual=f"{len(data)} bytes"
            )
        beta, gamma, delta = (G2Point.decode(data[i : i + 128]) for i in range(64, head, 128))
        ic = tuple(G1Point.decode(data[i : i + 64]) for i in range(head, len(data), 64))
        return cls(G1Point.decode(data[:64]), beta, gamma, delta, ic, insecure=insecure)

    def points(self) -> list[GroupPoint]:
        """α, β, γ, δ, then IC: the order of every encoding."""
        return [self.alpha_1, self.beta_2, self.gamma_2, self.delta_2, *self.ic]


@dataclass(frozen=True, slots=True)
class ProvingKey:
    """What a prover needs: a `.zkey`, in memory. A and B carry the public rows."""

    verifying_key: VerifyingKey
    beta_1: G1Point
    delta_1: G1Point
    domain: Domain
    a: Matrix
    b: Matrix
    a_query: tuple[G1Point, ...]
    b1_query: tuple[G1Point, ...]
    b2_query: tuple[G2Point, ...]
    c_query: tuple[G1Point, ...]
    h_query: tuple[G1Point, ...]
    #: Section 10 of the file: the circuit's hash and the contributions, kept as they came.
    ceremony: bytes

    def __post_init__(self) -> None:
        private = self.wires - self.public - 1
        sizes = {
            "B1 query": (self.wires, len(self.b1_query)),
            "B2 query": (self.wires, len(self.b2_query)),
            "C query": (private, len(self.c_query)),
            "H query": (self.domain.size, len(self.h_query)),
        }
        for name, (expected, actual) in sizes.items():
            if expected != actual:
                raise Malformed(name, expected=f"{expected} points", actual=f"{actual} points")
        if max(len(self.a), len(self.b)) > self.domain.size:
            raise Malformed("matrices", expected=f"{self.domain.size} rows", actual=len(self.a))
        check_public_rows(self.a, self.b, self.public)
        if self.delta_1.is_infinity:
            # A proof's A would be the same each time, and low-entropy witnesses could be guessed.
            raise UnsafeKey("[δ]₁", expected="a point", actual="infinity: no proof is blinded")

    @property
    def wires(self) -> int:
        return len(self.a_query)

    @property
    def public(self) -> int:
        return self.verifying_key.public


def insecure_ceremony(r1cs_digest: str) -> bytes:
    """Section 10 of a development key: the mark, the circuit's digest, no contribution."""
    return INSECURE_MARK + bytes.fromhex(r1cs_digest) + bytes(4)


def is_insecure(ceremony: bytes) -> bool:
    """True where section 10 has the mark; later contributions do not remove it."""
    return ceremony.startswith(INSECURE_MARK)
