"""Withdrawals that wait: since when, until when, and what will be paid of them.

What leaves an account that has traded is paid when the losers of the same market have been opened
and sold: `reveal` and the sale after the first market that is later by the grace. Nobody knows when
that market will be there; it cannot be before the grace is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.errors import NotAdmitted
from ledger.market.listing import Listing
from ledger.payout import Share, share
from ledger.port import LedgerPort
from ledger.records import Withdrawal
from ledger.state import State
from ledger.transitions import PayOut
from ledger.wording import amount_of, instant


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of them; `due` is None until the market that dates it is there."""

    number: int
    account: int
    asset: int
    amount: int
    epoch: int
    due: int | None
    #: When it is due, or the earliest moment at which it may be.
    expected: int
    #: What would be paid of it now.
    fraction: Share

    def is_due_at(self, time: int) -> bool:
        """Whether it can be paid at that time, under a market that is not stale or locked."""
        return self.due is not None and self.due <= time

    def sentence(self, listing: Listing) -> str:
        """For people."""
        due = self.due
        when = f"not before {instant(self.expected)}" if due is None else f"due at {instant(due)}"
        part = "in full" if self.fraction.is_whole else f"{self._percent} of it"
        return (
            f"withdrawal {self.number} of {amount_of(listing, self.asset, self.amount)} waits, "
            f"{when}; as things stand it is paid {part}"
        )

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "withdrawal": self.number,
            "asset": self.asset,
            "amount": self.amount,
            "epoch": self.epoch,
            "due": self.due,
            "expected": self.expected,
            "fraction": [self.fraction.numerator, self.fraction.denominator],
        }

    @property
    def _percent(self) -> str:
        return f"{self.fraction.numerator / self.fraction.denominator:.2%}"


def waiting(state: State, account: int | None = None) -> Iterator[Waiting]:
    """Every withdrawal that waits, or those of one account, in the order in which they came."""
    parameters, fraction = state.parameters, share(state, untraded=False)
    for number, record in reversed(list(_newest_first(state))):
        if account not in (None, record.account):
            continue
        clock = state.clock(record.epoch)
        earliest = clock.time + clock.grace + parameters.reveal + parameters.sale_duration
        yield Waiting(
            number=number,
            account=record.account,
            asset=record.asset,
            amount=record.amount,
            epoch=record.epoch,
            due=clock.due,
            expected=earliest if clock.due is None else clock.due,
            fraction=fraction,
        )


def _newest_first(state: State) -> Iterator[tuple[int, Withdrawal]]:
    """Until they add up to all that waits: whatever came before them has been paid."""
    left = list(state.pool.queued)
    for number in reversed(range(state.pool.withdrawals)):
        if not any(left):
            return
        try:
            record = state.withdrawal(number)
        except NotAdmitted:
            continue  # it has been paid
        left[record.asset] -= record.amount
        yield number, record


def pay_out(ledger: LedgerPort, one: Waiting, time: int) -> dict[str, Any]:
    """Has it paid; what came of it, as JSON takes it."""
    before = ledger.state.pool.totals[one.asset]
    entry = ledger.submit(PayOut(withdrawal=one.number), max(time, ledger.head.time))
    paid = before - ledger.state.pool.totals[one.asset]
    return {
        "entry": entry.number,
        "withdrawal": one.number,
        "account": one.account,
        "asset": one.asset,
        "amount": one.amount,
        "paid": paid,
    }
