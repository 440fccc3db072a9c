"""Proofs in batches: the same verdict as one by one, and the false ones named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuits import prepared
from ledger import judge as judging
from ledger.evidence import ClaimedProof, Evidence
from ledger.execution import execute
from ledger.judge import Judge
from ledger.transitions import decode_transition
from tests.ledger.world import fastest
from tests.verifier.forgery import DECODING, Forge
from tests.verifier.honest import Played
from verifier import ListedLog, Options, audit_log
from zk.groth16 import Proof


@pytest.fixture(scope="module")
def judge(honest: Played) -> Judge:
    return Judge(honest.world.ledger.genesis.statements.keys(), fastest())


@pytest.fixture(scope="module")
def proven(forge: Forge) -> list[ClaimedProof]:
    """Every proof of the honest ledger, with the public inputs that the ledger computed."""
    gathered: list[ClaimedProof] = []

    class Gathering:
        def check(self, evidence: Evidence) -> None:
            gathered.extend(evidence.proofs)

    for entry in forge.entries[1:]:
        state = forge.state_after(entry.number - 1)
        transition = decode_transition(entry.transition, DECODING)
        execute(state, transition, entry.time, entry.number, Gathering())
    return gathered


def forged(one: ClaimedProof) -> ClaimedProof:
    """A well-formed proof of something else."""
    proof = Proof.decode(one.proof)
    return replace(one, proof=replace(proof, c=proof.a, a=proof.c).encode())


def test_true_proofs_take_one_equation_per_statement(
    judge: Judge, proven: list[ClaimedProof]
) -> None:
    """All hold, in as many batches as there are statements."""
    verdicts = judge.judge(proven)
    assert not verdicts.failures
    assert verdicts.equations == len({one.statement for one in proven})


@pytest.mark.parametrize("places", [{0}, {7}, {29}, {3, 4}, {0, 15, 29}, {5, 6, 7, 8}])
def test_false_proofs_are_found_by_halving(
    judge: Judge, proven: list[ClaimedProof], places: set[int]
) -> None:
    """Exactly those that were forged, however they lie."""
    batch = [forged(one) if place in places else one for place, one in enumerate(proven)]
    verdicts = judge.judge(batch)
    assert {failure.place for failure in verdicts.failures} == places


def test_a_proof_that_is_no_proof_is_named(judge: Judge, proven: list[ClaimedProof]) -> None:
    """Bytes that are no points fail alone, and the others are still judged."""
    batch = [*proven[:3], replace(proven[3], proof=b"\xff" * 256), forged(proven[4])]
    assert [failure.place for failure in judge.judge(batch).failures] == [3, 4]


def test_a_prepared_market_changes_no_verdict(
    judge: Judge, proven: list[ClaimedProof], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every market prepared in advance the same proofs hold and the same fail."""
    monkeypatch.setattr(prepared, "PREPARE_AFTER", 0)
    batch = [forged(one) if place in (2, 20) else one for place, one in enumerate(proven)]
    assert not judge.judge(proven).failures
    assert [failure.place for failure in judge.judge(batch).failures] == [2, 20]


def test_a_batch_that_fails_without_a_false_proof_is_an_error(
    judge: Judge, proven: list[ClaimedProof], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arithmetic that contradicts itself is never taken for a verdict."""
    monkeypatch.setattr(judging._Group, "_holds", lambda *_: False)
    with pytest.raises(AssertionError, match="each of its proofs holds"):
        judge.judge(proven[:2])


@pytest.mark.parametrize("batch", [1, 5, 1_000])
def test_the_size_of_a_batch_changes_nothing(honest: Played, batch: int) -> None:
    """Batches end where they may; what is found does not depend on it."""
    report = audit_log(ListedLog(honest.entries), Options(fastest(), batch=batch))
    assert (report.verdict, report.proofs) == ("valid with remarks", 31)


def test_processes_find_what_one_finds(honest: Played, forge: Forge) -> None:
    """Two workers give the same verdict on a sound ledger and on one with a false proof."""
    log = ListedLog(honest.entries)
    alone, together = (audit_log(log, Options(fastest(), jobs=n, batch=8)) for n in (1, 2))
    same = {"timing", "batches"}
    assert alone.model_dump(exclude=same) == together.model_dump(exclude=same)
