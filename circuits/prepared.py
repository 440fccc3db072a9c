"""One key, whole and with the markets that are in use filled in.

A market's part of the public sum is computed once it has been met often enough to be worth it. What
is kept is bounded: the market that was not met for longest goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from circuits.public import Market
from zk.backends import Backend, Verifier
from zk.groth16 import VerifyingKey

#: How often a market is met before it is prepared, which costs as much as about as many uses save.
PREPARE_AFTER: Final = 100
#: How many markets are remembered: an epoch has one for each thing that margin is asked for.
MOST_KEPT: Final = 16


class PreparedKey:
    """The verifiers of one statement."""

    def __init__(self, key: VerifyingKey, backend: Backend) -> None:
        self._key = key
        self._backend = backend
        self.whole = backend.verifier(key)
        self._met: OrderedDict[Market, int] = OrderedDict()
        self._verifiers: dict[Market, Verifier] = {}

    def with_market(self, market: Market, uses: int = 1) -> Verifier | None:
        """The verifier with that market filled in; None until it is worth it."""
        self._met[market] = self._met.get(market, 0) + uses
        self._met.move_to_end(market)
        while len(self._met) > MOST_KEPT:
            forgotten, _ = self._met.popitem(last=False)
            self._verifiers.pop(forgotten, None)
        if self._met[market] <= PREPARE_AFTER:
            return None
        if market not in self._verifiers:
            self._verifiers[market] = self._backend.verifier(market.fixed_in(self._key))
        return self._verifiers[market]
