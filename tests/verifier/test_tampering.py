"""More than two thousand changes of an honest ledger: each is found, at its first bad entry."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.verifier.audits import Auditor
from tests.verifier.changes import KINDS, Kind
from tests.verifier.forgery import Forge, rechained
from verifier import AuditReport, Code


def errors_of(report: AuditReport) -> list[Code]:
    return [found.code for found in report.findings if found.severity == "error"]


def test_the_honest_ledger_is_in_order(forge: Forge, remembering: Auditor) -> None:
    """Without it the rest would mean nothing; nor does the attacker's own tool change anything."""
    report = remembering.audit(forge.entries, forge.entries[-1])
    assert report.verdict == "valid with remarks"
    assert report.first_bad is None
    assert report.entries == len(forge.entries)
    assert rechained(forge.entries) == forge.entries
    assert forge.rewritten(5, forge.entries[5:]) == forge.entries


def test_there_are_two_thousand_changes() -> None:
    """As many as were promised."""
    assert sum(KINDS.values()) >= 2_000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_change_is_found(kind: Kind, forge: Forge, remembering: Auditor) -> None:
    """The verdict is "invalid", the first bad entry is the changed one, the code says what it is.

    Where a change leaves a history that could have been, only the head that was known before
    tells; there the first bad entry is left open.
    """
    draw = random.Random(f"tampering/{kind.__name__}")
    tip, codes = forge.entries[-1], Counter[Code]()
    for case in range(KINDS[kind]):
        change = kind(forge, draw)
        if change.entries == forge.entries:
            continue
        report = remembering.audit(change.entries, tip)
        first = next(iter(errors_of(report)), None)
        where = f"{kind.__name__} {case}: {report.summary}"
        assert report.verdict == "invalid", where
        if change.first_bad is not None:
            assert report.first_bad == change.first_bad, where
        assert first in change.codes, where
        codes[first] += 1
    assert codes
