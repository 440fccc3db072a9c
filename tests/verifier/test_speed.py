"""How fast an audit is, that its time is linear, and that its memory does not grow with the log.

Two variables make them as large as the promises (minutes): TACIT_AUDIT_LEGS=1000 settled legs,
and TACIT_AUDIT_ENTRIES=100000 entries. Time is that of the CPU, the least of three runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.log import Entry
from tests.ledger.world import World, fastest, real_world
from tests.verifier.many import measured, write_deposits
from verifier import AuditReport, ListedLog, Options, audit_log

LEGS = int(os.environ.get("TACIT_AUDIT_LEGS", "160"))
ENTRIES = int(os.environ.get("TACIT_AUDIT_ENTRIES", "2000"))
#: A tenth of what one core does, for machines that have something else to do.
PROOFS_PER_SECOND = 80
MEGABYTES = 500


@pytest.fixture(scope="module")
def traded(native: object) -> World:
    """Two accounts that trade with one another, again and again."""
    world = real_world(5)
    world.publish()
    buyer, seller = world.join(10**9), world.join(10**9)
    for _ in range(LEGS // 2):
        world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    return world


def audited(entries: Sequence[Entry]) -> tuple[AuditReport, float]:
    """The report, and the seconds of CPU that it takes where nothing else is in the way."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        report = audit_log(ListedLog(entries), Options(fastest()))
        seconds.append(time.process_time() - start)
    return report, min(seconds)


def test_many_legs_are_valid_fast_and_in_linear_time(traded: World) -> None:
    """What the second half costs is what a half costs: keys and circuits are paid once."""
    entries = list(traded.ledger.entries())
    quarter, half = len(entries) - LEGS // 2 + LEGS // 8, len(entries) - LEGS // 4
    (_, first), (_, second), (report, third) = (
        audited(part) for part in (entries[:quarter], entries[:half], entries)
    )
    rate = (LEGS // 2) / max(third - second, 1e-3)
    print(f"{rate:,.0f} proofs/s of CPU, {report.proofs} proofs, {third:.2f} s in all")  # noqa: T201
    assert report.verdict == "valid with remarks"
    assert report.settled_legs == report.proofs == LEGS
    assert rate > PROOFS_PER_SECOND
    # Twice the proofs, so twice the time; generously, for the clock is coarse.
    assert third - second < 2 * 2 * (second - first) + 0.2


def test_memory_does_not_grow_with_the_log(native: object, tmp_path: Path) -> None:
    """A log of deposits, read from its file: below the bound, at every length."""
    path = tmp_path / "many.ledger"
    write_deposits(path, ENTRIES)
    found = measured(path)
    print(found)  # noqa: T201
    assert (found["verdict"], found["entries"]) == ("valid with remarks", ENTRIES)
    assert found["peak_mb"] < MEGABYTES
