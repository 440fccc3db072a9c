"""The cost of an append is that of what it changes, not of what is there."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from ledger.storage import MemoryStore, SqliteStore, Store
from ledger.tree import Tiles, update

CHANGED = 25
#: Two sizes a hundred times apart; a tree of tiles is 5 high at the one and 3 at the other.
SMALL, LARGE = 1_000, 100_000


class CountingTiles:
    """Tiles that count how often they are read."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self.reads = 0

    def tile(self, height: int, number: int) -> bytes:
        self.reads += 1
        return self._tiles.tile(height, number)


def filled(store: Store, count: int) -> list[str]:
    keys = [f"account/{i}" for i in range(count)]
    with store.writing() as writer:
        writer.append(0, b"", {key: random.Random(key).randbytes(100) for key in keys})
    return keys


def seconds_per_append(store: Store, keys: list[str], changed: int) -> float:
    """The median over appends that each change some records anywhere."""
    draw, times = random.Random(1), []
    for number in range(60):
        changes = {key: draw.randbytes(100) for key in draw.sample(keys, changed)}
        begun = time.perf_counter()
        with store.writing() as writer:
            writer.append(number, draw.randbytes(4000), changes)
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


@pytest.mark.parametrize("changed", [1, CHANGED])
def test_the_tiles_that_are_touched(changed: int) -> None:
    """At most one tile of each height for each change, whatever the number of records."""
    for count, height in ((SMALL, 3), (LARGE, 5)):
        store = MemoryStore()
        filled(store, count)
        assert store.head is not None
        slots = random.Random(2).sample(range(count), changed)
        tiles = CountingTiles(store)
        updated = update(tiles, store.head.root, count, count, dict.fromkeys(slots, bytes(32)))
        assert tiles.reads == len(updated.tiles)
        assert height <= len(updated.tiles) <= changed * height


@pytest.mark.parametrize("changed", [1, CHANGED])
def test_a_hundred_times_the_records(tmp_path: Path, changed: int) -> None:
    """An append among 100,000 records costs little more than among 1,000; the host may be busy."""
    times = []
    for count in (SMALL, LARGE):
        store = SqliteStore.create(tmp_path / f"{count}")
        times.append(seconds_per_append(store, filled(store, count), changed))
        store.close()
    measured = f"{changed} changed: {times[0] * 1e3:.2f} ms, then {times[1] * 1e3:.2f} ms"
    assert times[1] < min(6 * times[0] + 0.005, 0.1), measured
