"""Reports to show: of a ledger that is in order, and of one that is not."""

from __future__ import annotations

from functools import cache

from circuits.catalogue import STATEMENTS
from tests.verifier.books.history import everything
from verifier.page import History, history_of
from verifier.present import market_now
from verifier.report import (
    AuditReport,
    Cases,
    Code,
    CrossCheck,
    Epoch,
    Expiry,
    Finding,
    HeadCheck,
    Identity,
    Invariants,
    KeyReport,
    OverdueCase,
    Receipt,
    Severity,
    Standing,
    Timing,
    Tip,
)


@cache
def history() -> History:
    """Of the ledger that the tests of open books are about."""
    found = history_of(everything().world.ledger.entries())
    assert found is not None
    return found


@cache
def valid() -> AuditReport:
    """As an audit of that ledger would say, its keys being from a ceremony."""
    world = everything().world
    state, genesis, head = world.state, world.ledger.genesis, world.ledger.head
    kinds: dict[str, int] = {}
    for event in history().events[1:]:
        kinds[event.kind] = kinds.get(event.kind, 0) + 1
    every = Cases(checked=head.number + 1, failed=0)
    return AuditReport(
        verdict="valid",
        summary=f"valid: {head.number + 1} entries, 63 proofs and 71 signatures hold",
        ledger=Identity(
            id=genesis.ledger.hex(),
            name=genesis.name,
            mode="production",
            shape=(state.shape.assets, state.shape.instruments, state.shape.scenarios),
            underlyings=genesis.listing.underlyings,
            components=genesis.listing.labels,
            founded=genesis.time,
        ),
        backend="native",
        entries=head.number + 1,
        unjudged=0,
        tip=Tip(number=head.number, time=head.time, hash=head.hash.hex(), root=head.root.hex()),
        first_bad=None,
        findings=(),
        transitions=dict(sorted(kinds.items())),
        settled_legs=8,
        proofs=63,
        proofs_by_statement={"claim": 1, "margin": 30, "solvency": 29, "fill": 3},
        batches=2,
        signatures=71,
        spans=23,
        keys=tuple(_key(name, development=False) for name in STATEMENTS),
        invariants=Invariants(
            conservation=every,
            totals=every,
            roots=every,
            tables=Cases(checked=state.pool.epoch, failed=0),
            tables_off_by_one=1,
            payouts=Cases(checked=2, failed=0),
            defaults=Cases(checked=2, failed=0),
            settlements=Cases(checked=1, failed=0),
        ),
        standing=Standing(
            accounts=5,
            active=4,
            revealed=1,
            frozen=0,
            on_sale=(),
            open_orders=0,
            epoch=state.pool.epoch,
            locked=False,
            totals=state.pool.totals,
            untraded=state.pool.untraded,
            queued=state.pool.queued,
            waiting=0,
            fund=state.pool.fund.values,
            fund_equity=state.sale_demands().equity(state.pool.fund.values),
            fund_on_sale=False,
            deficit=0,
            fraction=(1, 1),
            untraded_fraction=(1, 1),
        ),
        market=market_now(state),
        head=HeadCheck(
            status="not given",
            explanation="No head from elsewhere was given: a log that was cut short at its end "
            "cannot be told from one that never grew.",
        ),
        epochs=_epochs(),
        overdue=(
            OverdueCase(
                account=4,
                since=1_767_319_201,
                entry=37,
                until=1_767_321_001,
                until_entry=39,
                outcome="put on sale",
            ),
        ),
        receipts=(
            receipt("net delta of BTC between −10 and 10", "delta within 10"),
            receipt(None, "x"),
        ),
        receipts_omitted=0,
        expiries=(Expiry(entry=47, instrument=1, value=200),),
        stored_state="matches",
        continued=None,
        cross_check=CrossCheck(backend="py_ecc", seed=7, proofs=5, disagreements=0, seconds=3.2),
        not_known=(
            "Whether the prices that the oracles signed are those of the market.",
            "Whether the custodian still has what was deposited.",
        ),
        timing=Timing(
            total=1.84, replay=0.61, signatures=0.02, spans=0.05, proofs=0.48, proofs_per_second=34
        ),
    )


