from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import Shape
from ledger.errors import LimitExceeded, MalformedTransition
from ledger.market.data import SCALE, Matrices, Observation, Rows, check_move, equity, median
from tests.ledger.market.markets import observations, one_error
from tests.strategies import SOME

SHAPE = Shape(2, 1, 2)
ROWS = Rows(matrix=((SCALE, 5, 7), (SCALE, 4, -9)), constants=(0, 0))
INITIAL = Rows(matrix=((SCALE, 0, 7), (SCALE, 4, -9)), constants=(0, 0))
MATRICES = Matrices(
    initial=INITIAL,
    maintenance=ROWS,
    withdrawal=Rows(matrix=((SCALE, 0, 7), (SCALE, 0, -9)), constants=(0, 0)),
    mark=(SCALE, 6, -1),
)
SEEN = Observation(spots=(1_000, 50), vols=(400_000, 10_000), rate=0, funding=(0, -7))


def changed(base: Observation, **fields: object) -> Observation:
    return Observation.model_validate({**base.model_dump(), **fields})


@SOME
@given(observations(3))
def test_an_observation_survives_its_bytes(observation: Observation) -> None:
    """Decoding undoes encoding."""
    assert Observation.decode(observation.encode()) == observation


@pytest.mark.parametrize(
    "fields",
    [
        {"spots": (0, 50)},
        {"spots": (-1, 50)},
        {"spots": (10**12 + 1, 50)},
        {"vols": (0, 10_000)},
        {"vols": (10**8 + 1, 10_000)},
        {"rate": 10**6 + 1},
        {"rate": -(10**6) - 1},
        {"funding": (10**18 + 1, 0)},
        {"funding": (-(10**18) - 1, 0)},
    ],
)
def test_an_observation_out_of_bounds_is_refused(fields: dict[str, object]) -> None:
    """Every number has a bound on both sides, and no price is zero or negative."""
    with one_error("Input should be"):
        changed(SEEN, **fields)


def test_an_observation_has_a_number_of_each_kind_for_each_underlying() -> None:
    """Neither a vol nor a funding index may be missing; no underlying at all is no market."""
    with one_error("a spot, a vol and a funding index each"):
        changed(SEEN, vols=(1,))
    with pytest.raises(MalformedTransition, match="document"):
        Observation.decode(b'{"spots":[],"vols":[],"rate":0,"funding":[]}')


@SOME
@given(st.lists(observations(2), min_size=1, max_size=6))
def test_a_median_is_within_what_the_honest_half_saw(seen: list[Observation]) -> None:
    """Each number is one that was reported; no more than half are below it, or above."""
    middle = median(seen)
    for index in range(2):
        spots = sorted(each.spots[index] for each in seen)
        assert middle.spots[index] == spots[(len(spots) - 1) // 2]
        assert sum(spot < middle.spots[index] for spot in spots) * 2 <= len(spots)
        assert sum(spot > middle.spots[index] for spot in spots) * 2 <= len(spots)
    assert middle.rate in {each.rate for each in seen}
    assert median(seen[::-1]) == middle


def test_a_median_is_of_something_and_of_the_same_things() -> None:
    """No reports, or reports of different underlyings, have no median."""
    one = Observation(spots=(5,), vols=(5,), rate=0, funding=(0,))
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
    ],
)
def test_a_move_past_its_bound_is_refused(fields: dict[str, object], number: str | None) -> None:
    """Exactly the bound passes, one more does not, up or down, for every number."""

    def check() -> None:
        check_move(SEEN, changed(SEEN, **fields), (1_000, 1_000), 2_000, 100, 1_000)

    if number is None:
        check()
        return
    with pytest.raises(LimitExceeded, match=f"move of {number}: expected at most"):
        check()


def test_each_spot_has_a_bound_of_its_own() -> None:
    """A tenth of the first and nothing of the second, and the other way round."""
    for moved, bounds in (((1_100, 50), (1_000, 0)), ((1_000, 45), (0, 1_000))):
        seen = changed(SEEN, spots=moved)
        check_move(SEEN, seen, bounds, 0, 0, 0)
        with pytest.raises(LimitExceeded, match="move of spot"):
            check_move(SEEN, seen, bounds[::-1], 0, 0, 0)


