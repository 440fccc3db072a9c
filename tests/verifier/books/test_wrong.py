from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from development.offices import InsecureOffices
from ledger.log import Entry
from prover.settlement import settlement_terms, signed_terms
from tests.ledger.adversary.attacks import forging
from tests.ledger.stand_in import UnsoundStandIn
from tests.ledger.world import World, fastest, stand_in_world
from tests.verifier.books.history import PERPETUAL, SECOND_SECRET, Watched, everything
from tests.verifier.books.readers_for_tests import (
    Change,
    Recording,
    entries_of,
    with_escrow_changed,
)
from verifier.books import (
    Books,
    CombinedPoints,
    Problem,
    Reader,
    Stopped,
    WholeKeys,
    open_books,
)
from zk.babyjubjub import Point
from zk.field import SCALAR_MODULUS

FIRST_SECRET = InsecureOffices.of(1).escrow_secret


def _open(entries: list[Entry], reader: Reader | None = None, **scope: Any) -> Books:
    return open_books(entries, reader or WholeKeys(everything().secrets), fastest(), **scope)


def _codes(books: Books) -> set[Problem]:
    return {finding.code for finding in books.findings}


def test_a_wrong_key_opens_nothing_and_says_so() -> None:
    """It is named; what it should have opened is a gap for each account; no number is shown."""
    books = _open(everything().entries, WholeKeys([5]))
    assert _codes(books) == {Problem.ESCROW_KEY, Problem.NOT_GIVEN}
    assert books.exit_status == 1
    gaps = {one.account for one in books.findings if one.code is Problem.NOT_GIVEN}
    assert gaps == {0, 1, 2, 4}
    assert books.decrypted == 0
    for one in books.moments[-1].holdings:
        assert (one.values is None) == (one.source == "unread") == (one.account in (0, 1, 2))
    assert not books.moments[-1].interest


def test_the_old_key_opens_what_was_before_the_rotation() -> None:
    """And every later escrow is a gap, which names its entries."""
    watched = everything()
    books = _open(watched.entries, WholeKeys([FIRST_SECRET]))
    assert _codes(books) == {Problem.NOT_GIVEN}
    assert books.exit_status == 0
    assert not books.complete
    for moment in books.moments:
        read = [one.values for one in moment.holdings if one.values is not None]
        if moment.epoch <= 4:
            assert tuple(read) == watched.known_at(moment.entry)
    assert books.moments[-1].holdings[0].values is None
    (first,) = [one for one in books.findings if one.account == 0]
    assert first.entry == entries_of(watched.entries, "update-market")[3] + 1


def test_the_new_key_does_not_open_what_was_before() -> None:
    """Of two escrow keys the second opens nothing that was sealed to the first."""
    books = _open(everything().entries, WholeKeys([SECOND_SECRET]))
    assert _codes(books) == {Problem.NOT_GIVEN}
    assert all(one.values is not None for one in books.moments[-1].holdings)


def _word(place: int, change: Callable[[int], int]) -> Change:
    def changed(escrow: Any) -> Any:
        words = list(escrow.words)
        words[place] = change(words[place]) % SCALAR_MODULUS
        return escrow.model_copy(update={"words": tuple(words)})

    return changed


TAMPERINGS: dict[str, tuple[Change, set[Problem]]] = {
    "a value": (_word(0, lambda word: word + 1), {Problem.OPENING}),
    "the blinding": (_word(-1, lambda word: word + 1), {Problem.OPENING}),
    "the whole word": (_word(0, lambda word: word + (1 << 253)), {Problem.UNREADABLE}),
    "the point": (
        lambda escrow: escrow.model_copy(update={"ephemeral": escrow.ephemeral + Point.BASE8}),
        {Problem.UNREADABLE},
    ),
    "a word too few": (
        lambda escrow: escrow.model_copy(update={"words": escrow.words[:-1]}),
        {Problem.UNREADABLE, Problem.REPLAY},
    ),
}
PLACES = (
    ("settle", 0, 1),
    ("settle", 2, 1),  # a firm leg
    ("place-order", 0, 0),
    ("withdraw", 0, 0),
    ("refresh", 0, 0),
    ("prove-margin", 1, 0),
    ("redeem", 0, 0),
    ("take-over", 0, 0),
)


@pytest.mark.parametrize("tampering", TAMPERINGS)
@pytest.mark.parametrize(("kind", "which", "leg"), PLACES)
def test_tampered_words_are_found_where_they_are(
    kind: str, which: int, leg: int, tampering: str
) -> None:
    """A finding at that very entry; the numbers are withheld until the next escrow, no longer."""
    entries, (change, expected) = everything().entries, TAMPERINGS[tampering]
    number = entries_of(entries, kind)[which]
    books = _open(with_escrow_changed(entries, number, change, leg))
    assert books.findings[0].entry == number
    assert books.findings[0].code in expected
    assert books.findings[0].severity == "error"
    if Problem.REPLAY in _codes(books):
        return
    account = books.findings[0].account
    assert {one.account for one in books.findings} == {account}
    for moment in books.moments:
        known = everything().known_at(moment.entry)
        for one in moment.holdings:
            assert one.values in (known[one.account], None)
            assert one.values is not None or one.account == account


