"""What a market asks of an account: one value, from the ledger's record to the public inputs.

| part      | of                 | says                                                         |
| --------- | ------------------ | ------------------------------------------------------------ |
| `values`  | collateral assets  | what a unit counts for, after its haircut (cash counts 1)     |
| `mark`    | instruments        | what a lot is worth                                          |
| `moves`   | block, row, column | how the worth of one unit changes in that row                |
| `charges` | instruments        | what a lot held long costs, for moves that no row sees        |
| `weights` | instruments        | what a lot, held either way, takes of the cap                 |
| `floor`   |                    | the least that must remain, in units of cash                  |
| `cap`     |                    | the most that the weights may add up to                       |
| `credit`  |                    | how far cash and positions at the mark may be below zero      |

Everything but the floor is in 10⁻⁶ units of cash. `judge` is the margin of a book that is known, in
integers: what the circuit proves of a book that is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from circuits.bounds import check_entries, check_length
from circuits.shape import (
    CASH,
    COLLATERAL,
    MATRIX_BITS,
    MATRIX_ENTRY,
    RESERVED,
    SCALE,
    Shape,
    Width,
)

F = TypeVar("F")

#: Entries that are no move have no sign.
UNSIGNED_ENTRY: Final = Width(MATRIX_BITS - 1, signed=False)
FLOOR: Final = Width(60, signed=False)
#: More than weights, or debts at the mark, can add up to: a cap and a credit that ask nothing.
LIMIT: Final = Width(110, signed=False)
#: v⁺ and v⁻ of a position.
LONG_BITS: Final = 47
SHORT_BITS: Final = 48


@dataclass(frozen=True, slots=True)
class Schedule(Generic[F]):
    """The market's part of a statement of margin."""

    values: tuple[F, ...]
    mark: tuple[F, ...]
    moves: tuple[tuple[tuple[F, ...], ...], ...]
    charges: tuple[F, ...]
    weights: tuple[F, ...]
    floor: F
    cap: F
    credit: F


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is left of each condition; margin is met where none is below zero."""

    total: int
    paid: int
    room: int

    @property
    def holds(self) -> bool:
        return min(self.total, self.paid, self.room) >= 0


def checked_schedule(shape: Shape, schedule: Schedule[int]) -> Schedule[int]:
    """Refused where a bound is broken that the circuit relies on: dimensions, signs and widths.

    Looked at anew for every proof: `True` and 1.0 are equal to 1, so that a verdict which was
    remembered would be one about another schedule.
    """
    check_length("values", "entries", shape.assets - 1, schedule.values)
    check_entries("values", schedule.values, UNSIGNED_ENTRY)
    for name in ("mark", "charges", "weights"):
        entries: tuple[int, ...] = getattr(schedule, name)
        check_length(name, "entries", shape.instruments, entries)
        check_entries(name, entries, MATRIX_ENTRY if name == "mark" else UNSIGNED_ENTRY)
    check_length("moves", "blocks", len(shape.blocks), schedule.moves)
    for place, (block, rows) in enumerate(zip(shape.blocks, schedule.moves, strict=True)):
        check_length(f"moves of block {place}", "rows", block.rows, rows)
        for index, row in enumerate(rows):
            subject = f"moves of block {place}, row {index}"
            check_length(subject, "entries", block.columns, row)
            check_entries(subject, row, MATRIX_ENTRY)
    check_entries("floor", (schedule.floor,), FLOOR)
    check_entries("cap and credit", (schedule.cap, schedule.credit), LIMIT)
    return replace(
        schedule,
        values=tuple(schedule.values),
        mark=tuple(schedule.mark),
        moves=tuple(tuple(tuple(row) for row in rows) for rows in schedule.moves),
        charges=tuple(schedule.charges),
        weights=tuple(schedule.weights),
    )


def empty_schedule(shape: Shape) -> Schedule[int]:
    """One of these dimensions that asks nothing."""
    none = (0,) * shape.instruments
    moves = tuple(((0,) * block.columns,) * block.rows for block in shape.blocks)
    return Schedule((0,) * (shape.assets - 1), none, moves, none, none, 0, 0, 0)


def losses(shape: Shape, schedule: Schedule[int], values: Sequence[int]) -> tuple[int, ...]:
    """For each coin what its worst row takes, or nothing."""
    worst = []
    for columns, rows in zip(shape.columns, schedule.moves, strict=True):
        held = [values[column] for column in columns]
        worst.append(max(0, *(-_dot(row, held) for row in rows)))
    return tuple(worst)


def longs(shape: Shape, values: Sequence[int]) -> tuple[int, ...]:
    """v⁺ of every position."""
    return tuple(max(0, value) for value in values[shape.assets :])


def judge(
    shape: Shape, schedule: Schedule[int], values: Sequence[int], reserved: int = 0
) -> Judgement:
    """The margin of a book that is known."""
    lost, held = losses(shape, schedule, values), longs(shape, values)
    return left(shape, schedule, values, reserved, lost, held)


def left(
    shape: Shape,
    schedule: Schedule[int],
    values: Sequence[int],
    reserved: int,
    lost: Sequence[int],
    held: Sequence[int],
) -> Judgement:
    """What is left under losses and longs that somebody claims; larger ones only hurt."""
    cash, collateral = values[0], values[1 : shape.assets]
    positions = values[shape.assets :]
    at_mark = SCALE * (cash - reserved) + _dot(schedule.mark, positions)
    counted = at_mark + _dot(schedule.values, collateral)
    charged = sum(lost) + _dot(schedule.charges, held) + SCALE * schedule.floor
    gross = [2 * long - v for long, v in zip(held, positions, strict=True)]
    return Judgement(
        total=counted - charged,
        paid=schedule.credit + at_mark,
        room=schedule.cap - _dot(schedule.weights, gross),
    )


# How many bits hold what is shown not to be negative: nothing within the bounds wraps.


def loss_bits(shape: Shape, block: int) -> int:
    """Whatever the rows of a coin can take."""
    return _row_magnitude(shape, block).bit_length()


def loss_row_bits(shape: Shape, block: int) -> int:
    """loss + Σ move·v, for the largest of both."""
    return ((1 << loss_bits(shape, block)) + _row_magnitude(shape, block)).bit_length()


def total_bits(shape: Shape) -> int:
    """The largest sum, and the most that can be taken from it."""
    lost = sum(1 << loss_bits(shape, block) for block in range(len(shape.blocks)))
    charged = shape.instruments * UNSIGNED_ENTRY.maximum << LONG_BITS
    collateral = (shape.assets - 1) * UNSIGNED_ENTRY.maximum * COLLATERAL.maximum
    floor = SCALE * FLOOR.maximum
    return (_at_mark(shape) + collateral + lost + charged + floor).bit_length()


def paid_bits(shape: Shape) -> int:
    """The credit, and all that cash and positions at the mark can be."""
    return (LIMIT.maximum + _at_mark(shape)).bit_length()


def room_bits(shape: Shape) -> int:
    """The cap, and whatever 2·long − v can weigh."""
    return (LIMIT.maximum + _gross(shape)).bit_length()


def _row_magnitude(shape: Shape, block: int) -> int:
    widths = (shape.widths[column] for column in shape.columns[block])
    return sum(MATRIX_ENTRY.magnitude * width.magnitude for width in widths)


def _at_mark(shape: Shape) -> int:
    positions = shape.instruments * MATRIX_ENTRY.magnitude << LONG_BITS
    return SCALE * (CASH.magnitude + RESERVED.maximum) + positions


def _gross(shape: Shape) -> int:
    return shape.instruments * UNSIGNED_ENTRY.maximum * ((1 << LONG_BITS) + (1 << SHORT_BITS))


def _dot(entries: Sequence[int], values: Sequence[int]) -> int:
    return sum(entry * value for entry, value in zip(entries, values, strict=True))
