"""`tacit matcher`: a matcher's keys, its books, and a clearing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.port import LedgerPort
from prover.keys import KeyFiles, cache_folder
from prover.matcher.books import books
from prover.matcher.inbox import open_messages, read_inbox, take_in
from prover.matcher.keys import MatcherKeys, read_key_file, write_new
from prover.matcher.matcher import Matcher, Messages, fresh_state_at
from prover.sealed_file import is_sealed
from tacit.access import open_ledger
from tacit.clock import ledger_time
from tacit.console import BackendOption, JsonOption, announced, err, print_json, progress_bar
from tacit.matcher.report import (
    describe_book,
    describe_refused,
    describe_settled,
    open_orders,
    show_books,
    show_refused,
    show_settled,
)
from tacit.options import LedgerArgument, TimeOption
from tacit.words import App
from zk.backends import Choice
from zk.errors import Conflict, Malformed
from zk.formats.files import named, read_bytes

app = App(help="The dark pool: clear sealed orders and settle them.")

PasswordOption = Annotated[
    Path | None, typer.Option(help="A file whose first line is the password of the key file.")
]
_WORKERS: Final = 2


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the keys go.")],
    insecure_plain: Annotated[
        bool, typer.Option("--insecure-plain", help="Write the keys unencrypted, and say so.")
    ] = False,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a matcher's keys. FILE.card.json is for owners: where orders are to be sent.

    Example: tacit matcher new pool.key --insecure-plain
    """
    if insecure_plain and password_file is not None:
        expected = "--insecure-plain or --password-file"
        raise Conflict("keys", expected=expected, actual="both")
    keys = MatcherKeys.draw()
    if insecure_plain:
        data = keys.insecure_plain()
    else:
        data = keys.sealed(_password(password_file, confirm=True))
    card = file.with_name(file.name + ".card.json")
    write_new(file, data)
    write_new(card, keys.card.encode(), mode=0o644)
    if insecure_plain:
        err.print("insecure: the keys are not encrypted", markup=False)
    if as_json:
        print_json({"file": str(file), "card": str(card), **keys.card.model_dump(mode="json")})
    else:
        typer.echo(f"{file}: matcher {keys.public.hex()}; for owners: {card}")


@app.command()
def book(
    ledger: LedgerArgument,
    key: Annotated[Path | None, typer.Option(help="The matcher's keys, to open messages.")] = None,
    inbox: Annotated[Path | None, typer.Option(help="The folder with the messages.")] = None,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the open orders: what anybody sees; with key and inbox, what the matcher sees.

    Example: tacit matcher book demo.ledger --key pool.key --inbox inbox
    """
    if (key is None) != (inbox is None):
        raise Conflict("book", expected="--key and --inbox together", actual="one of them")
    if key is None and not (time is None and password_file is None):
        expected = "--key and --inbox beside --time and --password-file"
        raise Conflict("book", expected=expected, actual="none")
    with open_ledger(ledger, read_only=True) as opened:
        if key is None or inbox is None:
            _show_open_orders(opened, as_json)
            return
        keys = _keys(key, password_file)
        state = fresh_state_at(opened, ledger_time(opened, time))
        intake = take_in(state, keys.public, _messages(inbox, keys))
        names = _instruments(opened)
        described = [describe_book(each, names) for each in books(state, intake.orders)]
    refused = describe_refused(intake.refused)
    if as_json:
        print_json({"books": described, "refused": refused})
    else:
        show_books(described)
        show_refused(refused)


@app.command()
def clear(
    ledger: LedgerArgument,
    key: Annotated[Path, typer.Option(help="The matcher's keys.")],
    inbox: Annotated[Path, typer.Option(help="The folder with the messages.")],
    password_file: PasswordOption = None,
    time: TimeOption = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Fills proven at a time.")] = _WORKERS,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Clear the books, prove every fill, and settle; the owners need not be there.

    After a crash, run it again: what was settled is on the ledger, and the rest is cleared.

    Example: tacit matcher clear demo.ledger --key pool.key --inbox inbox
    """
    chosen = announced(backend)
    keys = _keys(key, password_file)
    messages = _messages(inbox, keys)
    with open_ledger(ledger, chosen) as opened:
        now = ledger_time(opened, time)
        state = fresh_state_at(opened, now)
        names = _instruments(opened)
        intake = take_in(state, keys.public, messages)
        seen = [describe_book(each, names) for each in books(state, intake.orders)]
        if not as_json:
            show_books(seen)
        with progress_bar() as progress:
            files = KeyFiles(cache_folder(), chosen, progress)
            provers = files.of_ledger(state.shape, opened.genesis.statements)
            matcher = Matcher(keys, provers, workers=workers)
            clearing = matcher.clear(opened, messages, now, progress)
    settled = [describe_settled(each, names) for each in clearing.settled]
    refused = describe_refused(clearing.intake.refused)
    if as_json:
        print_json({"books": seen, "settled": settled, "refused": refused})
        return
    show_settled(settled)
    show_refused(refused)
    fills = sum(len(each.executions) for each in clearing.settled)
    typer.echo(f"orders filled: {fills}, settlements: {len(settled)}")


def _show_open_orders(opened: LedgerPort, as_json: bool) -> None:
    orders = open_orders(opened)
    if as_json:
        print_json({"open_orders": orders})
    for each in [] if as_json else orders:
        typer.echo(f"order {each['order']} of account {each['account']} for {each['matcher']}")
    if not as_json and not orders:
        typer.echo("no open orders")


def _messages(inbox: Path, keys: MatcherKeys) -> Messages:
    return open_messages(read_inbox(inbox), keys.recipient)


def _instruments(opened: LedgerPort) -> tuple[str, ...]:
    listing = opened.genesis.listing
    return listing.labels[len(listing.assets) :]


def _keys(path: Path, password_file: Path | None) -> MatcherKeys:
    with named(path):
        data = read_key_file(path)
        password = _password(password_file) if is_sealed(data) else ""
        return MatcherKeys.of_file(data, password)


def _password(file: Path | None, *, confirm: bool = False) -> str:
    if file is not None:
        try:
            return read_bytes(file, 1 << 12).decode().partition("\n")[0].removesuffix("\r")
        except UnicodeDecodeError:
            raise Malformed(str(file), expected="a line of text", actual="other bytes") from None
    if not sys.stdin.isatty():
        raise Conflict("password", expected="--password-file, or a terminal", actual="neither")
    typed: str = typer.prompt("password", hide_input=True, confirmation_prompt=confirm, err=True)
    return typed
