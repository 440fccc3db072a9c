"""What the ledger sees of the market: integers with bounds, and how they may change.

| number              | unit                                             |
| ------------------- | ------------------------------------------------ |
| spot                | cash units (cents) per whole coin                 |
| vol, rate           | 10⁻⁶ per year                                    |
| funding             | 10⁻⁶ cash units per whole coin, accrued so far    |
| matrix entry, mark  | 10⁻⁶ cash units per unit of a component           |

Nothing here computes with floats: two people who hold the same observations agree on the
median, on whether it moved too far, and on what a row of a matrix says about an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import mul
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from circuits.bounds import checked_constants, checked_matrix
from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import MATRIX_ENTRY, Shape
from ledger.encoding import Model
from ledger.errors import LimitExceeded

#: Units of a matrix entry per unit of cash.
SCALE: Final = 10**6
#: Basis points in one.
ONE_BPS: Final = 10_000
MAX_UNDERLYINGS: Final = 32

Spot = Annotated[int, Field(ge=1, le=10**12)]
Vol = Annotated[int, Field(ge=1, le=10**8)]
Rate = Annotated[int, Field(ge=-(10**6), le=10**6)]
Funding = Annotated[int, Field(ge=-(10**18), le=10**18)]


class Observation(Model):
    """What one oracle saw of every underlying; the time is said where it is published."""

    spots: Annotated[tuple[Spot, ...], Field(max_length=MAX_UNDERLYINGS)]
    vols: tuple[Vol, ...]
    rate: Rate
    funding: tuple[Funding, ...]

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        counts = (len(self.spots), len(self.vols), len(self.funding))
        if len(set(counts)) != 1 or not self.spots:
            raise ValueError(f"expected a spot, a vol and a funding index each, got {counts}")
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
    return Observation(
        spots=tuple(map(_lower_median, zip(*(each.spots for each in observations), strict=True))),
        vols=tuple(map(_lower_median, zip(*(each.vols for each in observations), strict=True))),
        rate=_lower_median([each.rate for each in observations]),
        funding=tuple(
            map(_lower_median, zip(*(each.funding for each in observations), strict=True))
        ),
    )


def check_move(
    previous: Observation,
    current: Observation,
    max_spots_bps: Sequence[int],
    max_vol_bps: int,
    max_funding_bps: int,
    max_rate_bps: int,
) -> None:
    """Raises `LimitExceeded` for the first number that moved further than one update may.

    Spots and vols are bounded relative to what they were, each spot by a bound of its own, a
    funding index by a part of the spot, and the rate, which can be zero, by basis points a year.
    """
    if previous.underlyings != current.underlyings:
        raise WrongDimensions(
            "observation",
            expected=f"{previous.underlyings} underlyings",
            actual=f"{current.underlyings} underlyings",
        )
    for index in range(current.underlyings):
        spot, vol, funding = (
            previous.spots[index],
            previous.vols[index],
            previous.funding[index],
        )
        most = max_spots_bps[index]
        _check_change(f"spot {index}", spot, current.spots[index], spot * most)
        _check_change(f"vol {index}", vol, current.vols[index], vol * max_vol_bps)
        largest = spot * SCALE * max_funding_bps
        _check_change(f"funding {index}", funding, current.funding[index], largest)
    _check_change("rate", previous.rate, current.rate, SCALE * max_rate_bps)


class Rows(Model):
    """One public (M, b): an account `v` satisfies it when no row of M·v + b is negative."""

    matrix: tuple[tuple[int, ...], ...]
    constants: tuple[int, ...]

    def check(self, shape: Shape) -> None:
        """The bounds without which a proof about these rows means nothing."""
        checked_matrix(shape, self.matrix)
        checked_constants(shape, self.constants)

    def check_margin(self, shape: Shape) -> None:
        """Besides, no asset column is negative: more collateral never harms.

        Rows of margin need it: deposits must not make an account fail, and a partial fill must
        be solvent where the whole one is. A limit, say on delta, may have such columns.
        """
        self.check(shape)
        for index, row in enumerate(self.matrix):
            for asset in range(shape.assets):
                if row[asset] < 0:
                    raise LimitExceeded(
                        f"matrix row {index}, asset {asset}",
                        expected="at least 0",
                        actual=row[asset],
                    )

    def values_of(self, values: Sequence[int]) -> tuple[int, ...]:
        """M·v + b, in matrix units."""
        return tuple(
            _dot(row, values) + constant
            for row, constant in zip(self.matrix, self.constants, strict=True)
        )

    def worst(self, values: Sequence[int]) -> int:
        """The least of the rows: what an account has left in the scenario that hurts it most."""
        return min(self.values_of(values))

    def requirement(self, mark: Sequence[int], values: Sequence[int]) -> int:
        """How much equity these rows ask of an account, in cash units, rounded up."""
        return -((self.worst(values) - _dot(mark, values)) // SCALE)


class Matrices(Model):
    """What a market epoch demands, and what it says everything is worth."""

    initial: Rows
    maintenance: Rows
    withdrawal: Rows
    mark: tuple[int, ...]

    def check(self, shape: Shape) -> None:
        """Every bound that the ledger relies on, whoever signed the matrices."""
        for name, rows in self._parts():
            rows.check_margin(shape)
            _check_cash(name, rows)
            _check_no_credit(name, rows)
        _check_losses_in_cash(self.initial, shape)
        _check_withdrawal(self.initial, self.withdrawal, shape)
        _check_mark(self.mark, shape)

    def differs_by_more_than_one(self, other: Matrices) -> str | None:
        """The first place where the two are more than one unit apart, or None.

        One unit is what floating point may honestly differ by between two machines.
        """
        for (name, mine), (_, theirs) in zip(self._parts(), other._parts(), strict=True):
            place = _first_difference(name, mine, theirs)
            if place is not None:
                return place
        return _first_gap("mark, component", self.mark, other.mark)

    def _parts(self) -> tuple[tuple[str, Rows], ...]:
        return (
            ("initial", self.initial),
            ("maintenance", self.maintenance),
            ("withdrawal", self.withdrawal),
        )


def equity(mark: Sequence[int], values: Sequence[int]) -> int:
    """What an account is worth at the mark, in whole cash units, rounded down."""
    return _dot(mark, values) // SCALE


def _lower_median(numbers: Iterable[int]) -> int:
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2]


def _check_change(subject: str, before: int, after: int, most: int) -> None:
    if abs(after - before) * ONE_BPS > most:
        raise LimitExceeded(
            f"move of {subject}", expected=f"at most {most // ONE_BPS} from {before}", actual=after
        )


def _dot(row: Sequence[int], values: Sequence[int]) -> int:
    if len(row) != len(values):
        raise WrongDimensions("portfolio", expected=f"{len(row)} values", actual=len(values))
    return sum(map(mul, row, values))


def _check_cash(name: str, rows: Rows) -> None:
    for index, row in enumerate(rows.matrix):
        if row[0] != SCALE:
            raise LimitExceeded(f"{name} row {index}, cash", expected=SCALE, actual=row[0])


def _check_no_credit(name: str, rows: Rows) -> None:
    """A constant may ask for more than the rows do; it is never a present."""
    for index, constant in enumerate(rows.constants):
        if constant > 0:
            raise LimitExceeded(f"{name} constant {index}", expected="at most 0", actual=constant)


def _check_losses_in_cash(initial: Rows, shape: Shape) -> None:
    """Some row of initial margin counts no collateral: what is only pledged is not paid out."""
    if not any(not any(row[1 : shape.assets]) for row in initial.matrix):
        raise LimitExceeded(
            "initial margin",
            expected="a row in which collateral counts for nothing",
            actual="collateral in every row",
        )


def _check_withdrawal(initial: Rows, withdrawal: Rows, shape: Shape) -> None:
    """Nobody borrows other people's cash against collateral: it counts nothing here."""
    none = (0,) * (shape.assets - 1)
    for index, row in enumerate(initial.matrix):
        expected = (row[0], *none, *row[shape.assets :])
        if withdrawal.matrix[index] != expected:
            raise LimitExceeded(
                f"withdrawal row {index}",
                expected="the initial row without collateral",
                actual="another row",
            )
    if withdrawal.constants != initial.constants:
        raise LimitExceeded(
            "withdrawal constants", expected="those of the initial rows", actual="others"
        )


