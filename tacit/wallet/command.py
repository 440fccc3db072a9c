"""`tacit wallet`: one owner's account, from its first key to the picture of its risk."""

from __future__ import annotations

import secrets as system_secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from ledger.encoding import Decoding
from prover import sealed_file
from prover.matcher.keys import write_new
from prover.wallet.exposure import exposure
from prover.wallet.file import WalletFile
from prover.wallet.picture import svg
from prover.wallet.wallet import Wallet
from tacit.access import open_ledger
from tacit.console import BackendOption, JsonOption, announced, print_json
from tacit.console import out as console
from tacit.options import LedgerArgument
from tacit.wallet import actions
from tacit.wallet import trade as dealing
from tacit.wallet.access import (
    LazyProving,
    PasswordOption,
    WalletArgument,
    ask_password,
    ask_secret,
    open_desk,
)
from tacit.wallet.bars import bars
from tacit.wallet.sales import absorb, sales
from tacit.wallet.tables import describe, past, show_account, show_past
from tacit.wallet.unlock import lock, unlock
from tacit.words import App
from zk.backends import Choice
from zk.errors import Conflict, Malformed
from zk.formats.files import read_bytes, write_files

app = App(help="Your account: keys, openings, trades, and what they stand to lose.")
NewPasswordOption = Annotated[
    Path | None,
    typer.Option(help="Draw a password and write it to this file, for use without a person."),
]


@app.command()
def new(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    password_file: PasswordOption = None,
    new_password: NewPasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Make a wallet for a ledger, from a fresh seed; its account is opened by `open`.

    Example: tacit wallet new alice.wallet demo.ledger
    """
    _create(wallet, ledger, password_file, new_password, backend, lambda: None, as_json)


@app.command()
def restore(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    seed_file: Annotated[
        Path | None, typer.Option(help="A file with the seed, in hexadecimal; else it is asked.")
    ] = None,
    password_file: PasswordOption = None,
    new_password: NewPasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Make the wallet anew from its seed and the ledger's log.

    What an open order was is in no log: cancel it and place another.

    Example: tacit wallet restore alice.wallet demo.ledger
    """
    _create(wallet, ledger, password_file, new_password, backend, lambda: _seed(seed_file), as_json)


@app.command()
def show(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    secrets: Annotated[
        Literal["seed", "opening"] | None,
        typer.Option(help="Print this secret, and nothing else."),
    ] = None,
    password_file: PasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Show what the account holds, what it owes the ledger, and what is on its way.

    Example: tacit wallet show alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend) as desk:
        if secrets is not None:
            _print_secret(desk.wallet, secrets)
        elif as_json:
            print_json(describe(desk))
        else:
            show_account(describe(desk), desk.listing)


@app.command()
def history(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    password_file: PasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """List every entry of the log that concerned the account, and what it changed.

    Example: tacit wallet history alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend) as desk:
        steps = past(desk)
        if as_json:
            print_json(steps)
        else:
            show_past(steps, desk.listing)


@app.command()
def picture(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    out: Annotated[Path | None, typer.Option(help="Write it as SVG instead of showing it.")] = None,
    password_file: PasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Draw profit, loss and what is left of the margins, row by row of every coin.

    Example: tacit wallet picture alice.wallet demo.ledger --out alice.svg
    """
    with open_desk(wallet, ledger, password_file, backend) as desk:
        seen = exposure(desk.ledger.state, desk.wallet.opening.values)
        currency = desk.listing.labels[0]
        if out is not None:
            title = f"Account {desk.wallet.account}"
            write_files({out: svg(seen, title, currency).encode()})
        if as_json:
            print_json(seen.document())
        elif out is None:
            console.print(bars(seen, currency))
        else:
            typer.echo(f"{out}: profit, loss and margins in {len(seen.rows)} rows")


app.command()(unlock)
app.command()(lock)
app.command("open")(actions.open_account)
app.command()(actions.deposit)
app.command()(actions.withdraw)
app.command()(actions.collect)
app.command()(dealing.order)
app.command()(dealing.message)
app.command()(dealing.cancel)
app.add_typer(dealing.trade_app, name="trade")
app.command("prove-margin")(actions.prove_margin)
app.command("prove-flat")(actions.prove_flat)
app.command()(actions.claim)
app.command()(actions.refresh)
app.command()(actions.redeem)
app.command("take-over")(actions.take_over)
app.command()(sales)
app.command()(absorb)


def _print_secret(wallet: Wallet, name: str) -> None:
    if name == "seed":
        typer.echo(wallet.record.seed.hex())
    else:
        opening = wallet.opening
        print_json({"values": list(opening.values), "blinding": str(opening.blinding)})


def _seed(path: Path | None) -> bytes:
    text = ask_secret("seed") if path is None else read_bytes(path, 4096).decode(errors="replace")
    try:
        return bytes.fromhex(text.strip())
    except ValueError:
        raise Malformed("seed", expected="64 hexadecimal digits", actual="another text") from None


def _create(
    path: Path,
    ledger: Path,
    password_file: Path | None,
    new_password: Path | None,
    backend: Choice,
    seed_of: Callable[[], bytes | None],
    as_json: bool,
) -> None:
    chosen = announced(backend)
    with open_ledger(ledger, chosen) as opened:
        if path.exists():
            raise Conflict(str(path), expected="no file yet", actual="one that exists")
        if password_file is not None and new_password is not None:
            raise Conflict("password", expected="--password-file or --new-password", actual="both")
        seed = seed_of()  # asked for when everything else is in order
        if new_password is not None:
            write_new(new_password, system_secrets.token_hex(32).encode() + b"\n")
        password = ask_password(new_password or password_file, confirm=True)
        file = WalletFile(path, password, sealed_file.STANDARD)
        decoding, proving = Decoding(chosen.decode_point), LazyProving(opened, chosen)
        with file.alone():
            made = Wallet.create(file, opened, proving, decoding, seed=seed)
    account = made.record.account
    if as_json:
        print_json({"file": str(path), "ledger": opened.id.hex(), "account": account})
    else:
        what = "no account yet" if account is None else f"account {account}"
        typer.echo(f"{path}: {what} on ledger {opened.id.hex()[:16]}…")
