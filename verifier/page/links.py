"""Links to entries: there is one wherever the page has a row for that entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.wording import grouped
from verifier.page.history import Event, History
from verifier.page.markup import element
from verifier.page.tables import Cell
from verifier.report import AuditReport

#: More rows than this help nobody; what the report refers to is kept, and then the newest.
MOST_ROWS: Final = 400


@dataclass(frozen=True, slots=True)
class Links:
    """The entries that the log of the page shows."""

    events: tuple[Event, ...]
    left_out: int
    _numbers: frozenset[int]

    def entry(self, number: int | None) -> Cell:
        """That entry in a table, as a link where there is something to link to."""
        if number is None:
            return Cell("–", -1, numeric=True)
        shown = grouped(number)
        if number not in self._numbers:
            return Cell(shown, number, numeric=True)
        return Cell(element("a", shown, href=f"#{place_of(number)}"), number, numeric=True)


def place_of(number: int) -> str:
    """Where an entry stands on the page."""
    return f"entry-{number}"


def links_of(report: AuditReport, history: History | None) -> Links:
    """What the page's log shows: everything, or what matters where that is too much."""
    events = () if history is None else history.events
    shown = _chosen(report, events)
    kept = tuple(one for one in events if one.entry in shown)
    return Links(kept, len(events) - len(kept), shown)


def _chosen(report: AuditReport, events: Sequence[Event]) -> frozenset[int]:
    """What the report refers to, earliest first; then the newest of the rare, and of the rest."""
    wanted = {one.entry for one in report.findings} | {one.entry for one in report.receipts}
    wanted |= {entry for one in report.overdue for entry in (one.entry, one.until_entry)}
    newest = [*reversed(events)]
    ordered = [one.entry for one in events if one.entry in wanted]
    ordered += [one.entry for one in newest if one.is_rare]
    ordered += [one.entry for one in newest]
    return frozenset([*dict.fromkeys(ordered)][:MOST_ROWS])
