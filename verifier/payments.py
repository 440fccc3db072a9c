"""What leaves the ledger: how much, when at the earliest, and what waits for it in between.

Everything here follows from what the transitions say, and from the times of markets: what accounts
hold that never traded, the amounts that left accounts and wait, and the day on which each is due.

    due = when the first market came that is a grace later than the one it was judged under,
          and then the time of a reveal and of a sale
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from circuits.shape import Shape
from ledger.errors import NotAdmitted
from ledger.records import Withdrawal
from ledger.state import State
from ledger.transitions import (
    Absorb,
    Deposit,
    OpenAccount,
    PayOut,
    PlaceOrder,
    Redeem,
    Settle,
    TakeOver,
    Transition,
    UpdateMarket,
    Withdraw,
)
from verifier.findings import finding
from verifier.fractions import fractions_of, part_of
from verifier.report import Code, Finding


@dataclass(slots=True)
class _Clock:
    """Of one epoch: its time by the oracles, the grace in force, and when it has run out."""

    time: int
    grace: int
    due: int | None = None


@dataclass(slots=True)
class Payments:
    """Savings, the queue, and what was paid; each is held against the records."""

    shape: Shape
    checked: int = 0
    failed: int = 0
    #: The asset and the amount that the present entry pays, by our own reckoning, and what of the
    #: withdrawal it does not pay: that is the fund's.
    paid: tuple[int, int] | None = None
    kept: tuple[int, int] | None = None
    _saved: dict[int, list[int]] = field(default_factory=dict)
    _waiting: dict[int, Withdrawal] = field(default_factory=dict)
    _count: int = 0
    _clocks: dict[int, _Clock] = field(default_factory=dict)
    _undated: int = 1
    _sums: list[int] = field(default_factory=list)
    _queued: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sums, self._queued = [0] * self.shape.assets, [0] * self.shape.assets

    @property
    def saved(self) -> tuple[int, ...]:
        """What accounts hold together that never traded."""
        return tuple(self._sums)

    @property
    def waiting(self) -> int:
        """How many withdrawals wait."""
        return len(self._waiting)

    def step(
        self, number: int, before: State, after: State, transition: Transition, keys: Iterable[str]
    ) -> Iterator[Finding]:
        """Finds what was paid too early, or too much, and what is not on record as it must be."""
        self.paid = self.kept = None
        if isinstance(transition, Withdraw | PayOut):
            yield from self._pay(number, before, after, transition)
        self._follow(after, transition)
        yield from self._check_records(number, after, keys)

    def _pay(
        self, number: int, before: State, after: State, transition: Withdraw | PayOut
    ) -> Iterator[Finding]:
        fractions = fractions_of(before, self.saved)
        if isinstance(transition, PayOut):
            self.checked += 1
            one = self._waiting.get(transition.withdrawal)
            if one is None:
                self.failed += 1
                yield _wrong(number, transition, "a withdrawal that waits", "none")
                return
            yield from self._check_time(number, before, after, transition, one)
            asset, whole = one.asset, one.amount
            amount = part_of(whole, fractions.traders)
        elif transition.account in self._saved:
            self.checked += 1
            asset, whole = transition.asset, transition.amount
            amount = part_of(whole, fractions.savers)
        else:
            return
        self.paid, self.kept = (asset, amount), (asset, whole - amount)
        actual = before.pool.totals[asset] - after.pool.totals[asset]
        if actual != amount:
            self.failed += 1
            yield _wrong(number, transition, f"{amount} to be paid", f"{actual}")

    def _check_time(
        self, number: int, before: State, after: State, transition: PayOut, one: Withdrawal
    ) -> Iterator[Finding]:
        due, now = self._clocks[one.epoch].due, after.pool.time
        if due is None or now < due:
            self.failed += 1
            expected = "a market that is a grace later" if due is None else f"time {due} or later"
            yield _wrong(number, transition, expected, f"time {now}")
        if before.pool.epoch and before.current_market.default_mark is not None:
            self.failed += 1
            yield _wrong(number, transition, "prices within their bounds", "a locked market")

    def _follow(self, after: State, transition: Transition) -> None:
        match transition:
            case OpenAccount():
                self._saved[after.pool.accounts - 1] = [0] * self.shape.assets
            case Deposit():
                self._add(transition.account, transition.asset, transition.amount)
            case PlaceOrder():
                self._add(transition.account, 0, -after.parameters.order_fee)
            case Withdraw():
                self._withdraw(after, transition)
            case PayOut():
                one = self._waiting.pop(transition.withdrawal, None)
                if one is not None:
                    self._queued[one.asset] -= one.amount
            case Settle():
                for leg in transition.legs:
                    self._trade(leg.account)
            case Redeem():
                self._trade(transition.account)
            case TakeOver():
                self._trade(transition.account)
                if transition.target is not None:
                    self._trade(transition.target)
            case Absorb():
                self._trade(transition.target)
            case UpdateMarket():
                self._date(after, transition)

    def _withdraw(self, after: State, transition: Withdraw) -> None:
        if transition.account in self._saved:
            self._add(transition.account, transition.asset, -transition.amount)
            return
        self._waiting[self._count] = Withdrawal(
            account=transition.account,
            asset=transition.asset,
            amount=transition.amount,
            epoch=after.pool.epoch,
        )
        self._queued[transition.asset] += transition.amount
        self._count += 1

    def _date(self, after: State, transition: UpdateMarket) -> None:
        """The new market ends the grace of some that came before it."""
        parameters = after.parameters
        self._clocks[transition.epoch] = _Clock(transition.time, parameters.grace)
        while self._undated < transition.epoch:
            clock = self._clocks[self._undated]
            if transition.time < clock.time + clock.grace:
                return
            clock.due = after.pool.time + parameters.reveal + parameters.sale_duration
            self._undated += 1

    def _add(self, account: int, asset: int, amount: int) -> None:
        if account in self._saved:
            self._saved[account][asset] += amount
            self._sums[asset] += amount

    def _trade(self, account: int) -> None:
        """From now on nobody but its owner knows what it holds."""
        held = self._saved.pop(account, [0] * self.shape.assets)
        self._sums = [total - part for total, part in zip(self._sums, held, strict=True)]

    def _check_records(self, number: int, after: State, keys: Iterable[str]) -> Iterator[Finding]:
        pool = after.pool
        subjects: list[tuple[str, object, object]] = [
            ("assets of accounts that never traded", self.saved, pool.untraded),
            ("amounts that wait to be paid", tuple(self._queued), pool.queued),
            ("withdrawals so far", self._count, pool.withdrawals),
        ]
        for key in keys:
            name, _, index = key.partition("/")
            if name == "account":
                held = self._saved.get(int(index))
                ours = None if held is None else tuple(held)
                subjects.append((f"holdings of {key}", ours, after.account(int(index)).holdings))
            elif name == "withdrawal":
                subjects.append((key, self._waiting.get(int(index)), waiting_in(after, int(index))))
        for subject, expected, actual in subjects:
            if expected != actual:
                self.failed += 1
                yield finding(Code.TOTALS, number, subject, expected, actual)
        # Each entry answers for itself.
        self._sums, self._queued, self._count = (
            list(pool.untraded),
            list(pool.queued),
            pool.withdrawals,
        )


def waiting_in(state: State, index: int) -> Withdrawal | None:
    """The record of a withdrawal, or None where it does not wait (any more)."""
    try:
        return state.withdrawal(index)
    except NotAdmitted:
        return None


def _wrong(number: int, transition: Withdraw | PayOut, expected: object, actual: object) -> Finding:
    subject = (
        f"withdrawal {transition.withdrawal}"
        if isinstance(transition, PayOut)
        else f"withdrawal of account {transition.account}"
    )
    return finding(Code.PAYOUT, number, subject, expected, actual)
