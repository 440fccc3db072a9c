"""The state computed anew from everything that was ever changed, and changes to compute it from."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.log import Entry
from ledger.storage import MemoryStore, Store, Writer

Changes = Mapping[str, bytes | None]

KEYS = [f"{kind}/{number}" for kind in ("account", "order", "ä") for number in range(20)]


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


class NaiveState:
    """Slots as a list, and a root that hashes all of it: written from the definition alone."""

    def __init__(self) -> None:
        self.slots: list[tuple[str, bytes | None]] = []

    def change(self, changes: Changes) -> None:
        for key, value in sorted(changes.items()):
            slots = [i for i, (other, _) in enumerate(self.slots) if other == key]
            if slots:
                self.slots[slots[0]] = (key, value)
            elif value is not None:
                self.slots.append((key, value))

    def records(self) -> dict[str, bytes]:
        return {key: value for key, value in self.slots if value is not None}

    def root(self) -> bytes:
        width = 1
        while width < len(self.slots):
            width *= 2
        row = [self._leaf(*record) for record in self.slots]
        row += [sha(b"\x04")] * (width - len(row))
        while len(row) > 1:
            row = [
                sha(b"\x01", left, right) for left, right in zip(row[::2], row[1::2], strict=True)
            ]
        return sha(b"\x03", len(self.slots).to_bytes(8, "big"), row[0])

    @staticmethod
    def _leaf(key: str, value: bytes | None) -> bytes:
        name = len(key.encode()).to_bytes(4, "big") + key.encode()
        return sha(b"\x02", name) if value is None else sha(b"\x00", name, value)


def changes_of(seed: int, number: int) -> tuple[bytes, Changes]:
    """The transition and the changes of an entry: the same whoever appends it, and when."""
    draw = random.Random(f"{seed}/{number}")
    changes: dict[str, bytes | None] = {}
    for key in draw.sample(KEYS, draw.randrange(1, 12)):
        changes[key] = None if draw.random() < 0.2 else draw.randbytes(draw.randrange(300))
    return draw.randbytes(draw.choice([0, 10, 1000, 9000])), changes


def append_next(writer: Writer, seed: int) -> Entry:
    """The next entry of a ledger that grows from a seed."""
    number = writer.head.number + 1 if writer.head else 0
    transition, changes = changes_of(seed, number)
    return writer.append(number, transition, changes)


class Mirror:
    """What a ledger that grows from a seed must be, at every entry that it has reached."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.store = MemoryStore()

    def number(self) -> int:
        return self.store.head.number if self.store.head else -1

    def advance(self, number: int) -> None:
        with self.store.writing() as writer:
            while self.number() < number:
                append_next(writer, self.seed)

    def compare(self, store: Store, *, fully: bool = False) -> None:
        """The store is at or one or more past the mirror, and exactly what a replay gives."""
        head = store.head
        before = self.number()
        assert head is not None
        assert head.number >= before, f"entry {before} was acknowledged, {head.number} is the last"
        self.advance(head.number)
        assert head == self.store.head
        assert {key: store.get(key) for key in KEYS} == {key: self.store.get(key) for key in KEYS}
        assert list(store.keys("")) == list(self.store.keys(""))
        if fully:
            store.check()
            assert list(store.entries()) == list(self.store.entries())


def changes() -> SearchStrategy[Changes]:
    """Changes that often meet the same keys again."""
    keys = st.one_of(st.sampled_from(KEYS[:6]), st.text(max_size=8).filter(_is_text))
    return st.dictionaries(keys, st.one_of(st.none(), st.binary(max_size=40)), max_size=8)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
