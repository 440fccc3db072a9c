"""SPAN's scanning risk, by its published algorithm, over our ranges.

Sixteen scenarios for each coin: the price unchanged, and moved by a third, two thirds and all of
its scan range, up and down, each with the vol up and down by its own; then two extreme moves
without a move of vol, of whose loss a part is covered. A day passes in all of them. The largest
loss is the scanning risk.

The ranges are parameters of whoever clears; ours stand in for them, and so does the definition of
our extremes (three ranges, 35 %), since published ones differ from market to market. What else SPAN
adds or takes are tables of one market and one day: charges for spreads between months, minima for
short options, credits between commodities. None of them could be established for coins, so none is
here: what this gives is the least that SPAN could ask with these ranges.
"""

from __future__ import annotations

from typing import Final

from benchmarks.margins.books import Legs
from benchmarks.margins.revaluation import by_coin, change, moved, worst
from ledger.market.conditions import Conditions
from ledger.market.data import ONE_BPS
from ledger.market.reach import EXTREME_COVER_BPS, EXTREME_REACHES, RiskParameters

_THIRDS: Final = (0, 1 / 3, -1 / 3, 2 / 3, -2 / 3, 1, -1)
_DAY: Final = 86_400


def span(legs: Legs, seen: Conditions, ranges: RiskParameters) -> float:
    """The scanning risk of each coin, added; in cash."""
    return sum(_scanning_risk(some, seen, ranges) for some in by_coin(legs))


def _scanning_risk(legs: Legs, seen: Conditions, ranges: RiskParameters) -> float:
    coin = legs[0][0].underlying
    reach = ranges.reaches[coin]
    price, vol = reach.price_bps / ONE_BPS, reach.vol_bps / ONE_BPS
    inner = [
        change(legs, seen, moved(seen, coin, third * price, side, _DAY))
        for third in _THIRDS
        for side in (vol, -vol)
    ]
    extreme = EXTREME_REACHES * price
    covered = EXTREME_COVER_BPS / ONE_BPS
    outer = [
        covered * change(legs, seen, moved(seen, coin, side * extreme, 0, _DAY)) for side in (1, -1)
    ]
    return worst([*inner, *outer])
