"""The ledger: a store, the rules, and a checker of proofs.

A transition is judged on a draft before the store's write lock is taken; inside it the head is
compared again, and what was changed, the entry and the new root are committed together. Whoever
else has written in the meantime is noticed by the head, and it is judged anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from ledger.encoding import Decoding
from ledger.errors import DamagedLedger
from ledger.evidence import EvidenceChecker
from ledger.execution import execute
from ledger.genesis import Genesis
from ledger.judge import Judge
from ledger.log import Entry
from ledger.state import State
from ledger.storage import SqliteStore, Store
from ledger.transitions import AnyTransition, Transition, decode_transition
from ledger.tree import Inclusion
from zk.backends import Backend

#: Makes the checker that judges under a genesis's keys.
CheckerMaker = Callable[[Genesis], EvidenceChecker]


def checker_on(backend: Backend) -> CheckerMaker:
    """Judges under the keys that the genesis pins, with the arithmetic of that backend."""
    return lambda genesis: Judge(genesis.statements.keys(), backend)


class Ledger:
    """An open ledger, to read or to extend; who opened it closes it, or says `with`."""

    def __init__(self, store: Store, make_checker: CheckerMaker, decoding: Decoding) -> None:
        self._store = store
        self._decoding = decoding
        first = next(iter(store.entries()), None)
        if first is None:
            raise DamagedLedger("ledger", expected="a genesis entry", actual="an empty log")
        self.genesis = Genesis.decode(first.transition, decoding)
        self._checker = make_checker(self.genesis)
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
        """No reads or writes after this; a second time is nothing."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def state(self) -> State:
        """The state at the head, as it is stored now."""
        if self._store.head != self._head:
            self._state.forget()
            self._head = self._store.head
        return self._state

    def state_at(self, time: int) -> State:
        """The state as the next entry will find it at that time; nothing of it is kept."""
        draft = self.state.draft(self.head.number + 1)
        draft.advance(time)
        return draft

    @property
    def head(self) -> Entry:
        """The newest entry."""
        head = self._store.head
        assert head is not None  # there is a genesis
        return head

    @property
    def id(self) -> bytes:
        """The name that every signature and proof contains."""
        return self.genesis.ledger

    def entry(self, number: int) -> Entry:
        """One entry of the log."""
        return self._store.entry(number)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """The log, from an entry on."""
        return self._store.entries(start)

    def prove(self, key: str) -> Inclusion:
        """That a record is part of the state under the newest root."""
        return self._store.prove(key)

    def submit(self, transition: bytes | Transition, time: int) -> Entry:
        """Applies a transition and stores it, or raises and leaves everything as it was."""
        data = transition if isinstance(transition, bytes) else transition.encode()
        parsed = decode_transition(data, self._decoding)
        judged, head = self._judge(parsed, time), self._head
        with self._store.writing() as writer:
            if writer.head != head:  # somebody was quicker: what was judged is another state
                self._state.forget()
                self._head = writer.head
                judged = self._judge(parsed, time)
            entry = writer.append(time, data, judged.changes())
        self._state.absorb(judged)
        self._head = entry
        return entry

    def _judge(self, transition: AnyTransition, time: int) -> State:
        """On a draft, and without the lock: proofs take longer than anybody should wait for it."""
        return execute(self.state, transition, time, self.head.number + 1, self._checker)


@contextmanager
def _closed_on_failure(store: Store) -> Iterator[None]:
    try:
        yield
    except BaseException:
        store.close()
        raise
