"""The life of a ledger in one picture: epochs as bands, what happened as marks on rows.

The picture runs along the numbers of entries: time stands still or leaps, and the log does neither.
Marks that would cover each other are one mark, which says how many it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.transitions import Topic
from ledger.wording import counted, grouped, moment
from verifier.page.history import Event, History
from verifier.page.links import Links, place_of
from verifier.page.markup import Html, element, text
from verifier.page.tables import frame
from verifier.report import AuditReport

_LEFT: Final = 128
_WIDTH: Final = 848
_TOP: Final = 30
_ROW: Final = 26
_FULL: Final = _LEFT + _WIDTH + 24
#: Marks closer than this are one.
_BIN: Final = 6
_LABEL: Final = 24
#: What a mark says in a tip; the log has all of it.
_WORDS: Final = 120


@dataclass(frozen=True, slots=True)
class _Axis:
    """From the number of an entry to its place."""

    last: int

    def x(self, entry: int) -> int:
        return _LEFT + _WIDTH * min(max(entry, 0), self.last) // max(self.last, 1)


def timeline(report: AuditReport, history: History | None, links: Links) -> Html:
    """The picture, and a sentence for who cannot see it."""
    events = _events(report, history)
    last = max([one.entry for one in events] + [report.entries - 1, 1])
    axis = _Axis(last)
    lanes: list[tuple[str, dict[int, list[Event]]]] = [
        (lane, _binned(axis, (one for one in events if one.lane == lane))) for lane in Topic
    ]
    bottom = _TOP + _ROW * (len(lanes) + 1)
    parts = [
        *_bands(axis, events, bottom),
        *_findings(axis, report, links),
        *(part for row, (name, bins) in enumerate(lanes, 1) for part in _lane(row, name, bins)),
        *_scale(axis, events, bottom),
    ]
    summary = _summary(events, last)
    picture = Html(
        f'<svg class="timeline" viewBox="0 0 {_FULL} {bottom + 40}" role="img" '
        f'aria-labelledby="picture-title picture-text">'
        f'<title id="picture-title">Timeline of the ledger</title>'
        f'<desc id="picture-text">{text(summary)}</desc>{"".join(parts)}</svg>'
    )
    caption = "Every entry of the ledger, from left to right; point at a mark to read it"
    return element("figure", frame(picture, "Timeline"), element("figcaption", caption))


def _events(report: AuditReport, history: History | None) -> Sequence[Event]:
    """Those of the history; without one, what the report itself places in time."""
    if history is not None:
        return history.events
    found = [
        _event(one.entry, one.epoch, "update-market", "Market", f"epoch {one.epoch} began")
        for one in report.epochs
    ]
    found += [_event(one.entry, 0, "expire", "Market", "an expiry") for one in report.expiries]
    found += [
        _event(one.entry, one.epoch, "publish-claim", "Disclosures", "a claim was published")
        for one in report.receipts
    ]
    return sorted(found, key=lambda one: one.entry)


def _event(entry: int, epoch: int, kind: str, lane: str, words: str) -> Event:
    return Event(entry=entry, time=0, epoch=epoch, kind=kind, lane=lane, accounts=(), words=words)


def _binned(axis: _Axis, events: Iterable[Event]) -> dict[int, list[Event]]:
    bins: dict[int, list[Event]] = {}
    for one in events:
        bins.setdefault(axis.x(one.entry) // _BIN, []).append(one)
    return bins


def _bands(axis: _Axis, events: Sequence[Event], bottom: int) -> Iterator[str]:
    """Every other epoch is shaded; its number stands above it where there is room."""
    starts = [(one.epoch, axis.x(one.entry)) for one in events if one.kind == "update-market"]
    ends = [x for _, x in starts[1:]] + [_LEFT + _WIDTH]
    room = 0
    for (epoch, start), end in zip(starts, ends, strict=False):
        if epoch % 2:
            yield (
                f'<rect class="band" x="{start}" y="{_TOP}" width="{max(end - start, 1)}" '
                f'height="{bottom - _TOP}"/>'
            )
        if start >= room:
            yield f'<text class="epoch" x="{start + 2}" y="{_TOP - 8}">{epoch}</text>'
            room = start + _LABEL
    yield f'<text class="lane" x="{_LEFT - 12}" y="{_TOP - 8}">Epoch</text>'


def _lane(row: int, name: str, bins: Mapping[int, Sequence[Event]]) -> Iterator[str]:
    y = _TOP + _ROW * row
    quiet = "" if bins else " quiet"
    yield f'<text class="lane{quiet}" x="{_LEFT - 12}" y="{y + 17}">{text(name)}</text>'
    yield f'<path class="rail" d="M{_LEFT} {y + 13}H{_LEFT + _WIDTH}"/>'
    tone = name.lower().replace(" ", "-")
    for place, events in sorted(bins.items()):
        height = min(20, 10 + 2 * len(events))
        yield (
            f'<rect class="mark {tone}" x="{place * _BIN}" y="{y + 13 - height // 2}" '
            f'width="{_BIN - 2}" height="{height}" rx="1"><title>{_told(events)}</title></rect>'
        )


def _findings(axis: _Axis, report: AuditReport, links: Links) -> Iterator[str]:
    """The first row: entries at fault, as links where the page has a row for them."""
    yield f'<text class="lane" x="{_LEFT - 12}" y="{_TOP + 17}">Findings</text>'
    entries: dict[int, list[str]] = {}
    for one in report.findings:
        if one.entry is not None:
            entries.setdefault(one.entry, []).append(one.code.value)
    for entry, codes in sorted(entries.items()):
        mark = (
            f'<text class="fault" x="{axis.x(entry)}" y="{_TOP + 18}">✕'
            f"<title>entry {grouped(entry)}: {text(', '.join(codes))}</title></text>"
        )
        shown = any(one.entry == entry for one in links.events)
        yield f'<a href="#{place_of(entry)}">{mark}</a>' if shown else mark


def _scale(axis: _Axis, events: Sequence[Event], bottom: int) -> Iterator[str]:
    """Numbers of entries below, and the times of the first and the last."""
    yield f'<path class="axis" d="M{_LEFT} {bottom}H{_LEFT + _WIDTH}"/>'
    for part in range(5):
        entry = axis.last * part // 4
        yield (f'<text class="tick" x="{axis.x(entry)}" y="{bottom + 16}">{grouped(entry)}</text>')
    yield f'<text class="lane" x="{_LEFT - 12}" y="{bottom + 16}">Entry</text>'
    if events and events[-1].time:
        first, last = moment(events[0].time), moment(events[-1].time)
        yield f'<text class="time" x="{_LEFT}" y="{bottom + 34}">{text(first)}</text>'
        yield (f'<text class="time end" x="{_LEFT + _WIDTH}" y="{bottom + 34}">{text(last)}</text>')


def _told(events: Sequence[Event]) -> Html:
    if len(events) == 1:
        return text(f"entry {grouped(events[0].entry)}: {events[0].words[:_WORDS]}")
    first, last = events[0].entry, events[-1].entry
    return text(
        f"{counted(len(events), 'entry', 'entries')}, {grouped(first)} to {grouped(last)}; "
        f"the first: {events[0].words[:_WORDS]}"
    )


def _summary(events: Sequence[Event], last: int) -> str:
    lanes = {lane: sum(one.lane == lane for one in events) for lane in Topic}
    counts = ", ".join(f"{lane.lower()} {grouped(n)}" for lane, n in lanes.items() if n)
    return f"Entries 0 to {grouped(last)}. Marks by row: {counts or 'none'}. The log below has all."
