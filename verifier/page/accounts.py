"""The public side of accounts, the log in words, and who had proven at the end of each epoch."""

from __future__ import annotations

from ledger.wording import counted, grouped
from verifier.page.charts import shares
from verifier.page.history import DUTIES, Coverage, Event, History
from verifier.page.links import Links, place_of
from verifier.page.markup import Html, code, element, joined, said
from verifier.page.numbers import when
from verifier.page.tables import Cell, Row, number, table


def accounts(history: History, links: Links) -> Html:
    """What everybody sees of them; what they hold is not among it."""
    rows = [
        Row(
            (
                number(one.account),
                one.status,
                element("span", one.duty, class_=f"tag {_TONE[one.duty]}"),
                number(one.standing),
                one.opening,
                links.entry(one.order),
                number(one.nonce),
                links.entry(one.last_entry),
                code(one.commitment, 12),
                code(one.owner, 12),
            )
        )
        for one in history.accounts
    ]
    columns = (
        "account",
        "status",
        "duty to prove",
        "last epoch proven",
        "opening",
        "open order",
        "nonce",
        "last entry",
        "commitment",
        "owner's key",
    )
    caption = "Accounts at the last entry: what everybody may know"
    return table("accounts-table", caption, columns, rows, "Nobody has an account.")


def coverage(history: History) -> Html:
    """How many had proven, epoch by epoch."""
    rows = [
        Row(
            (
                number(one.epoch, f"{grouped(one.epoch)}, now" if one.tip else None),
                Cell(when(one.time), one.time),
                *(number(one.counts[duty]) for duty in DUTIES),
                shares([one.counts[duty] for duty in DUTIES]),
            )
        )
        for one in history.coverage
    ]
    columns = ("epoch", "last entry of it", *DUTIES, "in proportion")
    caption = "Accounts by their duty to prove margin, when each epoch ended"
    return joined(
        [
            _legend(history.coverage),
            table("coverage", caption, columns, rows, "No epoch has begun."),
        ]
    )


def log(history: History | None, links: Links) -> Html:
    """Entries in words; the rest of the page links to them."""
    if history is None:
        return element("p", "The log was not read for this page.", class_="none")
    rows = [_entry(one) for one in links.events]
    columns = ("entry", "time", "epoch", "kind", "what happened")
    note = Html("")
    if links.left_out:
        note = element(
            "p",
            f"{counted(links.left_out, 'ordinary entry', 'ordinary entries')} of "
            f"{counted(len(history.events), 'entry', 'entries')} are not listed.",
        )
    return joined([table("log", "Entries of the ledger", columns, rows), note])


_TONE = {
    "proven": "fine",
    "exempt": "fine",
    "in grace": "fine",
    "overdue": "warning",
    "on sale": "error",
}


def _entry(one: Event) -> Row:
    cells = (
        number(one.entry),
        Cell(when(one.time), one.time),
        number(one.epoch),
        element("code", one.kind),
        said(one.words),
    )
    return Row(cells, place=place_of(one.entry))


def _legend(found: tuple[Coverage, ...]) -> Html:
    if not found:
        return Html("")
    meanings = (
        ("proven", "by a proof under the market of that epoch"),
        ("exempt", "proven to hold no positions, or new: owes nothing until it changes"),
        ("in grace", "its last proof is of an older epoch, and it is not late yet"),
        ("overdue", "the grace is over by the oracles' time: the guardians may open it"),
        ("on sale", "opened, below maintenance, and for sale until that is mended"),
    )
    return element(
        "ul",
        *(
            element(
                "li",
                shares([int(duty == name) for duty in DUTIES], 28),
                element("b", name),
                f": {what}",
            )
            for name, what in meanings
        ),
        class_="legend",
    )
