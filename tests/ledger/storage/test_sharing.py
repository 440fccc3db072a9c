"""Readers beside a writer, and writers beside one another."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from ledger.errors import Unavailable
from ledger.storage import SqliteStore
from tests.ledger.storage.children import nothing, start, start_at
from tests.ledger.storage.naive import KEYS, Mirror, append_next

FORKED = multiprocessing.get_context("fork")


def grown(path: Path, seed: int, count: int) -> None:
    with SqliteStore.create(path).writing() as writer:
        for _ in range(count):
            append_next(writer, seed)


def test_readers_see_whole_states_while_another_writes(tmp_path: Path) -> None:
    """Whatever a reader finds, in one snapshot, is the state of one entry of the log."""
    path, mirror = tmp_path / "ledger", Mirror(2)
    grown(path, 2, 1)
    writer = start(path, 2)
    reader = SqliteStore.open(path, read_only=True)
    seen = set()
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        with reader.snapshot():
            head = reader.head
            assert head is not None
            records = {key: reader.get(key) for key in KEYS}
            for key in [key for key, value in records.items() if value is not None][:5]:
                reader.prove(key).verify(head.root)
            mirror.advance(head.number)
            assert head == mirror.store.head
            assert records == {key: mirror.store.get(key) for key in KEYS}
            seen.add(head.number)
    writer.kill()
    assert len(seen) > 3
    reader.check()
    reader.close()


def test_a_reader_sees_nothing_before_the_commit(tmp_path: Path) -> None:
    """Another store sees the old state until the writer's context has ended."""
    path = tmp_path / "ledger"
    grown(path, 1, 3)
    writing, reading = SqliteStore.open(path), SqliteStore.open(path)
    old = reading.head
    before = {key: reading.get(key) for key in KEYS}
    with writing.writing() as writer:
        append_next(writer, 1)
        assert reading.head == old
        assert {key: reading.get(key) for key in KEYS} == before
    assert reading.head == writing.head != old


def test_a_snapshot_stays(tmp_path: Path) -> None:
    """A snapshot does not move while others append; after it the new state is there."""
    path = tmp_path / "ledger"
    grown(path, 1, 3)
    writing, reading = SqliteStore.open(path), SqliteStore.open(path, read_only=True)
    with reading.snapshot():
        old, entries = reading.head, list(reading.entries())
        with writing.writing() as writer:
            append_next(writer, 1)
        with reading.snapshot():
            assert reading.head == old
        assert list(reading.entries()) == entries
        reading.check()
    assert reading.head == writing.head


def test_an_iteration_goes_on_while_others_append(tmp_path: Path) -> None:
    """Reading the log holds nobody up, and comes to what was appended meanwhile."""
    path = tmp_path / "ledger"
    grown(path, 1, 100)
    writing, reading = SqliteStore.open(path), SqliteStore.open(path)
    numbers = []
    for entry in reading.entries():
        numbers.append(entry.number)
        if entry.number < 50:
            with writing.writing() as writer:
                append_next(writer, 1)
    assert numbers == list(range(150))


def test_the_second_writer_waits_and_then_says_so(tmp_path: Path) -> None:
    """A lock that is not released in time is one clear error, and nothing is lost by it."""
    path = tmp_path / "ledger"
    grown(path, 1, 1)
    first, second = SqliteStore.open(path), SqliteStore.open(path, patience=0.2)
    with first.writing() as writer:
        append_next(writer, 1)
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="locked"), second.writing():
            pass
        assert 0.1 < time.monotonic() - begun < 3
    with second.writing() as writer:
        assert writer.head == first.head
        append_next(writer, 1)
    first.check()


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    """Each finds the other's entries when it has the lock; the chain is that of one writer."""
    path, mirror = tmp_path / "ledger", Mirror(5)
    grown(path, 5, 1)
    children = [start_at(path, 5, nothing, patient, count=60) for _ in range(2)]
    assert [child.join() for child in children] == [0, 0]
    store = SqliteStore.open(path)
    mirror.compare(store, fully=True)
    assert mirror.number() == 120


def patient(store: SqliteStore) -> None:
    """Waits as long as it takes: the other may have the lock many times in a row."""
    store._database.rows("PRAGMA busy_timeout = 60000")


def append_to_where_it_was(path: Path, barrier: Barrier) -> None:
    """What a caller does: judge against a head, and append only if it is still the head."""
    store = SqliteStore.open(path)
    judged = store.head
    barrier.wait()
    with store.writing() as writer:
        if writer.head == judged:
            append_next(writer, 5)
    store.close()


def test_of_two_that_judged_the_same_head_one_appends(tmp_path: Path) -> None:
    """The head that a writer shows is the stored one, so the second one notices."""
    path = tmp_path / "ledger"
    grown(path, 5, 1)
    barrier = FORKED.Barrier(2)
    both = [FORKED.Process(target=append_to_where_it_was, args=(path, barrier)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    store = SqliteStore.open(path)
    Mirror(5).compare(store, fully=True)
    assert store.head is not None
    assert store.head.number == 1
