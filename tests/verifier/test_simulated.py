"""Long random histories: what we compute by formulas of our own is what the rules decided."""

from __future__ import annotations

import pytest

from tests.ledger.simulation.history import simulate
from tests.ledger.simulation.setting import fast_arithmetic, stand_in_setting
from tests.ledger.world import fastest
from tests.verifier.unproven import StandInJudge, errors_of, take_any_keys
from verifier import AuditReport, ListedLog, Options, audit_log


def simulated(seed: int) -> AuditReport:
    """The audit of a history, which leaves its public sums as they are on the ledger."""
    with fast_arithmetic():
        sim = simulate(stand_in_setting(seed), seed, 700)
        log = ListedLog(list(sim.ledger.entries()))
        report = audit_log(log, Options(fastest(), make_judge=StandInJudge))
    pool = sim.ledger.state.pool
    assert report.standing is not None
    assert report.standing.on_sale == pool.frozen
    assert (report.standing.queued, report.standing.untraded) == (pool.queued, pool.untraded)
    return report


def test_long_histories_are_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locked markets, sales in parts, absorbed books, shared losses, queues: nothing to find."""
    take_any_keys(monkeypatch)
    reports = [simulated(seed) for seed in (4, 15, 17)]
    for report in reports:
        assert errors_of(report) == []
        assert report.invariants.defaults.checked > 5
        assert report.invariants.payouts.checked > 5
    kinds = set().union(*(report.transitions for report in reports))
    assert {"absorb", "take-over", "pay-out", "endow", "expire", "redeem"} <= kinds
    assert any(any(one.locked) for report in reports for one in report.epochs)
    assert any(one.standing is not None and one.standing.deficit for one in reports)
