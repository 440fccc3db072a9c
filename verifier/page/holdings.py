"""Open books on a page: holdings, margin, open interest, statements. All of this is secret."""

from __future__ import annotations

from ledger.wording import counted, grouped
from verifier.books.document import Books, Holding, Left, Moment, Side, Statement
from verifier.page.links import Links
from verifier.page.markup import Html, element, joined, said
from verifier.page.numbers import share, signed, when
from verifier.page.tables import Cell, Row, number, table
from verifier.report import AuditReport

_SECRET = (
    "What follows was encrypted, and is shown because those who hold the escrow key consented. "
    "It is no part of the public record: treat this page as confidential."
)


def books_section(report: AuditReport, books: Books, links: Links) -> Html:
    """The books as they stand at the last moment in scope, then account by account."""
    parts = [
        element("p", _SECRET, class_="alarm", role="note"),
        _whose(report, books),
        element("p", said(books.summary[:1].upper() + books.summary[1:] + ".")),
        _scope(books),
        _findings(books, links),
    ]
    if books.moments:
        last = books.moments[-1]
        parts += [_holdings(books, last), _interest(books, last)]
    parts.append(_margins(books))
    parts += [_statement(books, one, links) for one in books.statements]
    return joined(parts)


def _whose(report: AuditReport, books: Books) -> Html:
    """Books of another ledger, or of another stretch of the log, must not be taken for these."""
    if report.ledger is None or report.ledger.id != books.ledger:
        words = "✕ These are the books of another ledger than the one that was audited."
    elif report.tip is None or report.tip.hash != books.tip_hash:
        words = f"These books end at entry {grouped(books.tip)}, and the audit at another."
    else:
        return Html("")
    return element("p", element("strong", words, class_="error"))


def _scope(books: Books) -> Html:
    accounts = "all accounts"
    if books.accounts is not None:
        accounts = "accounts " + ", ".join(map(grouped, books.accounts))
    epochs = "all epochs"
    if books.epochs is not None:
        epochs = f"epochs {books.epochs[0]} to {books.epochs[1]}"
    keys = " with guardians' points"
    if books.keys:
        keys = f" with the key{'s' if len(books.keys) > 1 else ''} {', '.join(books.keys)}"
    return element(
        "p",
        f"In scope: {accounts}, {epochs}. "
        f"{counted(books.decrypted, 'escrow')} decrypted{keys}. "
        "Each number was held against the commitment of its moment.",
    )


def _findings(books: Books, links: Links) -> Html:
    rows = [
        Row(
            (
                Cell(element("span", one.severity, class_=f"tag {one.severity}")),
                links.entry(one.entry),
                element(
                    "div",
                    element("strong", said(one.subject)),
                    element("span", one.explanation, class_="meaning"),
                    class_="subject",
                ),
                one.code.value,
                element("span", said(one.expected), class_="wide"),
                element("span", said(one.actual), class_="wide"),
            )
        )
        for one in books.findings
    ]
    columns = ("severity", "entry", "what was found", "kind", "expected", "found")
    none = "Nothing in the books contradicts the ledger."
    return table("book-findings", "Findings in the books", columns, rows, none)


def _holdings(books: Books, moment: Moment) -> Html:
    rows = [
        Row(
            (
                number(one.account),
                one.source,
                number(None if one.values is None else one.values[0]),
                Cell(_positions(books, one)),
                number(one.equity),
                _headroom(books, one.initial),
                _headroom(books, one.maintenance),
            )
        )
        for one in moment.holdings
    ]
    cash = books.components[0]
    columns = (
        "account",
        "known from",
        f"cash ({cash})",
        "collateral and positions",
        "equity",
        "initial margin: left",
        "maintenance: left",
    )
    place = "at the tip" if moment.tip else f"as epoch {moment.epoch} began"
    caption = (
        f"Holdings {place}, entry {moment.entry}; beside what is left of a margin stand the "
        "coin and the row that take most of it"
    )
    return table("holdings", caption, columns, rows, "There are no accounts in scope.")


