"""A port to a ledger: all that wallets, matchers, guardians, liquidators and pages ask of one.

A file satisfies it, and so may a node that is asked over a wire. What an answer is worth is the
port's to know: a file was opened by who trusts it, and a node's records come with proofs
(`ledger.checked`). Who uses a port owns nothing of it but the duty to close it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.state import State
from ledger.transitions import Transition


class LedgerPort(Protocol):
    """An open ledger, to read or to extend; who opened it closes it, or says `with`."""

    @property
    @abstractmethod
    def genesis(self) -> Genesis:
        """What the ledger began with."""

    @property
    @abstractmethod
    def head(self) -> Entry:
        """The newest entry."""

    @property
    @abstractmethod
    def state(self) -> State:
        """The state at the head."""

    @abstractmethod
    def entry(self, number: int) -> Entry:
        """One entry of the log; `Conflict` if the log does not reach so far."""

    @abstractmethod
    def entries(self, start: int = 0) -> Iterator[Entry]:
        """The log, from an entry on."""

    @abstractmethod
    def submit(self, transition: bytes | Transition, time: int) -> Entry:
        """Applies a transition and stores it, or raises and leaves everything as it was."""

    @abstractmethod
    def close(self) -> None:
        """No reads or writes after this; a second time is nothing."""

    # What follows from that.

    @property
    def id(self) -> bytes:
        """The name that every signature and proof contains."""
        return self.genesis.ledger

    def state_at(self, time: int) -> State:
        """The state as the next entry will find it at that time; nothing of it is kept."""
        return self.state.at(time, self.head.number + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
