"""Who did not prove its margin in time, for how long, and what the guardians did about it.

Who is overdue, the oracles' time decides alone: the newest market is at least a grace later than
the one that followed the account's last proof, and the grace is that with which this one came. So
accounts of one standing all become overdue with the same market, and an entry costs what it
changes, not a look at every account.

The ledger's rules let guardians reveal an overdue account; they cannot make them. An account that
stays overdue is therefore no broken rule, and a warning: the guardians', or the oracles' who let
the market grow too old for a reveal. It is given once the account has been overdue for longer than
a reveal may take, in the ledger's own time: margin covers the moves until then, and those of the
sale that follows. An account that is opened while it is in standing, though, is a broken rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.records import Account
from ledger.state import State
from ledger.transitions import Reveal, Transition, UpdateMarket
from verifier.findings import finding
from verifier.report import Code, Finding, Outcome, OverdueCase


@dataclass(frozen=True, slots=True)
class _Open:
    """A case that has not ended."""

    since: int
    entry: int


@dataclass(frozen=True, slots=True)
class _Clock:
    """The oracles' time of an epoch, and the grace in force when it began."""

    time: int
    grace: int


@dataclass(slots=True)
class Heartbeats:
    """The accounts that owe a proof, by their standing, and the cases so far."""

    #: Seconds after which nobody's having revealed is worth a warning; None: as long as a reveal.
    patience: int | None = None
    cases: list[OverdueCase] = field(default_factory=list)
    _owing: dict[int, int] = field(default_factory=dict)
    _members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _clocks: dict[int, _Clock] = field(default_factory=dict)
    _epoch: int = 0
    _late: set[int] = field(default_factory=set)
    _open: dict[int, _Open] = field(default_factory=dict)

    def step(
        self, number: int, after: State, transition: Transition, keys: Iterable[str]
    ) -> Iterator[Finding]:
        """Opens the cases that a market has brought, and ends those that the entry ended."""
        if isinstance(transition, Reveal) and transition.account not in self._open:
            yield finding(
                Code.EARLY,
                number,
                f"account {transition.account}",
                "an overdue account: a market that is a grace later than its deadline's",
                "one in standing, by the oracles' time",
            )
        if isinstance(transition, UpdateMarket):
            self._epoch = transition.epoch
            self._clocks[self._epoch] = _Clock(transition.time, after.parameters.grace)
        for key in keys:
            name, _, index = key.partition("/")
            if name == "account":
                account = after.account(int(index))
                yield from self._moved(number, after, account, _outcome(transition, account))
        if isinstance(transition, UpdateMarket):
            self._look(number, after)

    def finish(self, number: int, after: State) -> Iterator[Finding]:
        """Cases that are open at the tip."""
        for account in sorted(self._open):
            yield from self._end(number, after, account, "open")

    def _moved(
        self, number: int, after: State, account: Account, outcome: Outcome
    ) -> Iterator[Finding]:
        owes = not account.exempt and account.status != "frozen"
        before, standing = self._owing.get(account.id), account.standing if owes else None
        if before == standing:
            return
        if before is not None:
            self._members[before].discard(account.id)
            del self._owing[account.id]
        if standing is not None:
            self._members[standing].add(account.id)
            self._owing[account.id] = standing
        if account.id in self._open and not (standing is not None and standing in self._late):
            yield from self._end(number, after, account.id, outcome)
        elif standing is not None and standing in self._late:
            self._open.setdefault(account.id, _Open(after.pool.time, number))

    def _look(self, number: int, after: State) -> None:
        """A new market: whose grace has it ended?"""
        for standing in list(self._members):
            if not self._members[standing] and standing < self._epoch:
                del self._members[standing]
                self._late.discard(standing)
            elif standing not in self._late and self._is_late(standing):
                self._late.add(standing)
                for account in sorted(self._members[standing]):
                    self._open.setdefault(account, _Open(after.pool.time, number))

    def _is_late(self, standing: int) -> bool:
        if standing >= self._epoch:
            return False
        following = self._clocks[standing + 1]
        return self._clocks[self._epoch].time - following.time >= following.grace

    def _end(self, number: int, after: State, account: int, outcome: Outcome) -> Iterator[Finding]:
        begun, now = self._open.pop(account), after.pool.time
        case = OverdueCase(
            account=account,
            since=begun.since,
            entry=begun.entry,
            until=now,
            until_entry=number,
            outcome=outcome,
        )
        self.cases.append(case)
        patience = after.parameters.reveal if self.patience is None else self.patience
        if case.seconds > patience:
            yield finding(
                Code.OVERDUE,
                begun.entry,
                f"account {account}",
                f"a reveal within {patience} s of the market that ended its grace",
                f"overdue for {case.seconds} s, {outcome} at entry {number}",
            )


def _outcome(transition: Transition, account: Account) -> Outcome:
    """How a case ends with this transition, if it does."""
    if not isinstance(transition, Reveal):
        return "proven late"
    return "put on sale" if account.status == "frozen" else "revealed"
