"""`tacit wallet unlock` and `lock`: a password that is typed once and not for every command."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.wording import instant
from prover.kept_keys import MAX_MINUTES, KeptKeys, kept_keys_folder
from prover.wallet.file import WalletFile
from tacit.console import JsonOption, print_json
from tacit.wallet.access import PasswordOption, WalletArgument, ask_password
from zk.formats.files import read_bytes


def unlock(
    wallet: WalletArgument,
    minutes: Annotated[
        int, typer.Option(help=f"How long, at most {MAX_MINUTES} minutes.", min=1, max=MAX_MINUTES)
    ] = 15,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open this wallet without its password for some minutes.

    What is kept meanwhile opens this one file and is not the password.

    Example: tacit wallet unlock alice.wallet --minutes 30
    """
    read_bytes(wallet)  # a file that is not there is no reason to ask for a password
    file = WalletFile(wallet, ask_password(password_file))
    file.load()
    until = KeptKeys(kept_keys_folder()).keep(wallet, file.key, minutes)
    if as_json:
        print_json({"file": str(wallet), "unlocked_until": until})
    else:
        typer.echo(f"{wallet}: unlocked until {instant(until)}; `tacit wallet lock` ends it")


def lock(wallet: WalletArgument, as_json: JsonOption = False) -> None:
    """Ask for this wallet's password again.

    Example: tacit wallet lock alice.wallet
    """
    KeptKeys(kept_keys_folder()).forget(wallet)
    if as_json:
        print_json({"file": str(wallet), "unlocked_until": None})
    else:
        typer.echo(f"{wallet}: locked")
