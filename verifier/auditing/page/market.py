"""Epochs and prices, receipts, expiries, the public side of the fund, and who was overdue."""

from __future__ import annotations

from verifier.auditing.page.links import Links
from verifier.auditing.page.markup import Html, element, joined, said
from verifier.auditing.page.numbers import counted, duration, grouped, when
from verifier.auditing.page.tables import Cell, Row, number, table
from verifier.auditing.report import AuditReport, Receipt


def epochs(report: AuditReport, links: Links) -> Html:
    """What the oracles said, newest last."""
    names = () if report.ledger is None else report.ledger.underlyings
    columns = ["epoch", "entry", "time", *(f"{name} (vol)" for name in names), "reports", "matrix"]
    rows = []
    for one in report.epochs:
        prices = [
            number(spot, f"{grouped(spot)} ({vol / 10_000:.1f} %)")
            for spot, vol in zip(one.spots, one.vols, strict=True)
        ]
        verdict = Cell("✓ follows")
        if one.difference:
            verdict = Cell(element("strong", "✕ ", said(one.difference), class_="error"))
        cells = (number(one.epoch), links.entry(one.entry), Cell(when(one.time), one.time))
        rows.append(Row((*cells, *prices, number(one.reports), verdict)))
    return table(
        "epochs",
        "Prices in units of cash, volatility a year, and whether the signed margins follow",
        columns,
        rows,
        "No market was published.",
    )


def receipts(report: AuditReport, links: Links) -> Html:
    """What accounts chose to show, in our words and in theirs."""
    rows = [
        Row(
            (
                links.entry(one.entry),
                number(one.account),
                number(one.epoch),
                Cell(when(one.time), one.time),
                _meaning(one),
                Cell(said(one.label) if one.label else "–"),
            )
        )
        for one in report.receipts
    ]
    columns = ("entry", "account", "epoch", "time", "what was proven", "the owner's words")
    listed = table(
        "receipts",
        "Published claims: what was proven follows from the rows; nobody checked the label",
        columns,
        rows,
        "No account published a claim.",
    )
    if not report.receipts_omitted:
        return listed
    more = f"{counted(report.receipts_omitted, 'claim')} more, proven likewise, are not listed."
    return joined([listed, element("p", more)])


def overdue(report: AuditReport, links: Links) -> Html:
    """Accounts that did not prove in time, and what became of them."""
    rows = [
        Row(
            (
                number(one.account),
                Cell(when(one.since), one.since),
                links.entry(one.entry),
                number(one.seconds, duration(one.seconds)),
                links.entry(one.until_entry),
                _OUTCOME[one.outcome],
            )
        )
        for one in report.overdue
    ]
    columns = ("account", "overdue since", "noticed at", "for", "until", "what became of it")
    none = "Every account proved its margin in time."
    if not report.is_valid:
        none = "Up to the last entry that was replayed no account was overdue."
    return table("overdue", "Accounts past their grace", columns, rows, none)


def standing(report: AuditReport) -> Html:
    """Totals and the fund, component by component, and what has expired."""
    state, ledger = report.standing, report.ledger
    if state is None or ledger is None:
        return element("p", "The state is not known.", class_="none")
    values = {one.instrument: one for one in report.expiries}
    assets = ledger.shape[0]
    rows = []
    for place, label in enumerate(ledger.components):
        expired = values.get(place - assets)
        rows.append(
            Row(
                (
                    Cell(said(label)),
                    number(state.totals[place] if place < assets else None),
                    number(state.fund[place]),
                    number(None if expired is None else expired.value),
                )
            )
        )
    fund = "–" if state.fund_equity is None else grouped(state.fund_equity)
    columns = ("component", "deposits less withdrawals", "insurance fund", "settled at")
    return joined(
        [
            table("standing", "What is public at the last entry", columns, rows),
            element("p", f"At the mark the insurance fund is worth {fund} in cash."),
        ]
    )


_OUTCOME = {
    "open": "still overdue, and nobody opened it",
    "proven late": "proved after all",
    "revealed": "opened by the guardians, and solvent",
    "sold off": "opened by the guardians, and its portfolio sold",
    "excused": "the grace was lengthened",
}


def _meaning(one: Receipt) -> Html:
    if one.meaning is not None:
        return said(one.meaning)
    return element(
        "span",
        f"{len(one.matrix)} rows of its own, which were not recognised: M·v + b ≥ 0 as they stand "
        "in the entry",
    )
