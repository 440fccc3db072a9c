"""The time of the next entry, and whose clock it is by."""

from __future__ import annotations

import time as clock

from ledger.port import LedgerPort
from tacit.console import err


def ledger_time(opened: LedgerPort, time: int | None) -> int:
    """The time of the next entry: what was asked for, or now, but never before the last entry."""
    if time is not None:
        return time
    now = int(clock.time())
    _warn_of_clock(opened, now)
    return max(opened.head.time, now)


def _warn_of_clock(opened: LedgerPort, now: int) -> None:
    """Whoever runs a ledger sets its clock: who uses it has one of their own."""
    ahead = opened.head.time - now
    if abs(ahead) > opened.state.parameters.max_gap:
        where = "ahead of" if ahead > 0 else "behind"
        err.print(f"clock: the ledger's is {abs(ahead):,} s {where} this machine's")
