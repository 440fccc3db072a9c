"""`tacit wallet sales` and `absorb`: what is on sale, what may come to it, and how it ends."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from ledger.market.listing import Listing
from ledger.transitions import Absorb
from ledger.wording import money, signed_amount
from prover.liquidator import OnSale, on_sale, overdue
from tacit.access import open_ledger
from tacit.clock import ledger_time
from tacit.console import BackendOption, JsonOption, announced, out, print_json
from tacit.options import LedgerArgument, TimeOption
from zk.backends import Choice


def sales(
    ledger: LedgerArgument,
    time: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is on sale, its prices at this moment, and the accounts that are overdue.

    Coins are taken whole; of a slice of positions, any smaller number of sixty-fourths.

    Example: tacit wallet sales demo.ledger
    """
    with open_ledger(ledger, read_only=True) as opened:
        state = opened.state_at(ledger_time(opened, time))
        lots, late = (list(on_sale(state)), list(overdue(state))) if state.pool.epoch else ([], [])
        listing = opened.genesis.listing
    if as_json:
        print_json({"on_sale": [_document(lot) for lot in lots], "overdue": late})
        return
    table = Table("of", "offered", "price now", "worth at the mark", "price falls", title="on sale")
    for lot in lots:
        whose = "the fund" if lot.account is None else f"account {lot.account}"
        falls = f"{lot.elapsed} of {lot.sale.duration} s"
        prices = (money(lot.offer.price), money(lot.offer.worth))
        table.add_row(whose, _offered(lot, listing), *prices, falls)
    out.print(table)
    out.print(f"overdue: {', '.join(map(str, late)) or 'nobody'}")


def absorb(
    ledger: LedgerArgument,
    account: Annotated[int, typer.Argument(min=0, help="The account whose sale is at its end.")],
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """At the last step of a sale, have the fund take what nobody wanted; anybody may.

    Example: tacit wallet absorb demo.ledger 3
    """
    with open_ledger(ledger, announced(backend)) as opened:
        entry = opened.submit(Absorb(target=account), ledger_time(opened, time))
    if as_json:
        print_json({"entry": entry.number, "time": entry.time, "what": "absorb"})
    else:
        typer.echo(f"absorb: entry {entry.number}")


def _document(lot: OnSale) -> dict[str, Any]:
    return {
        "account": lot.account,
        "kind": lot.offer.lot.kind,
        "parts": lot.offer.lot.parts,
        "price": lot.offer.price,
        "worth": lot.offer.worth,
        "discount": lot.offer.discount,
        "values": list(lot.values),
        "elapsed": lot.elapsed,
        "duration": lot.sale.duration,
    }


def _offered(lot: OnSale, listing: Listing) -> str:
    """Which part of the book, and what is in it."""
    offered = lot.offer.lot
    which = "coins" if offered.kind == "coins" else f"{offered.parts}/64"
    held = [(place, value) for place, value in enumerate(offered.values) if value]
    return f"{which}: " + ", ".join(signed_amount(listing, place, value) for place, value in held)
