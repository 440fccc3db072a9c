"""Who did not prove its margin in time, for how long, and what the guardians did about it.

Overdue is said by standing: accounts of one standing all become overdue at the same moment, when
the grace after the epoch that followed is over. So an entry costs what it changes, and not a look
at every account.

The ledger's rules let guardians reveal an overdue account; they cannot make them. An account that
stays overdue is therefore no broken rule, and a warning: the guardians', or the oracles' who let
the market grow too old for a reveal. It is given once the account has been overdue for longer than
a sale takes: the scenarios cover the moves of the grace and the sale, and no more time than that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.records import Account, Pool
from ledger.state import State
from ledger.transitions import Reveal, Transition
from verifier.auditing.findings import finding
from verifier.auditing.report import Code, Finding, Outcome, OverdueCase


@dataclass(frozen=True, slots=True)
class _Open:
    """A case that has not ended."""

    since: int
    entry: int


@dataclass(slots=True)
class Heartbeats:
    """The accounts that owe a proof, by their standing, and the cases so far."""

    #: Seconds after which nobody's having revealed is worth a warning; None: as long as a sale.
    patience: int | None = None
    cases: list[OverdueCase] = field(default_factory=list)
    _owing: dict[int, int] = field(default_factory=dict)
    _members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _published: dict[int, int] = field(default_factory=dict)
    _late: set[int] = field(default_factory=set)
    _open: dict[int, _Open] = field(default_factory=dict)

    def step(
        self,
        number: int,
        before: State,
        after: State,
        transition: Transition,
        keys: Iterable[str],
    ) -> Iterator[Finding]:
        """Opens the cases that the entry's time has brought, and ends those that it ended."""
        yield from self._look(number, before.pool, after)
        pool = after.pool
        for key in keys:
            name, _, index = key.partition("/")
            if name == "market" and int(index) == pool.epoch:
                self._published[pool.epoch] = after.current_market.published
            elif name == "account":
                account = after.account(int(index))
                yield from self._moved(number, after, account, _outcome(transition, account))
        yield from self._look(number, pool, after)

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
            self._open.setdefault(account.id, _Open(self._deadline(after, standing), number))

    def _look(self, number: int, pool: Pool, after: State) -> Iterator[Finding]:
        """At the present time, with the epochs of `pool`: those before or after the transition."""
        for standing in list(self._members):
            if self._members[standing] or standing >= pool.epoch:
                yield from self._look_at(number, pool, after, standing)
            else:
                del self._members[standing]
                self._late.discard(standing)

    def _look_at(self, number: int, pool: Pool, after: State, standing: int) -> Iterator[Finding]:
        members = self._members[standing]
        is_late = self._is_late(pool, after, standing)
        if is_late == (standing in self._late):
            return
        if is_late:
            self._late.add(standing)
            deadline = self._deadline(after, standing)
            for account in sorted(members):
                self._open.setdefault(account, _Open(deadline, number))
        else:
            self._late.discard(standing)
            for account in sorted(members & self._open.keys()):
                yield from self._end(number, after, account, "excused")

    def _is_late(self, pool: Pool, after: State, standing: int) -> bool:
        """As the rules have it, for every account of that standing at once."""
        if standing >= pool.epoch:
            return False
        return standing + 1 < pool.oldest or after.pool.time > self._deadline(after, standing)

    def _deadline(self, after: State, standing: int) -> int:
        return self._published[standing + 1] + after.parameters.grace

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
        patience = after.parameters.sale_duration if self.patience is None else self.patience
        if case.seconds > patience and outcome != "excused":
            yield finding(
                Code.OVERDUE,
                begun.entry,
                f"account {account}",
                f"a reveal within {patience} s after its grace was over at {begun.since}",
                f"overdue for {case.seconds} s, {outcome} at entry {number}",
            )


def _outcome(transition: Transition, account: Account) -> Outcome:
    """How a case ends with this transition, if it does."""
    if not isinstance(transition, Reveal):
        return "proven late"
    return "sold off" if account.status == "frozen" else "revealed"
