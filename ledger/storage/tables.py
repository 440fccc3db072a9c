"""The three tables of the file, and the rows that are no longer what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.encoding import BOUND
from ledger.errors import DamagedLedger
from ledger.log import Entry
from ledger.storage.database import Database
from ledger.tree import HASH_BYTES, WIDTH, leaf_of
from zk.errors import Conflict

_ENTRY: Final = "SELECT number, time, transition, root, previous, hash FROM entry"
_LEAF: Final = f"substr(hashes, slot % {WIDTH} * {HASH_BYTES} + 1, {HASH_BYTES})"
_RECORD: Final = (
    f"SELECT slot, value, {_LEAF} FROM record LEFT JOIN tile ON place = slot / {WIDTH}"
    " WHERE key = ?"
)
_PUT_RECORD: Final = (
    "INSERT INTO record (slot, key, value) VALUES (?, ?, ?)"
    " ON CONFLICT (slot) DO UPDATE SET value = excluded.value"
)
#: How many rows are read at a time, so that nobody's reading holds on to an old snapshot.
_PAGE: Final = 32
#: A tile's row is numbered by its height, then by its number in it.
_HEIGHT_SHIFT: Final = 48


class SqliteTables:
    """What a writer, a reader and a scan ask for, each read whole by one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def head(self) -> Entry | None:
        rows = self._database.rows(f"{_ENTRY} ORDER BY number DESC LIMIT 1")
        return _entry(rows[0]) if rows else None

    def entry(self, number: int) -> Entry:
        in_range = min(max(number, -1), BOUND)
        rows = self._database.rows(
            f"{_ENTRY} WHERE number = ?", in_range, subject=f"entry {number}"
        )
        if rows:
            return _entry(rows[0])
        head = self.head
        if head is not None and 0 <= number < head.number:
            raise _missing(number)
        raise Conflict("entry", expected="one that the log has", actual=number)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        number = min(max(start, 0), BOUND)  # SQLite has no larger numbers than 64 bits
        sql = f"{_ENTRY} WHERE number >= ? ORDER BY number LIMIT ?"
        while rows := self._page(sql, number, f"entry {number}", number):
            for row in rows:
                if row[0] != number:
                    raise _missing(number)
                yield _entry(row)
                number += 1

    def get(self, key: str) -> bytes | None:
        rows = self._database.rows(_RECORD, _name(key), subject=f"record {key!r}")
        if not rows:
            return None
        slot, value, leaf = rows[0]
        if not isinstance(value, bytes | None) or leaf != leaf_of(key, value):
            expected = f"the one whose leaf is in slot {slot}"
            raise DamagedLedger(f"record {key!r}", expected=expected, actual="another")
        return value

    def keys(self, prefix: str) -> Iterator[str]:
        sql = "SELECT key, value IS NULL FROM record WHERE key >= ? ORDER BY key LIMIT ?"
        first = wanted = _name(prefix)
        while rows := self._page(sql, first, f"first key from {first!r} on"):
            for name, is_deleted in rows:
                if not _bytes("key", name).startswith(wanted):
                    return
                if not is_deleted:
                    yield _key(name)
            first = rows[-1][0] + b"\0"

    def records(self) -> Iterator[tuple[int, str, bytes | None]]:
        """Every record in the order of the slots, deleted ones with None."""
        sql = "SELECT slot, key, value FROM record WHERE slot >= ? ORDER BY slot LIMIT ?"
        next_slot = -BOUND
        while rows := self._page(sql, next_slot, f"first record from slot {next_slot} on"):
            for slot, name, value in rows:
                key = _key(name)
                yield slot, key, None if value is None else _bytes(f"record {key!r}", value)
                next_slot = slot + 1

    def slots(self) -> int:
        ((last,),) = self._database.rows("SELECT max(slot) FROM record")
        if last is not None and last < 0:
            raise DamagedLedger("last slot", expected="0 or more", actual=last)
        return 0 if last is None else int(last) + 1

    def slot_of(self, key: str) -> int | None:
        sql, subject = "SELECT slot FROM record WHERE key = ?", f"record {key!r} in the index"
        rows = self._database.rows(sql, _name(key), subject=subject)
        return int(rows[0][0]) if rows else None

    def tile(self, height: int, number: int) -> bytes:
        sql, subject = (
            "SELECT hashes FROM tile WHERE place = ?",
            f"tile {number} of height {height}",
        )
        rows = self._database.rows(sql, _place(height, number), subject=subject)
        return _bytes(subject, rows[0][0]) if rows else b""

    def tile_count(self) -> int:
        ((count,),) = self._database.rows("SELECT count(*) FROM tile")
        return int(count)

    def put_records(self, rows: Iterable[tuple[int, str, bytes | None]]) -> None:
        encoded = ((slot, _name(key), value) for slot, key, value in rows)
        self._database.many(_PUT_RECORD, encoded)

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        rows = ((_place(*where), hashes) for where, hashes in tiles.items())
        self._database.many("INSERT OR REPLACE INTO tile (place, hashes) VALUES (?, ?)", rows)

    def put_entry(self, entry: Entry) -> None:
        row = (entry.number, entry.time, entry.transition, entry.root, entry.previous, entry.hash)
        self._database.many("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", [row])

    def check_integrity(self) -> None:
        """SQLite's own scan: its pages, and that the index has every key once."""
        for (found,) in self._database.rows("PRAGMA integrity_check(1)"):
            if found not in (b"ok", "ok"):
                actual = found.decode(errors="replace")
                raise DamagedLedger("file", expected="sound pages", actual=actual)

    def _page(
        self, sql: str, start: int | bytes, subject: str, entry: int | None = None
    ) -> list[tuple[Any, ...]]:
        """Some rows; one, if there are any that cannot be read, so that those before it are."""
        try:
            return self._database.rows(sql, start, _PAGE)
        except DamagedLedger:
            pass
        try:
            return self._database.rows(sql, start, 1)
        except DamagedLedger as error:
            expected, actual = "a row that can be read", error.actual
            raise DamagedLedger(subject, expected=expected, actual=actual, entry=entry) from error


def _entry(row: tuple[Any, ...]) -> Entry:
    """The entry of a row, whose hash is that of what is in it."""
    number, time, *fields = row
    subject = f"entry {number}"
    if not isinstance(time, int):
        raise DamagedLedger(subject, expected="a time", actual=repr(time)[:80], entry=number)
    entry = Entry(number, time, *(_bytes(subject, field, number) for field in fields))
    entry.check()
    return entry


def _missing(number: int) -> DamagedLedger:
    return DamagedLedger(f"entry {number}", expected="a row", actual="none", entry=number)


def _bytes(subject: str, value: object, entry: int | None = None) -> bytes:
    if not isinstance(value, bytes):
        raise DamagedLedger(subject, expected="bytes", actual=repr(value)[:80], entry=entry)
    return value


def _name(key: str) -> bytes:
    """A key as the file has it; what UTF-8 cannot write is no key, and found nowhere."""
    return key.encode(errors="surrogatepass")


def _key(name: object) -> str:
    try:
        return _bytes("key", name).decode()
    except UnicodeDecodeError:
        raise DamagedLedger("key", expected="UTF-8", actual=repr(name)[:80]) from None


def _place(height: int, number: int) -> int:
    return height << _HEIGHT_SHIFT | number
