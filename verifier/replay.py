"""The replay: every entry through the ledger's own rules, into a state of our own.

It stops at the first entry from which nobody can go on: one that cannot be read, does not follow,
is refused by the rules, or leads to another state than it says. What can be judged apart from the
state (a proof, a table, a sale, a duty) does not stop it.

Only the errors that judge data (`ZkError`) become findings. Any other is a defect in this program,
which says nothing about the ledger: it ends the audit without a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.encoding import Decoding
from ledger.errors import DamagedLedger, Unavailable, UnknownInstrument
from ledger.execution import execute
from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.state import State
from ledger.transitions import Settle, Transition, decode_transition
from verifier.batches import Batches
from verifier.defaults import Defaults
from verifier.findings import finding, from_error
from verifier.heartbeats import Heartbeats
from verifier.invariants import Conservation
from verifier.log import Log
from verifier.markets import Markets
from verifier.options import Options
from verifier.payments import Payments
from verifier.receipts import Receipts
from verifier.remarks import Remarks
from verifier.replayed import Replayed
from verifier.report import Code, Finding
from zk.errors import ZkError


class Stop(Exception):
    """Nobody can go on from here."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.explanation)
        self.found = found


def read_genesis(log: Log, decoding: Decoding) -> tuple[Entry, Genesis]:
    """Entry 0 and what it says; raises `Stop` where it says nothing."""
    entry = next(entries_of(log, 0), None)
    if entry is None:
        raise Stop(finding(Code.DAMAGED, 0, "entry 0", "a genesis", "an empty log"))
    _check_follows(entry, None)
    try:
        genesis = Genesis.decode(entry.transition, decoding)
    except (UnknownInstrument, Unavailable):
        raise  # nothing is wrong with the ledger that we could see: it is not for this release
    except ZkError as error:
        raise Stop(from_error(error, 0, Code.ENCODING)) from None
    return entry, genesis


def entries_of(log: Log, start: int) -> Iterator[Entry]:
    """The entries from a number on; one that cannot be read stops the replay by its name."""
    iterator, number = log.entries(start), start
    while True:
        try:
            entry = next(iterator, None)
        except DamagedLedger as error:
            place = number if error.entry is None else error.entry
            raise Stop(from_error(error, place, Code.DAMAGED)) from None
        if entry is None:
            return
        yield entry
        number += 1


@dataclass(slots=True)
class Replay:
    """A replay under way, and everything that watches it."""

    genesis: Genesis
    options: Options
    gathering: Batches
    replayed: Replayed
    conservation: Conservation
    heartbeats: Heartbeats
    payments: Payments
    remarks: Remarks
    defaults: Defaults = field(default_factory=Defaults)
    markets: Markets = field(default_factory=Markets)
    receipts: Receipts = field(default_factory=Receipts)
    findings: list[Finding] = field(default_factory=list)
    transitions: Counter[str] = field(default_factory=Counter)
    legs: int = 0
    roots: int = 0

    @property
    def state(self) -> State:
        return self.replayed.state

    def found(self, entry: Entry) -> None:
        """Entry 0: the ledger is what its genesis says, and nothing has happened yet."""
        if entry.time != self.genesis.time:
            raise Stop(
                finding(Code.GENESIS, 0, "time of the genesis", self.genesis.time, entry.time)
            )
        try:
            self.gathering.check(self.genesis.check())
            draft = self.state.draft(0)
            self.genesis.apply(draft)
        except ZkError as error:
            raise Stop(from_error(error, 0, Code.GENESIS)) from None
        self._append(entry, draft.changes())
        self.findings += self.conservation.found(self.genesis, draft)
        self.findings += self.remarks.found(self.genesis)
        self.replayed.settle(draft, 0)

    def step(self, entry: Entry) -> None:
        """One entry more; raises `Stop` where it is not one that follows."""
        _check_follows(entry, self.replayed.last)
        number = entry.number
        self.gathering.entry = number
        transition = self._decoded(entry)
        draft = self._executed(entry, transition)
        try:
            changes = draft.changes()
            self._append(entry, changes)
            self._watch(number, draft, transition, changes)
        except ZkError as error:  # the rules led to records that they themselves cannot read
            raise Stop(from_error(error, number, Code.RULE)) from None
        self.transitions[transition.kind] += 1
        if isinstance(transition, Settle):
            self.legs += len(transition.legs)
        self.replayed.settle(draft, number)
        if self.gathering.is_full():
            self.gathering.flush()

    def finish(self) -> None:
        """After the last entry: what is still open, and what still waits."""
        if self.replayed.last is not None:
            number = self.replayed.last.number
            self.findings += self.heartbeats.finish(number, self.state)
            self.findings += self.remarks.finish(number, self.state)
        self.gathering.finish()

    def _decoded(self, entry: Entry) -> Transition:
        try:
            return decode_transition(entry.transition, self.replayed.decoding)
        except ZkError as error:
            raise Stop(from_error(error, entry.number, Code.ENCODING)) from None

    def _executed(self, entry: Entry, transition: Transition) -> State:
        try:
            return execute(self.state, transition, entry.time, entry.number, self.gathering)
        except ZkError as error:
            raise Stop(from_error(error, entry.number)) from None

    def _append(self, entry: Entry, changes: Mapping[str, bytes | None]) -> None:
        self.roots += 1
        own = self.replayed.append(entry, changes)
        if own.root != entry.root:
            raise Stop(
                finding(
                    Code.ROOT,
                    entry.number,
                    "state root",
                    own.root.hex(),
                    entry.root.hex(),
                )
            )

    def _watch(
        self, number: int, draft: State, transition: Transition, keys: Mapping[str, bytes | None]
    ) -> None:
        before, recompute = self.state, not self.gathering.is_trusted
        payments = self.payments
        self.findings += payments.step(number, before, draft, transition, keys)
        self.findings += self.conservation.step(
            number, before, draft, transition, keys, payments.paid
        )
        self.findings += self.markets.step(number, before, draft, transition, recompute=recompute)
        self.findings += self.defaults.step(number, before, draft, transition, keys, payments.kept)
        self.findings += self.heartbeats.step(number, draft, transition, keys)
        self.findings += self.remarks.step(number, draft, transition)
        self.receipts.step(number, draft, transition)


def _check_follows(entry: Entry, previous: Entry | None) -> None:
    """Its place, its hash, and the one before; the place counts, whatever number it gives."""
    place = 0 if previous is None else previous.number + 1
    if not _is_formed(entry):
        expected = "two numbers, and bytes"
        raise Stop(finding(Code.DAMAGED, place, f"entry {place}", expected, "other things"))
    try:
        entry.check_follows(previous)
    except ZkError as error:
        raise Stop(from_error(error, place, Code.CHAIN)) from None


def _is_formed(entry: Entry) -> bool:
    """A log that somebody hands over may hold anything; one in a file is checked when read."""
    numbers = (entry.number, entry.time)
    fields = (entry.transition, entry.root, entry.previous, entry.hash)
    return all(type(each) is int for each in numbers) and all(
        isinstance(each, bytes) for each in fields
    )
