"""A matcher at work on a ledger: what it fills, when it is killed, when others move first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.errors import NotAdmitted
from ledger.transitions import Settle
from prover.matcher.inbox import take_in
from prover.matcher.matcher import fresh_state_at, planned
from tests.ledger.world import real_world, stand_in_world
from tests.prover.matcher.pool import Pool, filled

CASH = 100_000_000


def pool_of(traders: int, shape: str = "tiny") -> Pool:
    """A market, a matcher, and traders with cash."""
    pool = Pool(stand_in_world(shape=shape))
    pool.world.publish()
    for _ in range(traders):
        pool.world.join(CASH)
    return pool


class Killed(BaseException):
    """What the operating system does to a process."""


def test_six_traders_in_three_instruments() -> None:
    """Three books clear in one settlement, two orders only in part; every owner learns the fill."""
    pool = pool_of(6, "standard")
    a, b, c, d, e, f = pool.world.authors
    openings = {
        0: pool.buy(a, 10, 6_010_00, instrument=0),
        1: pool.buy(b, -6, 5_990_00, instrument=0),
        2: pool.buy(c, 5, 3_000_00, instrument=1),
        3: pool.buy(d, -5, 2_990_00, instrument=1),
        4: pool.buy(e, 3, 700_00, instrument=3),
        5: pool.buy(f, -9, 100_00, instrument=3),
    }
    numbers = {x.account: pool.world.state.account(x.account).order for x in pool.world.authors}
    clearing = pool.clear()
    assert clearing.intake.refused == ()
    (settled,) = clearing.settled
    got = filled(clearing)
    assert got[0] == (6, 6_010_00)
    assert got[1] == (-6, 6_010_00)
    assert [got[account][0] for account in (2, 3, 4, 5)] == [5, -5, 3, -3]
    assert got[4][1] == got[5][1] == 100_00
    total = None
    for author in pool.world.authors:
        placed = numbers[author.account]
        assert placed is not None
        fill = pool.learn(author, placed.id, openings[author.account], settled.entry)
        lots, price = got[author.account]
        assert fill.values[0] == -lots * price
        total = fill if total is None else total + fill
    assert total is not None
    assert not any(total.values)


def test_spreads_meet_their_exact_opposite() -> None:
    """Three times two perpetuals against a call meet six of the same; a leg alone meets nobody.

    The seller asks 333⅓ a piece, and the buyer, who is left with three, bids 400⅚: it is 400.
    """
    pool = pool_of(4)
    a, b, c, d = pool.world.authors
    one, two = pool.world.lot(0), pool.world.lot(1)
    pool.order(a, {0: 1_000, one: -6, two: 3})
    pool.order(b, {0: -2_405, one: 12, two: -6})
    pool.order(c, {0: 600_000, one: -1})
    pool.order(d, {0: 1_000, one: 6, two: 6})
    clearing = pool.clear()
    assert filled(clearing) == {0: (-3, 400), 1: (3, 400)}
    (settled,) = clearing.settled
    assert {one.book.combination.parts for one in settled.executions} == {(2, -1)}


def test_what_is_settled_is_settled_once() -> None:
    """A second clearing has nothing to do, and the same settlement is refused by the ledger."""
    pool = pool_of(2)
    pool.buy(pool.world.authors[0], 4, 6_000_00)
    pool.buy(pool.world.authors[1], -4, 6_000_00)
    (settled,) = pool.clear().settled
    again = pool.clear()
    assert again.settled == ()
    assert all("open order" in each.reason for each in again.intake.refused)
    with pytest.raises(NotAdmitted, match="order"):
        pool.world.submit(pool.settlement(settled.entry))


def test_killed_between_proof_and_submission(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has happened; the next run writes the same terms, and they are settled once."""
    pool = pool_of(2)
    pool.buy(pool.world.authors[0], 4, 6_000_00)
    pool.buy(pool.world.authors[1], -9, 6_000_00)
    lost: list[Settle] = []

    def die(transition: Settle, _: int) -> None:
        lost.append(transition)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pool.world.ledger, "submit", die)
        with pytest.raises(Killed):
            pool.clear()
    (settled,) = pool.clear().settled
    ledger = pool.world.ledger.id
    assert pool.settlement(settled.entry).binding(ledger) == lost[0].binding(ledger)
    assert pool.clear().settled == ()


