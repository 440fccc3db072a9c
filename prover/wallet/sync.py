"""Follows a log to its end, and says what of the things on their way has come, or cannot any more.

A record goes in and a record comes out; where something does not fit nothing comes out, and the
wallet stays as it was.
"""

from __future__ import annotations

from ledger.encoding import Decoding
from ledger.port import LedgerPort
from ledger.state import State
from prover.author import Author
from prover.wallet.errors import OtherLedger, RolledBack, Unreadable
from prover.wallet.history import Follower
from prover.wallet.records import Seen, Trade, WalletRecord


def follow(
    record: WalletRecord, author: Author, ledger: LedgerPort, decoding: Decoding
) -> tuple[WalletRecord, tuple[str, ...]]:
    """The record after the newest entry, and the names of what is void."""
    _check_same_log(record, ledger)
    walk = Follower(record, author, ledger.state, ledger.entry, decoding)
    while True:
        for entry in ledger.entries(walk.record.seen.number + 1):
            walk.take(entry)
        state = ledger.state
        if ledger.head.number == walk.record.seen.number:
            break  # nobody has written in the meantime: state and log agree
    _check_commitment(walk.record, state)
    return _judged(walk.record, state)


def _check_same_log(record: WalletRecord, ledger: LedgerPort) -> None:
    if ledger.id != record.ledger:
        raise OtherLedger(
            "ledger", expected=f"{record.ledger.hex()[:16]}…", actual=f"{ledger.id.hex()[:16]}…"
        )
    seen, last = record.seen, ledger.head.number
    if last < seen.number:
        raise RolledBack(
            "log of the ledger",
            expected=f"entry {seen.number}, which this wallet has seen",
            actual=f"a log that ends with entry {last}",
        )
    _check_same_entry(seen, ledger)


def _check_same_entry(seen: Seen, ledger: LedgerPort) -> None:
    if ledger.entry(seen.number).hash != seen.hash:
        raise RolledBack(
            f"entry {seen.number} of the ledger",
            expected="the one that this wallet has seen",
            actual="another in its place",
        )


def _check_commitment(record: WalletRecord, state: State) -> None:
    """What was followed must open what the ledger holds now."""
    if record.account is None or record.opening is None:
        return
    actual = state.account(record.account).commitment
    if record.opening.commit().point != actual:
        raise Unreadable(
            f"opening of account {record.account}",
            expected="one of the commitment on the ledger",
            actual="another",
        )


def _judged(record: WalletRecord, state: State) -> tuple[WalletRecord, tuple[str, ...]]:
    """What the log up to its end does not contain, and cannot any more, is void.

    A pending transition was to be submitted by the process that held this file; it is gone. A trade
    can still be submitted by the other side while its epoch and both nonces last.
    """
    void = [] if record.pending is None else [record.pending.kind]
    trades = []
    for trade in record.trades:
        if trade.status == "open" and not _can_settle(trade, record, state):
            void.append(f"trade with account {trade.other}")
            trades.append(trade.model_copy(update={"status": "void"}))
        else:
            trades.append(trade)
    return record.model_copy(update={"pending": None, "trades": tuple(trades)}), tuple(void)


def _can_settle(trade: Trade, record: WalletRecord, state: State) -> bool:
    assert record.account is not None  # trades are made by accounts
    places = ((record.account, trade.nonce), (trade.other, trade.other_nonce))
    if trade.epoch != state.pool.epoch:
        return False
    return all(state.account(account).nonce == nonce for account, nonce in places)
