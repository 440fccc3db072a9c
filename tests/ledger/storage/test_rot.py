"""Bits that flip, rows that are gone, exchanged or cut: the scan names the first that is wrong."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from ledger.errors import DamagedLedger
from ledger.log import Entry
from ledger.storage import SqliteStore
from tests.ledger.storage.naive import Mirror, append_next
from zk.errors import Malformed, ZkError

ENTRIES = 60
#: Of the file itself; after it every byte is part of a page.
HEADER_BYTES = 100
FLIPS_PER_CASE = 150


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose records and entries fill many pages."""
    path = tmp_path_factory.mktemp("rot") / "ledger"
    store = SqliteStore.create(path)
    with store.writing() as writer:
        for _ in range(ENTRIES):
            append_next(writer, 7)
    store.close()
    return path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "ledger"))


def spoil(path: Path, sql: str) -> None:
    """Changes rows behind the ledger's back, and finds that there was something to change."""
    connection = sqlite3.connect(path)
    with connection:
        changed = sum(connection.execute(part).rowcount for part in sql.split(";"))
    connection.close()
    assert changed > 0


def found_in(path: Path) -> DamagedLedger:
    """What a full scan finds, whether the head can be opened or not."""
    with pytest.raises(DamagedLedger) as caught:
        scan(path)
    return caught.value


def scan(path: Path) -> None:
    store = SqliteStore.open(path, read_only=True)
    try:
        store.check()
    finally:
        store.close()


MIDDLE = 30
AT = f"WHERE number = {MIDDLE}"
ENTRY_DAMAGE = {
    "time": f"UPDATE entry SET time = time + 1 {AT}",
    "time is text": f"UPDATE entry SET time = 'x' {AT}",
    "time is huge": f"UPDATE entry SET time = 9000000000000000000 {AT}",
    "time is negative": f"UPDATE entry SET time = -1 {AT}",
    "transition": f"UPDATE entry SET transition = transition || x'00' {AT}",
    "transition is cut": "UPDATE entry SET transition = substr(transition, 1, 5)"
    " WHERE number = (SELECT min(number) FROM entry WHERE length(transition) > 5)",
    "transition is text": f"UPDATE entry SET transition = 'x' {AT}",
    "transition is a number": f"UPDATE entry SET transition = 7 {AT}",
    "root": f"UPDATE entry SET root = zeroblob(32) {AT}",
    "root is cut": f"UPDATE entry SET root = substr(root, 1, 31) {AT}",
    "previous": f"UPDATE entry SET previous = zeroblob(32) {AT}",
    "hash": f"UPDATE entry SET hash = zeroblob(32) {AT}",
    "deleted": f"DELETE FROM entry {AT}",
    "deleted from here": f"DELETE FROM entry WHERE number BETWEEN {MIDDLE} AND {ENTRIES - 3}",
    "the first deleted": "DELETE FROM entry WHERE number = 0",
    "the last deleted": f"DELETE FROM entry WHERE number = {ENTRIES - 1}",
    "the last two exchanged": f"UPDATE entry SET number = -1 WHERE number = {ENTRIES - 1};"
    f"UPDATE entry SET number = {ENTRIES - 1} WHERE number = {ENTRIES - 2};"
    f"UPDATE entry SET number = {ENTRIES - 2} WHERE number = -1",
    "exchanged": f"UPDATE entry SET number = -1 {AT};"
    f"UPDATE entry SET number = {MIDDLE} WHERE number = {MIDDLE + 5};"
    f"UPDATE entry SET number = {MIDDLE + 5} WHERE number = -1",
    "a negative one": f"UPDATE entry SET number = -5 {AT}",
}
FIRST_BAD = {
    "transition is cut": None,
    "the first deleted": 0,
    "the last deleted": ENTRIES - 2,
    "the last two exchanged": ENTRIES - 1,
}


@pytest.mark.parametrize("damage", ENTRY_DAMAGE)
def test_the_first_bad_entry_is_named(path: Path, damage: str) -> None:
    """Whatever happens to a row of the log, the error carries the number of that entry."""
    spoil(path, ENTRY_DAMAGE[damage])
    error = found_in(path)
    expected = FIRST_BAD.get(damage, MIDDLE)
    assert error.entry is not None
    assert error.entry == (error.entry if expected is None else expected)
    assert f"entry {error.entry}" in error.subject


