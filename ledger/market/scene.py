"""One moment, priced at the mark and in joint scenarios: exact fractions, then integers.

Rounding happens once, at the end, and against the account, as in `columns`. A row is linear, so
the gain of a leg rounds up as well: a portfolio whose legs gain and lose in one scenario is off by
less than one unit, a millionth of a cash unit, per lot that gains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from ledger.market.columns import away_from_zero, mark_of
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, SCALE
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
        return tuple(map(mark_of, self.components, self.values))

    @property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """For each scenario the mark and the part of the move that counts."""
        return tuple(
            tuple(map(_entry, self.components, self.values, (move * cover for move in moves)))
            for cover, moves in zip(self.covers, self.moves, strict=True)
        )


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


def _values(
    components: Sequence[Instrument], conditions: Conditions, settled: Mapping[int, int]
) -> tuple[Fraction, ...]:
    return tuple(
        Fraction(settled[index]) if index in settled else component.value(conditions)
        for index, component in enumerate(components)
    )


def _entry(component: Instrument, value: Fraction, move: Fraction) -> int:
    if component.is_contract:
        return mark_of(component, value) + away_from_zero(move * SCALE)
    return floor((value + move) * SCALE * component.counted_bps / ONE_BPS)
