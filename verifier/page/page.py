"""One HTML file that says what an audit found: it needs no network, no script and no other file.

The page allows itself its own style and its own script by their hashes, and nothing else: what an
author of a ledger might smuggle in would not run even if it were not escaped. The same report gives
the same bytes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from verifier.books.document import Books
from verifier.page import accounts, checks, market
from verifier.page.charts import PATTERNS
from verifier.page.history import History
from verifier.page.holdings import books_section
from verifier.page.links import links_of
from verifier.page.markup import Html, element, joined
from verifier.page.timeline import timeline
from verifier.page.verdict import findings, masthead
from verifier.page.words import WORD
from verifier.report import AuditReport


def render(report: AuditReport, books: Books | None = None, history: History | None = None) -> str:
    """The page. With a history it shows accounts, coverage and the log; with books what is open."""
    links = links_of(report, history)
    sections: list[tuple[str, str, Html]] = [
        ("findings", "Findings", findings(report, links)),
        ("timeline", "Timeline", timeline(report, history, links)),
    ]
    if books is not None:
        sections.append(("books", "Open books", books_section(report, books, links)))
    if history is not None:
        sections += [
            ("duty", "Margin coverage", accounts.coverage(history)),
            ("accounts", "Accounts", accounts.accounts(history, links)),
        ]
    sections += [
        ("late", "Overdue accounts", market.overdue(report, links)),
        ("claims", "Disclosures", market.receipts(report, links)),
        ("checked", "What was recomputed", checks.invariants(report)),
        ("proven", "What was proven", checks.evidence(report)),
        ("market", "Markets", market.epochs(report, links)),
        ("now", "The newest market", market.present(report)),
        ("state", "Totals, the queue and the fund", market.standing(report)),
        ("kinds-of", "Transitions", checks.transitions(report)),
        ("limits", "What this audit does not know", checks.limits(report)),
        ("time", "Timing", checks.timing(report)),
        ("entries", "Log", accounts.log(history, links)),
    ]
    return _document(report, [masthead(report), _contents(sections), *map(_section, sections)])


def _document(report: AuditReport, body: list[Html]) -> str:
    name = "unreadable" if report.ledger is None else report.ledger.name
    style, script = _resource("page.css"), _resource("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{WORD[report.verdict]}: audit of {name}"),
        element("style", style),
    )
    main = element("main", *body)
    body_of_page = element("body", PATTERNS, main, element("script", script))
    whole = element("html", head, body_of_page, lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def _contents(sections: list[tuple[str, str, Html]]) -> Html:
    links = (element("li", element("a", title, href=f"#{place}")) for place, title, _ in sections)
    return element("nav", element("ul", joined(links)), aria_label="Contents")


def _section(section: tuple[str, str, Html]) -> Html:
    place, title, content = section
    heading = element("h2", title, id=f"{place}-title")
    return element("section", heading, content, id=place, aria_labelledby=f"{place}-title")


@cache
def _resource(name: str) -> Html:
    """Our own file, as it is: it contains no end of a style or script element."""
    return Html(files("verifier.page").joinpath(name).read_text(encoding="utf-8"))


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
