"""What a market takes over from what oracles saw: their middle, and as far as one update may go."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.market.data import Observation
from ledger.parameters import Parameters
from tests.ledger.simulation.margin import ONE, UNIT


def agreed(reports: Sequence[Observation], spread_bps: int) -> Observation:
    """The middle of those whose spots are near the middle of all."""
    middle = _middle(reports)
    return _middle([each for each in reports if _is_near(each, middle, spread_bps)])


def cut(before: Observation, after: Observation, terms: Parameters) -> Observation:
    """As far as one update may go."""
    spots = before.spots

    def each(name: str, most: list[int]) -> tuple[int, ...]:
        pairs = zip(getattr(before, name), getattr(after, name), most, strict=True)
        return tuple(old + max(-reach, min(reach, new - old)) for old, new, reach in pairs)

    count, reaches = len(spots), zip(spots, terms.max_spots_bps, strict=True)
    rate = terms.max_rate_bps * UNIT // ONE
    return Observation(
        spots=each("spots", [spot * move // ONE for spot, move in reaches]),
        vols=each("vols", [vol * terms.max_vol_bps // ONE for vol in before.vols]),
        rate=before.rate + max(-rate, min(rate, after.rate - before.rate)),
        funding=each("funding", [s * UNIT * terms.max_funding_bps // ONE for s in spots]),
        basis=each("basis", [terms.max_basis_bps * UNIT // ONE] * count),
        slopes=each("slopes", [terms.max_slope_bps * UNIT // ONE] * count),
    )


def is_far(before: Observation, after: Observation, terms: Parameters) -> bool:
    """Beyond three moves."""
    pairs = zip(before.spots, after.spots, terms.max_spots_bps, strict=True)
    return any(abs(new - old) > 3 * move * old // ONE for old, new, move in pairs)


def _middle(reports: Sequence[Observation]) -> Observation:
    def middle(numbers: Sequence[int]) -> int:
        return sorted(numbers)[(len(numbers) - 1) // 2]

    def each(name: str) -> tuple[int, ...]:
        return tuple(map(middle, zip(*(getattr(one, name) for one in reports), strict=True)))

    return Observation(
        spots=each("spots"),
        vols=each("vols"),
        rate=middle([one.rate for one in reports]),
        funding=each("funding"),
        basis=each("basis"),
        slopes=each("slopes"),
    )


def _is_near(one: Observation, middle: Observation, spread_bps: int) -> bool:
    pairs = zip(one.spots, middle.spots, strict=True)
    return all(abs(mine - theirs) * ONE <= theirs * spread_bps for mine, theirs in pairs)
