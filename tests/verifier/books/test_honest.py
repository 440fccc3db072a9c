from __future__ import annotations

from collections import Counter

import pytest

from circuits.schedule import judge, losses
from ledger.escrows import read_account
from tests.ledger.world import fastest
from tests.verifier.books.history import PERPETUAL, everything, moments
from tests.verifier.books.readers_for_tests import Recording, entries_of
from verifier.books import Books, CombinedPoints, WholeKeys, open_books

KINDS = (
    "open-account",
    "deposit",
    "settle",
    "place-order",
    "prove-margin",
    "refresh",
    "withdraw",
    "pay-out",
    "endow",
    "update-params",
    "reveal",
    "take-over",
    "expire",
    "redeem",
)


@pytest.fixture(scope="module")
def books() -> Books:
    return everything().open()


def test_the_history_has_everything_in_it() -> None:
    """What the other tests rely on."""
    entries = everything().entries
    assert all(entries_of(entries, kind) for kind in KINDS)


def test_open_books_say_what_the_owners_know(books: Books) -> None:
    """At every epoch and at the tip, every value of every account is its owner's own number."""
    for moment in moments(books):
        known = everything().known_at(moment.entry)
        assert {one.account: one.values for one in moment.holdings} == dict(enumerate(known))
    assert books.complete
    assert not books.findings
    assert books.exit_status == 0


def test_there_is_a_moment_for_every_epoch_and_one_for_the_tip(books: Books) -> None:
    """None is left out, and the last one is where the log ends."""
    head = everything().world.ledger.head
    epochs = [moment.epoch for moment in moments(books) if not moment.tip]
    assert epochs == list(range(1, everything().world.state.pool.epoch + 1))
    assert [moment.entry for moment in moments(books) if moment.tip] == [head.number]
    assert (books.tip, books.tip_hash) == (head.number, head.hash.hex())


def test_statements_add_up(books: Books) -> None:
    """Each line is what the owner knew then, and all changes together are what there is at last."""
    truth = everything().truth
    for statement in books.statements:
        total = [0] * len(books.components)
        for line in statement.lines:
            assert line.change is not None
            total = [a + b for a, b in zip(total, line.change, strict=True)]
            assert tuple(total) == line.after
            if line.entry in truth:
                assert line.after == truth[line.entry][statement.account]
    assert [statement.account for statement in books.statements] == [0, 1, 2, 3, 4]


def test_an_account_that_proved_nothing_is_listed_as_such(books: Books) -> None:
    """Its values are its public deposits, and no opening of it is in escrow."""
    assert books.never_in_escrow == (3,)
    last = books.moments[-1].holdings
    sources = Counter(one.source for one in last)
    assert sources == {"escrow": 3, "never in escrow": 1, "public": 1}
    assert last[3].values == (700, 55, 0, 0)


def test_margin_is_what_losses_and_charges_leave(books: Books) -> None:
    """As a proof of that very epoch would be judged; with the coin and the row that take most."""
    tip, state = books.moments[-1], everything().world.state
    demands = state.demands(state.current_market)
    for one in tip.holdings:
        assert one.values is not None
        assert one.maintenance is not None
        assert one.initial is not None
        floor = demands.floor_of(one.values)
        for left, schedule in (
            (one.maintenance, demands.maintenance(floor)),
            (one.initial, demands.initial(floor)),
        ):
            judged = judge(state.shape, schedule, one.values)
            assert left.total == judged.total // 10**6
            assert left.holds == judged.holds
            (lost,) = losses(state.shape, schedule, one.values)
            assert left.loss == -(-lost // 10**6)
            assert (left.coin is None) == (lost == 0)
        assert one.initial.paid is not None
        assert one.maintenance.paid is None


def test_what_waits_to_be_paid_is_in_no_account(books: Books) -> None:
    """It is in the queue as long as it waits, and then in nobody's."""
    queues = [moment.queued for moment in moments(books)]
    assert queues[0] == (0, 0)
    assert (1_000_000, 1_500) in queues
    assert queues[-1] == (0, 0)


def test_open_interest_is_long_and_short(books: Books) -> None:
    """Longs, shorts and what the expiry account owes are nothing together; shares are of a side."""
    for moment in moments(books):
        assert moment.expiry is not None
        for interest in moment.interest:
            assert interest.long.total - interest.short.total + interest.expired == 0
    before = next(moment for moment in moments(books) if moment.epoch == 5)
    perpetual = next(one for one in before.interest if one.component == PERPETUAL)
    assert (perpetual.long.total, perpetual.long.accounts) == (23_606, 2)
    assert (perpetual.long.largest, perpetual.long.share_bps) == (4, 23_500 * 10_000 // 23_606)
    assert (perpetual.short.largest, perpetual.short.accounts) == (1, 2)


def test_the_points_of_guardians_open_the_same_books(books: Books) -> None:
    """Whoever holds no key, and S of every escrow, reads the same."""
    watched = everything()
    recording = Recording(WholeKeys(watched.secrets))
    open_books(watched.entries, recording, fastest())
    points = CombinedPoints.of(recording.points(watched.world.ledger.id))
    again = open_books(watched.entries, points, fastest())
    assert again.moments == books.moments
    assert again.complete


def test_the_same_ledger_gives_the_same_books(books: Books) -> None:
    """To the byte, and back."""
    text = everything().open().model_dump_json()
    assert text == books.model_dump_json()
    assert Books.model_validate_json(text) == books


def test_one_account_is_read_as_a_reveal_reads_it() -> None:
    """Of every account that has an opening in escrow or in the open."""
    world, keys = everything().world, WholeKeys(everything().secrets)
    for index in (0, 1, 2, 4):
        opening = read_account(world.state, index, world.ledger.entry, keys.shared)
        assert opening == everything().authors[index].known
