from __future__ import annotations

import pytest

from ledger.market.data import ONE_BPS
from ledger.market.scenarios import Scenario
from tests.ledger.market.markets import one_error


def test_a_scenario_moves_every_price_and_vol() -> None:
    """As many of the one as of the other, and some."""
    assert Scenario(prices_bps=(1, -2), vols_bps=(3, 4)).cover_bps == ONE_BPS
    with one_error("as many vol moves"):
        Scenario(prices_bps=(1,), vols_bps=(1, 2))
    with one_error("at least one price move"):
        Scenario(prices_bps=(), vols_bps=())
    with one_error("at most 32"):
        Scenario(prices_bps=(1,) * 33, vols_bps=(1,))


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [("prices_bps", -9_999, 100_000), ("vols_bps", -9_999, 100_000), ("cover_bps", 1, 10_000)],
)
def test_a_move_leaves_something(field: str, low: int, high: int) -> None:
    """A price never falls to nothing, and a loss is covered in part or in full."""

    def scenario(number: int) -> Scenario:
        fields = {"prices_bps": (0,), "vols_bps": (0,), "cover_bps": 1}
        return Scenario.model_validate(
            {**fields, field: number if field == "cover_bps" else (number,)}
        )

    for inside in (low, high):
        scenario(inside)
    for outside in (low - 1, high + 1):
        with one_error("Input should be"):
            scenario(outside)
