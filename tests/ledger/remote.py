"""A port that holds nothing: a ledger somewhere else, asked over what could be a wire. For tests.

Every answer is turned into bytes and read again. Entries are held to their hashes and records to
the root of the head; the head itself is believed, as long as it is an entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from ledger.checked import CheckedRecords
from ledger.genesis import Genesis
from ledger.ledger import Ledger
from ledger.log import Entry
from ledger.port import LedgerPort
from ledger.state import State
from ledger.transitions import Transition
from ledger.tree import Inclusion
from tests.ledger.world import World

#: What becomes of an answer on its way: what it is of, and its bytes.
Wire = Callable[[str, bytes], bytes]


def faithful(what: str, data: bytes) -> bytes:
    return data


class RemoteStandIn(LedgerPort):
    """The port, over a ledger that only this class can reach."""

    def __init__(self, ledger: Ledger, wire: Wire = faithful) -> None:
        self._there = ledger
        self._wire = wire
        self._decoding = ledger._decoding
        data = self._sent("genesis", ledger.genesis.encode())
        self._genesis = Genesis.decode(data, self._decoding)
        self._root, self._state = b"", State(CheckedRecords(self, b""))
        #: The keys of the records that were asked for.
        self.asked: list[str] = []
        self.closed = False

    @property
    def genesis(self) -> Genesis:
        return self._genesis

    @property
    def head(self) -> Entry:
        return self._received("head", self._there.head)

    @property
    def state(self) -> State:
        root = self.head.root
        if root != self._root:
            self._root = root
            self._state = State(CheckedRecords(self, root), self._decoding)
        return self._state

    def entry(self, number: int) -> Entry:
        return self._received("entry", self._there.entry(number))

    def entries(self, start: int = 0) -> Iterator[Entry]:
        for entry in self._there.entries(start):
            yield self._received("entry", entry)

    def submit(self, transition: bytes | Transition, time: int) -> Entry:
        data = transition if isinstance(transition, bytes) else transition.encode()
        return self._received("entry", self._there.submit(self._sent("submission", data), time))

    def close(self) -> None:
        self.closed = True

    def prove(self, key: str) -> Inclusion:
        """What `CheckedRecords` asks."""
        self.asked.append(key)
        return Inclusion.decode(self._sent("record", self._there.prove(key).encode()))

    def _received(self, what: str, entry: Entry) -> Entry:
        received = read_entry(self._sent(what, write_entry(entry)))
        received.check()
        return received

    def _sent(self, what: str, data: bytes) -> bytes:
        return self._wire(what, bytes(data))


def far_away(world: World, wire: Wire = faithful) -> RemoteStandIn:
    """From now on the world has its ledger at the other end of that wire, and of no other."""
    there = world.ledger
    if isinstance(there, RemoteStandIn):
        there = there._there
    assert isinstance(there, Ledger)
    world.ledger = remote = RemoteStandIn(there, wire)
    return remote


def write_entry(entry: Entry) -> bytes:
    fields = [entry.transition, entry.root, entry.previous, entry.hash]
    return json.dumps([entry.number, entry.time, *(field.hex() for field in fields)]).encode()


def read_entry(data: bytes) -> Entry:
    number, time, *fields = json.loads(data)
    transition, root, previous, digest = map(bytes.fromhex, fields)
    return Entry(number, time, transition, root, previous, digest)
