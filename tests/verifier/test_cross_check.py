"""A sample of proofs on the other backend: agreement is counted, disagreement is a finding."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.evidence import ClaimedProof
from tests.ledger.world import fastest
from tests.verifier.honest import Played
from verifier import Code, ListedLog, Options, audit_log, cross_check
from verifier.batches import Answer
from verifier.cross_check import Sample
from zk.backends import Backend, Choice, Verifier, select
from zk.errors import Conflict, ProofRejected


def test_a_sample_agrees(honest: Played) -> None:
    """Two proofs, on the reference; the seed is in the report."""
    options = Options(fastest(), cross_check=2, seed=7)
    report = audit_log(ListedLog(honest.entries), options)
    assert report.cross_check is not None
    assert (report.cross_check.proofs, report.cross_check.disagreements) == (2, 0)
    assert (report.cross_check.backend, report.cross_check.seed) == ("py_ecc", 7)


def test_a_disagreement_names_both(
    honest: Played, native: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backend that refuses everything is at odds with the one that accepted."""

    class Refusing(type(native)):  # type: ignore[misc]
        name = "contrary"

        def verifier(self, _key: object) -> Verifier:
            return Refuser()

    class Refuser(Verifier):
        def verify(self, _public: object, _proof: object) -> None:
            raise ProofRejected("proof", expected="another", actual="this")

        def verify_batch(self, _statements: object) -> None:
            raise ProofRejected("proof", expected="another", actual="this")

    monkeypatch.setattr(cross_check, "select", lambda _: Refusing())
    report = audit_log(ListedLog(honest.entries), Options(native, cross_check=3))
    found = [found for found in report.findings if found.code is Code.CROSS_CHECK]
    assert len(found) == 3
    assert {f.actual for f in found} == {"native accepts, contrary refuses"}
    assert report.verdict == "invalid"
    assert report.first_bad == min(f.entry for f in found if f.entry is not None)


def test_every_proof_has_the_same_chance() -> None:
    """A sample is as large as was asked, repeats with its seed, and reaches the whole log."""
    nothing: Any = None
    one = ClaimedProof("proof", "claim", nothing, b"")

    def drawn(seed: int) -> set[int]:
        sample = Sample(10, seed)
        for entry in range(1_000):
            sample.offer(entry, one, Answer.HOLDS)
        return {entry for entry, _, _ in sample.drawn}

    assert len(drawn(1)) == 10
    assert drawn(1) == drawn(1) != drawn(2)
    seen = set().union(*(drawn(seed) for seed in range(200)))
    assert 700 < len(seen) < 1_000
    assert 400 < sum(seen) / len(seen) < 600


def test_one_backend_cannot_check_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before the audit begins."""
    monkeypatch.setattr(cross_check, "available", lambda: (Choice.PY_ECC,))
    with pytest.raises(Conflict, match="second backend"):
        audit_log(ListedLog([]), Options(select(Choice.PY_ECC), cross_check=1))
