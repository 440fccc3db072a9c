"""`tacit ledger` and `tacit market`: what everybody may see of a ledger."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from ledger.encoding import parse_hex
from ledger.ledger import Ledger
from ledger.log import Entry
from ledger.market.columns import block_grids
from ledger.market.data import ONE_BPS
from ledger.options import LedgerArgument
from ledger.records import Account
from ledger.state import State
from ledger.store import SqliteStore
from ledger.transitions import Settle, Transition, decode_transition
from ledger.tree import HASH_BYTES, Inclusion
from zk.backends import select
from zk.console import JsonOption, out, print_json
from zk.formats.files import MAX_JSON_BYTES, read_bytes

app = typer.Typer(
    help="A ledger: create it, look at it, prove what is in it.", no_args_is_help=True
)
market_app = typer.Typer(help="The market that a ledger margins against.", no_args_is_help=True)

_LATEST: Final = 20


@app.command()
def show(ledger: LedgerArgument, as_json: JsonOption = False) -> None:
    """Show the state: accounts, totals, the fund, who is overdue and what is on sale.

    Example: tacit ledger show demo.ledger
    """
    with _open(ledger) as opened:
        document = describe(opened)
    if as_json:
        print_json(document)
        return
    facts = Table(title=f"{opened.genesis.name} ({opened.genesis.mode})", show_header=False)
    for key in ("ledger", "entries", "time", "epoch", "root"):
        facts.add_row(key, str(document[key]))
    labels = opened.genesis.listing.labels
    totals = ", ".join(
        f"{total:,} {label}" for total, label in zip(document["totals"], labels, strict=False)
    )
    facts.add_row("deposits", totals)
    has_lots = any(document["fund_values"][1:])
    facts.add_row("fund", f"{document['fund']:,} in cash" + (", and lots" if has_lots else ""))
    if any(document["queued"]):
        queued = zip(document["queued"], labels, strict=False)
        amounts = ", ".join(f"{amount:,} {label}" for amount, label in queued if amount)
        facts.add_row("withdrawals that wait", amounts)
    if document["locked"]:
        facts.add_row("market", "locked: prices moved further than an update may carry")
    out.print(facts)
    table = Table("account", "commitment", "nonce", "standing", "status", "order")
    for account in document["accounts"]:
        table.add_row(*(str(account[key]) for key in account))
    out.print(table)


@app.command()
def log(
    ledger: LedgerArgument,
    start: Annotated[
        int | None, typer.Option("--from", min=0, help="The first entry to list.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the entries of the log; the latest ones if no first is given.

    Example: tacit ledger log demo.ledger --from 0
    """
    with closing(SqliteStore.open(ledger, read_only=True)) as store:
        head = store.head
        count = 0 if head is None else head.number + 1
        first = max(count - _LATEST, 0) if start is None else start
        rows = [_summary(entry) for entry in store.entries(first)]
    if as_json:
        print_json(rows)
        return
    table = Table("entry", "time", "transition", "bytes", "hash")
    for row in rows:
        table.add_row(
            *(str(row[key]) for key in ("entry", "time", "what", "bytes")), row["hash"][:16]
        )
    out.print(table)


@app.command("prove-inclusion")
def prove_inclusion(
    ledger: LedgerArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A record, such as account/3.")],
) -> None:
    """Print a proof that a record is part of the state under the newest root.

    Example: tacit ledger prove-inclusion demo.ledger account/0
    """
    with closing(SqliteStore.open(ledger, read_only=True)) as store, store.snapshot():
        inclusion = store.prove(key)
        head = store.head
    assert head is not None  # an opened ledger has one
    inclusion.verify(head.root)
    typer.echo(inclusion.encode().decode())


@app.command("check-inclusion")
def check_inclusion(
    proof: Annotated[Path, typer.Argument(metavar="PROOF.json", help="The proof of inclusion.")],
    root: Annotated[str, typer.Argument(metavar="ROOT", help="The state root, in hexadecimal.")],
) -> None:
    """Check a proof of inclusion against a root that you trust, without any ledger.

    Example: tacit ledger check-inclusion proof.json 0123…
    """
    inclusion = Inclusion.decode(read_bytes(proof, MAX_JSON_BYTES).strip())
    inclusion.verify(parse_hex(root, HASH_BYTES, "root"))
    typer.echo(f"{inclusion.key} is in the state: {inclusion.value.decode(errors='replace')}")


