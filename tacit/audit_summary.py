"""A report on a terminal: the verdict first, then whatever a person must not miss."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ledger.wording import money
from verifier.report import AuditReport, Cases, Finding, KeyReport

_STYLES = {"valid": "bold green", "valid with remarks": "bold yellow", "invalid": "bold red"}
_MARKS = {"error": "bold red", "warning": "yellow"}
#: Findings, receipts and cases that a terminal shows; the JSON has all of them.
_SHOWN = 20


def show(report: AuditReport, console: Console) -> None:
    """Prints the report. Names and labels are other people's words, and are never markup."""
    for part in _parts(report):
        console.print(part)


def _parts(report: AuditReport) -> Iterator[RenderableType]:
    title = Text(report.verdict.upper(), style=_STYLES[report.verdict])
    yield Panel(Text(report.summary), title=title, border_style=_STYLES[report.verdict])
    if report.has_development_keys:
        warning = "DEVELOPMENT KEYS: whoever made them can forge every proof of this ledger."
        yield Panel(Text(warning, style="bold"), border_style="bold red")
    yield _facts(report)
    if report.keys:
        yield _keys(report.keys)
    if report.findings:
        yield _findings(report.findings)
    yield from _lists(report)
    yield Text("Not known from a ledger alone:", style="dim")
    yield Group(*(Text(f"  {sentence}", style="dim") for sentence in report.not_known))


def _facts(report: AuditReport) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in _rows(report):
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _rows(report: AuditReport) -> Iterator[tuple[str, str]]:
    if report.ledger is not None:
        yield "ledger", f"{report.ledger.name} ({report.ledger.mode}), {report.ledger.id[:16]}…"
    judged = f"{report.entries:,} replayed"
    yield "entries", judged + (f", {report.unjudged:,} not judged" if report.unjudged else "")
    if report.tip is not None:
        yield "tip", f"entry {report.tip.number:,}, hash {report.tip.hash}"
    yield "head", report.head.explanation
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.transitions.items())
    yield "transitions", kinds or "none"
    left = f" ({report.unjudged_proofs:,} more not judged)" if report.unjudged_proofs else ""
    yield (
        "evidence",
        (
            f"{report.proofs:,} proofs in {report.batches:,} batches{left}, {report.signatures:,} "
            f"signatures, {report.spans:,} representation proofs"
        ),
    )
    for name, cases in report.invariants:
        if isinstance(cases, Cases):
            yield name, _cases(cases)
    yield "state in the file", report.stored_state
    yield from _standing(report)
    if report.continued is not None:
        earlier = report.continued
        skipped = ", ".join(earlier.not_rechecked)
        yield "continued", f"after entry {earlier.tip.number:,}; before it not again: {skipped}"
    if report.cross_check is not None:
        check = report.cross_check
        yield (
            "cross-check",
            (
                f"{check.proofs:,} proofs again on {check.backend} (seed {check.seed}), "
                f"{check.disagreements:,} disagreements"
            ),
        )
    timing = report.timing
    yield (
        "time",
        (
            f"{timing.total:.1f} s on {report.backend}: start {timing.start:.1f}, proofs "
            f"{timing.proofs:.1f}, signatures {timing.signatures:.1f}, spans {timing.spans:.1f}, "
            f"replay {timing.replay:.1f} ({timing.proofs_per_second:,.0f} proofs/s after the start)"
        ),
    )


def _standing(report: AuditReport) -> Iterator[tuple[str, str]]:
    """What whoever has money in it asks first."""
    state = report.standing
    if state is None:
        return
    worth = "no market yet" if state.fund_equity is None else f"worth {money(state.fund_equity)}"
    on_sale = ", ".join(map(str, state.on_sale)) or "none"
    yield "insurance fund", worth + (", with lots on sale" if state.fund_on_sale else "")
    yield "accounts on sale", on_sale
    yield "withdrawals that wait", f"{state.waiting:,}, of {_amounts(report, state.queued)}"
    numerator, denominator = state.fraction
    paid = "in full" if numerator == denominator else f"at {numerator / denominator:.4%}"
    yield "paid now", paid + (f", for a deficit of {money(state.deficit)}" if state.deficit else "")
    locked = sum(any(one.locked) for one in report.epochs)
    now = ", the newest among them" if state.locked else ""
    yield "locked epochs", f"{locked:,} of {len(report.epochs):,}{now}"


def _amounts(report: AuditReport, amounts: tuple[int, ...]) -> str:
    names = () if report.ledger is None else report.ledger.components
    held = [
        f"{amount:,} {name}" if place else f"{money(amount)} {name}"
        for place, (amount, name) in enumerate(zip(amounts, names, strict=False))
        if amount
    ]
    return ", ".join(held) or "nothing"


def _cases(cases: Cases) -> str:
    held = "all as they must be" if not cases.failed else f"{cases.failed:,} findings"
    return f"{cases.checked:,} checked, {held}"


def _keys(keys: tuple[KeyReport, ...]) -> Table:
    table = Table("key", "from", "circuit", "digest", title="Keys", title_justify="left")
    for key in keys:
        origin = Text("a development setup", style="bold red")
        if not key.development:
            origin = Text("a ceremony, pinned" if key.pinned else "a ceremony, it says")
        circuit = "ours" if key.circuit == key.compiled else "ANOTHER"
        table.add_row(key.statement, origin, circuit, f"{key.digest[:16]}…")
    return table


def _findings(findings: tuple[Finding, ...]) -> Table:
    table = Table("entry", "finding", "what", title="Findings", title_justify="left")
    for found in sorted(findings, key=lambda each: each.severity != "error")[:_SHOWN]:
        entry = "" if found.entry is None else f"{found.entry:,}"
        words = (
            f"{found.subject}: expected {found.expected}, got {found.actual}. {found.explanation}"
        )
        table.add_row(entry, Text(found.code, style=_MARKS[found.severity]), Text(words))
    if len(findings) > _SHOWN:
        table.add_row("", "", f"and {len(findings) - _SHOWN:,} more (--json has them)")
    return table


def _lists(report: AuditReport) -> Iterator[RenderableType]:
    if report.overdue:
        table = Table("account", "overdue for", "from entry", "outcome", title="Overdue")
        for case in report.overdue[-_SHOWN:]:
            row = (f"{case.account}", f"{case.seconds:,} s", f"{case.entry:,}", case.outcome)
            table.add_row(*row)
        yield table
    if report.receipts:
        table = Table("entry", "account", "what was proven", title="Published claims")
        for receipt in report.receipts[-_SHOWN:]:
            unknown = f"rows of its own; the owner calls them, unchecked: “{receipt.label}”"
            words = receipt.meaning or unknown
            table.add_row(f"{receipt.entry:,}", f"{receipt.account}", Text(words))
        yield table
