"""Audits that remember what they have judged, so that thousands of them are affordable.

Whether a signature, a representation or a proof holds is a function of the key, the statement and
the proof's bytes alone. A verdict on exactly these is therefore the same in every audit, and
keeping it keeps no fault from being found: whatever a change touches is another question, and is
asked. Only keys and evidence are remembered; every entry is decoded, executed and hashed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from ledger.evidence import ClaimedProof, ClaimedSignature, ClaimedSpan
from ledger.genesis import Genesis
from ledger.judge import Failure, Judge, Verdicts
from ledger.log import Entry
from tests.ledger.world import fastest
from verifier import AuditReport, ExpectedHead, ListedLog, Options, audit_log, auditor
from verifier.keys import CheckedKeys, check_keys
from zk.backends import Backend
from zk.circuit import field_elements
from zk.errors import ProofRejected, ZkError
from zk.groth16 import VerifyingKey


class RememberingJudge(Judge):
    """Judges each thing once."""

    def __init__(self, keys: Mapping[str, VerifyingKey], backend: Backend) -> None:
        super().__init__(keys, backend)
        self._known: dict[object, ZkError | None] = {}
        self._proofs: dict[object, ProofRejected | None] = {}
        self.asked = 0

    def check_signature(self, signed: ClaimedSignature) -> None:
        self._once(signed, lambda: Judge.check_signature(self, signed))

    def check_span(self, spanned: ClaimedSpan) -> None:
        self._once(spanned, lambda: Judge.check_span(self, spanned))

    def judge(self, batch: Sequence[ClaimedProof]) -> Verdicts:
        failures = []
        for place, one in enumerate(batch):
            error = self._proof(one)
            if error is not None:
                failures.append(Failure(place, error))
        return Verdicts(tuple(failures), frozenset(), len(batch))

    def _proof(self, one: ClaimedProof) -> ProofRejected | None:
        name = (one.statement, field_elements(one.public), one.proof)
        if name not in self._proofs:
            self.asked += 1
            verdicts = super().judge([one])
            self._proofs[name] = verdicts.failures[0].error if verdicts.failures else None
        return self._proofs[name]

    def _once(self, name: object, check: Any) -> None:
        if name not in self._known:
            self.asked += 1
            try:
                check()
                self._known[name] = None
            except ZkError as refused:
                self._known[name] = refused
        known = self._known[name]
        if known is not None:
            raise known


class Auditor:
    """Audits logs in memory, with one judge for each set of keys."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.judges: dict[tuple[str, ...], RememberingJudge] = {}
        self._keys: dict[tuple[bytes, bytes], CheckedKeys] = {}
        patch.setattr(auditor, "check_keys", self._check_keys)

    def audit(self, entries: Sequence[Entry], head: Entry | None = None) -> AuditReport:
        """The report; `head` is what the auditor knows from elsewhere."""
        expected = None if head is None else ExpectedHead(head.hash, head.number)
        options = Options(fastest(), expected_head=expected, make_judge=self._judge)
        return audit_log(ListedLog(entries), options)

    def _judge(self, keys: Mapping[str, VerifyingKey], backend: Backend) -> Judge:
        name = tuple(_digest(key) for key in keys.values())
        if name not in self.judges:
            self.judges[name] = RememberingJudge(keys, backend)
        return self.judges[name]

    def _check_keys(self, genesis: Genesis, pins: Mapping[str, str] | None = None) -> CheckedKeys:
        name = (genesis.statements.encode(), genesis.shape.encode())
        if name not in self._keys:
            self._keys[name] = check_keys(genesis, pins)
        return self._keys[name]


@cache
def _digest(key: VerifyingKey) -> str:
    return key.digest()
