"""From everything that was counted and found to the one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.requirements import open_order
from verifier.findings import finding
from verifier.fractions import fractions_of
from verifier.options import Options
from verifier.present import market_now
from verifier.replay import Replay
from verifier.report import (
    AuditReport,
    Cases,
    Code,
    CrossCheck,
    Finding,
    HeadCheck,
    Identity,
    Invariants,
    KeyReport,
    Standing,
    StoredState,
    Timing,
    Tip,
    Verdict,
)
from verifier.valuation import Valuation

#: What no audit of a ledger alone can know.
_NOT_KNOWN = (
    "That the custodian holds what it signed for: deposits, endowments and payouts are its word.",
    "That the prices and settlement values were those of the world: t of n oracles signed them.",
    "Who stands behind a key, and whether several keys are in one hand.",
)
_CEREMONY = "That somebody who took part in the ceremony of the keys forgot its secret."
_DEVELOPMENT = "That no proof was forged: whoever made the development keys could."
_TAIL = "That the log was not cut short at its end: no head from elsewhere was given."


@dataclass(frozen=True, slots=True)
class Results:
    """What an audit has when it is over; `replay` is None where it could not begin."""

    options: Options
    replay: Replay | None
    keys: tuple[KeyReport, ...]
    findings: Sequence[Finding]
    last: int | None
    head: HeadCheck
    cross_check: CrossCheck | None
    stored_state: StoredState
    #: Seconds before the first entry could be replayed, and in all.
    start: float
    seconds: float


def summed_up(results: Results) -> AuditReport:
    """The report; findings come in the order of their entries, those of none last."""
    replay = results.replay
    state = _standing(replay) if replay and replay.replayed.last else None
    findings = tuple(sorted([*results.findings, *_deficit(state, replay)], key=_place))
    errors = [found for found in findings if found.severity == "error"]
    bad = [found.entry for found in errors if found.entry is not None]
    last = replay.replayed.last if replay else None
    entries = last.number + 1 if last else 0
    unjudged = max(0, results.last + 1 - entries) if results.last is not None else 0
    verdict: Verdict = "invalid" if errors else "valid with remarks" if findings else "valid"
    start = results.options.start
    markets, receipts = (replay.markets, replay.receipts) if replay else (None, None)
    gathering = replay.gathering if replay else None
    proofs: Counter[str] = gathering.proofs if gathering else Counter()
    return AuditReport(
        verdict=verdict,
        summary=_summary(results, verdict, errors, entries),
        ledger=_identity(replay.genesis) if replay else None,
        backend=results.options.backend.name,
        entries=entries,
        unjudged=unjudged,
        tip=_tip(last) if last else None,
        first_bad=min(bad, default=None),
        findings=findings,
        transitions=dict(sorted(replay.transitions.items())) if replay else {},
        settled_legs=replay.legs if replay else 0,
        proofs=sum(proofs.values()),
        unjudged_proofs=gathering.unjudged if gathering else 0,
        proofs_by_statement=dict(sorted(proofs.items())),
        batches=gathering.batches if gathering else 0,
        signatures=gathering.signatures if gathering else 0,
        spans=gathering.spans if gathering else 0,
        keys=results.keys,
        invariants=_invariants(replay, findings),
        standing=state,
        head=results.head,
        market=market_now(replay.state) if replay and last and replay.state.pool.epoch else None,
        epochs=tuple(markets.epochs) if markets else (),
        overdue=tuple(replay.heartbeats.cases) if replay else (),
        receipts=tuple(receipts.kept) if receipts else (),
        receipts_omitted=receipts.omitted if receipts else 0,
        expiries=tuple(markets.expiries) if markets else (),
        stored_state=results.stored_state,
        continued=start.continued if start else None,
        cross_check=results.cross_check,
        not_known=_not_known(results),
        timing=_timing(results, sum(proofs.values())),
    )


def _place(found: Finding) -> tuple[bool, int]:
    return found.entry is None, found.entry or 0


def _summary(results: Results, verdict: Verdict, errors: Sequence[Finding], entries: int) -> str:
    gathering = results.replay.gathering if results.replay else None
    if errors:
        first, left = errors[0], gathering.unjudged if gathering else 0
        where = "" if first.entry is None else f" in entry {first.entry}"
        more = f" Not judged, because so many proofs are false: {left:,}." if left else ""
        return f"Not in order: {first.code}{where}, {first.subject}. {first.explanation}{more}"
    proofs = sum(gathering.proofs.values()) if gathering else 0
    tail = "" if results.head.hash else "; whether entries are missing at its end is not known"
    kind = "In order" if verdict == "valid" else "In order, with remarks"
    return f"{kind}: {entries:,} entries and {proofs:,} proofs follow the rules{tail}."


def _identity(genesis: Genesis) -> Identity:
    shape, listing = genesis.shape, genesis.listing
    return Identity(
        id=genesis.ledger.hex(),
        name=genesis.name,
        mode=genesis.mode,
        shape=(shape.assets, shape.instruments, shape.scenarios),
        underlyings=listing.underlyings,
        components=listing.labels,
        founded=genesis.time,
    )


def _tip(entry: Entry) -> Tip:
    return Tip(number=entry.number, time=entry.time, hash=entry.hash.hex(), root=entry.root.hex())


def _invariants(replay: Replay | None, findings: Sequence[Finding]) -> Invariants:
    if replay is None:
        none = Cases(checked=0, failed=0)
        names = (name for name in Invariants.model_fields if name != "tables_off_by_one")
        return Invariants(tables_off_by_one=0, **dict.fromkeys(names, none))
    kept, markets = replay.conservation, replay.markets
    paid, sales = replay.payments, replay.defaults
    bad_roots = sum(found.code is Code.ROOT for found in findings)
    return Invariants(
        conservation=Cases(checked=kept.checked, failed=kept.failed),
        totals=Cases(checked=kept.checked, failed=kept.totals_failed),
        roots=Cases(checked=replay.roots, failed=bad_roots),
        tables=Cases(checked=markets.checked, failed=markets.failed),
        tables_off_by_one=markets.off_by_one,
        payouts=Cases(checked=paid.checked, failed=paid.failed),
        defaults=Cases(checked=sales.checked, failed=sales.failed),
        settlements=Cases(checked=markets.settled, failed=markets.unsettled),
    )


def _standing(replay: Replay) -> Standing:
    state, pool = replay.state, replay.state.pool
    accounts = [state.account(index) for index in range(pool.accounts)]
    status = Counter(account.status for account in accounts)
    orders = (open_order(state, account) for account in accounts)
    fractions = fractions_of(state, replay.payments.saved)
    return Standing(
        accounts=pool.accounts,
        active=status["active"],
        revealed=status["revealed"],
        frozen=status["frozen"],
        on_sale=tuple(account.id for account in accounts if account.status == "frozen"),
        open_orders=sum(order is not None for order in orders),
        epoch=pool.epoch,
        locked=bool(pool.epoch) and state.current_market.is_locked,
        totals=pool.totals,
        untraded=pool.untraded,
        queued=pool.queued,
        waiting=replay.payments.waiting,
        fund=pool.fund.values,
        fund_equity=(Valuation.of_sales(state).equity(pool.fund.values) if pool.epoch else None),
        fund_on_sale=pool.fund_sale is not None,
        deficit=max(0, fractions.owed),
        fraction=fractions.traders,
        untraded_fraction=fractions.savers,
    )


def _deficit(standing: Standing | None, replay: Replay | None) -> Iterator[Finding]:
    """Who relies on being paid in full must know that nobody is."""
    if standing is None or replay is None or not standing.deficit:
        return
    last = replay.replayed.last
    numerator, denominator = standing.fraction
    yield finding(
        Code.DEFICIT,
        None if last is None else last.number,
        "what is lost and not covered",
        "a fund that covers it",
        f"{standing.deficit} in cash; withdrawals are paid at {numerator / denominator:.4%}",
    )


def _not_known(results: Results) -> tuple[str, ...]:
    keys = _DEVELOPMENT if any(key.development for key in results.keys) else _CEREMONY
    tail = (_TAIL,) if results.head.status == "not given" else ()
    return (*_NOT_KNOWN, keys, *tail)


def _timing(results: Results, proofs: int) -> Timing:
    spent = results.replay.gathering.seconds if results.replay else {}
    parts = {name: spent.get(name, 0.0) for name in ("signatures", "spans", "proofs")}
    cross = results.cross_check.seconds if results.cross_check else 0.0
    audit = results.seconds - results.start - cross
    return Timing(
        total=results.seconds,
        start=results.start,
        replay=audit - sum(parts.values()),
        proofs_per_second=proofs / audit if audit else 0.0,
        **parts,
    )
