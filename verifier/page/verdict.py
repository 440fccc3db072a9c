"""The top of the page: the verdict, what it means, whose ledger this is, and the findings."""

from __future__ import annotations

from ledger.wording import counted, grouped
from verifier.page.links import MOST_ROWS, Links
from verifier.page.markup import Html, code, element, joined, said
from verifier.page.numbers import when
from verifier.page.tables import Cell, Row, facts, table
from verifier.page.words import DEVELOPMENT, MARK, TONE, WORD, meaning_of
from verifier.report import AuditReport, Finding


def masthead(report: AuditReport) -> Html:
    """What somebody sees who reads nothing else."""
    name = "a ledger that cannot be read" if report.ledger is None else report.ledger.name
    return element(
        "header",
        element("p", "Tacit audit report", class_="kicker"),
        element("h1", said(name)),
        _verdict(report),
        _provenance(report),
        _identity(report),
    )


def findings(report: AuditReport, links: Links) -> Html:
    """Everything that is not as it should be, worst first; each with what it means."""
    ordered = sorted(
        report.findings,
        key=lambda one: (one.severity != "error", one.entry is None, one.entry or 0),
    )
    rows = [
        Row(
            (
                Cell(element("span", one.severity, class_=f"tag {one.severity}")),
                links.entry(one.entry),
                _subject(one),
                one.code.value,
                element("span", said(one.expected), class_="wide"),
                element("span", said(one.actual), class_="wide"),
            )
        )
        for one in ordered[:MOST_ROWS]
    ]
    columns = ("severity", "entry", "what was found", "kind", "expected", "found")
    listed = table("findings-table", "Findings, errors first", columns, rows, "Nothing was found.")
    if len(ordered) <= MOST_ROWS:
        return listed
    more = counted(len(ordered) - MOST_ROWS, "finding")
    return joined([listed, element("p", f"{more} more are in the report's JSON.")])


def _subject(one: Finding) -> Html:
    return element(
        "div",
        element("strong", said(one.subject)),
        element("span", said(one.explanation), class_="meaning"),
        class_="subject",
    )


def _verdict(report: AuditReport) -> Html:
    return element(
        "div",
        element("p", MARK[report.verdict], class_="mark", aria_hidden="true"),
        element(
            "div",
            element("p", WORD[report.verdict], class_="word"),
            element("p", said(_sentence(report.summary)), class_="summary"),
            element("p", meaning_of(report), class_="meaning"),
        ),
        class_=f"verdict {TONE[report.verdict]}",
    )


def _provenance(report: AuditReport) -> Html:
    if not report.has_development_keys:
        return Html("")
    return element(
        "div",
        element("p", "⚠ Development keys: this ledger proves nothing", class_="word"),
        element("p", DEVELOPMENT),
        class_="alarm loud",
        role="note",
    )


def _identity(report: AuditReport) -> Html:
    """Which ledger, up to where, and how much was looked at."""
    ledger, tip = report.ledger, report.tip
    pairs: list[tuple[str, object]] = []
    if ledger is not None:
        assets, instruments, scenarios = ledger.shape
        pairs += [
            ("ledger", code(ledger.id)),
            ("mode", ledger.mode),
            ("founded", joined([when(ledger.founded), " UTC"])),
            (
                "shape",
                f"{counted(assets, 'asset')}, {counted(instruments, 'instrument')}, "
                f"{counted(scenarios, 'scenario')}",
            ),
        ]
    if tip is not None:
        pairs += [
            ("last entry", joined([grouped(tip.number), ", ", when(tip.time), " UTC"])),
            ("its hash", code(tip.hash)),
            ("state root", code(tip.root)),
        ]
    replayed = counted(report.entries, "entry", "entries")
    if report.unjudged:
        replayed += f"; {grouped(report.unjudged)} more were not judged"
    pairs += [
        ("replayed", replayed),
        (
            "verified",
            f"{counted(report.proofs, 'proof')}, "
            f"{counted(report.signatures, 'signature')}, "
            f"{counted(report.spans, 'representation')}",
        ),
    ]
    return facts(pairs)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
