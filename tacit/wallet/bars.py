"""The same picture in a terminal: one line per row of a coin, bars of characters."""

from __future__ import annotations

from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table

from ledger.market.data import SCALE
from ledger.market.limits import Greek
from ledger.wording import money
from prover.wallet.exposure import Exposure

_HALF: Final = 8


def bars(exposure: Exposure, currency: str) -> RenderableType:
    """PnL left and right of zero, and what is left of the maintenance margin."""
    facts = Table(show_header=False, box=None, title=f"epoch {exposure.epoch}, in {currency}")
    facts.add_row("equity", money(exposure.equity))
    facts.add_row("initial margin", money(exposure.initial))
    facts.add_row("maintenance margin", money(exposure.maintenance))
    facts.add_row("the legs alone", money(exposure.legs))
    facts.add_row("left of initial margin", money(exposure.initial_left.total))
    facts.add_row("left of maintenance", money(exposure.maintenance_left.total))
    for coin in exposure.coins:
        worst = "no row" if coin.worst is None else coin.worst
        taken = f"{money(coin.loss)} in {worst}; charges {money(coin.charges)}"
        facts.add_row(f"most is lost, {coin.name}", taken)
    for name, prices in exposure.liquidation.items():
        facts.add_row(f"liquidation, {name}", f"{_price(prices.below)} … {_price(prices.above)}")
    for name, greeks in exposure.greeks.items():
        numbers = ", ".join(_greek(greek, number, name) for greek, number in greeks.items())
        facts.add_row(f"greeks, {name}", numbers)
    table = Table(title="row by row", box=None, padding=(0, 1, 0, 0))
    for heading in ("row", "profit or loss", "", "margin left", ""):
        table.add_column(heading, no_wrap=True)
    most = max((abs(row.profit) for row in exposure.rows), default=0)
    widest = max((abs(row.maintenance) for row in exposure.rows), default=0)
    for row in exposure.rows:
        table.add_row(
            row.label,
            _both_sides(row.profit, most),
            money(row.profit),
            _blocks(row.maintenance, widest),
            money(row.maintenance),
        )
    return Group(facts, table)


def _both_sides(number: int, most: int) -> str:
    """A bar that grows to the left for losses and to the right for gains."""
    blocks = _blocks(number, most)
    left, right = (blocks, "") if number < 0 else ("", blocks)
    return f"{left:>{_HALF}}│{right:<{_HALF}}"


def _blocks(number: int, most: int) -> str:
    """Losses are light and gains full, so that the sign is seen without colour."""
    length = round(_HALF * abs(number) / most) if most else 0
    return ("░" if number < 0 else "█") * length


def _greek(greek: str, number: int, coin: str) -> str:
    """Delta and gamma, which are kept in millionths, in coins; the others in money."""
    if greek in (Greek.DELTA, Greek.GAMMA):
        return f"{greek} {number / SCALE:,.6g} {coin}"
    return f"{greek} {money(number)}"


def _price(price: int | None) -> str:
    return "none" if price is None else money(price)
