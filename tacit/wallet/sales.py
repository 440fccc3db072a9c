"""`tacit wallet sales` and `absorb`: what is on sale, what may come to it, and how it ends."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from ledger.ledger import Ledger
from ledger.transitions import Absorb
from prover.liquidator import OnSale, on_sale, overdue
from tacit.clock import ledger_time
from tacit.console import BackendOption, JsonOption, announced, out, print_json
from tacit.options import LedgerArgument, TimeOption
from zk.backends import Choice, select


def sales(
    ledger: LedgerArgument,
    time: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is on sale, its prices at this moment, and the accounts that are overdue.

    Coins are taken whole; of a slice of positions, any smaller number of sixty-fourths.

    Example: tacit wallet sales demo.ledger
    """
    with Ledger.open(ledger, select(), read_only=True) as opened:
        state = opened.state_at(ledger_time(opened, time))
        lots, late = (list(on_sale(state)), list(overdue(state))) if state.pool.epoch else ([], [])
        labels = opened.genesis.listing.labels
    if as_json:
        print_json({"on_sale": [_document(lot) for lot in lots], "overdue": late})
        return
    table = Table("of", "offered", "price now", "worth at the mark", "price falls", title="on sale")
    for lot in lots:
        whose = "the fund" if lot.account is None else f"account {lot.account}"
        falls = f"{lot.elapsed} of {lot.sale.duration} s"
        prices = (f"{lot.offer.price:,}", f"{lot.offer.worth:,}")
        table.add_row(whose, _offered(lot, labels), *prices, falls)
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
    with Ledger.open(ledger, announced(backend)) as opened:
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


def _offered(lot: OnSale, labels: tuple[str, ...]) -> str:
    """Which part of the book, and what is in it."""
    offered = lot.offer.lot
    which = "coins" if offered.kind == "coins" else f"{offered.parts}/64"
    held = zip(labels, offered.values, strict=True)
    return f"{which}: " + ", ".join(f"{value:+,} {label}" for label, value in held if value)