def test_killed_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger has it though nobody was told: the next run finds the orders closed."""
    pool = pool_of(2)
    pool.buy(pool.world.authors[0], 4, 6_000_00)
    pool.buy(pool.world.authors[1], -9, 6_000_00)
    submit = pool.world.ledger.submit

    def die(transition: Any, time: int) -> None:
        submit(transition, time)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pool.world.ledger, "submit", die)
        with pytest.raises(Killed):
            pool.clear()
    head = pool.world.ledger.head.number
    assert pool.clear().settled == ()
    assert pool.world.ledger.head.number == head


@pytest.mark.parametrize("waits", [False, True])
def test_an_order_that_is_cancelled_at_the_last_moment(
    monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """For a settling time no cancel undoes a clearing; after it, the books are cleared anew.

    Then the settlement that was on its way is refused whole.
    """
    pool = pool_of(3)
    a, b, c = pool.world.authors
    pool.buy(a, 4, 6_001_00)
    pool.buy(b, 4, 6_000_00)
    pool.buy(c, -6, 5_990_00)
    submit, state = pool.world.ledger.submit, pool.world.state
    attempts: list[int] = []

    def overtaken(transition: Any, time: int) -> Any:
        if isinstance(transition, Settle):
            attempts.append(len(transition.legs))
            if len(attempts) == 1:
                submit(a.cancel_order(state).transition, time)
                custodian = pool.world.offices.custodian
                later = b.deposit(pool.world.state, 0, 1, custodian)
                submit(later.transition, time + state.parameters.settling * waits)
        return submit(transition, time)

    monkeypatch.setattr(pool.world.ledger, "submit", overtaken)
    if waits:
        assert filled(pool.clear()) == {1: (4, 5_990_00), 2: (-4, 5_990_00)}
        assert attempts == [3, 2]
    else:
        assert filled(pool.clear()) == {0: (4, 6_000_00), 1: (2, 6_000_00), 2: (-6, 6_000_00)}
        assert attempts == [3]


def test_legs_stand_in_the_order_of_accounts() -> None:
    """Whoever bought, sold, or had the best limit: the settlement does not say."""
    pool = pool_of(3)
    for author, lots, price in zip(
        pool.world.authors, (-6, 4, 4), (5_990_00, 6_000_00, 6_001_00), strict=True
    ):
        pool.buy(author, lots, price)
    (settled,) = pool.clear().settled
    assert [leg.account for leg in pool.settlement(settled.entry).legs] == [0, 1, 2]
    assert [one.held.account for one in settled.executions] == [2, 1, 0]


def test_a_refusal_that_nothing_explains_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the ledger has not moved, the same settlement would be refused for ever."""
    pool = pool_of(2)
    pool.buy(pool.world.authors[0], 4, 6_000_00)
    pool.buy(pool.world.authors[1], -4, 6_000_00)
    asked: list[object] = []

    def refuse(transition: object, _: int) -> None:
        asked.append(transition)
        raise NotAdmitted("settlement", expected="another", actual="this one")

    monkeypatch.setattr(pool.world.ledger, "submit", refuse)
    with pytest.raises(NotAdmitted, match="another"):
        pool.clear()
    assert len(asked) == 1


def test_more_legs_than_a_settlement_holds() -> None:
    """A book of five in settlements of three: each balances, and what can trade has traded."""
    pool = pool_of(5)
    for author in pool.world.authors[:4]:
        pool.buy(author, -2, 5_990_00)
    pool.buy(pool.world.authors[4], 8, 6_010_00)
    pool.matcher = replace(pool.matcher, legs=3)
    clearing = pool.clear()
    assert [len(settled.executions) for settled in clearing.settled] == [3]
    assert filled(clearing)[4][0] == 4


def test_two_books_in_two_settlements() -> None:
    """Books are kept whole where they fit."""
    pool = pool_of(4)
    for index, author in enumerate(pool.world.authors):
        pool.buy(author, 2 if index % 2 else -2, (6_000_00, 350_00)[index // 2], index // 2)
    pool.matcher = replace(pool.matcher, legs=3)
    assert [len(settled.executions) for settled in pool.clear().settled] == [2, 2]


def test_another_fill_has_another_blinding() -> None:
    """Two attempts that differ in a value share no blinding, and two that do not differ do."""
    pool = pool_of(2)
    pool.buy(pool.world.authors[0], 4, 6_000_00)
    pool.buy(pool.world.authors[1], -4, 6_000_00)
    state = fresh_state_at(pool.world.ledger, pool.world.now)
    intake = take_in(state, pool.matcher.keys.public, pool.messages)
    ((execution, _),) = planned(state, intake.orders, 2)
    fills = [
        pool.matcher.fill(state, replace(execution, lots=lots, price=price)).opening
        for lots, price in ((4, 6_000_00), (3, 6_000_00), (4, 5_999_00), (4, 6_000_00))
    ]
    assert fills[0] == fills[3]
    assert len({fill.blinding for fill in fills}) == 3


def test_an_old_market_clears_nothing() -> None:
    """A market older than the ledger takes is refused before anything is proven."""
    pool = pool_of(2)
    pool.world.now += pool.world.state.parameters.max_age + 1
    with pytest.raises(NotAdmitted, match="age of the market"):
        pool.clear()


def test_every_worker_makes_the_same_terms() -> None:
    """How many fills are proven at a time changes nothing that is settled."""
    pool = pool_of(4)
    for index, author in enumerate(pool.world.authors):
        pool.buy(author, 2 if index % 2 else -2, 6_000_00)
    state = fresh_state_at(pool.world.ledger, pool.world.now)
    intake = take_in(state, pool.matcher.keys.public, pool.messages)
    (executions,) = planned(state, intake.orders, 256)
    one = pool.matcher.settlement(state, executions)
    other = replace(pool.matcher, workers=3).settlement(state, executions)
    assert one.binding(pool.world.ledger.id) == other.binding(pool.world.ledger.id)
    pool.world.submit(other)


def test_with_proofs() -> None:
    """The same with real proofs: two fills of two orders, one in part, on the smallest shape."""
    pool = Pool(real_world())
    pool.world.publish()
    a, b = (pool.world.join(CASH) for _ in range(2))
    openings = [pool.buy(a, 4, 6_001_00), pool.buy(b, -9, 5_999_00)]
    orders = [pool.world.state.account(x.account).order for x in (a, b)]
    (settled,) = pool.clear().settled
    for author, opening, order, lots in zip((a, b), openings, orders, (4, -4), strict=True):
        assert order is not None
        fill = pool.learn(author, order.id, opening, settled.entry)
        assert fill.values == (-lots * 5_999_00, 0, lots, 0)
