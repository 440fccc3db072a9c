"""Threat: an unranged public price. Every part of a schedule at its bound, past it, and negative.

The circuit believes what is public. A charge below zero would be a gift for every lot, a weight or
a floor below zero as well; so the two functions where a verifier makes its public part refuse
them, and all that is no integer or of another shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.schedule import checked_schedule, empty_schedule
from circuits.shape import SHAPES
from tests.circuits.breakages import replaced
from tests.circuits.public_parts import TINY, WITH_SCHEDULE, Check, Everything, honest
from tests.circuits.statements import SCHEDULE
from zk.field import SCALAR_MODULUS

_Path = tuple[str | int, ...]
#: Each part, its smallest and its largest number, and how its refusal calls it.
PARTS: Final[dict[str, tuple[list[_Path], int, int, str]]] = {
    "values": ([("values", 0)], 0, (1 << 47) - 1, "values, entry 0"),
    "mark": ([("mark", i) for i in range(2)], -(1 << 47), (1 << 47) - 1, "mark, entry"),
    "moves": (
        [("moves", 0, row, column) for row in (0, 3, 7) for column in range(3)],
        -(1 << 47),
        (1 << 47) - 1,
        "moves of block 0, row",
    ),
    "charges": ([("charges", i) for i in range(2)], 0, (1 << 47) - 1, "charges, entry"),
    "weights": ([("weights", i) for i in range(2)], 0, (1 << 47) - 1, "weights, entry"),
    "floor": ([("floor",)], 0, (1 << 60) - 1, "floor"),
    "cap": ([("cap",)], 0, (1 << 110) - 1, "cap and credit"),
    "credit": ([("credit",)], 0, (1 << 110) - 1, "cap and credit"),
}
EVERY_ENTRY: Final = pytest.mark.parametrize(
    ("path", "low", "high", "subject"),
    [
        pytest.param(path, low, high, subject, id=".".join(map(str, path)))
        for paths, low, high, subject in PARTS.values()
        for path in paths
    ],
)


def with_entry(path: _Path, value: Any) -> Everything:
    """Everything in order but for one entry of the schedule."""
    changed = replaced(SCHEDULE, path, lambda _: value)
    return replace(honest(), schedule=changed)


@WITH_SCHEDULE
@EVERY_ENTRY
def test_an_entry_stops_at_its_bound(
    check: Check, path: _Path, low: int, high: int, subject: str
) -> None:
    """Either bound is accepted and one past it refused; and so is −1 as the field writes it."""
    for value in (low, 0, high):
        check(with_entry(path, value))
    for value in (low - 1, high + 1, SCALAR_MODULUS - 1, SCALAR_MODULUS, 1 << 256):
        with pytest.raises(OutOfBounds, match=subject):
            check(with_entry(path, value))


@EVERY_ENTRY
def test_an_entry_is_no_alias(path: _Path, low: int, high: int, subject: str) -> None:
    """Threat: public input alias. x + r and x − r are not other names of an entry x."""
    for value in (low, 0, high):
        for alias in (value + SCALAR_MODULUS, value - SCALAR_MODULUS):
            with pytest.raises(OutOfBounds, match=subject):
                checked_schedule(TINY, with_entry(path, alias).schedule)


@EVERY_ENTRY
@pytest.mark.parametrize("value", [True, 1.0, "1", None, b"1"])
def test_only_integers_are_entries(
    path: _Path, low: int, high: int, subject: str, value: Any
) -> None:
    """A bool, a float or a string is none, whatever it would be compared with."""
    with pytest.raises(OutOfBounds, match=subject):
        checked_schedule(TINY, with_entry(path, value).schedule)


@WITH_SCHEDULE
@pytest.mark.parametrize(
    ("path", "subject"),
    [
        (("values",), "values"),
        (("mark",), "mark"),
        (("charges",), "charges"),
        (("weights",), "weights"),
        (("moves",), "moves"),
        (("moves", 0), "moves of block 0"),
        (("moves", 0, 0), "moves of block 0, row 0"),
        (("moves", 0, 7), "moves of block 0, row 7"),
    ],
)
@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: (*t, t[-1]), lambda _: ()])
def test_every_part_has_the_size_of_the_shape(
    check: Check, path: _Path, subject: str, change: Callable[[Any], Any]
) -> None:
    """One entry, row or block too few, too many, or none: refused."""
    with pytest.raises(WrongDimensions, match=subject):
        check(replace(honest(), schedule=replaced(SCHEDULE, path, change)))


@pytest.mark.parametrize("name", SHAPES)
def test_a_schedule_is_of_one_shape(name: str) -> None:
    """What asks nothing in one shape fits that shape and no other."""
    schedule = empty_schedule(SHAPES[name])
    assert checked_schedule(SHAPES[name], schedule) == schedule
    for other in SHAPES.values():
        if other is not SHAPES[name]:
            with pytest.raises(WrongDimensions):
                checked_schedule(other, schedule)


def test_what_was_checked_cannot_change_afterwards() -> None:
    """Lists come out as tuples, all the way down: what was looked at is what is proven.

    And what was looked at once is looked at again: an equal schedule may be none of integers.
    """
    moves: Any = [[list(row) for row in rows] for rows in SCHEDULE.moves]
    lists = replace(SCHEDULE, moves=moves)
    for name in ("values", "mark", "charges", "weights"):
        lists = replaced(lists, (name,), list)
    assert checked_schedule(TINY, lists) == SCHEDULE
    assert hash(checked_schedule(TINY, lists)) == hash(SCHEDULE)
    one = replace(SCHEDULE, credit=1)
    assert checked_schedule(TINY, one) == one
    for alike in (True, 1.0):
        with pytest.raises(OutOfBounds, match="cap and credit"):
            checked_schedule(TINY, with_entry(("credit",), alike).schedule)
