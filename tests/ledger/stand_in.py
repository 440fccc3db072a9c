"""A stand-in for the proof system: fast, checked, and worth nothing outside of tests.

`UnsoundStandIn.prove` evaluates the statement over integers, refuses a false one exactly as the
circuit does, and then writes a keyed hash of statement and public part where the proof would be.
Its checker accepts nothing else. Whoever has the key can write any hash: it lives in tests/, so no
command can reach it, and no ledger that it judged can be opened with a real checker.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from circuits.catalogue import STATEMENTS
from circuits.public import points_of
from circuits.shape import Shape
from ledger.evidence import ClaimedProof, Evidence
from ledger.genesis import StatementKey, StatementKeys
from ledger.judge import Judge
from zk.backends import Backend
from zk.circuit import field_elements
from zk.errors import ProofRejected
from zk.field import encode

PROOF_BYTES = 256


@dataclass
class UnsoundStandIn:
    """Prover and checker in one; the key is drawn anew for every test."""

    shape: Shape
    backend: Backend
    key: bytes
    #: How many proofs were asked for, and how many were accepted.
    made: int = 0
    accepted: int = 0
    _circuits: Mapping[str, Any] = field(init=False)
    _checker: Judge = field(init=False)

    def __post_init__(self) -> None:
        self._circuits = {name: make(self.shape) for name, make in STATEMENTS.items()}
        self._checker = Judge({}, self.backend)

    def prove(self, statement: str, public: Any, private: Any) -> bytes:
        """The keyed hash of a true statement; a false one is `Unsatisfied`."""
        self._circuits[statement].satisfaction(public, private)
        self.made += 1
        return self._tag(statement, public)

    def check(self, evidence: Evidence) -> None:
        """Signatures and representations are the real ones; proofs are keyed hashes."""
        self._checker.check(Evidence(signatures=evidence.signatures, spans=evidence.spans))
        self._check_tags(evidence.proofs)

    def statement_keys(self) -> StatementKeys:
        """What stands in a genesis in place of keys; nothing decodes it."""
        nothing = StatementKey(circuit=bytes(32), points=b"", insecure=True)
        return StatementKeys(claim=nothing, margin=nothing, solvency=nothing, fill=nothing)

    def _check_tags(self, proven: Sequence[ClaimedProof]) -> None:
        self.backend.check_points([point for one in proven for point in points_of(one.public)])
        for one in proven:
            if not hmac.compare_digest(one.proof, self._tag(one.statement, one.public)):
                raise ProofRejected(one.subject, expected="the stand-in's hash", actual="another")
            self.accepted += 1

    def _tag(self, statement: str, public: Any) -> bytes:
        data = b"".join(encode(value) for value in field_elements(public))
        tag = hmac.new(self.key, statement.encode() + data, hashlib.sha512).digest()
        return tag * (PROOF_BYTES // len(tag))
