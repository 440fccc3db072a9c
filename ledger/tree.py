"""The Merkle tree of the state: one leaf per record, updated along the paths that changed.

A record has a slot, the next free one when its key is first put, and keeps it for ever: a
deleted key leaves a tombstone, so that a root fixes everything that later roots depend on.

    leaf       SHA-256(0x00 ‖ len(key) ‖ key ‖ value)
    node       SHA-256(0x01 ‖ left ‖ right)
    tombstone  SHA-256(0x02 ‖ len(key) ‖ key)
    root       SHA-256(0x03 ‖ slots ‖ top)
    no slot    SHA-256(0x04)

The length of a key (in bytes of UTF-8) has four bytes, the number of slots eight, big-endian.
The tree over n slots has the smallest depth that holds them. There is one rule for what is
missing on the right: it is a subtree of leaves that are `no slot`, never a copy of its sibling.

Nodes are stored by the tile: the up to sixteen nodes of one level that share an ancestor four
levels up, concatenated. The levels between are recomputed: fifteen hashes cost less than four
more rows to read and write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from ledger.encoding import Count, Digest, HexBytes, Model
from ledger.errors import DamagedLedger
from zk.errors import Rejected

#: A tile's children and the levels above them, the last of which has one node.
Rows = list[list[bytes]]

#: Levels from a tile's children to the node that stands for it in the tile above.
LEVELS: Final = 4
WIDTH: Final = 1 << LEVELS
HASH_BYTES: Final = 32


class Tiles(Protocol):
    """Where tiles are read."""

    def tile(self, height: int, number: int) -> bytes:
        """The hashes of a tile's children, concatenated; empty where there is no such tile."""


@dataclass(frozen=True, slots=True)
class Update:
    """A tree after some leaves changed: its root, and the tiles that are new or different."""

    root: bytes
    tiles: Mapping[tuple[int, int], bytes]

    def tile(self, height: int, number: int) -> bytes | None:
        return self.tiles.get((height, number))


def leaf_of(key: str, value: bytes | None) -> bytes:
    """The leaf of a record, or the tombstone of a deleted one."""
    name = key.encode()
    tag = b"\x02" if value is None else b"\x00"
    return hashlib.sha256(tag + len(name).to_bytes(4, "big") + name + (value or b"")).digest()


