"""The full scan: every entry against the one before, every record against the tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ledger.errors import DamagedLedger
from ledger.log import Entry
from ledger.tree import HASH_BYTES, WIDTH, Tiles, fold, leaf_of, size_of, split, stored_root


class Scannable(Tiles, Protocol):
    """What a scan reads."""

    def entries(self, start: int = 0) -> Iterator[Entry]: ...
    def records(self) -> Iterator[tuple[int, str, bytes | None]]: ...
    def slot_of(self, key: str) -> int | None: ...
    def tile_count(self) -> int: ...


def check_store(store: Scannable) -> None:
    """Raises `DamagedLedger`, which names the first entry, or else the first record, at fault."""
    head = _check_log(store)
    slots = _check_records(store)
    _check_tiles(store, slots)
    check_root(store, slots, head)


def check_root(tiles: Tiles, slots: int, head: Entry | None) -> None:
    """The tree's root is the one that the last entry names; before the genesis there is none."""
    if head is None:
        if slots:
            raise DamagedLedger("log", expected="the entries of its records", actual="none")
        return
    root = stored_root(tiles, slots)
    if root != head.root:
        raise DamagedLedger(
            f"state after entry {head.number}",
            expected=f"root {head.root.hex()}",
            actual=f"root {root.hex()} of {slots} records",
            entry=head.number,
        )


def _check_log(store: Scannable) -> Entry | None:
    last = None
    for entry in store.entries():
        entry.check_follows(last)
        last = entry
    return last


def _check_records(store: Scannable) -> int:
    """Each record is in the slot, and under the leaf, that the tree has for it."""
    slots, tile = 0, b""
    for slot, key, value in store.records():
        name = f"record {key!r}"
        _expect(f"slot of {name}", slots, slot)
        _expect(f"slot of {name} in the index", slot, store.slot_of(key))
        if slot % WIDTH == 0:
            tile = store.tile(0, slot // WIDTH)
        leaf = leaf_of(key, value)
        stored = tile[(slot % WIDTH) * HASH_BYTES : (slot % WIDTH + 1) * HASH_BYTES]
        _expect(f"leaf of {name} in slot {slot}", leaf.hex(), stored.hex())
        slots += 1
    return slots


def _check_tiles(store: Scannable, slots: int) -> None:
    """Each tile has the children that the tiles below it fold to, and there are no others."""
    height, width, tiles = 0, slots, 0
    while width:
        width = -(-width // WIDTH)
        for number in range(width):
            tile = store.tile(height, number)
            size = size_of(slots, height, number) * HASH_BYTES
            _expect(f"size of tile {number} of height {height}", size, len(tile))
            if height:
                _check_folds(store, height, number, tile)
        tiles += width
        if width == 1:
            break
        height += 1
    _expect("tiles", tiles, store.tile_count())


def _check_folds(store: Scannable, height: int, number: int, tile: bytes) -> None:
    for index, child in enumerate(split(tile), number * WIDTH):
        below = fold(store.tile(height - 1, index), height - 1)
        _expect(f"tile {index} of height {height - 1}", child.hex(), below.hex())


def _expect(subject: str, expected: object, actual: object) -> None:
    if expected != actual:
        raise DamagedLedger(subject, expected=expected, actual=actual)