def _check_mark(mark: Sequence[int], shape: Shape) -> None:
    if len(mark) != shape.components:
        raise WrongDimensions("mark", expected=f"{shape.components} entries", actual=len(mark))
    for index, entry in enumerate(mark):
        if entry not in MATRIX_ENTRY:
            raise OutOfBounds(f"mark, component {index}", expected=MATRIX_ENTRY, actual=entry)
        if index < shape.assets and entry < 0:
            raise LimitExceeded(f"mark, asset {index}", expected="at least 0", actual=entry)
    if mark[0] != SCALE:
        raise LimitExceeded("mark, cash", expected=SCALE, actual=mark[0])


def _first_difference(name: str, mine: Rows, theirs: Rows) -> str | None:
    if len(mine.matrix) != len(theirs.matrix):
        return f"{name}, number of rows"
    for index, (row, other) in enumerate(zip(mine.matrix, theirs.matrix, strict=True)):
        place = _first_gap(f"{name} row {index}, component", row, other)
        if place is not None:
            return place
    return _first_gap(f"{name} constant", mine.constants, theirs.constants)


def _first_gap(where: str, mine: Sequence[int], theirs: Sequence[int]) -> str | None:
    if len(mine) != len(theirs):
        return f"{where}s: {len(mine)} against {len(theirs)}"
    for index, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        if abs(one - other) > 1:
            return f"{where} {index}"
    return None
