"""SIGKILL at random moments and at every numbered point: what was acknowledged stays."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from ledger.storage import SqliteStore
from ledger.storage.append import COMMIT_POINTS, CREATION_POINTS
from tests.ledger.storage.children import (
    Child,
    kill_at,
    nothing,
    prepare_checkpoints,
    start,
    start_at,
)
from tests.ledger.storage.naive import Mirror

#: `make soak` asks for many more.
KILLS = int(os.environ.get("TACIT_KILLS", "300"))
KILLS_PER_LEDGER = 50
LEDGERS = range(0, KILLS, KILLS_PER_LEDGER)


def examine(
    path: Path,
    mirror: Mirror,
    children: list[Child],
    *,
    fully: bool = False,
    read_only: bool = False,
) -> None:
    """Nothing acknowledged is lost, nothing is half there, at most one more of each child is in."""
    acknowledged = max(child.acknowledged for child in children)
    mirror.advance(acknowledged)
    if not path.exists():
        assert acknowledged == -1
        return
    store = SqliteStore.open(path, read_only)
    mirror.compare(store, fully=fully)
    assert mirror.number() <= acknowledged + len(children)
    store.close()


@pytest.mark.parametrize("seed", LEDGERS)
def test_killed_at_random_moments(seed: int, tmp_path: Path) -> None:
    """After each of many kills the ledger opens and is what a replay of its log gives."""
    path, mirror, draw = tmp_path / "ledger", Mirror(seed), random.Random(seed)
    acknowledged = 0
    for kill in range(KILLS_PER_LEDGER):
        before = mirror.number()
        prepare = prepare_checkpoints(draw.choice([1, 20, 1000]))
        count = 1 if kill % 5 or before < 0 else 2
        children = [start(path, seed, prepare) for _ in range(count)]
        for child in children:
            # One alone comes to write, however busy the machine; of two, one may starve.
            child.wait_for(draw.choice([0, 1, 2]), 60 if count == 1 else 0.05)
            time.sleep(draw.random() * 0.012)
        for child in children:
            assert child.kill() == -signal.SIGKILL
            child.acknowledged = max(child.acknowledged, before)
        acknowledged += max(child.acknowledged for child in children) - before
        # A reader leaves the journal as it is, for the next child to recover from.
        read_only = draw.random() < 0.5
        examine(path, mirror, children, fully=kill % 10 == 9, read_only=read_only)
    assert acknowledged > KILLS_PER_LEDGER // 2, "the children hardly came to write"


@pytest.mark.parametrize("seed", range(max(KILLS // 100, 3)))
def test_killed_while_it_is_created(seed: int, tmp_path: Path) -> None:
    """A crash on the way to the genesis leaves a complete ledger or none, and a free name."""
    draw = random.Random(seed)
    for number in range(20):
        path, mirror = tmp_path / f"{number}", Mirror(seed)
        child = start(path, seed)
        time.sleep(draw.random() * 0.02)
        assert child.kill() == -signal.SIGKILL
        examine(path, mirror, [child], fully=True)
        child = start_at(path, seed, nothing, count=1)
        assert child.join() == 0
        examine(path, mirror, [child], fully=True)


@pytest.mark.parametrize("point", COMMIT_POINTS)
def test_killed_at_every_point_of_a_commit(point: str, tmp_path: Path) -> None:
    """Before the commit the old state is there, after it the new one."""
    path, mirror = tmp_path / "ledger", Mirror(1)
    assert start_at(path, 1, nothing, count=3).join() == 0
    for expected in range(3, 13):
        assert start_at(path, 1, kill_at(point)).join() == -signal.SIGKILL
        store = SqliteStore.open(path)
        mirror.compare(store, fully=True)
        assert mirror.number() == (expected if point == "after commit" else expected - 1)
        store.close()
        if point != "after commit":
            assert start_at(path, 1, nothing, count=1).join() == 0


@pytest.mark.parametrize("point", [*COMMIT_POINTS, *CREATION_POINTS])
def test_killed_at_every_point_of_a_creation(point: str, tmp_path: Path) -> None:
    """The link makes the ledger; before it the name is free, whatever lies beside it."""
    path, mirror = tmp_path / "ledger", Mirror(1)
    assert start_at(path, 1, kill_at(point)).join() == -signal.SIGKILL
    assert path.exists() == (point in CREATION_POINTS[1:])
    child = start_at(path, 1, nothing, count=2)
    assert child.join() == 0
    examine(path, mirror, [child], fully=True)
