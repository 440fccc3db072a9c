"""The newest market as a report shows it: marks, charges, and the rows of every coin."""

from __future__ import annotations

from ledger.market.columns import block_grids
from ledger.state import State
from verifier.report import CoinNow, MarketNow
from verifier.valuation import Valuation


def market_now(state: State) -> MarketNow:
    """What it says, at the level of maintenance."""
    market, listing, shape = state.current_market, state.charter.listing, state.shape
    table = market.table
    parts = zip(
        listing.coins(shape),
        shape.columns,
        block_grids(shape, listing, state.parameters.risk),
        table.moves,
        strict=True,
    )
    return MarketNow(
        epoch=market.epoch,
        time=market.time,
        mark=table.mark,
        default_mark=market.default_mark,
        long_charges=table.long_charges,
        short_charges=table.short_charges,
        weights=Valuation.of(state, market).notionals,
        coins=tuple(
            CoinNow(
                underlying=coin,
                components=columns,
                scenarios=tuple((row.price_bps, row.vol_bps, row.cover_bps) for row in grid.rows),
                moves=moves,
            )
            for coin, columns, grid, moves in parts
        ),
    )