ONE = "WHERE slot = 17"
RECORD_DAMAGE = {
    "value": (f"UPDATE record SET value = value || x'00' {ONE}", "record"),
    "value is cut": (f"UPDATE record SET value = substr(value, 2) {ONE}", "record"),
    "value is text": (f"UPDATE record SET value = 'text' {ONE}", "record"),
    "value is a number": (f"UPDATE record SET value = 3 {ONE}", "record"),
    "value is gone": (f"UPDATE record SET value = NULL {ONE}", "record"),
    "key": (f"UPDATE record SET key = key || x'61' {ONE}", "record"),
    "key is no text": (f"UPDATE record SET key = x'ff' {ONE}", "key"),
    "key is of another type": (f"UPDATE record SET key = 'text' {ONE}", "record"),
    "deleted": (f"DELETE FROM record {ONE}", "slot of record"),
    "values exchanged": (
        "UPDATE record SET value = (SELECT value FROM record AS other"
        " WHERE other.slot = 35 - record.slot AND value IS NOT NULL) WHERE slot IN (17, 18)",
        "record",
    ),
    "slots exchanged": (
        "UPDATE record SET slot = -1 WHERE slot = 17; UPDATE record SET slot = 17 WHERE slot = 18;"
        "UPDATE record SET slot = 18 WHERE slot = -1",
        "record",
    ),
    "a negative slot": (f"UPDATE record SET slot = -7 {ONE}", "slot of record"),
    "key of a deleted record": (
        "UPDATE record SET key = x'61' WHERE slot = (SELECT min(slot) FROM record"
        " WHERE value IS NULL)",
        "record",
    ),
    "a leaf": (
        "UPDATE tile SET hashes = zeroblob(32) || substr(hashes, 33) WHERE place = 1",
        "record",
    ),
    "a tile is cut": (
        "UPDATE tile SET hashes = substr(hashes, 1, length(hashes) - 32) WHERE place = 1",
        "record",
    ),
    "a tile is gone": ("DELETE FROM tile WHERE place = 1", "record"),
    "a tile is too long": (
        "UPDATE tile SET hashes = hashes || zeroblob(32) WHERE place = 1",
        "tile 1",
    ),
    "one tile too many": ("INSERT INTO tile VALUES (99, zeroblob(32))", "tiles"),
    "a tile is text": ("UPDATE tile SET hashes = 'x' WHERE place = 1", "record"),
}


@pytest.mark.parametrize("damage", RECORD_DAMAGE)
def test_the_first_bad_record_is_named(path: Path, damage: str) -> None:
    """Whatever happens to a row of the state, the error says which record or tile it was."""
    sql, subject = RECORD_DAMAGE[damage]
    spoil(path, sql)
    assert subject in found_in(path).subject


def test_a_rotten_record_is_not_served(path: Path) -> None:
    """A value that is no longer under its leaf is an error, not an answer; others still come."""
    spoil(path, f"UPDATE record SET value = x'00' {ONE}")
    store, mirror = SqliteStore.open(path), Mirror(7)
    mirror.advance(ENTRIES - 1)
    spoilt = list(mirror.store.records())[17][1]
    with pytest.raises(DamagedLedger, match=f"record {spoilt!r}"):
        store.get(spoilt)
    for key in set(mirror.store.keys("")) - {spoilt}:
        assert store.get(key) == mirror.store.get(key)


def test_a_rotten_entry_is_not_served(path: Path) -> None:
    """The entries before it come, then the error that names it."""
    spoil(path, f"UPDATE entry SET transition = x'00' {AT}")
    store = SqliteStore.open(path)
    with pytest.raises(DamagedLedger):
        store.entry(MIDDLE)
    read: list[Entry] = []
    with pytest.raises(DamagedLedger) as caught:
        read.extend(store.entries())
    assert caught.value.entry == MIDDLE
    assert [entry.number for entry in store.entries(MIDDLE + 1)] == list(range(MIDDLE + 1, ENTRIES))


def test_nothing_is_appended_to_a_rotten_tree(path: Path) -> None:
    """A writer that would have to build on damaged nodes refuses, and undoes the rest."""
    spoil(path, "UPDATE tile SET hashes = zeroblob(32) || substr(hashes, 33) WHERE place = 1")
    store = SqliteStore.open(path)
    head = store.head
    with pytest.raises(DamagedLedger):
        append_twenty(store)
    assert store.head == head


def append_twenty(store: SqliteStore) -> None:
    with store.writing() as writer:
        for _ in range(20):
            append_next(writer, 7)


@pytest.mark.parametrize("seed", range(5))
def test_flipped_bits(sound: Path, tmp_path: Path, seed: int) -> None:
    """A flipped bit anywhere in the file is found, or nothing that can be read has changed."""
    draw, mirror = random.Random(seed), Mirror(7)
    mirror.advance(ENTRIES - 1)
    data = sound.read_bytes()
    found = 0
    for flip in range(FLIPS_PER_CASE):
        spoilt = bytearray(data)
        position = draw.randrange(len(data)) if flip % 6 else draw.randrange(HEADER_BYTES)
        spoilt[position] ^= 1 << draw.randrange(8)
        path = tmp_path / f"{flip}"
        path.write_bytes(spoilt)
        error = found_in_any_way(path, mirror)
        found += error is not None
        if position >= HEADER_BYTES:  # before it a flip can make another version, or a lock, of it
            assert error is None or issubclass(error, Malformed)
        path.unlink()
    assert found > FLIPS_PER_CASE // 4


def test_cut_files(sound: Path, tmp_path: Path) -> None:
    """A file that ends early anywhere, or has pages of zeros, does not pass."""
    mirror, data = Mirror(7), sound.read_bytes()
    mirror.advance(ENTRIES - 1)
    path = tmp_path / "cut"
    for page in range(len(data) // 4096):
        for spoilt in (
            data[: page * 4096],
            data[: page * 4096 + 100],
            data[: page * 4096] + bytes(4096) + data[(page + 1) * 4096 :],
        ):
            path.write_bytes(spoilt)
            assert found_in_any_way(path, mirror)


def found_in_any_way(path: Path, mirror: Mirror) -> type[ZkError] | None:
    """How opening or scanning refuses; where neither does, everything reads as it was written."""
    try:
        scan(path)
    except ZkError as error:
        return type(error)
    store = SqliteStore.open(path, read_only=True)
    mirror.compare(store, fully=True)
    proofs = [store.prove(key) for key in store.keys("")]
    assert proofs == [mirror.store.prove(key) for key in mirror.store.keys("")]
    store.close()
    return None
