"""The report on an honest ledger says what happened on it, and nothing that did not."""

from __future__ import annotations

import json
from time import sleep
from typing import Any

import pytest
from rich.console import Console

from ledger.judge import Judge
from tacit.audit_summary import show
from tests.conftest import ROOT
from tests.verifier.audits import Auditor
from tests.verifier.honest import Played, disclosures
from verifier import AuditReport, Code, Finding, ListedLog, Options, audit_log, auditor
from verifier.findings import codes, explain
from verifier.keys import check_keys
from zk.backends import Backend


@pytest.fixture(scope="module")
def report(honest: Played, remembering: Auditor) -> AuditReport:
    return remembering.audit(honest.entries, honest.entries[-1])


def test_everything_is_counted(honest: Played, report: AuditReport) -> None:
    """Entries, kinds, legs and proofs are those of the story."""
    assert report.entries == len(honest.entries)
    assert report.unjudged == 0
    assert sum(report.transitions.values()) == report.entries - 1
    assert report.transitions["settle"] == 5
    assert report.settled_legs == 10
    assert report.proofs == sum(report.proofs_by_statement.values()) == 31
    assert report.invariants.roots.checked == report.entries
    assert report.invariants.tables.checked == len(report.epochs) == 7
    assert report.invariants.payouts.checked == 1
    assert report.invariants.defaults.checked == 5
    assert report.invariants.settlements.checked == 1
    assert report.tip is not None
    assert report.tip.hash == honest.entries[-1].hash.hex()


def test_the_rate_leaves_the_start_out(
    honest: Played, native: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys, circuits and a judge are made once, however many proofs there are."""
    pause = 1.0

    def slow_keys(*arguments: Any) -> Any:
        sleep(pause)
        return check_keys(*arguments)

    def slow_judge(*arguments: Any) -> Judge:
        sleep(pause)
        return Judge(*arguments)

    monkeypatch.setattr(auditor, "check_keys", slow_keys)
    options = Options(native, make_judge=slow_judge)
    report = audit_log(ListedLog(honest.entries), options)
    spent = report.timing
    work = spent.replay + spent.signatures + spent.spans + spent.proofs
    assert spent.start >= 2 * pause
    assert spent.total == pytest.approx(spent.start + work)
    assert spent.proofs_per_second == pytest.approx(report.proofs / work)


def test_development_keys_are_named_for_each_statement(report: AuditReport) -> None:
    """A remark for each, a word on what cannot be known, and no pin was claimed."""
    found = [found for found in report.findings if found.code is Code.DEVELOPMENT_KEY]
    assert len(found) == 4
    assert report.has_development_keys
    assert any("could" in sentence for sentence in report.not_known)
    assert {key.pinned for key in report.keys} == {None}


def test_defaults_are_told_with_their_end(honest: Played, report: AuditReport) -> None:
    """One revealed in time, one sold too late, one that nobody has looked after."""
    cases = [(case.account, case.outcome, case.seconds) for case in report.overdue]
    loser, sleeper = honest.loser.account, honest.sleeper.account
    assert cases[:2] == [(sleeper, "revealed", 60), (loser, "put on sale", 1_860)]
    assert cases[-1][:2] == (sleeper, "open")
    remarks = [found for found in report.findings if found.code is Code.OVERDUE]
    assert [found.subject for found in remarks] == [f"account {loser}", f"account {sleeper}"]
    assert {found.severity for found in remarks} == {"warning"}


def test_claims_are_said_in_words_where_they_are_ours(honest: Played, report: AuditReport) -> None:
    """Four are recognised; the fifth is shown with its rows and its owner's label."""
    meanings = [receipt.meaning for receipt in report.receipts]
    assert meanings[0] is not None
    assert meanings[0].startswith("at most 50 lots of BTC-PERP either way, at most 20 lots")
    assert meanings[1] == "worth at least 5,000,000 in cash at the mark of epoch 1"
    assert meanings[2] == "delta in BTC between -1 and 1 coins at the mark of epoch 1"
    assert meanings[3] == "survives BTC -30 %, every vol +20 % from epoch 1"
    assert meanings[4] is None
    label, rows = disclosures(honest.world)[4]
    assert (report.receipts[4].label, report.receipts[4].matrix) == (label, rows.matrix)


def test_an_expiry_and_the_state_are_told(honest: Played, report: AuditReport) -> None:
    """The settlement value that the oracles signed, and the public side of the last state."""
    assert [(e.instrument, e.value) for e in report.expiries] == [(1, 0)]
    assert report.standing is not None
    assert report.standing.totals == honest.world.state.pool.totals
    assert report.standing.accounts == 5
    assert report.standing.on_sale == ()
    assert report.standing.untraded == (5_000, 0)
    assert report.standing.waiting == report.standing.deficit == 0


def test_the_newest_market_is_told(honest: Played, report: AuditReport) -> None:
    """Marks, charges and rows, as the oracles signed them, with what each row moves."""
    market, table = report.market, honest.world.state.current_market.table
    assert market is not None
    assert (market.mark, market.long_charges) == (table.mark, table.long_charges)
    (coin,) = market.coins
    assert coin.moves == table.moves[0]
    assert coin.components == (2, 3, 1)
    assert coin.scenarios[0] == (-1_500, -3_000, 10_000)
    assert coin.scenarios[-1] == (4_500, 0, 3_500)
    assert market.weights[1] == 0  # it has expired


def test_it_survives_json(report: AuditReport) -> None:
    """`--json` and back is the same report."""
    text = report.model_dump_json()
    assert AuditReport.model_validate_json(text) == report
    assert {"verdict", "first_bad", "findings", "keys", "timing"} <= set(json.loads(text))


def test_a_terminal_shows_words_of_others_as_words(report: AuditReport) -> None:
    """A label is no markup, the development keys are loud, and the verdict comes first."""
    console = Console(record=True, width=100, color_system=None)
    show(report, console)
    text = console.export_text()
    assert "[bold]we are sound[/]" in text
    assert "VALID WITH REMARKS" in text
    assert "DEVELOPMENT KEYS" in text
    assert "withdrawals that wait" in text


def test_every_code_has_a_meaning() -> None:
    """A finding without a sentence says nothing to a person."""
    assert [code for code, _ in codes()] == list(Code)
    assert all(explain(code).endswith(".") for code in Code)


def test_the_page_documents_every_field_and_every_code() -> None:
    """docs/audit.md names what `--json` has, and what a finding can be."""
    page = (ROOT / "docs" / "audit.md").read_text()
    for name in (*AuditReport.model_fields, *Finding.model_fields, *Code):
        assert f"`{name}`" in page or f"`{name}[]`" in page, name