def remarkable() -> AuditReport:
    """Valid, with remarks: development keys, and somebody who was overdue."""
    remarks = (
        _finding(Code.DEVELOPMENT_KEY, None, "key of claim", "warning"),
        _finding(Code.DEVELOPMENT_KEY, None, "key of solvency", "warning"),
        _finding(Code.OVERDUE, 39, "account 4", "warning"),
    )
    keys = tuple(_key(name, development=True) for name in STATEMENTS)
    changes = {"verdict": "valid with remarks", "findings": remarks, "keys": keys}
    return valid().model_copy(update=changes | {"summary": "valid, with 3 remarks"})


def invalid(findings: int = 60) -> AuditReport:
    """Many things are wrong with it, from entry 12 on."""
    codes = list(Code)
    found = tuple(
        _finding(codes[i % len(codes)], 12 + i % 34, f"solvency of account {i % 5}", "error")
        for i in range(findings)
    )
    failing = valid().invariants.model_copy(
        update={"conservation": Cases(checked=47, failed=3), "roots": Cases(checked=47, failed=35)}
    )
    return remarkable().model_copy(
        update={
            "verdict": "invalid",
            "summary": f"invalid: entry 12 is the first of {findings} at fault",
            "first_bad": 12,
            "findings": found + remarkable().findings,
            "invariants": failing,
            "stored_state": "differs",
            "unjudged": 3,
        }
    )


def unreadable() -> AuditReport:
    """Not even the genesis could be read."""
    never = Cases(checked=0, failed=0)
    return valid().model_copy(
        update={
            "verdict": "invalid",
            "summary": "invalid: there is no genesis",
            "ledger": None,
            "tip": None,
            "entries": 0,
            "first_bad": 0,
            "findings": (_finding(Code.GENESIS, 0, "genesis", "error"),),
            "transitions": {},
            "keys": (),
            "standing": None,
            "epochs": (),
            "overdue": (),
            "receipts": (),
            "expiries": (),
            "cross_check": None,
            "proofs": 0,
            "signatures": 0,
            "spans": 0,
            "batches": 0,
            "settled_legs": 0,
            "stored_state": "not compared",
            "invariants": Invariants(
                conservation=never,
                totals=never,
                roots=never,
                tables=never,
                tables_off_by_one=0,
                payouts=never,
                defaults=never,
                settlements=never,
            ),
            "market": None,
        }
    )


def _key(statement: str, *, development: bool) -> KeyReport:
    return KeyReport(
        statement=statement,
        digest="3f" * 32,
        development=development,
        circuit="a1" * 32,
        compiled="a1" * 32,
        pinned=None if development else True,
    )


def _epochs() -> tuple[Epoch, ...]:
    return tuple(
        Epoch(
            epoch=event.epoch,
            entry=event.entry,
            time=event.time,
            spots=(6_000_000 - 90_000 * event.epoch,),
            vols=(500_000,),
            given=event.time,
            reports=2,
            heard=2,
            locked=(False,),
            difference="",
        )
        for event in history().events
        if event.kind == "update-market"
    )


def receipt(meaning: str | None, label: str) -> Receipt:
    return Receipt(
        entry=46,
        account=0,
        epoch=9,
        time=1_769_819_400,
        meaning=meaning,
        label=label,
        matrix=((1, 0, 0, 0),) * 4,
        constants=(0,) * 4,
    )


def _finding(code: Code, entry: int | None, subject: str, severity: Severity) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        entry=entry,
        subject=subject,
        expected="a proof that proves its statement",
        actual="3f" * 32,
        explanation="The proof does not prove its statement: nothing shows that the account is "
        "sound.",
    )