def test_rows_say_what_is_left_and_what_is_asked() -> None:
    """M·v + b, its least, and the equity that the account must have."""
    rows = Rows(matrix=((SCALE, 2), (SCALE, -3)), constants=(1, 2))
    assert rows.values_of((1, 10)) == (SCALE + 21, SCALE - 28)
    assert rows.worst((1, 10)) == SCALE - 28
    assert rows.requirement((SCALE, 0), (1, 10)) == 1
    assert equity((SCALE, -1), (5, 1)) == 4
    with pytest.raises(WrongDimensions, match="portfolio"):
        rows.worst((1,))


def test_a_negative_asset_column_is_a_limit_and_no_margin() -> None:
    """Partial fills are solvent only while more collateral never harms."""
    rows = Rows(matrix=((SCALE, 1, 1), (SCALE, -1, 1)), constants=(0, 0))
    rows.check(SHAPE)
    with pytest.raises(LimitExceeded, match="matrix row 1, asset 1"):
        rows.check_margin(SHAPE)


def test_matrices_in_order_pass() -> None:
    """The example that the next test breaks, and its way through bytes."""
    MATRICES.check(SHAPE)
    assert Matrices.decode(MATRICES.encode()) == MATRICES


@pytest.mark.parametrize(
    ("part", "value", "error", "place"),
    [
        ("initial", Rows(matrix=ROWS.matrix[:1], constants=(0,)), WrongDimensions, "matrix"),
        ("initial", ROWS, LimitExceeded, "initial margin"),
        ("initial", Rows(matrix=INITIAL.matrix, constants=(0, 1)), LimitExceeded, "initial const"),
        (
            "initial",
            Rows(matrix=INITIAL.matrix, constants=(0, -1)),
            LimitExceeded,
            "withdrawal const",
        ),
        ("initial", Rows(matrix=INITIAL.matrix, constants=(0,)), WrongDimensions, "constants"),
        (
            "maintenance",
            Rows(matrix=ROWS.matrix, constants=(1, 0)),
            LimitExceeded,
            "maintenance constant 0",
        ),
        (
            "withdrawal",
            Rows(matrix=MATRICES.withdrawal.matrix, constants=(0, 2)),
            LimitExceeded,
            "withdrawal constant 1",
        ),
        (
            "maintenance",
            Rows(matrix=((SCALE, 5, 1 << 47), ROWS.matrix[1]), constants=(0, 0)),
            OutOfBounds,
            "matrix row 0, entry 2",
        ),
        (
            "maintenance",
            Rows(matrix=((SCALE + 1, 5, 7), ROWS.matrix[1]), constants=(0, 0)),
            LimitExceeded,
            "maintenance row 0, cash",
        ),
        (
            "maintenance",
            Rows(matrix=((SCALE, -1, 7), ROWS.matrix[1]), constants=(0, 0)),
            LimitExceeded,
            "asset 1",
        ),
        ("withdrawal", ROWS, LimitExceeded, "withdrawal row 0"),
        ("mark", (SCALE, 6), WrongDimensions, "mark"),
        ("mark", (SCALE, -1, 0), LimitExceeded, "mark, asset 1"),
        ("mark", (SCALE - 1, 6, 0), LimitExceeded, "mark, cash"),
        ("mark", (SCALE, 6, 1 << 47), OutOfBounds, "mark, component 2"),
    ],
)
def test_matrices_out_of_order_are_refused(
    part: str, value: object, error: type[Exception], place: str
) -> None:
    """Each bound that the ledger relies on, broken alone."""
    with pytest.raises(error, match=place):
        MATRICES.model_copy(update={part: value}).check(SHAPE)


def test_one_unit_apart_is_the_same_and_two_are_not() -> None:
    """The first entry that is off by more than one is named, wherever it is."""
    nudged = Rows(matrix=((SCALE, 1, 8), (SCALE, 4, -10)), constants=(1, 0))
    far = Rows(matrix=(ROWS.matrix[0], (SCALE, 4, -11)), constants=(0, 0))
    shifted = Rows(matrix=INITIAL.matrix, constants=(0, 2))
    short = Rows(matrix=ROWS.matrix[:1], constants=(0,))

    def gap(**parts: object) -> str | None:
        return MATRICES.differs_by_more_than_one(MATRICES.model_copy(update=parts))

    assert gap(initial=nudged, mark=(SCALE, 7, -2)) is None
    assert gap(maintenance=far) == "maintenance row 1, component 2"
    assert gap(withdrawal=shifted, initial=shifted) == "initial constant 1"
    assert gap(initial=short) == "initial, number of rows"
    assert gap(mark=(SCALE, 6, 1)) == "mark, component 2"
    assert gap(mark=(SCALE, 6)) == "mark, components: 3 against 2"
