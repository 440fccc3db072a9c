"""Attacks on a margin: what somebody could claim, leave out or move who chooses every number.

The public part follows from those numbers, so that only the check in question stands between an
insolvent account and a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, Final

import pytest

from circuits.errors import OutOfBounds
from circuits.margin import Margin, MarginPrivate, MarginPublic, margin_private, margin_public
from circuits.schedule import (
    LIMIT,
    LONG_BITS,
    UNSIGNED_ENTRY,
    Schedule,
    checked_schedule,
    empty_schedule,
    judge,
    loss_bits,
    losses,
)
from circuits.shape import CASH, COLLATERAL, MATRIX_ENTRY, POSITION, RESERVED, SCALE, SHAPES, Shape
from tests.circuits import cheats
from tests.circuits.breakages import replaced
from tests.circuits.cheats import Cheat
from tests.circuits.dishonest_prover import broken_scopes, play
from tests.circuits.statements import (
    NOTHING_ASKED,
    SCHEDULE,
    TINY,
    Portfolio,
    about,
    largest_book,
    margin_widths,
    poorest_book,
    refused_by,
    statement_of,
)
from zk.circuit import CompiledCircuit, compile_circuit
from zk.field import SCALAR_MODULUS, inverse
from zk.generators import reserve_generator
from zk.pedersen import Commitment, Opening

STANDARD: Final = SHAPES["standard"]
BOTH: Final = pytest.mark.parametrize("name", ["margin", "solvency"])
#: A book that meets each condition to the last unit: 1,000 of cash, one coin, 3 lots and −2.
EXACT: Final = Portfolio(
    values=(1000, 1, 3, -2),
    schedule=Schedule(
        values=(100 * SCALE,),
        mark=(10 * SCALE, 5 * SCALE),
        moves=(((-SCALE, SCALE, -SCALE),) * 8,),
        charges=(2 * SCALE, SCALE),
        weights=(7, 9),
        floor=1120 - 6 - 6,
        cap=3 * 7 + 2 * 9,
        credit=0,
    ),
)
#: The same with cash owed, as far as the credit goes.
OWING: Final = replace(
    EXACT,
    values=(-21, 5, 3, -2),
    schedule=replace(EXACT.schedule, floor=499 - 10 - 6, credit=SCALE),
)


@BOTH
def test_the_edge_of_every_condition_is_true(name: str) -> None:
    """Nothing is left of margin, of the cap or of the credit, and the proof is made."""
    rest = judge(TINY, EXACT.schedule, EXACT.values)
    assert (rest.total, rest.room) == (0, 0)
    assert judge(TINY, OWING.schedule, OWING.values) == replace(rest, paid=0)
    for book in (EXACT, OWING):
        assert refused_by(name, *about(name, book)) == set()


@pytest.mark.parametrize(
    ("path", "step", "refused"),
    [
        (("values", 0), -1, {"total"}),
        (("mark", 0), -1, {"total", "paid"}),
        (("mark", 1), 1, {"total", "paid"}),
        *((("moves", 0, row, 0), -1, {"total"}) for row in range(8)),
        *((("moves", 0, row, 1), 1, {"total"}) for row in range(8)),
        *((("moves", 0, row, 2), -1, {"total"}) for row in range(8)),
        (("charges", 0), 1, {"total"}),
        (("charges", 1), 1, set()),  # the second position is short
        (("weights", 0), 1, {"concentration"}),
        (("weights", 1), 1, {"concentration"}),
        (("floor",), 1, {"total"}),
        (("cap",), -1, {"concentration"}),
        (("credit",), -1, {"paid"}),
    ],
)
@BOTH
def test_every_entry_of_the_market_counts(
    name: str, path: tuple[str | int, ...], step: int, refused: set[str]
) -> None:
    """One unit of any entry against the book, and an honest prover has no proof any more."""
    book = replace(OWING, schedule=replaced(OWING.schedule, path, lambda entry: entry + step))
    assert refused_by(name, *about(name, book)) == refused
    kind = replaced(OWING.schedule, path, lambda entry: entry - step)
    assert refused_by(name, *about(name, replace(OWING, schedule=kind))) == set()


@BOTH
def test_every_component_of_a_book_counts(name: str) -> None:
    """One unit less of cash, coin or lot, or one more owed: what met the margin fails it."""
    for index, step in enumerate((-1, -1, -1, -1)):
        values = list(OWING.values)
        values[index] += step
        assert refused_by(name, *about(name, replace(OWING, values=tuple(values))))


@BOTH
def test_cash_and_floor_count_a_million_entries(name: str) -> None:
    """The scale: a lot that is worth −10⁻⁶ is too much where the floor takes all of the cash."""
    schedule = replace(NOTHING_ASKED, floor=1000, mark=(-1, 0))
    for lots, floor, refused in ((0, 1000, set()), (1, 1000, {"total"}), (SCALE, 999, set())):
        book = Portfolio((1000, 0, lots, 0), schedule=replace(schedule, floor=floor))
        assert refused_by(name, *about(name, book)) == refused
    book = Portfolio((1000, 0, SCALE + 1, 0), schedule=replace(schedule, floor=999))
    assert refused_by(name, *about(name, book)) == {"total"}


@BOTH
def test_a_loss_that_is_too_small_is_refused_and_a_larger_one_only_hurts(name: str) -> None:
    """One below the worst row is refused there; all that is left can be claimed to be lost."""
    (least,) = losses(TINY, SCHEDULE, Portfolio().values)
    spare = judge(TINY, SCHEDULE, Portfolio().values).total
    for loss, refused in (
        (least - 1, {"losses/0"}),
        (0, {"losses/0"}),
        (-1, {"losses/0"}),
        (least, set()),
        (least + 1, set()),
        (least + spare, set()),
        (least + spare + 1, {"total"}),
        ((1 << loss_bits(TINY, 0)) - 1, {"total"}),
        (1 << loss_bits(TINY, 0), {"losses/0", "total"}),
    ):
        assert refused_by(name, *about(name, Portfolio(losses=(loss,)))) == refused


@BOTH
def test_a_long_that_is_too_small_is_refused_and_a_larger_one_only_hurts(name: str) -> None:
    """Neither v⁺ nor v⁻ may be below zero; a long can be claimed to be as large as is left for."""
    free = replace(SCHEDULE, charges=(1, 1), weights=(0, 0))
    most = (1 << LONG_BITS) - 1
    for long, refused in (
        ((30, 0), set()),
        ((29, 0), {"charges"}),
        ((0, 0), {"charges"}),
        ((30, -1), {"charges"}),
        ((30, -40), {"charges"}),
        ((31, 5), set()),
        ((1000, 1000), set()),
        ((most, 0), {"total"}),
        ((30, most + 1), {"charges", "total"}),
    ):
        book = Portfolio(schedule=free, longs=long)
        assert refused_by(name, *about(name, book)) == refused
    heavy = replace(SCHEDULE, charges=(0, 0))
    assert refused_by(name, *about(name, Portfolio(schedule=heavy, longs=(40, 0)))) == {
        "concentration"
    }


@BOTH
@pytest.mark.parametrize(
    "make",
    [
        lambda name: cheats.no_loss(name, 5),
        cheats.gain_instead_of_a_loss,
        cheats.long_left_out,
        cheats.long_below_zero,
        cheats.gross_left_out,
    ],
)
def test_without_the_lie_such_a_book_has_no_proof(name: str, make: Any) -> None:
    """The cheats of losses and longs are about books that the truth would ruin."""
    cheat: Cheat = make(name)
    margin = cheat.public if name == "margin" else cheat.public.margin
    private = cheat.private if name == "margin" else cheat.private.margin
    assert not judge(TINY, margin.schedule, private.values).holds


@BOTH
@pytest.mark.parametrize("reserved", [-1, -(1 << 59), 1 << 60, (1 << 60) + 1, SCALAR_MODULUS - 1])
def test_a_reserve_below_zero_or_of_61_bits_is_refused(name: str, reserved: int) -> None:
    """A negative n would free what other orders hold back; its P is an honest one."""
    book = Portfolio(reserved=reserved, schedule=NOTHING_ASKED)
    public, private = about(name, Portfolio(schedule=NOTHING_ASKED), book.commitment())
    margin = private if name == "margin" else private.margin
    lying = replace(margin, reserved=reserved)
    private = lying if name == "margin" else replace(private, margin=lying)
    assert {"opening", "reserved"} & refused_by(name, public, private)


@BOTH
def test_a_reserve_takes_from_margin_and_from_what_is_paid(name: str) -> None:
    """n counts like cash that is not there, to the last unit of it."""
    schedule = replace(NOTHING_ASKED, floor=400, credit=0)
    for reserved, refused in ((600, set()), (601, {"total"}), (1001, {"total", "paid"})):
        book = Portfolio((1000, 0, 0, 0), reserved=reserved, schedule=schedule)
        assert refused_by(name, *about(name, book)) == refused


@BOTH
def test_a_reserve_in_the_commitment_must_be_opened(name: str) -> None:
    """F smuggled into P, or −F to free a reserve that the ledger added: neither opens."""
    book = Portfolio((1000, 0, 0, 0), reserved=300, schedule=NOTHING_ASKED)
    for claimed in (0, 299, 301):
        parts = about(name, replace(book, reserved=claimed), book.commitment())
        assert "opening" in refused_by(name, *parts)
    freed = Commitment(book.commitment().point - reserve_generator() * 301)
    for claimed in (0, RESERVED.maximum):
        parts = about(name, replace(book, reserved=claimed), freed)
        assert "opening" in refused_by(name, *parts)


@BOTH
@pytest.mark.parametrize("index", [0, 2, 3])
def test_values_end_at_the_inner_half(name: str, index: int) -> None:
    """A quarter of a width at either end is kept for fills: one past the half is refused."""
    width = TINY.widths[index]
    quarter = 1 << width.bits - 2
    for value, accepted in (
        (quarter - 1, True),
        (quarter, False),
        (-quarter, True),
        (-quarter - 1, False),
        (width.minimum, False),
        (width.maximum, False),
    ):
        values, mark = [0, COLLATERAL.maximum, 0, 0], [0, 0]
        values[index] = value
        schedule = replace(NOTHING_ASKED, values=(UNSIGNED_ENTRY.maximum,), mark=tuple(mark))
        book = Portfolio(tuple(values), schedule=schedule)
        assert bool(refused_by(name, *about(name, book))) != accepted


def test_everything_at_its_bounds_has_the_verdict_of_the_integers() -> None:
    """Positions, marks, moves, charges and cash at either end: 256 books, and none wraps."""
    compiled = compile_circuit(Margin(TINY))
    lots = POSITION.inner.minimum, POSITION.inner.maximum
    entries = MATRIX_ENTRY.minimum, MATRIX_ENTRY.maximum
    verdicts = []
    for v, w, m, n, move, charge, cash, limit in product(
        lots, lots, entries, entries, entries, (0, UNSIGNED_ENTRY.maximum), (0, 1), (0, 1)
    ):
        schedule = Schedule(
            values=(UNSIGNED_ENTRY.maximum if charge else 0,),
            mark=(m, n),
            moves=(((move, move, move),) * 8,),
            charges=(charge, charge),
            weights=(charge, UNSIGNED_ENTRY.maximum),
            floor=0,
            cap=limit * LIMIT.maximum,
            credit=limit * LIMIT.maximum,
        )
        ends = CASH.inner.minimum, CASH.inner.maximum
        book = Portfolio((ends[cash], COLLATERAL.maximum, v, w), schedule=schedule)
        rest = judge(TINY, schedule, book.values)
        wanting = {
            scope
            for scope, amount in (
                ("total", rest.total),
                ("paid", rest.paid),
                ("concentration", rest.room),
            )
            if amount < 0
        }
        assert broken_scopes(compiled, play(compiled, *book.margin())) == wanting
        verdicts.append(not wanting)
    assert 20 < sum(verdicts) < len(verdicts) - 20


@BOTH
def test_the_largest_and_the_poorest_book(name: str) -> None:
    """All magnitudes together, either way: all that can be left, and all that can be wanting."""
    assert refused_by(name, *about(name, largest_book())) == set()
    poorest = poorest_book()
    assert refused_by(name, *about(name, poorest)) == {"total", "paid", "concentration"}
    for names, refused in (
        (("cap",), {"total", "paid"}),
        (("credit",), {"total", "concentration"}),
        (("cap", "credit"), {"total"}),
    ):
        book = poorest
        for name_of_limit in names:
            book = replaced(book, ("schedule", name_of_limit), always(LIMIT.maximum))
        assert refused_by(name, *about(name, book)) == refused


def test_an_entry_past_its_bound_would_forge_a_margin() -> None:
    """Threat: an unranged public price. The circuit alone believes a mark of 5/v.

    An account that owes 1000 shows a worth of 10¹² under an entry that is no 48-bit number; and one
    with a "negative" charge is paid for every lot. The verifier has to refuse both.
    """
    owing = Portfolio((-1000, 0, 7, 0), schedule=NOTHING_ASKED)
    public, private = owing.margin()
    assert refused_by("margin", public, private) == {"total"}
    forged = 10**12 * inverse(7, SCALAR_MODULUS) % SCALAR_MODULUS
    for path, entry in ((("mark", 0), forged), (("charges", 0), -(10**12)), (("floor",), -2000)):
        gift = replaced(public, ("schedule", *path), always(entry))
        assert not refused_by("margin", gift, private)
        with pytest.raises(OutOfBounds):
            checked_schedule(TINY, gift.schedule)


def test_a_claim_says_nothing_of_a_margin() -> None:
    """The public parts of the statements differ in their names: none passes for another."""
    claim, margin, solvency = (statement_of(n)[0] for n in ("claim", "margin", "solvency"))
    assert len({type(part) for part in (claim, margin, solvency)}) == 3
    assert isinstance(solvency.margin, MarginPublic)


# Two coins: their rows are their own.


@pytest.mark.parametrize("block", range(len(STANDARD.blocks)))
def test_a_row_of_a_coin_speaks_of_its_own_columns_in_their_order(block: int) -> None:
    """Each entry of a row moves one component alone: the instruments in order, then the coin."""
    held = tuple(1000 + 10 * index for index in range(STANDARD.components))
    for place, component in enumerate(STANDARD.columns[block]):
        schedule = asks_nothing(STANDARD)
        path = ("moves", block, STANDARD.blocks[block].rows - 1, place)
        schedule = replaced(schedule, path, always(-7))
        lost = [0] * len(STANDARD.blocks)
        lost[block] = 7 * held[component]
        assert losses(STANDARD, schedule, held) == tuple(lost)
        assert refused_in_standard(schedule, held, lost) == set()
        lost[block] -= 1
        assert refused_in_standard(schedule, held, lost) == {f"losses/{block}"}


def test_a_gain_of_one_coin_pays_no_loss_of_another() -> None:
    """Coins are added: a coin that only gains leaves nothing that another could lose."""
    held = (1000, 0, 0, 0, *[10] * STANDARD.instruments)
    moves = tuple(
        ((sign * 10 * SCALE,) * block.columns,) * block.rows
        for sign, block in zip((1, -1), STANDARD.blocks, strict=True)
    )
    schedule = replace(asks_nothing(STANDARD), moves=moves)
    gained, lost = losses(STANDARD, schedule, held)
    assert (gained, lost) == (0, 200 * SCALE)
    assert judge(STANDARD, schedule, held).total == 800 * SCALE
    for claimed, refused in (
        ((0, 200 * SCALE), set()),
        ((0, 200 * SCALE - 1), {"losses/1"}),
        ((200 * SCALE, 0), {"losses/1"}),
        ((-400 * SCALE, 200 * SCALE), {"losses/0"}),
    ):
        assert refused_in_standard(schedule, held, claimed) == refused


def test_an_asset_without_a_coin_has_its_haircut_and_no_rows() -> None:
    """Asset 1 of standard stands in no row: no move of any coin changes what it is worth."""
    columns = [column for own in STANDARD.columns for column in own]
    assert 1 not in columns
    assert sorted(columns) == [2, 3, *range(4, STANDARD.components)]
    worst = tuple(
        ((MATRIX_ENTRY.minimum,) * block.columns,) * block.rows for block in STANDARD.blocks
    )
    schedule = replace(asks_nothing(STANDARD), values=(5, 0, 0), moves=worst)
    held = (0, 100, *[0] * (STANDARD.components - 2))
    assert judge(STANDARD, schedule, held).total == 500
    assert refused_in_standard(schedule, held, (0, 0)) == set()


def test_inner_halves_are_those_of_the_widths() -> None:
    """What this file calls a bound is the one of the statement."""
    assert margin_widths(TINY) == (CASH.inner, COLLATERAL, POSITION.inner, POSITION.inner)


def always(entry: int) -> Callable[[Any], int]:
    """Whatever an entry was, it becomes this one."""
    return lambda _: entry


def asks_nothing(shape: Shape) -> Schedule[int]:
    """A market that asks nothing, with a cap and a credit that are never reached."""
    return replace(empty_schedule(shape), cap=LIMIT.maximum, credit=LIMIT.maximum)


@cache
def standard() -> CompiledCircuit:
    return compile_circuit(Margin(STANDARD))


def refused_in_standard(
    schedule: Schedule[int], held: Sequence[int], lost: Sequence[int]
) -> set[str]:
    """The scopes that refuse these losses of that book."""
    opening = Opening(tuple(held), 99)
    public = margin_public(STANDARD, opening.commit(), schedule, 3)
    honest = margin_private(STANDARD, schedule, opening)
    private: MarginPrivate[int] = replace(honest, losses=tuple(lost))
    return broken_scopes(standard(), play(standard(), public, private))
