"""How far prices can move between a proof of margin and the end of the sale it did not prevent."""

from __future__ import annotations

import pytest

from ledger.errors import LimitExceeded
from ledger.market.presets import preset
from prover.development import development_parameters
from prover.offices import InsecureOffices


def test_the_scenarios_reach_over_every_market_that_a_default_can_meet() -> None:
    """A proof under one market is good until the grace after the next one, named T, is over.

    With intervals of 1800 s, a grace of 3000 s and a sale of 600 s, markets at T, T + 1800 and
    T + 3600 all come before the end of a sale that begins at T + 3001. Three moves of 7% are more
    than the 15% that the scenarios reach.
    """
    market = preset("tiny")
    parameters = development_parameters(market, InsecureOffices.of(1)).model_copy(
        update={
            "grace": 3_000,
            "sale_duration": 600,
            "min_interval": 1_800,
            "max_spots_bps": (700,),
        }
    )
    with pytest.raises(LimitExceeded):
        parameters.check(market.shape.scenarios, len(market.listing.underlyings))
    shorter = parameters.model_copy(update={"grace": 2_940})
    shorter.check(market.shape.scenarios, len(market.listing.underlyings))
