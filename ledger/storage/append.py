"""One append, the same over every store: slots, tree, root, entry, in this order.

New keys get their slots in the order of the keys, not in that of the mapping: the root is a
function of the state and the changes, whatever order the caller found them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from ledger.log import Entry
from ledger.tree import Tiles, leaf_of, update
from zk.errors import Conflict

#: A key takes no more bytes than this.
MAX_KEY_BYTES: Final = 1 << 16

#: Where a test may interrupt a commit, in the order in which they come.
COMMIT_POINTS: Final = (
    "begun",
    "records",
    "tiles",
    "entry",
    "before commit",
    "after commit",
)
#: Where the first commit of a new file may be interrupted besides, after "after commit".
CREATION_POINTS: Final = ("draft complete", "linked", "draft removed", "folder synced")


def nothing(point: str) -> None:
    """What is done at the points of a commit, outside tests."""


class Tables(Tiles, Protocol):
    """The tables of a store, inside a transaction."""

    @property
    def head(self) -> Entry | None: ...
    def get(self, key: str) -> bytes | None: ...
    def slots(self) -> int: ...
    def slot_of(self, key: str) -> int | None: ...
    def put_records(self, rows: Iterable[tuple[int, str, bytes | None]]) -> None: ...
    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None: ...
    def put_entry(self, entry: Entry) -> None: ...


class TableWriter:
    """A `Writer` over tables; whoever makes it begins and ends the transaction."""

    def __init__(self, tables: Tables, at: Callable[[str], None] = nothing) -> None:
        self._tables = tables
        self._at = at
        self._obstacle: str | None = None
        self.appended = 0

    @property
    def head(self) -> Entry | None:
        return self._tables.head

    def get(self, key: str) -> bytes | None:
        return self._tables.get(key)

    def append(self, time: int, transition: bytes, changes: Mapping[str, bytes | None]) -> Entry:
        self.check_usable()
        self._obstacle = "one whose last append failed"
        entry = self._append(time, transition, changes)
        self._obstacle = None
        self.appended += 1
        return entry

    def check_usable(self) -> None:
        """`Conflict` after a failed append, and after the end of the transaction."""
        if self._obstacle is not None:
            raise Conflict("writer", expected="an open one", actual=self._obstacle)

    def finish(self) -> None:
        """No append after this."""
        self._obstacle = "one whose transaction has ended"

    def _append(self, time: int, transition: bytes, changes: Mapping[str, bytes | None]) -> Entry:
        before = self._tables.slots()
        rows = self._assign_slots(before, changes)
        after = max([before, *(slot + 1 for slot, _, _ in rows)])
        leaves = {slot: leaf_of(key, value) for slot, key, value in rows}
        head = self._tables.head
        updated = update(self._tables, head.root if head else b"", before, after, leaves)
        entry = Entry.follow(head, time, transition, updated.root)
        self._tables.put_records(rows)
        self._at("records")
        self._tables.put_tiles(updated.tiles)
        self._at("tiles")
        self._tables.put_entry(entry)
        self._at("entry")
        return entry

    def _assign_slots(
        self, free: int, changes: Mapping[str, bytes | None]
    ) -> list[tuple[int, str, bytes | None]]:
        """The changed records with their slots; deleting what never was changes nothing."""
        rows = []
        for key in sorted(changes):
            slot, value = self._tables.slot_of(_checked(key)), changes[key]
            if slot is None and value is not None:
                slot, free = free, free + 1
            if slot is not None:
                rows.append((slot, key, value))
        return rows


def _checked(key: str) -> str:
    """The key, if every store can hold it."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise Conflict("key", expected="text that UTF-8 can write", actual=ascii(key)) from None
    if size > MAX_KEY_BYTES:
        raise Conflict("key", expected=f"at most {MAX_KEY_BYTES} bytes", actual=f"{size} bytes")
    return key
