"""The margin of a book that is known: one concave number, and what follows from that.

The circuit proves of a hidden book what `judge` says of a known one (`test_agreement`). So what is
shown here over integers holds for both: two books together need no more than each of them alone,
what lies between two accepted books is accepted, and who pledges more is never worse off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from circuits.margin import Margin, margin_private, margin_public
from circuits.schedule import LIMIT, Schedule, judge, left, longs, losses
from circuits.shape import SCALE, SHAPES, Block, Shape
from tests.strategies import MANY, SOME
from zk.errors import Unsatisfied
from zk.pedersen import Opening

#: Two coins, one of them pledged, and an asset that has a haircut and no rows.
SMALL: Final = Shape(3, 3, 1, (Block(2, 3, 2), Block(1, 2)))
Book = tuple[int, ...]

some = st.integers(0, 1 << 20)
signed = st.integers(-(1 << 20), 1 << 20)


def tuples(of: SearchStrategy[int], count: int) -> SearchStrategy[tuple[int, ...]]:
    """So many of them."""
    return st.tuples(*[of] * count)


def books(shape: Shape = SMALL) -> SearchStrategy[Book]:
    """Cash and positions of either sign, and pledges."""
    entries = [signed, *[some] * (shape.assets - 1), *[signed] * shape.instruments]
    return st.tuples(*entries)


def schedules(shape: Shape = SMALL) -> SearchStrategy[Schedule[int]]:
    """Any market, with a floor of nothing and a cap and a credit that ask nothing."""
    moves = st.tuples(
        *(st.tuples(*[tuples(signed, block.columns)] * block.rows) for block in shape.blocks)
    )
    return st.builds(
        Schedule,
        values=tuples(some, shape.assets - 1),
        mark=tuples(signed, shape.instruments),
        moves=moves,
        charges=tuples(some, shape.instruments),
        weights=tuples(some, shape.instruments),
        floor=st.just(0),
        cap=st.just(LIMIT.maximum),
        credit=st.just(LIMIT.maximum),
    )


def margin(schedule: Schedule[int], book: Sequence[int]) -> int:
    """m(v)."""
    return judge(SMALL, schedule, book).total


def plus(v: Book, x: Book, times: int = 1) -> Book:
    """v + times·x."""
    return tuple(a + times * b for a, b in zip(v, x, strict=True))


@MANY
@given(schedules(), books(), books())
def test_two_books_together_need_no_more_than_apart(
    schedule: Schedule[int], v: Book, x: Book
) -> None:
    """m(v + x) ≥ m(v) + m(x): losses, charges and weights of a sum are at most the sums of them."""
    assert margin(schedule, plus(v, x)) >= margin(schedule, v) + margin(schedule, x)
    gross = [LIMIT.maximum - judge(SMALL, schedule, book).room for book in (plus(v, x), v, x)]
    assert gross[0] <= gross[1] + gross[2]
    paid = [judge(SMALL, schedule, book).paid - LIMIT.maximum for book in (plus(v, x), v, x)]
    assert paid[0] == paid[1] + paid[2]


@MANY
@given(schedules(), books(), st.integers(0, 1 << 20))
def test_a_book_times_a_number_has_its_margin_times_that_number(
    schedule: Schedule[int], v: Book, times: int
) -> None:
    """m(k·v) = k·m(v), exactly: nothing is rounded."""
    scaled = tuple(times * value for value in v)
    assert margin(schedule, scaled) == times * margin(schedule, v)


@MANY
@given(schedules(), books(), books(), st.integers(1, 64), st.data())
def test_what_lies_between_two_accepted_books_is_accepted(
    schedule: Schedule[int], v: Book, step: Book, steps: int, data: st.DataObject
) -> None:
    """The accepted set is convex, under whatever floor, cap and credit both ends still meet."""
    ends = [judge(SMALL, schedule, book) for book in (v, plus(v, step, steps))]
    strict = replace(
        schedule,
        floor=min(end.total for end in ends) // SCALE,
        cap=schedule.cap - min(end.room for end in ends),
        credit=schedule.credit - min(end.paid for end in ends),
    )
    assert judge(SMALL, strict, v).holds
    assert judge(SMALL, strict, plus(v, step, steps)).holds
    between = plus(v, step, data.draw(st.integers(0, steps)))
    assert judge(SMALL, strict, between).holds


@MANY
@given(schedules(), books(), books(), st.integers(1, 64), st.data())
def test_a_reserved_order_can_be_filled_in_part(
    schedule: Schedule[int], v: Book, order: Book, parts: int, data: st.DataObject
) -> None:
    """With n ≥ −m(o) reserved, any part of o, at the limit or better, leaves n less than before.

    The floor is what the book has beyond its reserve: afterwards it is still there.
    """
    whole = tuple(parts * lots for lots in (order[0], *[0] * (SMALL.assets - 1), *order[3:]))
    reserved = max(0, -(margin(schedule, whole) // SCALE))
    floor = judge(SMALL, schedule, v, reserved).total
    filled = data.draw(st.integers(0, parts))
    better = data.draw(some)
    after = plus(v, (order[0], *[0] * (SMALL.assets - 1), *order[3:]), filled)
    assert margin(schedule, (after[0] + better, *after[1:])) >= floor


@MANY
@given(schedules(), books(), st.integers(1, 2), st.integers(1, 1 << 30))
def test_a_deposit_never_makes_a_book_fail(
    schedule: Schedule[int], v: Book, asset: int, amount: int
) -> None:
    """Where an asset's value covers its own worst move, and for cash whatever the market is."""
    moved = [0]
    for columns, rows in zip(SMALL.columns, schedule.moves, strict=True):
        if asset in columns:
            moved += [row[columns.index(asset)] for row in rows]
    values = list(schedule.values)
    values[asset - 1] = max(values[asset - 1], -min(moved))
    covered = replace(schedule, values=tuple(values))
    before = judge(SMALL, covered, v)
    for index in (0, asset):
        deposit = tuple(amount if place == index else 0 for place in range(SMALL.components))
        after = judge(SMALL, covered, plus(v, deposit))
        assert after.total >= before.total
        assert after.paid >= before.paid
        assert after.room == before.room


