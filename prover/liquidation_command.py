"""`tacit wallet sales`: what is on sale, and what may come to it."""

from __future__ import annotations

from rich.table import Table

from ledger.ledger import Ledger
from ledger.options import LedgerArgument, TimeOption
from prover.founding import ledger_time
from prover.liquidator import on_sale, overdue
from zk.backends import select
from zk.console import JsonOption, out, print_json


def sales(
    ledger: LedgerArgument,
    time: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the portfolios on sale, their prices at this moment, and the accounts that are overdue.

    Example: tacit wallet sales demo.ledger
    """
    with Ledger.open(ledger, select(), read_only=True) as opened:
        state = opened.state_at(ledger_time(opened, time))
        lots, late = (list(on_sale(state)), list(overdue(state))) if state.pool.epoch else ([], [])
    if as_json:
        rows = [
            {"account": lot.account, "price": lot.price, "worth": lot.worth, "until": lot.end}
            | {"values": list(lot.values)}
            for lot in lots
        ]
        print_json({"on_sale": rows, "overdue": late})
        return
    table = Table("account", "price now", "worth at the mark", "until", title="on sale")
    for lot in lots:
        table.add_row(str(lot.account), f"{lot.price:,}", f"{lot.worth:,}", str(lot.end))
    out.print(table)
    out.print(f"overdue: {', '.join(map(str, late)) or 'nobody'}")
