"""Opens the books: follows the log, and reads every account in scope wherever it moved.

    books = open_books(ledger.entries(), load_reader([Path("escrow.json")]), backend)

A statement has a line for every entry that wrote to an account; a moment shows all accounts as an
epoch begins, and at the tip. Whatever cannot be read, or does not open the commitment of that very
moment, is a finding, and its numbers are withheld: no number in the books is a guess. Evidence is
not judged here. Run the audit first; its tip and that of the books are then the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ledger.encoding import Decoding
from ledger.log import Entry
from ledger.state import State
from ledger.transitions import OpenAccount, UpdateMarket
from verifier.books.balance import balanced
from verifier.books.document import (
    Books,
    Holding,
    Line,
    Moment,
    Problem,
    Statement,
)
from verifier.books.margins import check_standing, check_tip, holding
from verifier.books.problems import Problems
from verifier.books.readers import Reader, name_of
from verifier.books.replay import BookReplay, Founded, ReplayedEntry, Stopped
from verifier.books.vectors import Known, Vectors
from zk.babyjubjub import Point
from zk.backends import Backend


def open_books(
    entries: Iterable[Entry],
    reader: Reader,
    backend: Backend,
    *,
    accounts: Collection[int] | None = None,
    epochs: tuple[int, int] | None = None,
) -> Books:
    """The books of these accounts (all of them), from the first epoch to the last (all of them).

    Raises `Stopped` where not even the genesis can be read.
    """
    walk = BookReplay(entries, Decoding(backend.decode_point))
    opener = _Opener(walk.founded, reader, backend, accounts, epochs)
    try:
        for step in walk.steps():
            opener.take(step)
    except Stopped as stopped:
        opener.problems.add(
            Problem.REPLAY,
            stopped.entry,
            None,
            f"entry {stopped.entry}",
            "one that the rules admit",
            stopped.reason,
        )
    return opener.close(walk.state)


class _Opener:
    """What is gathered on the way."""

    def __init__(
        self,
        founded: Founded,
        reader: Reader,
        backend: Backend,
        accounts: Collection[int] | None,
        epochs: tuple[int, int] | None,
    ) -> None:
        self.problems = Problems()
        self._genesis, self._head = founded.genesis, founded.entry
        self._ledger = founded.genesis.ledger
        self._reader = reader
        self._vectors = Vectors(founded.state.shape, reader, self.problems, backend)
        self._accounts = None if accounts is None else tuple(sorted(set(accounts)))
        self._epochs = epochs
        self._keys: set[Point] = {founded.state.parameters.escrow.point}
        self._held: dict[int, Known] = {}
        self._lines: dict[int, list[Line]] = {}
        self._moments: list[Moment] = []

    def take(self, step: ReplayedEntry) -> None:
        """One entry."""
        state, self._head = step.state, step.entry
        key = state.parameters.escrow.point
        self._keys.add(key)
        self._vectors.remember(self._ledger, step.entry.number, key, step.transition)
        if not self._is_in_scope(state.pool.epoch):
            for account in step.accounts:
                self._held.pop(account, None)  # where a range begins, nothing is known before
            return
        for account in filter(self._asked, step.accounts):
            self._write_line(state, account, step)
        if isinstance(step.transition, UpdateMarket):
            self._moments.append(self._moment(state, tip=False))

    def close(self, state: State) -> Books:
        """The books up to where the walk stands."""
        if self._is_in_scope(state.pool.epoch):
            self._moments.append(self._moment(state, tip=True))
        self._check_scope(state)
        self._check_reader(state)
        findings = self.problems.findings()
        below = sum(one.code is Problem.BELOW for one in findings)
        never = [
            index
            for index in self._scope(state)
            if state.account(index).trail.base is None and state.account(index).opening is None
        ]
        return Books(
            complete=len(findings) == below,
            summary=_summary(len(self._scope(state)), len(findings) - below, len(never), below),
            ledger=self._ledger.hex(),
            name=self._genesis.name,
            components=self._genesis.listing.labels,
            coins=coins_of(state),
            assets=state.shape.assets,
            keys=tuple(name_of(key) for key in self._reader.keys),
            accounts=self._accounts,
            epochs=self._epochs,
            tip=self._head.number,
            tip_hash=self._head.hash.hex(),
            decrypted=self._vectors.decrypted,
            never_in_escrow=tuple(never),
            findings=findings,
            moments=tuple(self._moments),
            statements=tuple(
                Statement(account=index, lines=tuple(lines))
                for index, lines in sorted(self._lines.items())
            ),
        )

    def _write_line(self, state: State, account: int, step: ReplayedEntry) -> None:
        record = state.account(account)
        before, after = self._held.get(account), self._vectors.of(record, step.entry.number)
        if isinstance(step.transition, OpenAccount):
            before = Known("never in escrow", (0,) * state.shape.components)
        self._held[account] = after
        check_standing(state, record, after, step.entry.number, self.problems)
        line = Line(
            entry=step.entry.number,
            time=step.entry.time,
            epoch=state.pool.epoch,
            kind=step.transition.kind,
            change=_change(before, after),
            after=after.values,
        )
        self._lines.setdefault(account, []).append(line)

    def _moment(self, state: State, *, tip: bool) -> Moment:
        pool, number = state.pool, self._head.number
        market = state.market(pool.epoch)
        holdings: list[Holding] = []
        for index in self._scope(state):
            record = state.account(index)
            known = self._held[index] = self._vectors.of(record, number)
            if tip:
                check_standing(state, record, known, number, self.problems)
                check_tip(state, record, known, number, self.problems)
            holdings.append(holding(state, record, known, market))
        moment = Moment(
            epoch=pool.epoch,
            entry=number,
            time=pool.time,
            tip=tip,
            holdings=tuple(holdings),
            fund=pool.fund.values,
            fund_equity=None if market is None else state.sale_demands().equity(pool.fund.values),
            totals=pool.totals,
            queued=pool.queued,
            interest=(),
            expiry=None,
        )
        return moment if self._accounts is not None else balanced(state, moment, self.problems)

    def _scope(self, state: State) -> list[int]:
        return [index for index in range(state.pool.accounts) if self._asked(index)]

    def _asked(self, account: int) -> bool:
        return self._accounts is None or account in self._accounts

    def _is_in_scope(self, epoch: int) -> bool:
        return self._epochs is None or self._epochs[0] <= epoch <= self._epochs[1]

    def _check_scope(self, state: State) -> None:
        pool = state.pool
        for account in self._accounts or ():
            if not 0 <= account < pool.accounts:
                expected = f"one of {pool.accounts}"
                self.problems.add(
                    Problem.SCOPE, None, account, f"account {account}", expected, "none"
                )
        if self._epochs is not None:
            first, last = self._epochs
            if not 0 <= first <= last <= pool.epoch:
                self.problems.add(
                    Problem.SCOPE,
                    None,
                    None,
                    f"epochs {first} to {last}",
                    f"within 0 to {pool.epoch}",
                    "epochs that are not there",
                )

    def _check_reader(self, state: State) -> None:
        known = self._keys | {state.parameters.escrow.point}
        known |= {waiting.parameters.escrow.point for waiting in state.pool.pending}
        for key in self._reader.keys:
            if key not in known:
                self._foreign("escrow key", "a key of this ledger", name_of(key))
        for ledger in self._reader.ledgers:
            if ledger != self._ledger:
                self._foreign("points of guardians", self._ledger.hex(), ledger.hex())

    def _foreign(self, subject: str, expected: str, actual: str) -> None:
        place = f"{subject} {actual[:16]}"
        self.problems.add(Problem.ESCROW_KEY, None, None, place, expected, actual)


def coins_of(state: State) -> tuple[str, ...]:
    """The underlying of each block, by its name."""
    listing = state.charter.listing
    return tuple(listing.underlyings[coin] for coin in listing.coins(state.shape))


def _change(before: Known | None, after: Known) -> tuple[int, ...] | None:
    if before is None or before.values is None or after.values is None:
        return None
    return tuple(b - a for a, b in zip(before.values, after.values, strict=True))


def _summary(accounts: int, findings: int, never: int, below: int) -> str:
    scope = f"{accounts} account{'' if accounts == 1 else 's'}"
    if findings:
        counted = f"{findings} finding{'' if findings == 1 else 's'}"
        return f"the books of {scope} are open with {counted}: numbers in doubt are withheld"
    rest = f"; {never} never in escrow, and known by public deposits alone" if never else ""
    rest += f"; {below} below maintenance" if below else ""
    return f"the books of {scope} are open, and what was read opens every commitment{rest}"
