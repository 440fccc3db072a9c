"""What a table says of one component, in exact fractions that are rounded once, at the end.

- A move of an instrument rounds away from zero, so the side that loses in a row loses no less
  than it should; the other side gains less than one unit, 10⁻⁶ of a cash unit, a lot.
- An asset rounds down, its moves as well. Nobody owes collateral, so that is against everybody
  who has some.
- The mark rounds to the nearest unit. Buyer and seller see the same one.

What expires within the window moves in no row. It is settled at one price, the coin goes on to
another, and a hedge between the two is none: until then its whole reach is charged (`residuals`).

`exact_columns` is for the ledger, which takes no oracle's word for what arithmetic alone decides;
nothing here imports more than that arithmetic needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType
from typing import Final

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import SCALE, Shape
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS, Column, Observation
from ledger.market.grid import Grid, GridRow
from ledger.market.instrument import Instrument
from ledger.market.listing import Listing
from ledger.market.reach import RiskParameters
from ledger.market.window import Window

#: No instrument has been settled.
NONE_SETTLED: Final[Mapping[int, int]] = MappingProxyType({})
#: The least that a lot is charged on either side, in parts of its notional.
LEAST_CHARGE_BPS: Final = 25


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the columns of one epoch follow from; `settled` has final values by slot.

    There is a grid for each block of the shape.
    """

    shape: Shape
    listing: Listing
    grids: tuple[Grid, ...]
    seen: Conditions
    #: Until when an account of this epoch may be exposed.
    end: int
    settled: Mapping[int, int]

    @classmethod
    def at(
        cls,
        shape: Shape,
        listing: Listing,
        risk: RiskParameters,
        window: Window,
        observation: Observation,
        time: int,
        settled: Mapping[int, int] = NONE_SETTLED,
    ) -> Snapshot:
        """Of one moment; refuses what is not of one size."""
        for slot in settled:
            check_slot(shape, slot)
        check_underlyings("observation", listing, observation.underlyings)
        grids = block_grids(shape, listing, risk)
        seen, end = Conditions.seen(observation, time), time + window.seconds
        return cls(shape, listing, grids, seen, end, settled)

    def is_exact(self, component: int) -> bool:
        """Whether a ledger can recompute that column."""
        slot = component - self.shape.assets
        return slot in self.settled or self.listing.components[component].exact

    def column(self, component: int) -> Column:
        """The mark, and the moves in the rows of the component's coin."""
        instrument = self.listing.components[component]
        slot = component - self.shape.assets
        rows = self._rows(component)
        if slot in self.settled:
            return Column(self.settled[slot] * SCALE, (0,) * len(rows))
        value = instrument.value(self.seen)
        if instrument.expires is not None and instrument.expires <= self.end:
            return Column(mark_of(instrument, value), (0,) * len(rows))
        moves = tuple(_move(instrument, self._change(instrument, value, row), row) for row in rows)
        return Column(mark_of(instrument, value), moves)

    def _rows(self, component: int) -> tuple[GridRow, ...]:
        for grid, columns in zip(self.grids, self.shape.columns, strict=True):
            if component in columns:
                return grid.rows
        return ()

    def _change(self, instrument: Instrument, value: Fraction, row: GridRow) -> Fraction:
        coin = instrument.reference
        if coin is None:
            return Fraction(0)
        spot = self.seen.spots[coin] * (ONE_BPS + row.price_bps) / ONE_BPS
        vol = self.seen.vols[coin] * (ONE_BPS + row.vol_bps) / ONE_BPS
        return instrument.value(self.seen.with_coin(coin, spot, vol)) - value


def exact_columns(
    listing: Listing,
    shape: Shape,
    risk: RiskParameters,
    window: Window,
    observation: Observation,
    time: int,
    settled: Mapping[int, int] = NONE_SETTLED,
) -> Mapping[int, Column]:
    """By component: every asset, and each instrument that arithmetic alone decides."""
    market = Snapshot.at(shape, listing, risk, window, observation, time, settled)
    return {
        component: market.column(component)
        for component in range(shape.components)
        if market.is_exact(component)
    }


def least_charges(
    listing: Listing, observation: Observation, settled: Mapping[int, int] = NONE_SETTLED
) -> tuple[int, ...]:
    """What each side of a lot is charged at least; nothing of what is settled."""
    return tuple(
        0 if slot in settled else _least(instrument.weight(observation))
        for slot, instrument in enumerate(listing.instruments)
    )


def block_grids(shape: Shape, listing: Listing, risk: RiskParameters) -> tuple[Grid, ...]:
    """The rows of each block: over the reach of its underlying."""
    coins = listing.coins(shape)
    return tuple(
        Grid.of(risk.reaches[coin], block.rows)
        for coin, block in zip(coins, shape.blocks, strict=True)
    )


def mark_of(instrument: Instrument, value: Fraction) -> int:
    """A value in the units of a table."""
    return round(value * SCALE) if instrument.is_contract else floor(value * SCALE)


def away_from_zero(number: Fraction) -> int:
    """The nearest integer that is no nearer to zero."""
    return ceil(number) if number > 0 else floor(number)


def check_slot(shape: Shape, slot: int) -> None:
    """Refuses what is no slot of an instrument."""
    if not 0 <= slot < shape.instruments:
        raise OutOfBounds("instrument slot", expected=f"below {shape.instruments}", actual=slot)


def check_underlyings(subject: str, listing: Listing, actual: int) -> None:
    """Refuses what is not of the listing's underlyings."""
    expected = len(listing.underlyings)
    if actual != expected:
        raise WrongDimensions(
            subject, expected=f"{expected} underlyings", actual=f"{actual} underlyings"
        )


def _move(instrument: Instrument, change: Fraction, row: GridRow) -> int:
    covered = change * SCALE * row.cover_bps / ONE_BPS
    if instrument.is_contract:
        return away_from_zero(covered)
    return floor(covered * instrument.counted_bps / ONE_BPS)


def _least(weight: int) -> int:
    return -(-weight * LEAST_CHARGE_BPS // ONE_BPS)
