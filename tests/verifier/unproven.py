"""Audits of stand-in ledgers, for what needs no proofs: sums, duties, and who is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from development.genesis import development_genesis
from development.offices import InsecureOffices
from ledger.encoding import Decoding
from ledger.evidence import ClaimedProof
from ledger.genesis import Endowment
from ledger.judge import Judge, Verdicts
from ledger.ledger import Ledger
from ledger.market.presets import preset
from ledger.storage import MemoryStore
from tests.ledger.stand_in import UnsoundStandIn
from tests.ledger.world import World, fastest
from verifier import AuditReport, Code, ListedLog, Options, audit_log
from verifier.keys import CheckedKeys
from zk.randomness import insecure_seeded_randomness


class StandInJudge(Judge):
    """Believes the stand-in's proofs, which its ledger has judged; the rest is judged here."""

    def __init__(self, keys: Any, backend: Any) -> None:
        self.keys, self.backend = keys, backend

    def judge(self, batch: Sequence[ClaimedProof]) -> Verdicts:  # noqa: ARG002
        return Verdicts((), frozenset(), 1)


def take_any_keys(patch: pytest.MonkeyPatch) -> None:
    """The stand-in has no keys to check."""
    keys: Any = dict.fromkeys(("claim", "margin", "solvency", "fill"))
    patch.setattr("verifier.auditor.check_keys", lambda *_: CheckedKeys(keys, (), ()))


def audited(world: World, patience: int | None = None, now: int | None = None) -> AuditReport:
    """The report on everything that has happened on that ledger so far."""
    log = ListedLog(list(world.ledger.entries()))
    options = Options(fastest(), patience=patience, now=now, make_judge=StandInJudge)
    return audit_log(log, options)


def endowed_world(amount: int) -> World:
    """A ledger of the stand-in whose fund has capital from the beginning."""
    market, offices, backend = preset("tiny"), InsecureOffices.of(1), fastest()
    stand_in = UnsoundStandIn(market.shape, backend, bytes(8))
    bare = development_genesis(market, offices, stand_in.statement_keys(), "endowed")
    unsigned = bare.model_copy(update={"endowment": Endowment(amount=amount, signature=bytes(64))})
    signature = offices.custodian.sign(unsigned.endowment_message())
    genesis = bare.model_copy(update={"endowment": Endowment(amount=amount, signature=signature)})
    decoding = Decoding(backend.decode_point)
    ledger = Ledger.create(MemoryStore(), genesis, lambda _: stand_in, decoding)
    randomness = insecure_seeded_randomness(b"endowed")
    return World(ledger, offices, market, stand_in, randomness, market.time)


def errors_of(report: AuditReport) -> list[tuple[Code, int | None]]:
    """What is wrong, and where."""
    return [(f.code, f.entry) for f in report.findings if f.severity == "error"]


def remarks_of(report: AuditReport) -> list[Code]:
    """What was remarked on, beside the quorums of the offices, of which two of three suffice."""
    warnings = [f.code for f in report.findings if f.severity == "warning"]
    return [code for code in warnings if code is not Code.QUORUM]
