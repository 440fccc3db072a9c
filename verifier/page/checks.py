"""What was looked at, how often, and with what: invariants, keys, kinds of transitions, timing."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.wording import counted, grouped
from verifier.page.markup import Html, code, element, joined, said
from verifier.page.numbers import seconds
from verifier.page.tables import Row, facts, number, table
from verifier.report import AuditReport, Cases, KeyReport


def invariants(report: AuditReport) -> Html:
    """What anybody can recompute from public numbers."""
    found = report.invariants
    named: tuple[tuple[str, str, Cases], ...] = (
        ("nothing was created or destroyed", "sum of all commitments", found.conservation),
        ("totals are what was paid in less what was paid", "public totals", found.totals),
        ("the state is the one committed to", "state roots", found.roots),
        ("margins follow from the prices", "tables of epochs", found.tables),
        ("nothing was paid too early or too much", "withdrawals that were paid", found.payouts),
        ("defaults went by the rules", "reveals, lots, prices, the fund", found.defaults),
        ("final values follow from the market", "settlement values", found.settlements),
    )
    rows = [
        Row((said_plainly, what, number(cases.checked), _failures(cases)))
        for said_plainly, what, cases in named
    ]
    notes = [_stored(report)]
    if found.tables_off_by_one:
        notes.append(
            f"In {counted(found.tables_off_by_one, 'epoch')} the table is off by one unit, as "
            "floating point may be on another machine."
        )
    columns = ("what must hold", "recomputed", "times", "failed")
    return joined(
        [
            table("invariants", "Recomputed at every entry", columns, rows),
            *(element("p", note) for note in notes),
        ]
    )


def evidence(report: AuditReport) -> Html:
    """Proofs by statement, and the keys under which they hold."""
    rows = [
        Row(
            (
                element("code", one.statement),
                number(report.proofs_by_statement.get(one.statement, 0)),
                code(one.digest, 16),
                _origin(one),
                _circuit(one),
            )
        )
        for one in report.keys
    ]
    done = (
        f"{counted(report.proofs, 'proof')} in "
        f"{counted(report.batches, 'batch', 'batches')}, {counted(report.signatures, 'signature')} "
        f"and {counted(report.spans, 'representation proof')} were verified with the "
        f"{report.backend} backend."
    )
    if report.unjudged_proofs:
        left = counted(report.unjudged_proofs, "proof")
        done += f" Not judged, because so many are false: {left}."
    columns = ("statement", "proofs", "verifying key", "origin", "circuit")
    return joined(
        [
            table("keys", "Verifying keys, and what was proven under them", columns, rows),
            element("p", done),
            *_crossed(report),
        ]
    )


def transitions(report: AuditReport) -> Html:
    """How many of each kind; a bar says how many in proportion."""
    most = max(report.transitions.values(), default=1)
    rows = [
        Row((element("code", said(kind)), number(count), _bar(count, most)))
        for kind, count in sorted(report.transitions.items(), key=lambda one: (-one[1], one[0]))
    ]
    legs = f"The settlements have {counted(report.settled_legs, 'leg')} between them."
    return joined(
        [
            table("kinds", "Entries by kind of transition", ("kind", "entries", "share"), rows),
            element("p", legs),
        ]
    )


def timing(report: AuditReport) -> Html:
    """Where the time went."""
    spent = report.timing
    return facts(
        [
            ("in all", seconds(spent.total)),
            ("start: keys, circuits, processes", seconds(spent.start)),
            ("replay", seconds(spent.replay)),
            ("of that, signatures", seconds(spent.signatures)),
            ("of that, representations", seconds(spent.spans)),
            ("proofs", seconds(spent.proofs)),
            ("proofs a second, after the start", grouped(round(spent.proofs_per_second))),
        ]
    )


def limits(report: AuditReport) -> Html:
    """What this audit was told, and what none of its kind can know."""
    notes = [report.head.explanation]
    if report.continued is not None:
        earlier = report.continued
        notes.append(
            f"It goes on from a verdict signed by {earlier.auditor} at entry {earlier.tip.number}; "
            f"up to there these were not checked again: {', '.join(earlier.not_rechecked)}."
        )
    notes += report.not_known
    return element("ul", *(element("li", said(note)) for note in notes))


def _failures(cases: Cases) -> object:
    """What was never looked at has not held."""
    if not cases.checked:
        return number(None)
    if cases.failed:
        return number(cases.failed, element("strong", f"✕ {grouped(cases.failed)}", class_="error"))
    return number(0, "✓ 0")


def _origin(key: KeyReport) -> Html:
    if key.development:
        return element("strong", "development: can prove anything", class_="tag error")
    if key.pinned is None:
        words = "ceremony, by its own word: compare the digest"
        return element("span", words, class_="tag warning")
    if key.pinned:
        return Html("pinned: the digest is the one you gave")
    return element("strong", "not the digest you gave", class_="tag error")


def _circuit(key: KeyReport) -> Html:
    if key.circuit == key.compiled:
        return joined(["✓ ours ", code(key.circuit, 12)])
    return element("strong", "✕ another circuit than ours", class_="error")


def _crossed(report: AuditReport) -> Iterator[Html]:
    crossed = report.cross_check
    if crossed is not None:
        yield element(
            "p",
            f"{counted(crossed.proofs, 'proof')} of them, drawn with seed {crossed.seed}, were "
            f"verified again with the {crossed.backend} backend: "
            f"{counted(crossed.disagreements, 'disagreement')}.",
        )


def _stored(report: AuditReport) -> str:
    return {
        "matches": "The state stored beside the log is the one that follows from it.",
        "differs": "The state stored beside the log is NOT the one that follows from it.",
        "not compared": "The state stored beside the log was not compared.",
    }[report.stored_state]


def _bar(count: int, most: int) -> Html:
    """As wide as its share of the most frequent kind; the number beside it says the same."""
    width = max(1, 100 * count // most)
    return Html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width}" height="8"/></svg>'
    )
