from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import Block, Shape
from ledger.errors import LimitExceeded, MalformedTransition
from ledger.market.data import (
    ONE_BPS,
    SCALE,
    Column,
    MoveBounds,
    Observation,
    RiskTable,
    Rows,
    check_move,
    clipped,
    equity,
    median,
    scaled,
)
from tests.ledger.market.markets import observations, one_error
from tests.strategies import MANY, SOME

SEEN = Observation(
    spots=(1_000, 50),
    vols=(400_000, 10_000),
    rate=0,
    funding=(0, -7),
    basis=(0, 50_000),
    slopes=(0, -9),
)
BOUNDS = MoveBounds(
    spots_bps=(1_000, 1_000),
    vol_bps=2_000,
    funding_bps=100,
    rate_bps=1_000,
    basis_bps=500,
    slope_bps=200,
)
STILL = MoveBounds((0, 0), 0, 0, 0, 0, 0)

#: Cash, a coin and another asset; two instruments of the coin, and one of a coin nobody pledges.
SHAPE = Shape(3, 3, 2, (Block(2, 2, 1), Block(1, 1)))
TABLE = RiskTable(
    mark=(SCALE, 600, 50, 9, -5, 7),
    moves=(((-3, 4, -500), (3, -4, 400)), ((-2,),)),
    long_charges=(1, 2, 3),
    short_charges=(4, 5, 6),
)
#: The largest charge or move that is in its width three times over.
THIRD = ((1 << 47) - 1) // 3


def changed(base: Observation, **fields: object) -> Observation:
    return Observation.model_validate({**base.model_dump(), **fields})


def with_parts(**parts: object) -> RiskTable:
    return TABLE.model_copy(update=parts)


@SOME
@given(observations(3))
def test_an_observation_survives_its_bytes(observation: Observation) -> None:
    """Decoding undoes encoding."""
    assert Observation.decode(observation.encode()) == observation


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("spots", 1, 10**12),
        ("vols", 1, 10**8),
        ("funding", -(10**18), 10**18),
        ("basis", -(10**6), 10**6),
        ("slopes", -(10**7), 10**7),
    ],
)
def test_an_observation_out_of_bounds_is_refused(field: str, low: int, high: int) -> None:
    """Every number has a bound on both sides, and no price is zero or negative."""
    for inside in (low, high):
        changed(SEEN, **{field: (inside, low)})
    for outside in (low - 1, high + 1):
        with one_error("Input should be"):
            changed(SEEN, **{field: (outside, low)})


