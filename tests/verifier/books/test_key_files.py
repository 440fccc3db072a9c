from __future__ import annotations

import json
from pathlib import Path

import pytest

from development.offices import InsecureOffices
from ledger.log import Entry
from tests.ledger.world import fastest
from tests.verifier.books.history import SECOND_SECRET, everything
from tests.verifier.books.readers_for_tests import (
    Recording,
)
from verifier.books import (
    Books,
    CombinedPoints,
    InsecureEscrowKey,
    Reader,
    WholeKeys,
    load_reader,
    open_books,
)
from zk.babyjubjub import Point
from zk.errors import MalformedFile
from zk.field import encode

FIRST_SECRET = InsecureOffices.of(1).escrow_secret


def _open(entries: list[Entry], reader: Reader) -> Books:
    return open_books(entries, reader, fastest())


def test_key_files(tmp_path: Path) -> None:
    """A whole key, points, and both together; the first is found by the key it belongs to."""
    watched, whole, points = everything(), tmp_path / "key.json", tmp_path / "points.json"
    whole.write_text(json.dumps({"insecure_escrow_secret": encode(FIRST_SECRET).hex()}))
    recording = Recording(WholeKeys([SECOND_SECRET]))
    _open(watched.entries, recording)
    points.write_bytes(recording.points(watched.world.ledger.id).encode())
    assert _open(watched.entries, load_reader([whole, points])).complete
    assert not _open(watched.entries, load_reader([points])).complete


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"insecure_escrow_secret": "5e"}',
        f'{{"insecure_escrow_secret": "{"ff" * 32}"}}',
        '{"ledger": "00", "shared": []}',
    ],
)
def test_a_file_that_is_no_key_is_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    """The error says what was expected, and nothing that stood in it."""
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(MalformedFile) as caught:
        load_reader([path])
    assert "ff" * 4 not in str(caught.value)
    assert "5e" not in str(caught.value.actual)


def test_secrets_print_redacted() -> None:
    """Neither in a traceback nor in a log."""
    key = InsecureEscrowKey(insecure_escrow_secret=987654321)
    keys = WholeKeys([987654321])
    points = CombinedPoints(bytes(32), {(1, 0): Point.BASE8})
    for secret in (key, keys, points):
        assert "redacted" in repr(secret)
        assert "987654321" not in f"{secret!r} {secret}"
        assert encode(987654321).hex() not in f"{secret!r} {secret}"
