"""The ledger: a store, the rules, and a checker of proofs.

A transition is judged on a draft of one moment, and without the store's write lock. Inside it the
head is compared, and what was changed, the entry and the new root are committed together. Where
somebody else has written in the meantime, the lock is let go and it is judged anew; evidence that
is still the same is not checked a second time, so whoever judges slowly loses no race twice for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from ledger.encoding import Decoding
from ledger.errors import DamagedLedger
from ledger.evidence import Evidence, EvidenceChecker
from ledger.execution import execute
from ledger.genesis import Genesis
from ledger.judge import Judge
from ledger.log import Entry
from ledger.port import LedgerPort
from ledger.state import State
from ledger.storage import SqliteStore, Store
from ledger.transitions import Transition, decode_transition
from ledger.tree import Inclusion
from zk.backends import Backend

#: Makes the checker that judges under a genesis's keys.
CheckerMaker = Callable[[Genesis], EvidenceChecker]


def checker_on(backend: Backend) -> CheckerMaker:
    """Judges under the keys that the genesis pins, with the arithmetic of that backend."""
    return lambda genesis: Judge(genesis.statements.keys(), backend)


class Ledger(LedgerPort):
    """A ledger in a store of our own."""

    def __init__(self, store: Store, make_checker: CheckerMaker, decoding: Decoding) -> None:
        self._store = store
        self._decoding = decoding
        first = next(iter(store.entries()), None)
        if first is None:
            raise DamagedLedger("ledger", expected="a genesis entry", actual="an empty log")
        self._genesis = Genesis.decode(first.transition, decoding)
        self._checker = make_checker(self._genesis)
        self._state = State(store, decoding)
        self._head = store.head

    @classmethod
    def create(
        cls, store: Store, genesis: Genesis, make_checker: CheckerMaker, decoding: Decoding
    ) -> Self:
        """A new ledger in an empty store."""
        genesis = Genesis.decode(genesis.encode(), decoding)  # what is stored can be read again
        make_checker(genesis).check(genesis.check())
        with store.writing() as writer:
            if writer.head is not None:
                raise DamagedLedger(
                    "store", expected="an empty one", actual=f"entry {writer.head.number}"
                )
            state = State(store, decoding)
            genesis.apply(state)
            writer.append(genesis.time, genesis.encode(), state.changes())
        return cls(store, make_checker, decoding)

    @classmethod
    def open(cls, path: Path, backend: Backend, *, read_only: bool = False) -> Self:
        """The ledger in that file."""
        store = SqliteStore.open(path, read_only=read_only)
        with _closed_on_failure(store):
            return cls(store, checker_on(backend), Decoding(backend.decode_point))

    @classmethod
    def found(cls, path: Path, genesis: Genesis, backend: Backend) -> Self:
        """A new ledger in a new file."""
        store = SqliteStore.create(path)
        with _closed_on_failure(store):
            return cls.create(store, genesis, checker_on(backend), Decoding(backend.decode_point))

    def close(self) -> None:
        self._store.close()

    @property
    def genesis(self) -> Genesis:
        return self._genesis

    @property
    def state(self) -> State:
        """The state at the head, as it is stored now."""
        if self._store.head != self._head:
            self._state.forget()
            self._head = self._store.head
        return self._state

    @property
    def head(self) -> Entry:
        head = self._store.head
        assert head is not None  # there is a genesis
        return head

    def entry(self, number: int) -> Entry:
        return self._store.entry(number)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return self._store.entries(start)

    def prove(self, key: str) -> Inclusion:
        """That a record is part of the state under the newest root."""
        return self._store.prove(key)

    def submit(self, transition: bytes | Transition, time: int) -> Entry:
        data = transition if isinstance(transition, bytes) else transition.encode()
        parsed = decode_transition(data, self._decoding)
        checker = _Once(self._checker)
        while True:
            judged = self._judge(parsed, time, checker)
            with self._store.writing() as writer:
                is_current = writer.head == self._head
                if is_current:
                    entry = writer.append(time, data, judged.changes())
            if is_current:
                self._state.absorb(judged)
                self._state.stored()
                self._head = entry
                return entry

    def _judge(self, transition: Transition, time: int, checker: EvidenceChecker) -> State:
        """On a draft of the newest moment: what others write meanwhile is no part of it."""
        with self._store.snapshot():
            return execute(self.state, transition, time, self.head.number + 1, checker)


class _Once:
    """Checks what it has not checked just before."""

    def __init__(self, checker: EvidenceChecker) -> None:
        self._checker = checker
        self._checked: Evidence | None = None

    def check(self, evidence: Evidence) -> None:
        if evidence != self._checked:
            self._checker.check(evidence)
            self._checked = evidence


@contextmanager
def _closed_on_failure(store: Store) -> Iterator[None]:
    try:
        yield
    except BaseException:
        store.close()
        raise
