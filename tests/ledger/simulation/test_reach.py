"""How far prices can move between a proof of margin and the end of the sale it did not prevent."""

from __future__ import annotations

import pytest

from development.genesis import development_parameters
from development.offices import InsecureOffices
from ledger.errors import LimitExceeded
from ledger.market.presets import preset


def test_the_rows_reach_over_every_market_that_a_default_can_meet() -> None:
    """A proof under one market is good until one is later by the grace than the next.

    With intervals of 1800 s and a grace of 3600 s that are one market after the proof and two more
    until it is overdue; a reveal and a sale of 1740 s come before the next. A sale that is longer
    by a minute meets a fourth, and four moves of 4.75 % are more than the 15 % of the rows.
    """
    market = preset("tiny")
    parameters = development_parameters(market, InsecureOffices.of(1)).model_copy(
        update={"reveal": 600, "sale_duration": 1_140, "max_spots_bps": (475,)}
    )
    parameters.check(market.shape, market.listing)
    assert parameters.updates == 3
    longer = parameters.model_copy(update={"sale_duration": 1_200})
    assert longer.updates == 4
    with pytest.raises(LimitExceeded, match="price reach"):
        longer.check(market.shape, market.listing)
    with pytest.raises(LimitExceeded, match="price reach"):
        parameters.model_copy(update={"grace": 3_601}).check(market.shape, market.listing)
