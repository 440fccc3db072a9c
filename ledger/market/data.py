"""What the ledger sees of the market: integers with bounds, and how they may change.

| number               | unit                                                             |
| -------------------- | ---------------------------------------------------------------- |
| spot                 | cash units (cents) per whole coin                                 |
| vol, rate            | 10⁻⁶ per year                                                    |
| funding              | 10⁻⁶ cash units per whole coin, accrued so far                    |
| basis                | 10⁻⁶ per year: a future is worth spot · (1 + basis · years)       |
| slope                | 10⁻⁶ of vol per year: vol(T) = max(vol + slope · T, vol / 10)     |
| mark, move, charge   | 10⁻⁶ cash units per unit of a component                           |

Nothing here computes with floats: two people who hold the same observations agree on the
median, on whether it moved too far, and on what a table says about an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from circuits.bounds import check_entries, check_length, checked_constants, checked_matrix
from circuits.errors import WrongDimensions
from circuits.schedule import UNSIGNED_ENTRY
from circuits.shape import MATRIX_ENTRY, Shape
from circuits.shape import SCALE as SCALE
from ledger.encoding import Model
from ledger.errors import LimitExceeded

#: Basis points in one.
ONE_BPS: Final = 10_000
MAX_UNDERLYINGS: Final = 32
#: The largest multiple of losses and charges that anybody may be asked for.
MAX_FACTOR_BPS: Final = 3 * ONE_BPS

Spot = Annotated[int, Field(ge=1, le=10**12)]
Vol = Annotated[int, Field(ge=1, le=10**8)]
Rate = Annotated[int, Field(ge=-(10**6), le=10**6)]
Funding = Annotated[int, Field(ge=-(10**18), le=10**18)]
Slope = Annotated[int, Field(ge=-(10**7), le=10**7)]

#: The numbers of an observation that come one for each underlying.
_EACH: Final = ("spots", "vols", "funding", "basis", "slopes")


class Observation(Model):
    """What one oracle saw of every underlying; the time is said where it is published."""

    spots: Annotated[tuple[Spot, ...], Field(max_length=MAX_UNDERLYINGS)]
    vols: tuple[Vol, ...]
    rate: Rate
    funding: tuple[Funding, ...]
    basis: tuple[Rate, ...]
    slopes: tuple[Slope, ...]

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        counts = tuple(len(getattr(self, name)) for name in _EACH)
        if len(set(counts)) != 1 or not self.spots:
            raise ValueError(
                f"expected a spot, a vol, a funding index, a basis and a slope each, got {counts}"
            )
        return self

    @property
    def underlyings(self) -> int:
        return len(self.spots)


def median(observations: Sequence[Observation]) -> Observation:
    """The lower median, number by number: a minority of liars moves it within honest reports."""
    counts = {each.underlyings for each in observations}
    if len(counts) != 1:
        raise WrongDimensions(
            "observations", expected="some, of the same underlyings", actual=sorted(counts)
        )
    middles = {
        name: tuple(
            map(_lower_median, zip(*(getattr(each, name) for each in observations), strict=True))
        )
        for name in _EACH
    }
    return Observation(rate=_lower_median([each.rate for each in observations]), **middles)


@dataclass(frozen=True, slots=True)
class MoveBounds:
    """How far one update may move each number, in basis points.

    Spots and vols are bounded relative to what they were, each spot by a bound of its own, a
    funding index by a part of the spot; rate, basis and slopes, which can be zero, by basis points
    a year.
    """

    spots_bps: tuple[int, ...]
    vol_bps: int
    funding_bps: int
    rate_bps: int
    basis_bps: int
    slope_bps: int

    def times(self, factor: int) -> MoveBounds:
        """So many times as far."""
        return MoveBounds(
            spots_bps=tuple(factor * each for each in self.spots_bps),
            vol_bps=factor * self.vol_bps,
            funding_bps=factor * self.funding_bps,
            rate_bps=factor * self.rate_bps,
            basis_bps=factor * self.basis_bps,
            slope_bps=factor * self.slope_bps,
        )


@dataclass(frozen=True, slots=True)
class Clipped:
    """An observation within its bounds, and the underlyings whose spot honestly lay beyond."""

    observation: Observation
    locked: tuple[bool, ...]


def check_move(previous: Observation, current: Observation, bounds: MoveBounds) -> None:
    """Raises `LimitExceeded` for the first number that moved further than one update may."""
    for number in _numbers(previous, current, bounds):
        if abs(number.after - number.before) * ONE_BPS > number.most:
            raise LimitExceeded(
                f"move of {number.name}",
                expected=f"at most {number.most // ONE_BPS} from {number.before}",
                actual=number.after,
            )


def clipped(previous: Observation, current: Observation, bounds: MoveBounds) -> Clipped:
    """Every number as far towards the current one as its bound lets it; `check_move` passes it.

    A spot that is cut locks the market of its underlying; other numbers are cut without a lock.
    """
    cut: dict[str, list[int]] = {name: [] for name in (*_EACH, "rate")}
    for number in _numbers(previous, current, bounds):
        cut[number.field].append(number.cut)
    observation = Observation(
        rate=cut.pop("rate")[0], **{name: tuple(numbers) for name, numbers in cut.items()}
    )
    pairs = zip(observation.spots, current.spots, strict=True)
    return Clipped(observation, tuple(mine != seen for mine, seen in pairs))


class Rows(Model):
    """One public (M, b): an account `v` satisfies it when no row of M·v + b is negative."""

    matrix: tuple[tuple[int, ...], ...]
    constants: tuple[int, ...]

    def check(self, shape: Shape) -> None:
        """The bounds without which a proof about these rows means nothing."""
        checked_matrix(shape, self.matrix)
        checked_constants(shape, self.constants)

    def values_of(self, values: Sequence[int]) -> tuple[int, ...]:
        """M·v + b, in units of 10⁻⁶ cash."""
        return tuple(
            _dot(row, values) + constant
            for row, constant in zip(self.matrix, self.constants, strict=True)
        )

    def worst(self, values: Sequence[int]) -> int:
        """The least of the rows: what an account has left in the scenario that hurts it most."""
        return min(self.values_of(values))


@dataclass(frozen=True, slots=True)
class Column:
    """What a table says of one component: its mark, and its move in each row of its coin."""

    mark: int
    moves: tuple[int, ...]


class RiskTable(Model):
    """What a market epoch says everything is worth, and what it can lose: what oracles sign.

    | part            | of                   | says                                             |
    | --------------- | -------------------- | ------------------------------------------------ |
    | `mark`          | components           | the full worth of a unit, before any haircut     |
    | `moves`         | block, row, column   | how it changes, collateral after its haircut     |
    | `long_charges`  | instruments          | what moves take of a long lot that no row sees   |
    | `short_charges` | instruments          | the same of a short lot                          |

    All of it is at the level of maintenance; what the ledger asks of anybody follows from it in
    integers.
    """

    mark: tuple[int, ...]
    moves: tuple[tuple[tuple[int, ...], ...], ...]
    long_charges: tuple[int, ...]
    short_charges: tuple[int, ...]

    def check(self, shape: Shape) -> None:
        """Every bound that the ledger relies on, whoever signed the table."""
        check_length("mark", "entries", shape.components, self.mark)
        check_entries("mark", self.mark, MATRIX_ENTRY)
        self._check_assets(shape)
        self._check_moves(shape)
        self._check_charges(shape)

    def check_collateral(self, shape: Shape, values: Sequence[int], factor_bps: int) -> None:
        """A pledged coin counts for no less than nothing in any row: more of it never harms.

        `values` are what a unit of each asset counts for after its haircut, cash first.
        """
        check_length("values", "entries", shape.assets, values)
        for place, block in enumerate(shape.blocks):
            if block.collateral is None:
                continue
            worst = min(row[-1] for row in self.moves[place])
            left = values[block.collateral] + scaled(worst, factor_bps)
            if left < 0:
                raise LimitExceeded(
                    f"asset {block.collateral} in its worst row", expected="at least 0", actual=left
                )

    def column(self, shape: Shape, component: int) -> Column:
        """What it says of one component; an asset that is no coin of a block has no moves."""
        for rows, columns in zip(self.moves, shape.columns, strict=True):
            if component in columns:
                place = columns.index(component)
                return Column(self.mark[component], tuple(row[place] for row in rows))
        return Column(self.mark[component], ())

    def differs_by_more_than_one(self, other: RiskTable) -> str | None:
        """The first place where the two are more than one unit apart, or None.

        One unit is what floating point may honestly differ by between two machines.
        """
        counts = [tuple(map(len, each.moves)) for each in (self, other)]
        if counts[0] != counts[1]:
            return f"rows of blocks: {counts[0]} against {counts[1]}"
        for (where, mine), (_, theirs) in zip(self._parts(), other._parts(), strict=True):
            place = _first_gap(where, mine, theirs)
            if place is not None:
                return place
        return None

    def _parts(self) -> Iterator[tuple[str, Sequence[int]]]:
        yield "mark, component", self.mark
        yield "long charge of instrument", self.long_charges
        yield "short charge of instrument", self.short_charges
        for block, rows in enumerate(self.moves):
            for index, row in enumerate(rows):
                yield f"moves of block {block}, row {index}, entry", row

    def _check_assets(self, shape: Shape) -> None:
        for index, entry in enumerate(self.mark[: shape.assets]):
            if entry < 0:
                raise LimitExceeded(f"mark, asset {index}", expected="at least 0", actual=entry)
        if self.mark[0] != SCALE:
            raise LimitExceeded("mark, cash", expected=SCALE, actual=self.mark[0])

    def _check_moves(self, shape: Shape) -> None:
        check_length("moves", "blocks", len(shape.blocks), self.moves)
        for place, (block, rows) in enumerate(zip(shape.blocks, self.moves, strict=True)):
            check_length(f"moves of block {place}", "rows", block.rows, rows)
            for index, row in enumerate(rows):
                subject = f"moves of block {place}, row {index}"
                check_length(subject, "entries", block.columns, row)
                check_entries(subject, [scaled(move, MAX_FACTOR_BPS) for move in row], MATRIX_ENTRY)

    def _check_charges(self, shape: Shape) -> None:
        """What a side is charged stands in a column of its own, or in the mark's, or in both."""
        for name, charges in (("long", self.long_charges), ("short", self.short_charges)):
            check_length(f"{name} charges", "entries", shape.instruments, charges)
            check_entries(f"{name} charges", charges, UNSIGNED_ENTRY)
        largest_short = [scaled(each, MAX_FACTOR_BPS) for each in self.short_charges]
        largest_long = [scaled(each, MAX_FACTOR_BPS) for each in self.long_charges]
        both = [a + b for a, b in zip(largest_long, largest_short, strict=True)]
        check_entries("long and short charges", both, UNSIGNED_ENTRY)
        marks = self.mark[shape.assets :]
        shifted = [mark + each for mark, each in zip(marks, largest_short, strict=True)]
        check_entries("mark and short charge", shifted, MATRIX_ENTRY)