@app.command()
def check(ledger: LedgerArgument) -> None:
    """Read the whole file: is every entry chained, every record under the root?

    It says nothing about whether the entries follow the rules; an audit does.

    Example: tacit ledger check demo.ledger
    """
    with closing(SqliteStore.open(ledger, read_only=True)) as store:
        store.check()
        head = store.head
    assert head is not None  # an opened ledger has one
    typer.echo(f"{ledger}: {head.number + 1} entries, undamaged")


@market_app.command("show")
def show_market(ledger: LedgerArgument, as_json: JsonOption = False) -> None:
    """Show the current epoch: prices, and what one unit of everything gains or loses in each row.

    Example: tacit market show demo.ledger
    """
    with _open(ledger) as opened:
        market, risk = opened.state.current_market, opened.state.parameters.risk
    if as_json:
        print_json(market.model_dump(mode="json"))
        return
    listing = opened.genesis.listing
    prices = Table("underlying", "spot", "vol", "funding", title=f"epoch {market.epoch}")
    seen = market.observation
    for name, spot, vol, funding in zip(
        listing.underlyings, seen.spots, seen.vols, seen.funding, strict=True
    ):
        prices.add_row(name, f"{spot:,}", f"{vol / 1e6:.1%}", f"{funding / 1e6:,.2f}")
    out.print(prices)
    shape, table = opened.genesis.shape.shape, market.table
    worths = Table("of one unit", "mark", "charge, long", "charge, short", title="cash")
    charges = zip(table.long_charges, table.short_charges, strict=True)
    none = [(0, 0)] * shape.assets
    for label, mark, (long, short) in zip(
        listing.labels, table.mark, [*none, *charges], strict=True
    ):
        worths.add_row(label, *(f"{entry / 1e6:,.2f}" for entry in (mark, long, short)))
    out.print(worths)
    grids = zip(shape.columns, table.moves, block_grids(shape, listing, risk), strict=True)
    for columns, rows, grid in grids:
        labels = [listing.labels[column] for column in columns]
        moves = Table("price", "vol", *labels, title="moves of one unit")
        for place, row in zip(grid.rows, rows, strict=True):
            entries = (f"{entry / 1e6:,.2f}" for entry in row)
            part = "" if place.cover_bps == ONE_BPS else f" × {place.cover_bps / ONE_BPS:g}"
            price = _percent(place.price_bps) + part
            moves.add_row(price, _percent(place.vol_bps), *entries)
        out.print(moves)
    if market.is_locked:
        out.print("locked: prices moved further than an update may carry")


def _percent(bps: int) -> str:
    return f"{bps / 100:+g} %" if bps else ""


def describe(opened: Ledger) -> dict[str, Any]:
    """The state as everybody sees it."""
    state, head = opened.state, opened.head
    pool = state.pool
    return {
        "ledger": opened.id.hex(),
        "name": opened.genesis.name,
        "mode": opened.genesis.mode,
        "entries": head.number + 1,
        "time": pool.time,
        "epoch": pool.epoch,
        "root": head.root.hex(),
        "hash": head.hash.hex(),
        "totals": list(pool.totals),
        "fund": pool.fund.values[0],
        "fund_values": list(pool.fund.values),
        "queued": list(pool.queued),
        "locked": bool(pool.epoch) and state.current_market.is_locked,
        "on_sale": [*pool.frozen, *(["fund"] if pool.fund_sale is not None else [])],
        "accounts": [_account(state, state.account(i)) for i in range(pool.accounts)],
    }


def _account(state: State, account: Account) -> dict[str, Any]:
    overdue = ", overdue" if state.is_overdue(account) else ""
    return {
        "account": account.id,
        "commitment": account.commitment.encode().hex()[:16],
        "nonce": account.nonce,
        "standing": "exempt" if account.exempt else f"epoch {account.standing}",
        "status": account.status + overdue,
        "order": "" if account.order is None else f"order {account.order.id}",
    }


def _summary(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry.number,
        "time": entry.time,
        "what": _what(entry),
        "bytes": len(entry.transition),
        "root": entry.root.hex(),
        "hash": entry.hash.hex(),
    }


def _what(entry: Entry) -> str:
    """What anybody can tell from a transition: its kind, and whom it concerns."""
    if entry.number == 0:
        return "genesis"
    transition: Transition = decode_transition(entry.transition)
    if isinstance(transition, Settle):
        return f"settle {len(transition.legs)} legs"
    account = getattr(transition, "account", None)
    return transition.kind if account is None else f"{transition.kind} by account {account}"


def _open(path: Path) -> Ledger:
    return Ledger.open(path, select(), read_only=True)
