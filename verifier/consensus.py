"""What reports amount to, by a reading of our own: their median, and what an update carries.

| step    | is                                                                              |
| ------- | ------------------------------------------------------------------------------- |
| middle  | the lower median of all reports of the right size, number by number              |
| heard   | reports none of whose spots is further from the middle than the spread allows     |
| agreed  | the lower median of those that are heard                                         |
| carried | every number of it, no further from the last epoch's than one update may move it  |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.market.data import Observation
from ledger.parameters import Parameters

_WHOLE = 10_000
_UNIT = 10**6
_LISTS = ("spots", "vols", "funding", "basis", "slopes")


@dataclass(frozen=True, slots=True)
class Consensus:
    """Of one epoch."""

    agreed: Observation
    carried: Observation
    heard: int
    #: Per underlying: the spot that was seen lies beyond what one update carries.
    locked: tuple[bool, ...]
    #: A spot lies beyond three times that.
    is_far: bool

    @property
    def is_locked(self) -> bool:
        return any(self.locked)


def consensus_of(
    reports: Sequence[Observation],
    underlyings: int,
    previous: Observation | None,
    parameters: Parameters,
) -> Consensus:
    """What follows from the reports, after the epoch before; of no use where none is heard."""
    fitting = [one for one in reports if len(one.spots) == underlyings]
    middle = _middle(fitting)
    heard = [one for one in fitting if _is_near(one, middle, parameters.max_spread_bps)]
    agreed = _middle(heard)
    if previous is None:
        return Consensus(agreed, agreed, len(heard), (False,) * underlyings, is_far=False)
    carried = _carried(previous, agreed, parameters)
    locked = tuple(a != b for a, b in zip(agreed.spots, carried.spots, strict=True))
    limits = zip(previous.spots, agreed.spots, parameters.max_spots_bps, strict=True)
    is_far = any(abs(b - a) > 3 * a * bps // _WHOLE for a, b, bps in limits)
    return Consensus(agreed, carried, len(heard), locked, is_far)


def _middle(observations: Sequence[Observation]) -> Observation:
    def lower(numbers: Sequence[int]) -> int:
        return sorted(numbers)[(len(numbers) + 1) // 2 - 1]

    documents = [one.model_dump() for one in observations]
    lists = {
        name: tuple(lower(column) for column in zip(*(one[name] for one in documents), strict=True))
        for name in _LISTS
    }
    return Observation(rate=lower([one["rate"] for one in documents]), **lists)


def _is_near(one: Observation, middle: Observation, spread_bps: int) -> bool:
    pairs = zip(one.spots, middle.spots, strict=True)
    return not any(_WHOLE * abs(mine - theirs) > spread_bps * theirs for mine, theirs in pairs)


def _carried(previous: Observation, agreed: Observation, parameters: Parameters) -> Observation:
    count = len(previous.spots)
    spots = range(count)
    reach = {
        "spots": [previous.spots[i] * parameters.max_spots_bps[i] // _WHOLE for i in spots],
        "vols": [vol * parameters.max_vol_bps // _WHOLE for vol in previous.vols],
        "funding": [spot * _UNIT * parameters.max_funding_bps // _WHOLE for spot in previous.spots],
        "basis": [_UNIT * parameters.max_basis_bps // _WHOLE] * count,
        "slopes": [_UNIT * parameters.max_slope_bps // _WHOLE] * count,
    }
    lists = {
        name: tuple(
            _towards(a, b, most)
            for a, b, most in zip(
                getattr(previous, name), getattr(agreed, name), reach[name], strict=True
            )
        )
        for name in _LISTS
    }
    most = _UNIT * parameters.max_rate_bps // _WHOLE
    return Observation(rate=_towards(previous.rate, agreed.rate, most), **lists)


def _towards(before: int, after: int, most: int) -> int:
    """From one to the other, no further than that."""
    return before + max(-most, min(most, after - before))
