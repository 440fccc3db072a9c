"""The log: entries that each fix the one before, the state that they lead to, and their time.

    hash = SHA-256("tacit entry 1" ‖ previous ‖ number ‖ time ‖ len(transition) ‖ transition ‖ root)

Numbers have eight bytes, big-endian. Entry 0 is the genesis; before it there are 32 zero bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Self

from ledger.encoding import BOUND
from ledger.errors import DamagedLedger, OutOfOrder
from zk.errors import Malformed

DOMAIN: Final = b"tacit entry 1"
BEFORE_GENESIS: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger stands."""

    number: int
    time: int
    hash: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One transition on the record; `root` is that of the state after it."""

    number: int
    time: int
    transition: bytes
    root: bytes
    previous: bytes
    hash: bytes

    @classmethod
    def follow(cls, previous: Entry | None, time: int, transition: bytes, root: bytes) -> Self:
        """The next entry; its time is not before the previous one's."""
        if not 0 <= time < BOUND:
            raise Malformed("time of an entry", expected=f"0 to {BOUND - 1}", actual=time)
        if previous is not None and time < previous.time:
            raise OutOfOrder("time", expected=f"{previous.time} or later", actual=time)
        number = 0 if previous is None else previous.number + 1
        before = BEFORE_GENESIS if previous is None else previous.hash
        return cls(
            number, time, transition, root, before, _hash(before, number, time, transition, root)
        )

    @property
    def head(self) -> Head:
        """What a later entry, and anybody who compares, needs of this one."""
        return Head(self.number, self.time, self.hash, self.root)

    def check(self) -> None:
        """Raises `DamagedLedger` unless the hash is that of the fields."""
        for name, number in (("number", self.number), ("time", self.time)):
            self._expect(name, f"0 to {BOUND - 1}", number, 0 <= number < BOUND)
        actual = _hash(self.previous, self.number, self.time, self.transition, self.root)
        self._expect("hash", actual.hex(), self.hash.hex(), actual == self.hash)

    def check_follows(self, previous: Entry | None) -> None:
        """Raises `DamagedLedger` unless this is the entry after `previous`."""
        self.check()
        number = 0 if previous is None else previous.number + 1
        before = BEFORE_GENESIS if previous is None else previous.hash
        earliest = 0 if previous is None else previous.time
        self._expect("number", number, self.number, self.number == number)
        self._expect("previous hash", before.hex(), self.previous.hex(), self.previous == before)
        self._expect("time", f"{earliest} or later", self.time, self.time >= earliest)

    def _expect(self, what: str, expected: object, actual: object, holds: bool) -> None:
        if not holds:
            raise DamagedLedger(
                f"{what} of entry {self.number}",
                expected=expected,
                actual=actual,
                entry=self.number,
            )


def _hash(previous: bytes, number: int, time: int, transition: bytes, root: bytes) -> bytes:
    numbers = b"".join(n.to_bytes(8, "big") for n in (number, time, len(transition)))
    return hashlib.sha256(DOMAIN + previous + numbers + transition + root).digest()
