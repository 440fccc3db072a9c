"""A store that is gone with its process: for replays, simulations and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from ledger.encoding import BOUND
from ledger.errors import NotKnown
from ledger.log import Entry
from ledger.storage.append import TableWriter
from ledger.storage.scan import check_store
from ledger.tree import Inclusion, prove
from zk.errors import Conflict

_ABSENT: Final = object()


class MemoryStore:
    """The interface of `Store` over dictionaries."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._records: list[tuple[str, bytes | None]] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._log: list[Entry] = []
        self._undo: list[Callable[[], object]] = []
        self._writing = False

    @property
    def head(self) -> Entry | None:
        return self._log[-1] if self._log else None

    def get(self, key: str) -> bytes | None:
        slot = self._slots.get(key)
        return None if slot is None else self._records[slot][1]

    def keys(self, prefix: str) -> Iterator[str]:
        found = (key for key in self._slots if key.startswith(prefix))
        return iter(sorted(key for key in found if self.get(key) is not None))

    def entry(self, number: int) -> Entry:
        if not 0 <= number < len(self._log):
            raise Conflict("entry", expected=f"one of {len(self._log)}", actual=number)
        return self._log[number]

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return islice(iter(self._log), min(max(start, 0), BOUND), None)

    def prove(self, key: str) -> Inclusion:
        slot = self._slots.get(key)
        if slot is None:
            raise NotKnown("record", expected="one of this state", actual=repr(key))
        return prove(self, self.slots(), slot, key, self.get(key))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Nobody else can write here: every moment is a snapshot."""
        yield

    @contextmanager
    def writing(self) -> Iterator[TableWriter]:
        if self._writing:
            raise Conflict("store", expected="one writer at a time", actual="a second one")
        writer = TableWriter(self)
        self._writing = True
        try:
            yield writer
            writer.check_usable()
        except BaseException:
            for undo in reversed(self._undo):
                undo()
            raise
        finally:
            self._undo.clear()
            self._writing = False
            writer.finish()

    def check(self) -> None:
        check_store(self)

    def close(self) -> None:
        pass

    # What a writer and a check ask for besides.

    def slots(self) -> int:
        return len(self._records)

    def slot_of(self, key: str) -> int | None:
        return self._slots.get(key)

    def records(self) -> Iterator[tuple[int, str, bytes | None]]:
        for slot, (key, value) in enumerate(self._records):
            yield slot, key, value

    def tile(self, height: int, number: int) -> bytes:
        return self._tiles.get((height, number), b"")

    def tile_count(self) -> int:
        return len(self._tiles)

    def put_records(self, rows: Iterable[tuple[int, str, bytes | None]]) -> None:
        for slot, key, value in rows:
            if slot == len(self._records):
                self._put(self._slots, key, slot)
                self._records.append((key, value))
                self._undo.append(self._records.pop)
            else:
                self._put(self._records, slot, (key, value))

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        for place, tile in tiles.items():
            self._put(self._tiles, place, tile)

    def put_entry(self, entry: Entry) -> None:
        self._log.append(entry)
        self._undo.append(self._log.pop)

    def _put(self, table: Any, place: Any, value: object) -> None:
        """Puts a value, and remembers how to take it back."""
        before = table.get(place, _ABSENT) if isinstance(table, dict) else table[place]
        if before is _ABSENT:
            self._undo.append(lambda: table.pop(place))
        else:
            self._undo.append(lambda: table.__setitem__(place, before))
        table[place] = value
