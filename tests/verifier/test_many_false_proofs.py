"""More false proofs than anybody names: the rest are not judged, and that is an answer of its own.

It is neither "holds" nor "fails": nothing is compared with it, and the report counts it apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ledger.evidence import Evidence
from ledger.judge import MOST_NAMED
from ledger.log import Entry
from ledger.market.data import Rows
from prover.author import Author
from prover.owner import Proving
from tacit.audit_summary import show
from tests.ledger.world import fastest, real_world
from verifier import Code, ListedLog, Options, audit_log, cross_check
from verifier.options import ALL
from verifier.page import render
from zk.backends import Backend

ROWS = Rows(matrix=((1, 2, 3, 4),) * 4, constants=(10**12,) * 4)
#: Before the false proofs, and behind them.
TRUE = 2


class Believing:
    """A checker that believes everything."""

    def check(self, evidence: Evidence) -> None: ...


@dataclass(frozen=True)
class Stale:
    """Gives the same proof of something else, whatever it is asked for."""

    proof: bytes

    def prove(self, *_: object) -> bytes:
        return self.proof


@cache
def log_with(false: int) -> tuple[Entry, ...]:
    """A log of claims, so many of which have a false proof."""
    world = real_world(6)
    ledger: Any = world.ledger
    ledger._checker = Believing()
    world.publish()
    author = world.join(1_000)

    def publish(proving: Proving, times: int) -> bytes:
        claimed = b""
        for _ in range(times):
            who: Author = replace(author, proving=proving)
            written = who.publish_claim(world.state, "a claim", ROWS)
            world.accept(author, written)
            claimed = written.transition.proof
        return claimed

    proof = publish(author.proving, TRUE)
    publish(Stale(proof), false)
    publish(author.proving, TRUE)
    return tuple(world.ledger.entries())


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("false", [MOST_NAMED + 4, 40])
def test_what_was_not_judged_is_no_answer(
    native: Backend, monkeypatch: pytest.MonkeyPatch, false: int, jobs: int
) -> None:
    """Sixteen are named, the others are counted; a second backend has nothing to say of them."""
    monkeypatch.setattr(cross_check, "select", lambda _: native)
    options = Options(fastest(), cross_check=ALL, jobs=jobs)
    report = audit_log(ListedLog(log_with(false)), options)
    assert report.verdict == "invalid"
    errors = [found.code for found in report.findings if found.severity == "error"]
    assert errors == [Code.PROOF] * MOST_NAMED
    assert report.cross_check is not None
    assert (report.cross_check.proofs, report.cross_check.disagreements) == (TRUE + MOST_NAMED, 0)
    assert report.proofs == sum(report.proofs_by_statement.values()) == TRUE + MOST_NAMED
    left = false - MOST_NAMED + TRUE
    assert report.unjudged_proofs == left
    assert f"Not judged, because so many proofs are false: {left}." in report.summary
    console = Console(width=200, record=True, file=StringIO())
    show(report, console)
    assert f"({left} more not judged)" in console.export_text()
    assert f"Not judged, because so many are false: {left} proofs." in render(report)


def test_an_earlier_report_can_still_be_read(native: Backend) -> None:
    """What is new in the document has a value where a document of before lacks it."""
    report = audit_log(ListedLog(log_with(MOST_NAMED + 4)[:4]), Options(native))
    assert report.unjudged_proofs == 0
    earlier = report.model_dump(mode="json")
    del earlier["unjudged_proofs"], earlier["timing"]["start"]
    read = type(report).model_validate(earlier)
    assert (read.format, read.unjudged_proofs, read.timing.start) == ("tacit audit 2", 0, 0.0)
