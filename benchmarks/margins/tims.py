"""OCC's TIMS, as FINRA's Rule 4210(g) prescribes it for portfolio margin of customers.

Each class is revalued at ten prices, evenly spaced, five each way, up to 15 % from where it is: the
range of what is based on a single stock or a narrow index, the widest that the rule has. The vol
stays. The requirement is the largest loss, and at least 0.375 dollars times the multiplier for
every option and future, long or short. Classes that are no broad indices are not offset, so coins
are added.

No coin is eligible under that rule as such; the wide range stands in for one of coins that nobody
has published. A multiplier is taken to be the coins of a lot.
"""

from __future__ import annotations

from typing import Final

from benchmarks.margins.books import Legs
from benchmarks.margins.revaluation import by_coin, change, moved, worst
from ledger.market.conditions import Conditions

_RANGE: Final = 0.15
_POINTS: Final = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
#: In cents, for each unit of a contract's multiplier.
_LEAST: Final = 37.5


def tims(legs: Legs, seen: Conditions) -> float:
    """The requirement of each coin, added; in cash."""
    return sum(_requirement(some, seen) for some in by_coin(legs))


def _requirement(legs: Legs, seen: Conditions) -> float:
    coin = legs[0][0].underlying
    prices = (_RANGE * point / 5 for point in _POINTS)
    lost = worst([change(legs, seen, moved(seen, coin, price)) for price in prices])
    return max(lost, sum(_LEAST * float(contract.coins) * abs(held) for contract, held in legs))
