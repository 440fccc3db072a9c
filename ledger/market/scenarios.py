"""The scenarios against which margin is held: SPAN's for one underlying, told apart for several.

For one underlying and sixteen rows they are SPAN's: the price unchanged, or a third, two thirds
or the whole of its range up or down, each with vol up and vol down; and two extreme moves of
three ranges, of whose loss about a third is covered.

Several underlyings share the rows, so each row has to say who moves with whom. Were all to move
together, long one coin and short another would go free. So the directions are the characters
(−1)^(c·j) of the row number j, which are orthogonal: see `_Pattern`. It follows that

- every underlying alone sees exactly SPAN's moves, each as often as any other;
- every underlying's moves sum to zero, and those of different underlyings are linearly
  independent: a linear portfolio has some row in which it loses, unless it holds nothing;
- the same holds of prices and vols together for up to four underlyings in 16 rows, eight in
  32 and more;
- one row at the whole range is everybody's crash with vol up, and the first two extremes are
  everybody's rise and fall.

Two underlyings move in all four combinations at each level. At the whole range sixteen rows tell
three apart, 32 seven and 64 fifteen; a fourth in sixteen rows follows the first there, and parts
with it at a third of the range, so that their spread is margined at less. Order the underlyings
by how much is traded in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from circuits.errors import WrongDimensions
from ledger.encoding import Model
from ledger.market.data import MAX_UNDERLYINGS, ONE_BPS

EXTREME_RANGES: Final = 3
EXTREME_COVER_BPS: Final = 3_500
#: Underlyings for which `span_scenarios` has directions.
MOST_UNDERLYINGS: Final = 8

#: The row of the whole range in which every price falls and every vol rises.
_CRASH: Final = 1

#: A move that leaves something: a price never falls to nothing.
MoveBps = Annotated[int, Field(gt=-ONE_BPS, le=10 * ONE_BPS)]
Moves = Annotated[tuple[MoveBps, ...], Field(max_length=MAX_UNDERLYINGS)]


class Scenario(Model):
    """One row: how far each price and vol moves, and how much of the loss must be covered."""

    prices_bps: Moves
    vols_bps: Moves
    cover_bps: Annotated[int, Field(ge=1, le=ONE_BPS)] = ONE_BPS

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if len(self.prices_bps) != len(self.vols_bps) or not self.prices_bps:
            raise ValueError(
                f"expected at least one price move and as many vol moves, "
                f"got {len(self.prices_bps)} and {len(self.vols_bps)}"
            )
        return self


class ScenarioSet(Model):
    """As many scenarios as the shape has rows, all of the same underlyings."""

    scenarios: tuple[Scenario, ...]

    @model_validator(mode="after")
    def _alike(self) -> Self:
        counts = {len(each.prices_bps) for each in self.scenarios}
        if len(counts) != 1:
            raise ValueError(f"expected the same underlyings in all scenarios, got {counts}")
        return self

    @property
    def underlyings(self) -> int:
        return len(self.scenarios[0].prices_bps)

    def check(self, scenarios: int, underlyings: int) -> None:
        """Exactly so many rows, of so many underlyings."""
        actual = (len(self.scenarios), self.underlyings)
        if actual != (scenarios, underlyings):
            raise WrongDimensions(
                "scenario set",
                expected=f"{scenarios} scenarios of {underlyings} underlyings",
                actual=f"{actual[0]} of {actual[1]}",
            )


def span_scenarios(
    scenarios: int,
    underlyings: int,
    price_range_bps: int | Sequence[int],
    vol_range_bps: int | Sequence[int],
) -> ScenarioSet:
    """A set of 4, 16, 32 or 64 scenarios; a range is one for all, or one for each underlying.

    Four rows are for experiments: everybody down, the even ones up, the odd ones up, each with
    vol up, and prices unchanged with vol down. They tell no more than two underlyings apart.
    """
    if scenarios not in (4, 16, 32, 64):
        raise WrongDimensions("scenario set", expected="4, 16, 32 or 64 rows", actual=scenarios)
    if not 1 <= underlyings <= MOST_UNDERLYINGS:
        raise WrongDimensions(
            "scenario set", expected=f"1 to {MOST_UNDERLYINGS} underlyings", actual=underlyings
        )
    prices = _ranges("price ranges", price_range_bps, underlyings)
    vols = _ranges("vol ranges", vol_range_bps, underlyings)
    moves = _four(underlyings) if scenarios == 4 else _span(scenarios, underlyings)
    return ScenarioSet(scenarios=tuple(move.scenario(prices, vols) for move in moves))


@dataclass(frozen=True, slots=True)
class _Joint:
    """Who moves which way: signs, the price's in thirds of the range."""

    price_thirds: tuple[int, ...]
    vol_signs: tuple[int, ...]
    cover_bps: int = ONE_BPS

    def scenario(self, prices: Sequence[int], vols: Sequence[int]) -> Scenario:
        return Scenario(
            prices_bps=tuple(map(_third, self.price_thirds, prices)),
            vols_bps=tuple(sign * vol for sign, vol in zip(self.vol_signs, vols, strict=True)),
            cover_bps=self.cover_bps,
        )


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Signs for the rows of one underlying: χ(ℓ, j) = (−1)^(`by_level`·ℓ + `by_row`·j).

    A product of bit vectors is the parity of their AND. Within one level, two different
    characters `by_row`, neither of them 0, take all four pairs of signs equally often; where
    more underlyings than characters must share one, `by_level` keeps them independent.
    `in_crash` is the sign in row `_CRASH` of the whole range.
    """

    by_level: int
    by_row: int
    in_crash: int

    def sign(self, level: int, row: int) -> int:
        turned = self.in_crash * _parity_sign(self.by_row & _CRASH)
        return turned * _parity_sign(self.by_level & level) * _parity_sign(self.by_row & row)


def _span(scenarios: int, underlyings: int) -> Iterator[_Joint]:
    """Per level a quarter of the rows; an eighth with prices unchanged; an eighth extreme."""
    everyone = range(underlyings)
    per_level = scenarios // 4
    for row in range(per_level // 2):
        yield _Joint((0,) * underlyings, tuple(_pair_sign(u, row) for u in everyone))
    patterns = [_patterns(underlying, per_level) for underlying in everyone]
    # The whole range is level 0, at which `by_level` has no say.
    for thirds, level in ((1, 1), (2, 2), (3, 0)):
        for row in range(per_level):
            yield _Joint(
                tuple(thirds * price.sign(level, row) for price, _ in patterns),
                tuple(vol.sign(level, row) for _, vol in patterns),
            )
    for row in range(per_level // 2):
        yield _Joint(
            tuple(3 * EXTREME_RANGES * _pair_sign(u, row) for u in everyone),
            (0,) * underlyings,
            EXTREME_COVER_BPS,
        )


def _patterns(underlying: int, per_level: int) -> tuple[_Pattern, _Pattern]:
    """The signs of the price and of the vol of one underlying."""
    characters = per_level - 1
    by_level, place = divmod(underlying, characters)
    # The first two have their vols move together at the whole range, and part below it.
    vol = 2 if underlying < 2 else _gray(1 + (underlying + 1) % characters)
    return _Pattern(by_level, _gray(1 + place), -1), _Pattern(underlying, vol, 1)


def _four(underlyings: int) -> Iterator[_Joint]:
    everyone = range(underlyings)
    up = (1,) * underlyings
    yield _Joint((-3,) * underlyings, up)
    yield _Joint(tuple(3 * (u % 2 == 0) for u in everyone), up)
    yield _Joint(tuple(3 * (u % 2 == 1) for u in everyone), up)
    yield _Joint((0,) * underlyings, (-1,) * underlyings)


def _pair_sign(underlying: int, row: int) -> int:
    """Rows come in pairs of opposites; in the first pair everybody moves together."""
    return _parity_sign(underlying & (row >> 1)) * _parity_sign(row & 1)


def _parity_sign(bits: int) -> int:
    return -1 if bits.bit_count() & 1 else 1


def _gray(index: int) -> int:
    return index ^ (index >> 1)


def _third(thirds: int, range_bps: int) -> int:
    """So many thirds of a range, rounded away from zero."""
    magnitude = -(-abs(thirds) * range_bps // 3)
    return magnitude if thirds >= 0 else -magnitude


def _ranges(subject: str, ranges: int | Sequence[int], underlyings: int) -> tuple[int, ...]:
    each = (ranges,) * underlyings if isinstance(ranges, int) else tuple(ranges)
    if len(each) != underlyings or min(each) < 0:
        raise WrongDimensions(subject, expected=f"{underlyings} that are not negative", actual=each)
    return each
