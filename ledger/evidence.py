"""What has to hold before a transition may be applied, gathered so that it can be batched.

Whoever applies rules says what must be signed, spanned and proven; a checker decides. The two
know each other through this page only: a ledger is handed its checker, and an audit hands the
same rules a checker that gathers the proofs of a thousand entries before it looks at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from circuits.public import PublicPart
from circuits.shape import Shape
from zk.backends import Backend
from zk.errors import ProofRejected, ZkError
from zk.sigma import Span, SpanProof
from zk.signatures import verify_signature


@dataclass(frozen=True, slots=True)
class ClaimedSignature:
    """`signer`, who holds `key`, signed `message`."""

    signer: str
    key: bytes
    message: bytes
    signature: bytes

    def check(self) -> None:
        """Raises `SignatureRejected`."""
        verify_signature(self.signer, self.key, self.message, self.signature)


@dataclass(frozen=True, slots=True)
class ClaimedSpan:
    """The target of `span` is a combination of its bases, by a proof bound to `context`."""

    subject: str
    span: Span
    context: bytes
    proof: bytes

    def check(self, backend: Backend) -> None:
        """Raises `ProofRejected`, whatever is wrong with the proof."""
        try:
            proof = SpanProof.decode(self.proof, backend.decode_point)
            self.span.verify(proof, self.context, backend.combine)
        except ZkError as error:
            raise ProofRejected(
                self.subject, expected="a proof of the representation", actual=str(error)
            ) from None


@dataclass(frozen=True, slots=True)
class ClaimedProof:
    """The statement of that name holds for `public`."""

    subject: str
    statement: str
    public: PublicPart
    proof: bytes


@dataclass(frozen=True, slots=True)
class ClaimedCircuit:
    """The key of a statement was made for the circuit that this installation compiles."""

    statement: str
    shape: Shape
    digest: str


@dataclass(slots=True)
class Evidence:
    """Everything that one transition rests on."""

    signatures: list[ClaimedSignature] = field(default_factory=list)
    spans: list[ClaimedSpan] = field(default_factory=list)
    proofs: list[ClaimedProof] = field(default_factory=list)
    circuits: list[ClaimedCircuit] = field(default_factory=list)


class EvidenceChecker(Protocol):
    """Decides whether evidence holds; raises where it does not, naming what fails."""

    def check(self, evidence: Evidence) -> None: ...