def test_a_rate_out_of_bounds_is_refused() -> None:
    """A hundred percent a year, either way."""
    for rate in (10**6, -(10**6)):
        changed(SEEN, rate=rate)
        with one_error("Input should be"):
            changed(SEEN, rate=rate + rate // 10**6)


@pytest.mark.parametrize("field", ["spots", "vols", "funding", "basis", "slopes"])
def test_an_observation_has_a_number_of_each_kind_for_each_underlying(field: str) -> None:
    """None may be missing, and none be there too often."""
    for count in (1, 3):
        with one_error("a spot, a vol, a funding index, a basis and a slope each"):
            changed(SEEN, **{field: (1,) * count})


def test_no_underlying_at_all_is_no_market() -> None:
    """Nor are more than there can be."""
    nothing: dict[str, Any] = dict.fromkeys(("spots", "vols", "funding", "basis", "slopes"), ())
    with one_error("a spot, a vol"):
        changed(SEEN, **nothing)
    many = dict.fromkeys(nothing, (1,) * 33)
    with one_error("at most 32"):
        changed(SEEN, **many)
    with pytest.raises(MalformedTransition, match="basis: expected a value, got none"):
        Observation.decode(b'{"spots":[1],"vols":[1],"rate":0,"funding":[1]}')


@SOME
@given(st.lists(observations(2), min_size=1, max_size=6))
def test_a_median_is_within_what_the_honest_half_saw(seen: list[Observation]) -> None:
    """Each number is one that was reported; no more than half are below it, or above."""
    middle = median(seen)
    for field in ("spots", "vols", "funding", "basis", "slopes"):
        for index in range(2):
            numbers = sorted(getattr(each, field)[index] for each in seen)
            number = getattr(middle, field)[index]
            assert number == numbers[(len(numbers) - 1) // 2]
            assert sum(each < number for each in numbers) * 2 <= len(numbers)
            assert sum(each > number for each in numbers) * 2 <= len(numbers)
    assert middle.rate in {each.rate for each in seen}
    assert median(seen[::-1]) == middle


def test_a_median_is_of_something_and_of_the_same_things() -> None:
    """No reports, or reports of different underlyings, have no median."""
    one = Observation(spots=(5,), vols=(5,), rate=0, funding=(0,), basis=(0,), slopes=(0,))
    for reports in ([], [SEEN, one]):
        with pytest.raises(WrongDimensions, match="observations"):
            median(reports)


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"spots": (1_100, 45)}, None),
        ({"spots": (1_101, 50)}, "spot 0"),
        ({"spots": (899, 50)}, "spot 0"),
        ({"spots": (1_000, 56)}, "spot 1"),
        ({"vols": (480_000, 8_000)}, None),
        ({"vols": (480_001, 10_000)}, "vol 0"),
        ({"vols": (400_000, 7_999)}, "vol 1"),
        ({"funding": (10 * SCALE, -7)}, None),
        ({"funding": (10 * SCALE + 1, -7)}, "funding 0"),
        ({"funding": (-10 * SCALE, -7 - SCALE // 2)}, None),
        ({"funding": (0, -8 - SCALE // 2)}, "funding 1"),
        ({"rate": 100_000}, None),
        ({"rate": -100_001}, "rate"),
        ({"basis": (50_000, 0)}, None),
        ({"basis": (50_001, 0)}, "basis 0"),
        ({"basis": (0, -1)}, "basis 1"),
        ({"slopes": (-20_000, 19_991)}, None),
        ({"slopes": (-20_001, -9)}, "slope 0"),
        ({"slopes": (0, 19_992)}, "slope 1"),
    ],
)
def test_a_move_past_its_bound_is_refused_and_clipped(
    fields: dict[str, object], number: str | None
) -> None:
    """Exactly the bound passes, one more does not, up or down, for every number.

    Clipped to its bound it passes; what was within is left as it was.
    """
    current = changed(SEEN, **fields)
    cut = clipped(SEEN, current, BOUNDS)
    check_move(SEEN, cut.observation, BOUNDS)
    if number is None:
        check_move(SEEN, current, BOUNDS)
        assert (cut.observation, cut.locked) == (current, (False, False))
        return
    with pytest.raises(LimitExceeded, match=f"move of {number}: expected at most"):
        check_move(SEEN, current, BOUNDS)
    assert cut.observation != current
    assert cut.locked == (number == "spot 0", number == "spot 1")


def test_what_is_clipped_goes_as_far_as_it_may() -> None:
    """To the last whole unit within the bound, on the side on which the market is."""
    far = Observation(
        spots=(5, 80),
        vols=(1, 13_000),
        rate=-(10**6),
        funding=(10**18, -(10**18)),
        basis=(-(10**6), 10**6),
        slopes=(10**7, -(10**7)),
    )
    cut = clipped(SEEN, far, BOUNDS)
    assert cut.observation == Observation(
        spots=(900, 55),
        vols=(320_000, 12_000),
        rate=-100_000,
        funding=(10 * SCALE, -7 - SCALE // 2),
        basis=(-50_000, 100_000),
        slopes=(20_000, -20_009),
    )
    assert cut.locked == (True, True)


@MANY
@given(observations(2), observations(2), st.integers(0, 9_999))
def test_clipping_lies_between_and_is_enough(
    previous: Observation, current: Observation, bps: int
) -> None:
    """Every number lies between what was and what is, and the next update may follow."""
    bounds = MoveBounds((bps, bps // 2), bps, bps // 3, bps, bps, bps)
    cut = clipped(previous, current, bounds)
    check_move(previous, cut.observation, bounds)
    assert clipped(previous, cut.observation, bounds).observation == cut.observation
    for field in ("spots", "vols", "funding", "basis", "slopes"):
        for before, after, mine in zip(
            getattr(previous, field),
            getattr(current, field),
            getattr(cut.observation, field),
            strict=True,
        ):
            assert min(before, after) <= mine <= max(before, after)
    for place, locked in enumerate(cut.locked):
        assert locked == (cut.observation.spots[place] != current.spots[place])


def test_each_spot_has_a_bound_of_its_own() -> None:
    """A tenth of the first and nothing of the second, and the other way round."""
    for moved, bounds in (((1_100, 50), (1_000, 0)), ((1_000, 45), (0, 1_000))):
        seen = changed(SEEN, spots=moved)
        check_move(SEEN, seen, MoveBounds(bounds, 0, 0, 0, 0, 0))
        with pytest.raises(LimitExceeded, match="move of spot"):
            check_move(SEEN, seen, MoveBounds(bounds[::-1], 0, 0, 0, 0, 0))


def test_moves_are_of_the_same_underlyings() -> None:
    """Observations of different ones, and bounds of others, are refused, clipped or not."""
    one = Observation(spots=(5,), vols=(5,), rate=0, funding=(0,), basis=(0,), slopes=(0,))
    short = MoveBounds((1,), 1, 1, 1, 1, 1)
    for judge in (check_move, clipped):
        with pytest.raises(WrongDimensions, match="observation: expected 2"):
            judge(SEEN, one, BOUNDS)
        with pytest.raises(WrongDimensions, match="bounds of spots: expected 2"):
            judge(SEEN, SEEN, short)


def test_bounds_can_be_taken_several_times() -> None:
    """Every one of them; twice nothing is nothing."""
    assert BOUNDS.times(3) == MoveBounds((3_000, 3_000), 6_000, 300, 3_000, 1_500, 600)
    assert STILL.times(2) == STILL
    third = changed(SEEN, spots=(1_300, 50))
    check_move(SEEN, third, BOUNDS.times(3))
    with pytest.raises(LimitExceeded):
        check_move(SEEN, changed(SEEN, spots=(1_301, 50)), BOUNDS.times(3))


def test_rows_say_what_is_left() -> None:
    """M·v + b, and its least."""
    rows = Rows(matrix=((SCALE, 2), (SCALE, -3)), constants=(1, 2))
    assert rows.values_of((1, 10)) == (SCALE + 21, SCALE - 28)
    assert rows.worst((1, 10)) == SCALE - 28
    assert equity((SCALE, -1), (5, 1)) == 4
    with pytest.raises(WrongDimensions, match="portfolio"):
        rows.worst((1,))


def test_rows_have_the_dimensions_and_widths_of_a_claim() -> None:
    """Exactly the bound passes."""
    shape = Shape(1, 1, 1)
    Rows(matrix=((1, (1 << 47) - 1),), constants=((1 << 111) - 1,)).check(shape)
    with pytest.raises(OutOfBounds, match="matrix row 0, entry 1"):
        Rows(matrix=((1, 1 << 47),), constants=(0,)).check(shape)
    with pytest.raises(OutOfBounds, match="constants, entry 0"):
        Rows(matrix=((1, 1),), constants=(1 << 111,)).check(shape)
    with pytest.raises(WrongDimensions, match="matrix"):
        Rows(matrix=(), constants=(0,)).check(shape)


def test_a_table_in_order_passes() -> None:
    """The example that the next tests break, and its way through bytes."""
    TABLE.check(SHAPE)
    TABLE.check_collateral(SHAPE, (SCALE, 600, 50), ONE_BPS)
    assert RiskTable.decode(TABLE.encode()) == TABLE


@pytest.mark.parametrize(
    ("part", "value", "error", "place"),
    [
        ("mark", TABLE.mark[:-1], WrongDimensions, "mark"),
        ("mark", (SCALE - 1, *TABLE.mark[1:]), LimitExceeded, "mark, cash"),
        ("mark", (SCALE, -1, *TABLE.mark[2:]), LimitExceeded, "mark, asset 1"),
        ("mark", (*TABLE.mark[:-1], 1 << 47), OutOfBounds, "mark, entry 5"),
        ("mark", (*TABLE.mark[:-1], -(1 << 47) - 1), OutOfBounds, "mark, entry 5"),
        ("mark", (*TABLE.mark[:-1], (1 << 47) - 18), OutOfBounds, "mark and short charge, entry 2"),
        ("moves", TABLE.moves[:1], WrongDimensions, "moves"),
        ("moves", (TABLE.moves[0][:1], TABLE.moves[1]), WrongDimensions, "moves of block 0"),
        ("moves", (TABLE.moves[0], ((1, 1),)), WrongDimensions, "moves of block 1, row 0"),
        ("moves", (TABLE.moves[0], ((THIRD + 1,),)), OutOfBounds, "moves of block 1, row 0"),
        ("moves", (TABLE.moves[0], ((-THIRD - 2,),)), OutOfBounds, "moves of block 1, row 0"),
        ("long_charges", (1, 2), WrongDimensions, "long charges"),
        ("short_charges", (1, 2), WrongDimensions, "short charges"),
        ("long_charges", (1, 2, -1), OutOfBounds, "long charges, entry 2"),
        ("short_charges", (-1, 2, 1), OutOfBounds, "short charges, entry 0"),
        ("long_charges", (THIRD - 3, 2, 3), OutOfBounds, "long and short charges, entry 0"),
        ("short_charges", (4, THIRD - 1, 6), OutOfBounds, "long and short charges, entry 1"),
    ],
)
def test_a_table_out_of_order_is_refused(
    part: str, value: object, error: type[Exception], place: str
) -> None:
    """Each bound that the ledger relies on, broken alone."""
    with pytest.raises(error, match=place):
        with_parts(**{part: value}).check(SHAPE)


def test_a_table_at_its_bounds_passes() -> None:
    """The largest mark, move and charge that the largest factor leaves in their widths."""
    with_parts(mark=(*TABLE.mark[:-1], (1 << 47) - 19)).check(SHAPE)
    with_parts(mark=(*TABLE.mark[:-1], -(1 << 47))).check(SHAPE)
    with_parts(moves=(TABLE.moves[0], ((THIRD,),))).check(SHAPE)
    with_parts(moves=(TABLE.moves[0], ((-THIRD,),))).check(SHAPE)
    with_parts(long_charges=(THIRD - 4, 0, 0)).check(SHAPE)
    with_parts(long_charges=(0, 0, 0), short_charges=(0, 0, 0)).check(SHAPE)


def test_a_pledged_coin_never_counts_for_less_than_nothing() -> None:
    """Where its worst move, times the factor, takes all that it counts for, and one unit more."""
    TABLE.check_collateral(SHAPE, (SCALE, 500, 0), ONE_BPS)
    TABLE.check_collateral(SHAPE, (SCALE, 625, 0), 12_500)
    for counted, factor in ((499, ONE_BPS), (624, 12_500), (625, 12_501)):
        with pytest.raises(LimitExceeded, match="asset 1 in its worst row: expected at least 0"):
            TABLE.check_collateral(SHAPE, (SCALE, counted, 0), factor)
    with pytest.raises(WrongDimensions, match="values"):
        TABLE.check_collateral(SHAPE, (SCALE, 600), ONE_BPS)


def test_a_column_is_what_a_table_says_of_one_component() -> None:
    """An instrument, a pledged coin, and an asset that no rows speak of."""
    assert TABLE.column(SHAPE, 4) == Column(-5, (4, -4))
    assert TABLE.column(SHAPE, 5) == Column(7, (-2,))
    assert TABLE.column(SHAPE, 1) == Column(600, (-500, 400))
    assert TABLE.column(SHAPE, 2) == Column(50, ())


def test_scaling_rounds_away_from_zero() -> None:
    """Up for what is lost, and for what is gained."""
    assert [scaled(each, 12_500) for each in (-5, -4, 0, 4, 5)] == [-7, -5, 0, 5, 7]


def test_one_unit_apart_is_the_same_and_two_are_not() -> None:
    """The first entry that is off by more than one is named, wherever it is."""

    def gap(**parts: object) -> str | None:
        return TABLE.differs_by_more_than_one(with_parts(**parts))

    assert gap(mark=(SCALE + 1, 599, 50, 8, -4, 7), long_charges=(0, 2, 4)) is None
    assert gap(mark=(SCALE, 600, 50, 9, -5, 9)) == "mark, component 5"
    assert gap(mark=TABLE.mark[1:]) == "mark, component: 6 against 5"
    assert gap(long_charges=(1, 4, 3)) == "long charge of instrument 1"
    assert gap(short_charges=(4, 5, 8)) == "short charge of instrument 2"
    nudged = (((-4, 5, -499), (3, -4, 400)), ((-1,),))
    assert gap(moves=nudged) is None
    far = (TABLE.moves[0], ((-4,),))
    assert gap(moves=far) == "moves of block 1, row 0, entry 0"
    assert gap(moves=TABLE.moves[:1]) == "rows of blocks: (2, 1) against (2,)"
    assert (
        gap(moves=(TABLE.moves[0][:1], TABLE.moves[1])) == "rows of blocks: (2, 1) against (1, 1)"
    )
