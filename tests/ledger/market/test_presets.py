from __future__ import annotations

import pytest

from circuits.shape import MATRIX_ENTRY, SHAPES
from ledger.market.data import SCALE, check_move, median
from ledger.market.presets import START, preset
from tests.ledger.market.markets import portfolio
from zk.errors import Malformed


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_has_a_market(name: str) -> None:
    """It fits its shape, nothing in it has expired, and its matrices pass with room to spare."""
    market = preset(name)
    market.listing.check(market.shape)
    market.listing.check_new(market.time)
    matrices = market.engine().matrices(market.observation, market.time)
    matrices.check(market.shape)
    largest = max(abs(entry) for row in matrices.initial.matrix for entry in row)
    assert largest * 100 < MATRIX_ENTRY.maximum
    assert min(matrices.mark[: market.shape.assets]) >= 10_000
    assert median([market.observation] * 3) == market.observation
    none = (0,) * market.observation.underlyings
    check_move(market.observation, market.observation, none, 0, 0, 0)


@pytest.mark.parametrize("name", SHAPES)
def test_no_position_goes_free(name: str) -> None:
    """Every instrument asks for margin, long and short."""
    market = preset(name)
    matrices = market.engine().matrices(market.observation, market.time)
    for slot in range(market.shape.instruments):
        for lots in (1_000, -1_000):
            values = portfolio(market.shape, **{f"i{slot}": lots})
            assert matrices.maintenance.requirement(matrices.mark, values) > 0


def test_a_market_can_start_at_any_time() -> None:
    """Expiries move along."""
    later = preset("tiny", START + 5)
    assert later.listing.instruments[1].expires == (
        (preset("tiny").listing.instruments[1].expires or 0) + 5
    )
    assert later.engine().matrices(later.observation, later.time).mark[0] == SCALE


def test_a_preset_that_is_not_there_is_refused() -> None:
    """The error lists those that are."""
    with pytest.raises(Malformed, match="one of tiny, standard, desk, large, got huge"):
        preset("huge")
