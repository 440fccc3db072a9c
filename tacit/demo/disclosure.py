"""A desk shows two facts about its book to whoever reads the ledger, and nothing else."""

from __future__ import annotations

from ledger.market.limits import Greek
from tacit.demo.stage import Stage

_CASH = 120_000_000
_FLOOR = 100_000_000
_COINS = 10_000_000
_LOTS = 20_000


def disclosure(stage: Stage) -> None:
    """Two claims on the record, and a third that cannot be made."""
    stage.title("disclosure: two facts, and not the book behind them")
    venue, engine = stage.venue, stage.engine
    with stage.step("a desk sells calls, and hedges them with the perpetual"):
        desk, street = stage.desk("the desk", _CASH), stage.desk("the street", 5 * _CASH)
        call, perpetual = stage.slot("option", "call"), stage.slot("perpetual")
        price = stage.mark(call)
        venue.trade(desk, street, {0: price * _LOTS, venue.lot(call): -_LOTS})
        hedge, mark = _LOTS // 2, stage.mark(perpetual)
        venue.trade(desk, street, {0: -mark * hedge, venue.lot(perpetual): hedge})
    stage.sides(desk)
    seen, time = stage.observation, venue.state.current_market.time
    within = engine.greek_limits(seen, time, Greek.DELTA, -_COINS, _COINS)
    above = engine.equity_floor(seen, time, _FLOOR)
    coin = venue.market.listing.underlyings[0]
    for label, rows in (
        (f"net delta within +-10 {coin}", within),
        ("equity above 1,000,000 USD", above),
    ):
        with stage.step(f"the desk proves and publishes: {label}"):
            venue.accept(desk, desk.publish_claim(venue.state, label, rows))
    tight = engine.greek_limits(seen, time, Greek.DELTA, -_COINS // 1000, _COINS // 1000)
    stage.refused(
        f"a claim that is false: delta within ±0.01 {coin}",
        lambda: venue.accept(desk, desk.publish_claim(venue.state, "false", tight)),
    )
    stage.say(
        "A reader of the ledger recomputes the rows from the oracles' prices and verifies the "
        "proof. The book stays behind the commitment."
    )