def test_a_wrong_point_of_the_guardians_is_found() -> None:
    """One S is another guardian's, one is missing: a finding each, everything else is open."""
    watched = everything()
    recording = Recording(WholeKeys(watched.secrets))
    _open(watched.entries, recording)
    points = CombinedPoints.of(recording.points(watched.world.ledger.id))
    wrong, missing = list(points.points)[3], list(points.points)[8]
    points.points[wrong] += Point.BASE8
    del points.points[missing]
    books = _open(watched.entries, points)
    assert [(one.code, one.entry) for one in books.findings] == [
        (Problem.UNREADABLE, wrong[0]),
        (Problem.NOT_GIVEN, missing[0]),
    ]


def test_points_of_another_ledger_are_named() -> None:
    """They open nothing, and that is why."""
    books = _open(everything().entries, CombinedPoints(bytes(32), {}))
    assert _codes(books) == {Problem.ESCROW_KEY, Problem.NOT_GIVEN}


def test_a_proof_that_should_not_exist_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier that believes everything let an account out of its margin: the books say so."""
    world = _credulous(monkeypatch)
    thief = forging(world.authors[0])
    world.accept(thief, thief.withdraw(world.state, 0, 1_500))
    books = _open(list(world.ledger.entries()), WholeKeys([world.offices.escrow_secret]))
    head = world.ledger.head.number
    assert [(one.code, one.account, one.entry) for one in books.findings] == [
        (Problem.MARGIN, 0, head),
        (Problem.BELOW, 0, head),
    ]
    assert books.moments[-1].holdings[0].values == (-500, 0, 0, 0)


def test_an_account_below_maintenance_is_named_before_it_is_due() -> None:
    """At the tip, and by no error: its proof is of an epoch before, and what it holds is known."""
    watched = Watched(stand_in_world())
    world = watched.world
    world.publish()
    bold, maker = world.join(30_000_000), world.join(10**9)
    world.trade(bold, maker, {0: -6_000 * 22_000, PERPETUAL: 22_000})
    assert not watched.open().findings
    watched.crash(1)
    assert not watched.open().findings
    watched.crash(3)
    books = watched.open()
    assert [(one.code, one.account) for one in books.findings] == [(Problem.BELOW, bold.account)]
    assert (books.complete, books.exit_status) == (True, 0)
    assert "1 below maintenance" in books.summary
    held = books.moments[-1].holdings[bold.account].maintenance
    assert held is not None
    assert not held.holds
    world.reveal(bold)
    assert not watched.open().findings  # it is on sale, and everybody knows


def test_value_out_of_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settlement whose legs do not cancel: cash, and lots of an instrument that lives."""
    world = _credulous(monkeypatch)
    one, two = world.authors
    deltas = [(one, world.delta({0: 9})), (two, world.delta({2: -1}))]
    parts = [signed_terms(world.state, who.account, d.commit().point) for who, d in deltas]
    terms = settlement_terms(world.state, parts)
    legs = tuple(who.signed_leg(world.state, terms, d).transition for who, d in deltas)
    world.submit(terms.model_copy(update={"legs": legs}))
    books = _open(list(world.ledger.entries()), WholeKeys([world.offices.escrow_secret]))
    assert _codes(books) == {Problem.BALANCE}
    subjects = {one.subject.split(" after")[0] for one in books.findings}
    assert subjects == {"balance of cash", "balance of lots of living instruments"}


def test_the_books_end_where_the_rules_were_left() -> None:
    """An entry is missing: the next one of that account is refused, and the books are up to it."""
    watched = everything()
    number = entries_of(watched.entries, "deposit")[-1]
    entries = [entry for entry in watched.entries if entry.number != number]
    books = _open(entries)
    assert Problem.REPLAY in _codes(books)
    refused = next(one.entry for one in books.findings if one.code is Problem.REPLAY)
    assert refused is not None
    assert number < refused
    assert books.tip < refused
    assert all(moment.entry < refused for moment in books.moments)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff"])
def test_bytes_that_are_no_transition_end_the_books(damage: bytes) -> None:
    """Whatever they are."""
    entries = everything().entries
    entries[20] = replace(entries[20], transition=damage)
    books = _open(entries)
    assert [one.entry for one in books.findings if one.code is Problem.REPLAY] == [20]


def test_without_a_genesis_there_are_no_books() -> None:
    """An empty log, and one that begins with something else."""
    with pytest.raises(Stopped):
        _open([])
    with pytest.raises(Stopped):
        _open(everything().entries[1:])


def _credulous(monkeypatch: pytest.MonkeyPatch) -> World:
    """A ledger whose checker believes everything, with two accounts on it."""
    monkeypatch.setattr(UnsoundStandIn, "check", _believe)
    world = stand_in_world()
    world.publish()
    for cash in (1_000, 100_000):
        world.join(cash)
    return world


def _believe(_checker: object, _evidence: object) -> None:
    """Whatever it is."""
