"""Rows that are no margin: limits on positions and Greeks, which a claim can prove as well.

A limit that takes fewer rows than the shape has leaves the others at zero: 0 ≥ 0 says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Final

from circuits.errors import WrongDimensions
from circuits.shape import Shape
from ledger.market.conditions import Conditions
from ledger.market.data import SCALE, Rows
from ledger.market.instrument import Instrument


@unique
class Greek(StrEnum):
    """A sensitivity, and the unit of its limits.

    | Greek | unit                                                    |
    | ----- | ------------------------------------------------------- |
    | delta | millionths of a coin                                     |
    | gamma | millionths of a coin of delta, per percent of the spot   |
    | vega  | cash units, per point (0.01) of vol                      |
    | theta | cash units, per day that passes                          |
    | rho   | cash units, per percentage point of the rate             |
    """

    DELTA = "delta"
    GAMMA = "gamma"
    VEGA = "vega"
    THETA = "theta"
    RHO = "rho"


_PERCENT: Final = 0.01
_DAYS_PER_YEAR: Final = 365


def sensitivity(instrument: Instrument, conditions: Conditions, greek: Greek) -> int:
    """Of one unit, in millionths of the unit of the Greek's limits, to the nearest."""
    greeks = instrument.greeks(conditions)
    match greek:
        case Greek.DELTA:
            exact = greeks.delta * SCALE
        case Greek.GAMMA:
            spot = 0 if instrument.reference is None else conditions.spots[instrument.reference]
            exact = greeks.gamma * float(spot) * _PERCENT * SCALE
        case Greek.VEGA:
            exact = greeks.vega * _PERCENT
        case Greek.THETA:
            exact = greeks.theta / _DAYS_PER_YEAR
        case Greek.RHO:
            exact = greeks.rho * _PERCENT
    return round(exact * SCALE)


def both_sides(row: Sequence[int]) -> list[tuple[int, ...]]:
    """The row that holds a sum from below, and the one that holds it from above."""
    return [tuple(row), tuple(-entry for entry in row)]


def padded(shape: Shape, matrix: Sequence[Sequence[int]], constants: Sequence[int]) -> Rows:
    """As many rows as the shape has, within their bounds; more than fit are refused."""
    missing = shape.scenarios - len(matrix)
    if missing < 0:
        raise WrongDimensions(
            "rows", expected=f"at most {shape.scenarios}", actual=f"{len(matrix)} rows"
        )
    nothing = (0,) * shape.components
    rows = Rows(
        matrix=(*map(tuple, matrix), *[nothing] * missing), constants=(*constants, *[0] * missing)
    )
    rows.check(shape)
    return rows
