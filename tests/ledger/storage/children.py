"""Processes that append until they are killed, and say so after every commit."""

from __future__ import annotations

import os
import select
import signal
import struct
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger.storage import SqliteStore
from tests.ledger.storage.naive import append_next

_NUMBER = struct.Struct(">Q")


def nothing(point: str) -> None:
    """At no point of a commit is anything done."""


def kill_at(wanted: str) -> Callable[[str], None]:
    """Kills the process at a point of a commit."""

    def at(point: str) -> None:
        if point == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return at


def prepare_checkpoints(every: int, synchronous: str = "") -> Callable[[SqliteStore], None]:
    """Lets a store move its log into the file as soon as it has so many pages; 0 is never."""

    def prepare(store: SqliteStore) -> None:
        store._database.rows(f"PRAGMA wal_autocheckpoint = {every}")
        if synchronous:
            store._database.rows(f"PRAGMA synchronous = {synchronous}")

    return prepare


def reopened(path: Path, at: Callable[[str], None] = nothing) -> SqliteStore:
    """The ledger at a path; a new one if there is none yet."""
    if path.exists():
        return SqliteStore.open(path, at=at)
    return SqliteStore.create(path, at=at)


@dataclass
class Child:
    """A process that appends; `acknowledged` is the last entry that it said is committed."""

    pid: int
    pipe: int
    acknowledged: int = -1

    def wait_for(self, count: int, seconds: float) -> None:
        """Until so many entries are acknowledged, or the time is over."""
        end = time.monotonic() + seconds
        while count > 0 and (rest := end - time.monotonic()) > 0:
            if not select.select([self.pipe], [], [], rest)[0]:
                return
            data = os.read(self.pipe, _NUMBER.size)
            if not data:
                return
            self._note(data)
            count -= 1

    def kill(self) -> int:
        """Kills it at once; its exit status, and all that it still had said."""
        os.kill(self.pid, signal.SIGKILL)
        return self.join()

    def join(self) -> int:
        """Its exit status, when it has ended."""
        while data := os.read(self.pipe, _NUMBER.size):
            self._note(data)
        os.close(self.pipe)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _note(self, data: bytes) -> None:
        self.acknowledged = max(self.acknowledged, _NUMBER.unpack(data)[0])


def start(path: Path, seed: int, prepare: Callable[[SqliteStore], None] | None = None) -> Child:
    """A child that appends for ever; `prepare` is given its store first."""
    return start_at(path, seed, nothing, prepare)


def start_at(
    path: Path,
    seed: int,
    at: Callable[[str], None],
    prepare: Callable[[SqliteStore], None] | None = None,
    count: int | None = None,
) -> Child:
    """A forked child, so that it costs no start of an interpreter; ends after `count` entries."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    os._exit(_run(writing, path, seed, at, prepare, count))


def _run(
    pipe: int,
    path: Path,
    seed: int,
    at: Callable[[str], None],
    prepare: Callable[[SqliteStore], None] | None,
    count: int | None,
) -> int:
    """The status to exit with; nothing is raised into the test that forked."""
    try:
        store = reopened(path, at)
        if prepare is not None:
            prepare(store)
        while count is None or count > 0:
            with store.writing() as writer:
                entry = append_next(writer, seed)
            os.write(pipe, _NUMBER.pack(entry.number))
            count = None if count is None else count - 1
        store.close()
    except BrokenPipeError:
        return 0
    except BaseException:
        traceback.print_exc()
        return 3
    return 0
