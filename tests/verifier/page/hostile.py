"""What a hostile author would write wherever a ledger takes words."""

from __future__ import annotations

from tests.verifier.page.reports import history, receipt, remarkable
from verifier.page import History
from verifier.report import (
    AuditReport,
    Code,
    Finding,
)

#: What somebody might call a ledger, or a claim, to have it run or to have it misread.
HOSTILE = (
    "<script>document.documentElement.dataset.hacked = 'script'</script>",
    '"><img src=x onerror="document.documentElement.dataset.hacked=\'image\'">',
    "' onmouseover='document.documentElement.dataset.hacked=1' x='",
    "</title></style><script>document.documentElement.dataset.hacked = 'title'</script>",
    "javascript:document.documentElement.dataset.hacked=1",
    "-->]]></bdi></td></tr></table><h1>Valid</h1>",
    "valid \u202egnihton si siht\u202c \u200b\u2066hidden\u2069",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 1,000",
    "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358\u0359\u035a\u035b\u035ca",
    "line one\nline two\ttab\x00null\x1b[31m",
    "long" * 500,
    "&lt;script&gt; &amp; &#x27;",
)


def hostile() -> AuditReport:
    """Every text that somebody else may choose is one of the hostile ones."""
    report, names = remarkable(), HOSTILE
    assert report.ledger is not None
    ledger = report.ledger.model_copy(
        update={
            "name": "".join(names[:4]),
            "underlyings": (names[0],),
            "components": names[3:7],
        }
    )
    receipts = tuple(receipt(name, name) for name in names)
    found = tuple(
        Finding(
            code=Code.RULE,
            severity="error",
            entry=index,
            subject=name,
            expected=name,
            actual=name,
            explanation=name,
        )
        for index, name in enumerate(names)
    )
    return report.model_copy(
        update={
            "verdict": "invalid",
            "first_bad": 0,
            "summary": names[1],
            "ledger": ledger,
            "receipts": receipts,
            "findings": found,
            "not_known": names,
            "transitions": dict.fromkeys(names, 3),
            "head": report.head.model_copy(update={"explanation": names[0]}),
        }
    )


def hostile_history() -> History:
    """A history whose words are those."""
    events = tuple(
        event.model_copy(update={"words": HOSTILE[index % len(HOSTILE)]})
        for index, event in enumerate(history().events)
    )
    return history().model_copy(update={"events": events})
