"""Runs with `faults.c` preloaded: every call fails once, and power is lost at many moments.

python -m tests.ledger.storage.faulty errors NAME LASTING CHECKPOINTS FOLDER
python -m tests.ledger.storage.faulty power LOSSES SEED SYNCHRONOUS FOLDER
"""

from __future__ import annotations

import ctypes
import errno
import random
import signal
import sys
from pathlib import Path

from ledger.errors import Unavailable
from ledger.storage import SqliteStore
from tests.ledger.storage.children import nothing, prepare_checkpoints, start_at
from tests.ledger.storage.naive import Mirror, append_next

FAULTS = ctypes.CDLL(None)


#: Every call of an append has failed when so many times as many calls have had their turn.
MARGIN = 3


def append(store: SqliteStore, seed: int) -> bool:
    """One entry; False if the store says that it could not."""
    try:
        with store.writing() as writer:
            append_next(writer, seed)
    except Unavailable:
        return False
    return True


def fail_appends(error: int, lasting: bool, checkpoints: int, folder: Path) -> int:
    """The nth call fails, for every n; the store goes on as the same object and as a new one."""
    path, mirror = folder / "ledger", Mirror(1)
    assert append(SqliteStore.create(path), 1)
    mirror.advance(0)
    most = 0
    for nth in range(1, 10_000):
        store = SqliteStore.open(path)
        prepare_checkpoints(checkpoints)(store)
        FAULTS.faults_arm(ctypes.c_long(nth), error, int(lasting))
        done = append(store, 1)
        compare(store, mirror, done)
        calls = int(FAULTS.faults_disarm())
        if nth % 2:  # the object of the failure goes on, or the next one does
            assert append(store, 1)
            mirror.advance(mirror.number() + 1)
            mirror.compare(store, fully=True)
        store.close()
        store = SqliteStore.open(path)
        mirror.compare(store, fully=True)
        store.close()
        most = max(most, calls)
        if nth > MARGIN * most:
            return most
    raise AssertionError("the faults never ended")


def compare(store: SqliteStore, mirror: Mirror, done: bool) -> None:
    """What the store shows, fault or not, is the state before or the one after, and no other."""
    if done:
        mirror.advance(mirror.number() + 1)
    head = store.head
    assert head is not None
    assert head.number == mirror.number()
    mirror.compare(store)


def fail_creations(error: int, lasting: bool, folder: Path) -> int:
    """As for appends: there is a complete ledger, or a free name and a store to try again with."""
    for nth in range(1, 10_000):
        path, mirror = folder / f"created {nth}", Mirror(2)
        store = SqliteStore.create(path)
        FAULTS.faults_arm(ctypes.c_long(nth), error, int(lasting))
        done = append(store, 2)
        calls = FAULTS.faults_disarm()
        assert path.exists() or not done
        if path.exists():
            mirror.compare(store, fully=True)
        else:
            assert store.head is None
        assert append(store, 2)
        mirror.advance(0)
        mirror.compare(store, fully=True)
        store.close()
        mirror.compare(SqliteStore.open(path), fully=True)
        assert not list(folder.glob(".*")), "a draft is left"
        if calls < nth:
            return nth
    raise AssertionError("the faults never ended")


def lose_power(losses: int, seed: int, synchronous: str, folder: Path) -> int:
    """After each loss of power the ledger opens, with everything that was acknowledged."""
    draw = random.Random(seed)
    path, mirror, number, lost = folder / "ledger", Mirror(seed), 0, 0
    for loss in range(losses):
        if loss % 25 == 0:
            number += 1
            path, mirror = folder / f"ledger {number}", Mirror(seed)
        before = mirror.number()
        prepare = prepare_checkpoints(draw.choice([1, 20, 1000]), synchronous)
        count, calls = draw.choice([(1, 20), (5, 80), (None, 400)])
        nth, dice = draw.randrange(1, calls), draw.getrandbits(32)
        FAULTS.faults_lose_power_at(ctypes.c_long(nth), dice)
        child = start_at(path, seed, nothing, prepare, count=count)
        FAULTS.faults_disarm()
        status = child.join()
        assert status in (-signal.SIGKILL, 0), status
        lost += status == -signal.SIGKILL
        mirror.advance(max(child.acknowledged, before))
        if path.exists():
            store = SqliteStore.open(path)
            acknowledged = mirror.number()
            mirror.compare(store, fully=True)
            assert mirror.number() <= acknowledged + 1
            store.close()
        else:
            assert child.acknowledged == before == -1
    return lost


def main(kind: str, *rest: str) -> None:
    if kind == "power":
        losses, seed, synchronous, folder = rest
        lost = lose_power(int(losses), int(seed), synchronous, Path(folder))
        sys.stdout.write(f"losses: {lost}\n")
        return
    name, lasting, checkpoints, folder = rest
    error = getattr(errno, name)
    appends = fail_appends(error, lasting == "lasting", int(checkpoints), Path(folder))
    creations = fail_creations(error, lasting == "lasting", Path(folder))
    sys.stdout.write(f"calls of an append: {appends}, of a creation: {creations}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