def test_a_deposit_can_make_a_book_fail_where_a_move_takes_more_than_its_value() -> None:
    """Why the tables owe it: a coin that counts 5 and may fall by 9 makes its owner poorer."""
    nothing = (0, 0)
    schedule = Schedule((5,), nothing, (((0, 0, -9),) * 8,), nothing, nothing, 0, 0, 0)
    assert judge(SHAPES["tiny"], schedule, (0, 0, 0, 0)).holds
    assert judge(SHAPES["tiny"], schedule, (0, 1, 0, 0)).total == -4


@MANY
@given(schedules(), books(), st.integers(0, 1 << 40))
def test_a_reserve_is_cash_that_is_not_there(
    schedule: Schedule[int], v: Book, reserved: int
) -> None:
    """n takes as much from margin and from what may be paid as n less of cash does."""
    without = (v[0] - reserved, *v[1:])
    assert judge(SMALL, schedule, v, reserved) == judge(SMALL, schedule, without)


@MANY
@given(schedules(), books(), st.data())
def test_larger_losses_and_longs_only_hurt(
    schedule: Schedule[int], v: Book, data: st.DataObject
) -> None:
    """Of everything that may be claimed the least leaves the most: a lie upwards gains nothing."""
    lost, held = losses(SMALL, schedule, v), longs(SMALL, v)
    more = data.draw(tuples(some, len(lost) + len(held)))
    claimed = [a + b for a, b in zip((*lost, *held), more, strict=True)]
    honest = judge(SMALL, schedule, v)
    rest = left(SMALL, schedule, v, 0, claimed[: len(lost)], claimed[len(lost) :])
    assert rest.total <= honest.total
    assert rest.room <= honest.room
    assert rest.paid == honest.paid


@MANY
@given(schedules(), books())
def test_a_residual_of_both_sides_is_a_charge_and_a_mark(schedule: Schedule[int], v: Book) -> None:
    """a·v⁺ + b·v⁻ is the charge a + b on v⁺, and b more on the mark: −b·v + (a + b)·v⁺."""
    a, b = schedule.charges, schedule.weights
    both = replace(
        schedule,
        mark=tuple(m + x for m, x in zip(schedule.mark, b, strict=True)),
        charges=tuple(x + y for x, y in zip(a, b, strict=True)),
    )
    positions = v[SMALL.assets :]
    residual = sum(
        x * max(0, lots) + y * max(0, -lots) for x, y, lots in zip(a, b, positions, strict=True)
    )
    free = replace(schedule, charges=(0,) * SMALL.instruments)
    assert margin(both, v) == margin(free, v) - residual


@SOME
@given(schedules(), books(), st.integers(0, 1 << 20), st.integers(-3, 3), st.sampled_from("tpr"))
def test_the_statement_says_what_the_judgement_says(
    schedule: Schedule[int], v: Book, floor: int, step: int, which: str
) -> None:
    """Around each of the three boundaries: an honest prover's statement is true where all hold."""
    schedule = replace(schedule, floor=floor)
    rest = judge(SMALL, schedule, v)
    if which == "t":
        schedule = replace(schedule, floor=max(0, floor + rest.total // SCALE + step))
    else:
        name, spare = ("credit", rest.paid) if which == "p" else ("cap", rest.room)
        limit = getattr(schedule, name) - spare + step
        schedule = replace(schedule, **{name: min(max(limit, 0), LIMIT.maximum)})
    opening = Opening(v, 12345)
    public = margin_public(SMALL, opening.commit(), schedule, 1)
    private = margin_private(SMALL, schedule, opening)
    if judge(SMALL, schedule, v).holds:
        Margin(SMALL).satisfaction(public, private)
    else:
        with pytest.raises(Unsatisfied) as refused:
            Margin(SMALL).satisfaction(public, private)
        assert refused.value.scope in ("total", "paid", "concentration")


def test_a_book_worked_by_hand() -> None:
    """1,000 of cash, a coin of 300 less a haircut of a third, 2 lots long at 50 and 1 short at 20.

    In the worst row the coin falls by 40, the long lots by 30 each and the short one's by 10:
    40 + 60 − 10 = 90 are lost. Two long lots are charged 3 each. That leaves 1,000 + 200 + 100 −
    20 − 90 − 6 = 1,184; at the mark there are 1,080 to pay with, and 3 lots of 50 and 20 weigh 120.
    """
    unit = SCALE
    schedule = Schedule(
        values=(200 * unit,),
        mark=(50 * unit, 20 * unit),
        moves=(((-30 * unit, -10 * unit, -40 * unit), *[(30 * unit, 10 * unit, 0)] * 7),),
        charges=(3 * unit, 8 * unit),
        weights=(50 * unit, 20 * unit),
        floor=100,
        cap=150 * unit,
        credit=0,
    )
    found = judge(SHAPES["tiny"], schedule, (1000, 1, 2, -1))
    assert (found.total, found.paid, found.room) == (1084 * unit, 1080 * unit, 30 * unit)
    assert found.holds
