from __future__ import annotations

from typing import Any

from ledger.log import Entry
from tests.ledger.world import fastest
from tests.verifier.books.history import everything, trading
from tests.verifier.books.readers_for_tests import (
    Recording,
    entries_of,
)
from verifier.books import (
    Books,
    Problem,
    Reader,
    WholeKeys,
    open_books,
)


def _open(entries: list[Entry], reader: Reader, **scope: Any) -> Books:
    return open_books(entries, reader, fastest(), **scope)


def test_one_account_is_opened_without_the_others() -> None:
    """No escrow of anybody else is decrypted, and there are no sums over what is not known."""
    recording = Recording(WholeKeys(everything().secrets))
    books = _open(everything().entries, recording, accounts=[2])
    assert {found.account for found in recording.asked} == {2}
    assert books.complete
    for moment in books.moments:
        known = everything().known_at(moment.entry)
        assert [one.values for one in moment.holdings] == list(known[2:3])
        assert not moment.interest
    assert [statement.account for statement in books.statements] == [2]


def test_a_range_of_epochs_is_opened_without_the_rest() -> None:
    """Nothing that was written after it is decrypted; what it began with is."""
    watched = everything()
    recording = Recording(WholeKeys(watched.secrets))
    books = _open(watched.entries, recording, epochs=(3, 4))
    assert books.complete
    assert {moment.epoch for moment in books.moments} == {3, 4}
    last = entries_of(watched.entries, "update-market")[4]
    assert all(found.sealed.entry < last for found in recording.asked)
    for statement in books.statements:
        assert all(line.epoch in (3, 4) for line in statement.lines)
        for line in statement.lines:
            assert line.change is not None or line.kind != "prove-margin"


def test_what_is_not_there_cannot_be_opened() -> None:
    """An account and epochs that do not exist are findings, not empty pages."""
    entries = trading().entries
    secret = [trading().world.offices.escrow_secret]
    books = _open(entries, WholeKeys(secret), accounts=[0, 99], epochs=(2, 40))
    assert [one.code for one in books.findings] == [Problem.SCOPE, Problem.SCOPE]
    assert not books.complete
    assert books.exit_status == 1
    assert books.statements
    backwards = _open(entries, WholeKeys(secret), epochs=(3, 2))
    assert [one.code for one in backwards.findings] == [Problem.SCOPE]
