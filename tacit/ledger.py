"""`tacit ledger`: found one, look at it, prove what is in it."""

from __future__ import annotations

import time as clock
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from circuits.shape import SHAPES
from development.files import found_development, read_offices
from ledger.encoding import parse_hex
from ledger.genesis import Genesis
from ledger.log import Entry
from ledger.port import LedgerPort
from ledger.records import Account
from ledger.state import State
from ledger.transitions import decode_transition
from ledger.tree import HASH_BYTES, Inclusion
from ledger.wording import amount_of, instant, moment
from tacit.access import found_ledger, open_ledger, open_store
from tacit.clock import ledger_time
from tacit.console import BackendOption, JsonOption, announced, out, print_json, progress_bar
from tacit.options import LedgerArgument, TimeOption
from tacit.words import App
from verifier.pins import pinned
from zk.backends import Choice
from zk.errors import Conflict
from zk.formats.files import MAX_JSON_BYTES, named, read_bytes

_SHAPE: Final = "tiny"
_NAME: Final = "development"
app = App(help="A ledger: create it, look at it, prove what is in it.")
_LATEST: Final = 20


@app.command()
def show(ledger: LedgerArgument, as_json: JsonOption = False) -> None:
    """Show the state: accounts, totals, the fund, who is overdue and what is on sale.

    Example: tacit ledger show demo.ledger
    """
    with open_ledger(ledger, read_only=True) as opened:
        document = describe(opened)
    if as_json:
        print_json(document)
        return
    facts = Table(title=f"{opened.genesis.name} ({opened.genesis.mode})", show_header=False)
    for key in ("ledger", "entries", "time", "epoch", "root"):
        facts.add_row(key, instant(document[key]) if key == "time" else str(document[key]))
    listing = opened.genesis.listing
    totals = (amount_of(listing, asset, total) for asset, total in enumerate(document["totals"]))
    facts.add_row("deposits", ", ".join(totals))
    has_lots = any(document["fund_values"][1:])
    fund = amount_of(listing, 0, document["fund"])
    facts.add_row("fund", fund + (", and lots" if has_lots else ""))
    queued = [(asset, amount) for asset, amount in enumerate(document["queued"]) if amount]
    if queued:
        waiting = ", ".join(amount_of(listing, asset, amount) for asset, amount in queued)
        facts.add_row("withdrawals that wait", waiting)
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
    with open_ledger(ledger, read_only=True) as opened:
        first = max(opened.head.number + 1 - _LATEST, 0) if start is None else start
        rows = [_summary(entry, opened.genesis) for entry in opened.entries(first)]
    if as_json:
        print_json(rows)
        return
    table = Table("entry", "time, UTC", "what happened")
    for row in rows:
        told = Text(row["told"])  # names and labels are other people's words, and never markup
        table.add_row(str(row["entry"]), moment(row["time"]), told)
    out.print(table)


@app.command("prove-inclusion")
def prove_inclusion(
    ledger: LedgerArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A record, such as account/3.")],
) -> None:
    """Print a proof of what the newest root says of a record: its content, or that it is deleted.

    Example: tacit ledger prove-inclusion demo.ledger account/0
    """
    with closing(open_store(ledger)) as store, store.snapshot():
        inclusion = store.prove(key)
        head = store.head
    assert head is not None  # an opened ledger has one
    inclusion.verify(head.root)
    typer.echo(inclusion.encode().decode())


@app.command("check-inclusion")
def check_inclusion(
    proof: Annotated[Path, typer.Argument(metavar="PROOF.json", help="The proof of inclusion.")],
    root: Annotated[str, typer.Argument(metavar="ROOT", help="The state root, in hexadecimal.")],
    as_json: JsonOption = False,
) -> None:
    """Check a proof of inclusion against a root that you trust, without any ledger.

    Example: tacit ledger check-inclusion proof.json 0123…
    """
    with named(proof):
        inclusion = Inclusion.decode(read_bytes(proof, MAX_JSON_BYTES).strip())
    inclusion.verify(parse_hex(root, HASH_BYTES, "root"))
    if as_json:
        value = None if inclusion.value is None else inclusion.value.decode(errors="replace")
        print_json({"key": inclusion.key, "is_deleted": value is None, "value": value})
    elif inclusion.value is None:
        typer.echo(f"{inclusion.key} was deleted from the state")
    else:
        typer.echo(f"{inclusion.key} is in the state: {inclusion.value.decode(errors='replace')}")