def scaled(number: int, factor_bps: int) -> int:
    """So many times a move or a charge, rounded away from zero."""
    magnitude = -(-abs(number) * factor_bps // ONE_BPS)
    return magnitude if number >= 0 else -magnitude


def equity(mark: Sequence[int], values: Sequence[int]) -> int:
    """What an account is worth at the mark, in whole cash units, rounded down."""
    return _dot(mark, values) // SCALE


@dataclass(frozen=True, slots=True)
class _Number:
    """One number of an observation; `most` is its bound, times `ONE_BPS`."""

    field: str
    name: str
    before: int
    after: int
    most: int

    @property
    def cut(self) -> int:
        """As far as its bound lets it."""
        reach = self.most // ONE_BPS
        return min(max(self.after, self.before - reach), self.before + reach)


def _numbers(previous: Observation, current: Observation, bounds: MoveBounds) -> Iterator[_Number]:
    """Every number that may move, with its bound; those of one kind by underlying."""
    expected = previous.underlyings
    for subject, count in (
        ("observation", current.underlyings),
        ("bounds of spots", len(bounds.spots_bps)),
    ):
        if count != expected:
            raise WrongDimensions(
                subject, expected=f"{expected} underlyings", actual=f"{count} underlyings"
            )
    for index in range(expected):
        spot, vol = previous.spots[index], previous.vols[index]
        for field, label, most in (
            ("spots", "spot", spot * bounds.spots_bps[index]),
            ("vols", "vol", vol * bounds.vol_bps),
            ("funding", "funding", spot * SCALE * bounds.funding_bps),
            ("basis", "basis", SCALE * bounds.basis_bps),
            ("slopes", "slope", SCALE * bounds.slope_bps),
        ):
            before, after = getattr(previous, field)[index], getattr(current, field)[index]
            yield _Number(field, f"{label} {index}", before, after, most)
    yield _Number("rate", "rate", previous.rate, current.rate, SCALE * bounds.rate_bps)


def _lower_median(numbers: Iterable[int]) -> int:
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2]


def _dot(row: Sequence[int], values: Sequence[int]) -> int:
    if len(row) != len(values):
        raise WrongDimensions("portfolio", expected=f"{len(row)} values", actual=len(values))
    return sum(map(mul, row, values))


def _first_gap(where: str, mine: Sequence[int], theirs: Sequence[int]) -> str | None:
    if len(mine) != len(theirs):
        return f"{where}: {len(mine)} against {len(theirs)}"
    for index, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        if abs(one - other) > 1:
            return f"{where} {index}"
    return None
