"""One moment, priced at the mark and in every scenario: exact fractions, then integers.

Rounding happens once, at the end, and against the account:

- The move of an instrument rounds away from zero, so the side that loses in a scenario loses no
  less than it should. A row is linear, so the gain of the other side rounds up as well: a
  portfolio whose legs gain and lose in one scenario is off by less than one unit, a millionth
  of a cash unit, per lot that gains.
- An asset rounds down. Nobody owes collateral, so that is against everybody who has some.
- The mark rounds to the nearest unit. Buyer and seller see the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE, Rows
from ledger.market.instrument import Instrument
from ledger.market.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Scene:
    """Exact values of one unit of each component at the mark, and their moves per scenario."""

    components: tuple[Instrument, ...]
    covers: tuple[Fraction, ...]
    values: tuple[Fraction, ...]
    moves: tuple[tuple[Fraction, ...], ...]

    @property
    def mark(self) -> tuple[int, ...]:
        """The values in matrix units."""
        return tuple(map(_mark, self.components, self.values))

    def rows(self, factor_bps: int) -> Rows:
        """For each scenario the mark and the part of the move that counts, times the factor."""
        matrix = []
        for cover, moves in zip(self.covers, self.moves, strict=True):
            scale = cover * factor_bps / ONE_BPS
            scaled = (move * scale for move in moves)
            matrix.append(tuple(map(_entry, self.components, self.values, scaled)))
        return Rows(matrix=tuple(matrix), constants=(0,) * len(matrix))


def set_scene(
    components: Sequence[Instrument],
    seen: Conditions,
    scenarios: Sequence[Scenario],
    settled: Mapping[int, int],
) -> Scene:
    """Prices every component; one that is settled has its final value everywhere."""
    values = _values(components, seen, settled)
    moves = []
    for scenario in scenarios:
        moved = _values(components, seen.moved(scenario), settled)
        moves.append(tuple(after - before for after, before in zip(moved, values, strict=True)))
    covers = tuple(Fraction(each.cover_bps, ONE_BPS) for each in scenarios)
    return Scene(tuple(components), covers, values, tuple(moves))


def away_from_zero(number: Fraction) -> int:
    """The nearest integer that is no nearer to zero."""
    return ceil(number) if number > 0 else floor(number)


def _values(
    components: Sequence[Instrument], conditions: Conditions, settled: Mapping[int, int]
) -> tuple[Fraction, ...]:
    return tuple(
        Fraction(settled[index]) if index in settled else component.value(conditions)
        for index, component in enumerate(components)
    )


def _mark(component: Instrument, value: Fraction) -> int:
    return round(value * SCALE) if component.is_contract else floor(value * SCALE)


def _entry(component: Instrument, value: Fraction, move: Fraction) -> int:
    if component.is_contract:
        return _mark(component, value) + away_from_zero(move * SCALE)
    return floor((value + move) * SCALE * component.counted_bps / ONE_BPS)
