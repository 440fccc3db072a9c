"""Audits of stand-in ledgers, for what needs no proofs: sums, duties, and who is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.ledger.world import World, fastest
from verifier.auditing import AuditReport, ListedLog, Options, audit_log
from verifier.auditing.judging import Judge, Verdicts
from verifier.auditing.keys import CheckedKeys
from verifier.evidence import Proven


class StandInJudge(Judge):
    """Believes the stand-in's proofs, which its ledger has judged; the rest is judged here."""

    def __init__(self, keys: Any, backend: Any) -> None:
        self.keys, self.backend = keys, backend

    def judge(self, batch: Sequence[Proven]) -> Verdicts:  # noqa: ARG002
        return Verdicts((), 1)


def take_any_keys(patch: pytest.MonkeyPatch) -> None:
    """The stand-in has no keys to check."""
    keys: Any = dict.fromkeys(("claim", "solvency", "fill"))
    patch.setattr("verifier.auditing.auditor.check_keys", lambda *_: CheckedKeys(keys, (), ()))


def audited(world: World, patience: int | None = None) -> AuditReport:
    """The report on everything that has happened on that ledger so far."""
    log = ListedLog(list(world.ledger.entries()))
    return audit_log(log, Options(fastest(), patience=patience, make_judge=StandInJudge))