@app.command()
def check(ledger: LedgerArgument, as_json: JsonOption = False) -> None:
    """Read the whole file: is every entry chained, every record under the root?

    It says nothing about whether the entries follow the rules; an audit does.

    Example: tacit ledger check demo.ledger
    """
    with closing(open_store(ledger)) as store:
        store.check()
        head = store.head
    assert head is not None  # an opened ledger has one
    if as_json:
        print_json({"file": str(ledger), "entries": head.number + 1, "hash": head.hash.hex()})
    else:
        typer.echo(f"{ledger}: {head.number + 1} entries, undamaged")


@app.command()
def init(
    ledger: LedgerArgument,
    shape: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(SHAPES)}.", show_default=_SHAPE)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What the ledger calls itself.", show_default=_NAME)
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Repeat the offices exactly; they are then no secrets.")
    ] = None,
    genesis: Annotated[
        Path | None,
        typer.Option(help="Found a ledger from this genesis; it says what those and --time would."),
    ] = None,
    pin: Annotated[
        list[str] | None,
        typer.Option(
            help="With --genesis: STATEMENT=DIGEST of a verifying key; production needs all four."
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(help="With --genesis: the same from the file that `tacit keys import` wrote."),
    ] = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Create a ledger: a development one with keys and offices made on the spot, or from a genesis.

    Example: tacit ledger init demo.ledger --shape tiny
    """
    chosen = announced(backend)
    if genesis is not None:
        _refuse_besides_genesis({"shape": shape, "name": name, "seed": seed, "time": time})
        with named(genesis):
            founded = Genesis.decode(read_bytes(genesis, MAX_JSON_BYTES).strip())
        pins = pinned(pin or [], keys)
        if founded.mode == "production" or pins:
            founded.check_pins(pins)
        opened = found_ledger(ledger, founded, chosen)
    elif pin or keys:
        expected = "--genesis, whose keys are compared with them"
        raise Conflict("--pin and --keys", expected=expected, actual="none")
    else:
        shape, name = _SHAPE if shape is None else shape, _NAME if name is None else name
        start = int(clock.time()) if time is None else time
        with progress_bar() as progress:
            opened = found_development(ledger, shape, name, seed, start, chosen, progress)
    with opened:
        document = {
            "ledger": opened.id.hex(),
            "file": str(ledger),
            "mode": opened.genesis.mode,
            "root": opened.head.root.hex(),
            "keys": {key: value.key_digest for key, value in opened.genesis.statements},
        }
    if as_json:
        print_json(document)
    else:
        typer.echo(f"{ledger}: {opened.genesis.mode} ledger {opened.id.hex()[:16]}…")


@app.command()
def endow(
    ledger: LedgerArgument,
    amount: Annotated[int, typer.Argument(metavar="AMOUNT", min=1, help="In cents.")],
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Pay cash into the insurance fund of a development ledger, as its custodian.

    Example: tacit ledger endow demo.ledger 100000000
    """
    with open_ledger(ledger, announced(backend)) as opened:
        offices, now = read_offices(ledger), ledger_time(opened, time)
        entry = opened.submit(offices.endow(opened.state_at(now), amount), now)
        fund = opened.state.pool.fund.values[0]
    if as_json:
        print_json({"entry": entry.number, "time": entry.time, "fund": fund})
    else:
        shown = amount_of(opened.genesis.listing, 0, fund)
        typer.echo(f"endow: entry {entry.number}, fund {shown}")


def describe(opened: LedgerPort) -> dict[str, Any]:
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


def _summary(entry: Entry, genesis: Genesis) -> dict[str, Any]:
    transition = None if entry.number == 0 else decode_transition(entry.transition)
    return {
        "entry": entry.number,
        "time": entry.time,
        "what": genesis.kind if transition is None else transition.kind,
        "told": genesis.told() if transition is None else transition.told(genesis.listing),
        "bytes": len(entry.transition),
        "root": entry.root.hex(),
        "hash": entry.hash.hex(),
    }


def _refuse_besides_genesis(options: Mapping[str, object]) -> None:
    given = [f"--{option}" for option, value in options.items() if value is not None]
    if given:
        expected = "nothing that the genesis says itself"
        raise Conflict("--genesis", expected=expected, actual=", ".join(given))
