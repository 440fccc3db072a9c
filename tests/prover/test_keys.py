"""Proving keys on disk: made once, the same everywhere, and never taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuits.shape import SHAPES
from prover.keys import KeyFiles
from zk.backends import Backend
from zk.errors import Conflict, MalformedFile

TINY = SHAPES["tiny"]


def test_a_key_is_made_once_and_opened_after_that(native: Backend, tmp_path: Path) -> None:
    """Four files whose names say what they are; a second opening changes none of them."""
    files = KeyFiles(tmp_path, native)
    first = files.insecure_development(TINY).statement_keys()
    keys = sorted(tmp_path.glob("*.zkey"))
    assert len(keys) == 4
    assert all(".insecure." in path.name for path in keys)
    before = {path: path.stat().st_mtime_ns for path in keys}
    assert files.insecure_development(TINY).statement_keys() == first
    assert {path: path.stat().st_mtime_ns for path in keys} == before


def test_two_installations_make_the_same_key(native: Backend, tmp_path: Path) -> None:
    """The trapdoor of a development key is everybody's: one cache serves every ledger."""
    one, two = (
        KeyFiles(tmp_path / name, native).insecure_development(TINY).statement_keys()
        for name in "ab"
    )
    assert one == two


def test_a_damaged_key_is_made_again(native: Backend, tmp_path: Path) -> None:
    """The cache is a cache: what cannot be read is no loss."""
    files = KeyFiles(tmp_path, native)
    expected = files.insecure_development(TINY).statement_keys()
    for path in tmp_path.glob("claim*.zkey"):
        path.write_bytes(path.read_bytes()[:1000])
    assert files.insecure_development(TINY).statement_keys() == expected


def test_a_key_that_the_ledger_does_not_pin_is_refused(native: Backend, tmp_path: Path) -> None:
    """Wrong by one point, it would make proofs that nobody accepts."""
    files = KeyFiles(tmp_path, native)
    keys = files.insecure_development(TINY).statement_keys()
    other = keys.model_copy(update={"claim": keys.claim.model_copy(update={"points": b"other"})})
    with pytest.raises(Conflict, match="proving key of claim"):
        files.of_ledger(TINY, other)


def test_the_keys_of_a_ceremony_are_not_made_up(native: Backend, tmp_path: Path) -> None:
    """Where a ledger pins keys of a ceremony, a missing file is a missing file."""
    files = KeyFiles(tmp_path, native)
    keys = files.insecure_development(TINY).statement_keys()
    ceremony = keys.model_copy(
        update={name: key.model_copy(update={"insecure": False}) for name, key in keys}
    )
    with pytest.raises(MalformedFile, match="ceremony"):
        files.of_ledger(TINY, ceremony)