def update(
    tiles: Tiles, root: bytes, before: int, after: int, leaves: Mapping[int, bytes]
) -> Update:
    """The tree of `before` slots with these leaves put, every slot from `before` on among them.

    The last old slot's path counts as changed when the tree grows: a tile that did not exist
    then gets its first child from there. Every tile that changes is first held against the one
    above it, up to `root`: nothing is ever built on a tile that has rotted.
    """
    changed = _by_tile(leaves)
    if before and (after > before or not changed):
        changed.setdefault((before - 1) // WIDTH, {})
    written: dict[tuple[int, int], bytes] = {}
    olds: dict[int, bytes] = {}
    new_root = _root(0, empty(0))
    for height in range(_top(after) + 1):
        folded, folded_olds = {}, {}
        for number, children in changed.items():
            old = _rows(_load(tiles, before, height, number), height)
            _check_children(old, height, number, olds)
            new = _patched(old, height, children)
            written[height, number] = b"".join(new[0])
            folded[number] = new[-1][0]
            if old[0] and height == _top(before):
                _check_top(before, old, root)
            elif old[0]:
                folded_olds[number] = old[-1][0]
            if height == _top(after):
                new_root = _root_over(after, new)
        changed, olds = _by_tile(folded), folded_olds
    return Update(new_root, written)


def stored_root(tiles: Tiles, slots: int) -> bytes:
    """The root, from the one tile at the top."""
    return root_of(slots, _load(tiles, slots, _top(slots), 0))


def fold(tile: bytes, height: int) -> bytes:
    """The node that stands for a tile of this height in the tile above."""
    return _rows(tile, height)[-1][0]


def root_of(slots: int, tile: bytes) -> bytes:
    """The root over so many slots whose highest tile is this one."""
    return _root_over(slots, _rows(tile, _top(slots)))


def size_of(slots: int, height: int, number: int) -> int:
    """How many children a tile has in a tree of so many slots."""
    if height > _top(slots):
        return 0
    nodes = -(-slots >> height * LEVELS)  # of the tile's children's level; divided, rounded up
    return min(max(nodes - number * WIDTH, 0), WIDTH)


def prove(tiles: Tiles, slots: int, slot: int, key: str, value: bytes | None) -> Inclusion:
    """The proof that this record, or the tombstone of this key, is the one in this slot."""
    path = tuple(_siblings(tiles, slots, slot))
    return Inclusion(key=key, value=value, slot=slot, slots=slots, path=path)


class Inclusion(Model):
    """The record of a key, its slot, and the siblings on the way from its leaf to the root."""

    key: str
    #: None where the record was deleted.
    value: HexBytes | None
    slot: Count
    slots: Count
    path: tuple[Digest, ...]

    def verify(self, root: bytes) -> None:
        """Raises `Rejected` unless the state with this root holds this record, or its tombstone."""
        if self.slot >= self.slots or len(self.path) != _depth(self.slots):
            raise Rejected(
                f"inclusion of {self.key!r}",
                expected=f"a slot below {self.slots} and {_depth(self.slots)} siblings",
                actual=f"slot {self.slot} and {len(self.path)} siblings",
            )
        actual = _root(self.slots, self._climb())
        if actual != root:
            raise Rejected(f"inclusion of {self.key!r}", expected=root.hex(), actual=actual.hex())

    def _climb(self) -> bytes:
        node = leaf_of(self.key, self.value)
        for level, sibling in enumerate(self.path):
            left, right = (sibling, node) if self.slot >> level & 1 else (node, sibling)
            node = _node(left, right)
        return node


@cache
def empty(level: int) -> bytes:
    """The node of this level (leaves have level 0) under which there is no slot."""
    if level == 0:
        return hashlib.sha256(b"\x04").digest()
    return _node(empty(level - 1), empty(level - 1))


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _root(slots: int, top: bytes) -> bytes:
    return hashlib.sha256(b"\x03" + slots.to_bytes(8, "big") + top).digest()


def _depth(count: int) -> int:
    return (count - 1).bit_length() if count else 0


def _top(slots: int) -> int:
    """The height of the highest tile; the leaves are in tiles of height 0."""
    return max(_depth(slots) - 1, 0) // LEVELS


def _root_over(slots: int, rows: Rows) -> bytes:
    """The root, from the rows of the highest tile: the first row with one node is the top."""
    top = rows[_depth(len(rows[0]))]
    return _root(slots, top[0] if top else empty(0))


def _rows(tile: bytes, height: int) -> Rows:
    """The children of a tile, and the levels above them up to the node that stands for it."""
    row = split(tile)
    rows = [row]
    for level in range(height * LEVELS, (height + 1) * LEVELS):
        if len(row) % 2:
            row = [*row, empty(level)]
        row = [_node(row[i], row[i + 1]) for i in range(0, len(row), 2)]
        rows.append(row)
    return rows


def _patched(rows: Rows, height: int, children: Mapping[int, bytes]) -> Rows:
    """The rows of a tile after some of its children changed; only what is above them is hashed."""
    row = rows[0] + [b""] * (max(children, default=-1) + 1 - len(rows[0]))
    for index, child in children.items():
        row[index] = child
    patched, touched = [row], set(children)
    for level, old in enumerate(rows[1:], height * LEVELS):
        below = row if len(row) % 2 == 0 else [*row, empty(level)]
        row = old + [b""] * (len(below) // 2 - len(old))
        touched = {index // 2 for index in touched}
        for index in touched:
            row[index] = _node(below[2 * index], below[2 * index + 1])
        patched.append(row)
    return patched


def split(tile: bytes) -> list[bytes]:
    """The children of a tile."""
    return [tile[i : i + HASH_BYTES] for i in range(0, len(tile), HASH_BYTES)]


def _load(tiles: Tiles, slots: int, height: int, number: int) -> bytes:
    tile = tiles.tile(height, number)
    expected = size_of(slots, height, number) * HASH_BYTES
    if len(tile) != expected:
        raise _damaged(height, number, f"{expected} bytes", f"{len(tile)} bytes")
    return tile


def _check_children(rows: Rows, height: int, number: int, below: Mapping[int, bytes]) -> None:
    """Those of these nodes that are children of this tile are what it says they are."""
    for index in below.keys() & range(number * WIDTH, (number + 1) * WIDTH):
        child = rows[0][index % WIDTH]
        if child != below[index]:
            raise _damaged(height - 1, index, child.hex(), below[index].hex())


def _check_top(slots: int, rows: Rows, root: bytes) -> None:
    actual = _root_over(slots, rows)
    if actual != root:
        raise _damaged(_top(slots), 0, f"root {root.hex()}", f"root {actual.hex()}")


def _damaged(height: int, number: int, expected: str, actual: str) -> DamagedLedger:
    return DamagedLedger(f"tile {number} of height {height}", expected=expected, actual=actual)


def _by_tile(nodes: Mapping[int, bytes]) -> dict[int, dict[int, bytes]]:
    """Nodes of one level, by the tile that they are children of."""
    tiles: dict[int, dict[int, bytes]] = {}
    for index, node in nodes.items():
        tiles.setdefault(index // WIDTH, {})[index % WIDTH] = node
    return tiles


def _siblings(tiles: Tiles, slots: int, slot: int) -> Iterable[bytes]:
    depth = _depth(slots)
    for height in range(_top(slots) + 1):
        number, index = divmod(slot >> height * LEVELS, WIDTH)
        levels = min(LEVELS, depth - height * LEVELS)
        yield from _siblings_in(_load(tiles, slots, height, number), height, levels, index)


def _siblings_in(tile: bytes, height: int, levels: int, index: int) -> Iterator[bytes]:
    for above, row in enumerate(_rows(tile, height)[:levels]):
        beside = (index >> above) ^ 1
        yield row[beside] if beside < len(row) else empty(height * LEVELS + above)
