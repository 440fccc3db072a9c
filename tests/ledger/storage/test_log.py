"""The chain: one hash over every field, and each entry after the one before."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from ledger.errors import DamagedLedger, OutOfOrder
from ledger.log import BEFORE_GENESIS, Entry, Head
from zk.errors import Malformed

GENESIS = Entry.follow(None, 5, b"genesis", bytes([1]) * 32)
NEXT = Entry.follow(GENESIS, 7, b"next", bytes([2]) * 32)


def test_the_hash_is_that_of_the_definition() -> None:
    """SHA-256 over domain, previous hash, number, time, length, transition and root."""
    numbers = b"".join(n.to_bytes(8, "big") for n in (1, 7, 4))
    data = b"tacit entry 1" + GENESIS.hash + numbers + b"next" + bytes([2]) * 32
    assert NEXT.hash == hashlib.sha256(data).digest()
    assert GENESIS.previous == BEFORE_GENESIS
    assert NEXT.head == Head(1, 7, NEXT.hash, NEXT.root)


def test_entries_follow() -> None:
    """What was made to follow does."""
    GENESIS.check_follows(None)
    NEXT.check_follows(GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"number": -1},
        {"time": 8},
        {"time": -1},
        {"transition": b"nexT"},
        {"transition": b""},
        {"root": bytes(32)},
        {"previous": bytes(32)},
        {"hash": bytes(32)},
    ],
    ids=str,
)
def test_every_field_is_under_the_hash(change: dict[str, object]) -> None:
    """An entry with any field changed is damaged, and the error says which entry it is."""
    entry = dataclasses.replace(NEXT, **change)  # type: ignore[arg-type]
    with pytest.raises(DamagedLedger) as caught:
        entry.check_follows(GENESIS)
    assert caught.value.entry == entry.number


def test_a_sound_entry_of_another_place_does_not_follow() -> None:
    """Skipped, repeated, exchanged and backdated entries are found though each is sound."""
    third = Entry.follow(NEXT, 7, b"", bytes(32))
    other = Entry.follow(GENESIS, 7, b"another", bytes([2]) * 32)
    late = Entry.follow(Entry.follow(GENESIS, 9, b"", bytes(32)), 9, b"", bytes(32))
    for entry, previous in [
        (third, GENESIS),
        (NEXT, NEXT),
        (third, other),
        (late, NEXT),
        (NEXT, None),
        (GENESIS, GENESIS),
    ]:
        with pytest.raises(DamagedLedger):
            entry.check_follows(previous)


def test_time_does_not_run_back() -> None:
    """An entry may share the time of the last one; an earlier time is refused."""
    assert Entry.follow(NEXT, 7, b"", bytes(32)).time == 7
    with pytest.raises(OutOfOrder):
        Entry.follow(NEXT, 6, b"", bytes(32))


@pytest.mark.parametrize("time", [-1, 1 << 53, 1 << 64])
def test_times_are_bounded(time: int) -> None:
    """Times that JSON or SQLite would change are refused."""
    with pytest.raises(Malformed):
        Entry.follow(None, time, b"", bytes(32))
