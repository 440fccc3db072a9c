"""What happened, for a page: events in words, the public side of accounts, who had proven when.

An audit's report says what is wrong and sums up the rest; a reader wants to see the ledger's life
besides. All of it is public, and follows from the log by the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from ledger.encoding import Decoding
from ledger.log import Entry
from ledger.records import Account
from ledger.requirements import open_order
from ledger.state import State
from ledger.transitions import Before, Topic
from verifier.books.replay import BookReplay, Founded, ReplayedEntry, Stopped
from verifier.log import open_log
from verifier.report import Part
from zk.backends import Backend

#: Of each account the state of its duty to prove at the end of an epoch; exactly one holds.
Duty = Literal["proven", "exempt", "in grace", "overdue", "on sale"]
DUTIES: Final[tuple[Duty, ...]] = ("proven", "exempt", "in grace", "overdue", "on sale")
#: Who can show what is in an account: the guardians, anybody, or its owner alone.
Availability = Literal["in escrow", "public", "never in escrow"]


class Event(Part):
    """One entry, in words."""

    entry: int
    time: int
    epoch: int
    kind: str
    lane: str
    is_rare: bool = False
    accounts: tuple[int, ...]
    words: str


class AccountLine(Part):
    """What everybody may know of one account."""

    account: int
    owner: str
    commitment: str
    status: Literal["active", "revealed", "frozen"]
    duty: Duty
    standing: int
    nonce: int
    #: An order that is open at the tip.
    order: int | None
    opening: Availability
    last_entry: int


class Coverage(Part):
    """How many accounts were in which state when an epoch ended, or stand so at the tip."""

    epoch: int
    entry: int
    time: int
    tip: bool
    counts: dict[Duty, int]


class History(Part):
    """What a page shows besides the report."""

    tip: int
    tip_hash: str
    events: tuple[Event, ...]
    accounts: tuple[AccountLine, ...]
    coverage: tuple[Coverage, ...]


def history_in(path: Path, backend: Backend) -> History | None:
    """The history of the ledger in that file."""
    with open_log(path) as log:
        return history_of(log.entries(), Decoding(backend.decode_point))


def history_of(entries: Iterable[Entry], decoding: Decoding | None = None) -> History | None:
    """The history up to where the rules were left; None where not even the genesis is readable."""
    try:
        walk = BookReplay(entries, decoding)
    except Stopped:
        return None
    chronicle = _Chronicle(walk)
    try:
        for step in walk.steps(chronicle.end_epoch):
            chronicle.write(step)
    except Stopped:
        pass  # the audit has a finding there; the history ends before it
    return chronicle.close()


class _Chronicle:
    """Written entry by entry; an epoch's account of itself is taken when the next one begins."""

    def __init__(self, walk: BookReplay) -> None:
        self._walk = walk
        self._head = walk.founded.entry
        self._events = [_first_event(walk.founded)]
        self._coverage: list[Coverage] = []
        self._touched: dict[int, int] = {}

    def write(self, step: ReplayedEntry) -> None:
        self._head = step.entry
        self._touched |= dict.fromkeys(step.accounts, step.entry.number)
        self._events.append(_event(step))

    def end_epoch(self) -> None:
        if self._walk.state.pool.epoch:
            self._coverage.append(self._counted(tip=False))

    def close(self) -> History:
        state = self._walk.state
        if state.pool.epoch:
            self._coverage.append(self._counted(tip=True))
        return History(
            tip=self._head.number,
            tip_hash=self._head.hash.hex(),
            events=tuple(self._events),
            accounts=tuple(self._line(state, index) for index in range(state.pool.accounts)),
            coverage=tuple(self._coverage),
        )

    def _line(self, state: State, index: int) -> AccountLine:
        account, order = state.account(index), open_order(state, state.account(index))
        return AccountLine(
            account=index,
            owner=account.owner.hex(),
            commitment=account.commitment.encode().hex(),
            status=account.status,
            duty=_duty(state, index),
            standing=account.standing,
            nonce=account.nonce,
            order=None if order is None else order.id,
            opening=_opening(account),
            last_entry=self._touched.get(index, 0),
        )

    def _counted(self, *, tip: bool) -> Coverage:
        state = self._walk.state
        counts: dict[Duty, int] = dict.fromkeys(DUTIES, 0)
        for index in range(state.pool.accounts):
            counts[_duty(state, index)] += 1
        return Coverage(
            epoch=state.pool.epoch,
            entry=self._head.number,
            time=state.pool.time,
            tip=tip,
            counts=counts,
        )


def _duty(state: State, index: int) -> Duty:
    account = state.account(index)
    if account.status == "frozen":
        return "on sale"
    if account.exempt:
        return "exempt"
    if account.standing >= state.pool.epoch:
        return "proven"
    return "overdue" if state.is_overdue(account) else "in grace"


def _opening(account: Account) -> Availability:
    if account.opening is not None:
        return "public"
    return "never in escrow" if account.trail.base is None else "in escrow"


def _first_event(founded: Founded) -> Event:
    return Event(
        entry=0,
        time=founded.entry.time,
        epoch=0,
        kind="genesis",
        lane=Topic.PARAMETERS.value,
        is_rare=True,
        accounts=(),
        words=founded.genesis.told(),
    )


def _event(step: ReplayedEntry) -> Event:
    entry, transition = step.entry, step.transition
    before = Before.of(step.before, entry.time, entry.number)
    told = transition.told(step.state.charter.listing)
    outcome = transition.outcome(before, step.state)
    return Event(
        entry=entry.number,
        time=entry.time,
        epoch=step.state.pool.epoch,
        kind=transition.kind,
        lane=transition.TOPIC.value,
        is_rare=transition.IS_RARE,
        accounts=transition.accounts(before),
        words=f"{told}; {outcome}" if outcome else told,
    )