def _positions(books: Books, one: Holding) -> Html:
    if one.values is None:
        return element("strong", "withheld", class_="error")
    held = [
        element("li", element("b", signed(value)), " ", said(label))
        for label, value in zip(books.components[1:], one.values[1:], strict=True)
        if value
    ]
    return element("ul", *held, class_="positions") if held else Html("none")


def _headroom(books: Books, left: Left | None) -> Cell:
    """What is left, and which coin takes most of it in which row."""
    if left is None:
        return number(None)
    taken = "no row takes any"
    if left.coin is not None:
        taken = f"{books.coins[left.coin]}, row {left.row}: {grouped(left.loss)}"
    shown = joined([grouped(left.total), " ", element("small", said(taken))])
    if not left.holds:
        shown = element("strong", "✕ ", shown, class_="error")
    return number(left.total, shown)


def _interest(books: Books, moment: Moment) -> Html:
    if not moment.interest:
        return element("p", "Open interest needs every account, and not all are known.")
    rows = [
        Row(
            (
                Cell(said(books.components[one.component])),
                number(one.long.total),
                _largest(one.long),
                number(one.short.total),
                _largest(one.short),
                number(one.expired),
            )
        )
        for one in moment.interest
    ]
    columns = ("instrument", "long", "largest long", "short", "largest short", "to be redeemed")
    return table("interest", "Open interest and its concentration, in lots", columns, rows)


def _largest(side: Side) -> Cell:
    if not side.accounts:
        return Cell("–", 0)
    who = "the fund" if side.largest is None else f"account {side.largest}"
    words = f"{who}: {share(side.share_bps)} of {counted(side.accounts, 'holder')}"
    return Cell(words, side.share_bps)


def _margins(books: Books) -> Html:
    """Epoch by epoch: how close the closest of those that owe proofs was."""
    rows = []
    for moment in books.moments:
        known = [one for one in moment.holdings if one.maintenance is not None]
        owing = [one for one in known if not one.exempt]
        tight = min(owing, key=_left_of, default=None)
        below = sum(_left_of(one) < 0 for one in known)
        rows.append(
            Row(
                (
                    number(moment.epoch, f"{moment.epoch}, now" if moment.tip else None),
                    Cell(when(moment.time), moment.time),
                    number(len(known)),
                    number(len(moment.holdings) - len(known)),
                    number(None if tight is None else tight.account),
                    number(None if tight is None else _left_of(tight)),
                    number(below),
                )
            )
        )
    columns = (
        "epoch",
        "began",
        "accounts known",
        "not known",
        "tightest account",
        "its maintenance left",
        "below maintenance",
    )
    return table("margins", "Margin as each epoch began", columns, rows, "No epoch is in scope.")


def _left_of(one: Holding) -> int:
    return 0 if one.maintenance is None else one.maintenance.total


def _statement(books: Books, one: Statement, links: Links) -> Html:
    rows = [
        Row(
            (
                links.entry(line.entry),
                Cell(when(line.time), line.time),
                number(line.epoch),
                element("code", line.kind),
                _changed(books, line.change),
                number(None if line.after is None else line.after[0]),
            )
        )
        for line in one.lines
    ]
    columns = ("entry", "time", "epoch", "kind", "change", "cash after")
    name = f"statement-{one.account}"
    return element(
        "details",
        element("summary", f"Statement of account {one.account}"),
        table(name, f"What each entry did to account {one.account}", columns, rows),
    )


def _changed(books: Books, change: tuple[int, ...] | None) -> Html:
    if change is None:
        return element("span", "not known", class_="error")
    moved = [
        element("li", element("b", signed(value)), " ", said(label))
        for label, value in zip(books.components, change, strict=True)
        if value
    ]
    return element("ul", *moved, class_="positions") if moved else Html("nothing")
