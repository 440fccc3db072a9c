"""How a command comes to its wallet: the options they share, the password, the keys to prove with.

A password comes from a file, from TACIT_PASSWORD or from a prompt, and is not asked for while its
wallet is unlocked. It is never an argument, which every process of the machine could read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.encoding import Decoding
from ledger.log import Entry
from ledger.market.listing import Listing
from ledger.port import LedgerPort
from ledger.state import State
from ledger.transitions import decode_transition
from ledger.wording import instant
from prover import sealed_file
from prover.kept_keys import KeptKeys, kept_keys_folder
from prover.keys import KeyFiles, cache_folder
from prover.messages import MatcherCard
from prover.owner import Proving
from prover.wallet.file import WalletFile
from prover.wallet.wallet import Wallet, Write
from tacit.access import open_ledger
from tacit.clock import ledger_time
from tacit.console import announced, err, print_json, progress_bar
from zk.backends import Backend, Choice
from zk.errors import Conflict, Malformed, MalformedFile
from zk.formats.files import read_bytes

WalletArgument = Annotated[Path, typer.Argument(metavar="WALLET", help="The wallet's file.")]
PasswordOption = Annotated[
    Path | None,
    typer.Option(
        help="A file whose first line is the password; else TACIT_PASSWORD, else it is asked for."
    ),
]

_VARIABLE: Final = "TACIT_PASSWORD"
_MAX_PASSWORD: Final = 4096


class LazyProving:
    """The proving keys of a ledger, opened when the first proof is asked for."""

    def __init__(self, ledger: LedgerPort, backend: Backend) -> None:
        self._ledger = ledger
        self._backend = backend

    def prove(self, statement: str, public: Any, private: Any) -> bytes:
        """The encoded proof of that statement."""
        return self._proving.prove(statement, public, private)

    @cached_property
    def _proving(self) -> Proving:
        with progress_bar() as progress:
            files = KeyFiles(cache_folder(), self._backend, progress)
            return files.of_ledger(self._ledger.state.shape, self._ledger.genesis.statements)


@dataclass(frozen=True, repr=False)
class Desk:
    """An open wallet and the ledger it belongs to; `given` is the time that was asked for."""

    wallet: Wallet
    ledger: LedgerPort
    given: int | None = None

    @cached_property
    def now(self) -> int:
        """The time of the next entry."""
        return ledger_time(self.ledger, self.given)

    @property
    def listing(self) -> Listing:
        return self.ledger.genesis.listing

    def perform(self, write: Write) -> Entry:
        """Writes, submits and follows, unless an order that was taken back is still settling."""
        self.require_settled()
        return self.unchecked_perform(write)

    def unchecked_perform(self, write: Write) -> Entry:
        """Writes, submits and follows what an open order does not stand in the way of."""
        return self.wallet.perform(self.ledger, self.now, write)

    def place_order(self, values: tuple[int, ...], card: MatcherCard) -> Entry:
        """Places a firm order, unless one that was taken back is still settling."""
        self.require_settled()
        return self.wallet.place_order(self.ledger, self.now, values, card)

    def require_settled(self) -> None:
        """Raises `Conflict` while an order that was taken back can still be filled."""
        if self.wallet.record.account is None:
            return
        state = self.ledger.state
        free = free_from(state, self.wallet.account)
        if free is not None and self.now < free:
            raise Conflict(
                f"time for account {self.wallet.account}",
                expected=f"{instant(free)} or later: until then its order can be filled",
                actual=instant(self.now),
            )


def free_from(state: State, account: int) -> int | None:
    """When an account's cancelled order cannot be filled any more; None where none waits."""
    order = state.account(account).order
    if order is None or order.cancelled is None or order.epoch != state.pool.epoch:
        return None
    return order.cancelled + state.parameters.settling


@contextmanager
def open_desk(
    wallet: Path, ledger: Path, password_file: Path | None, backend: Choice, time: int | None = None
) -> Iterator[Desk]:
    """Opens both, follows the log, and keeps other processes from the wallet."""
    chosen = announced(backend)
    with open_ledger(ledger, chosen) as opened:
        proving, decoding = LazyProving(opened, chosen), Decoding(chosen.decode_point)
        read_bytes(wallet)  # a file that is not there is no reason to ask for a password
        file = WalletFile(wallet, _secret(wallet, password_file), sealed_file.STANDARD)
        with file.alone():
            held = Wallet.open(file, proving, decoding)
            for what in held.sync(opened).void:
                err.print(f"void: {what}", markup=False)
            yield Desk(held, opened, time)


def _secret(wallet: Path, password_file: Path | None) -> str | sealed_file.StretchedKey:
    """The password, or what is kept of a wallet that was unlocked and no password given for."""
    is_given = password_file is not None or _VARIABLE in os.environ
    kept = None if is_given else KeptKeys(kept_keys_folder()).find(wallet)
    return ask_password(password_file) if kept is None else kept


def ask_password(path: Path | None, *, confirm: bool = False) -> str:
    """From the file, from the environment, or from whoever sits there."""
    if path is not None:
        lines = read_bytes(path, _MAX_PASSWORD).splitlines()
        try:
            return lines[0].decode()
        except (IndexError, UnicodeDecodeError):
            raise MalformedFile(
                str(path), expected="a password in its first line", actual="none"
            ) from None
    if _VARIABLE in os.environ:
        return os.environ[_VARIABLE]
    return ask_secret("password", confirm=confirm)


def ask_secret(what: str, *, confirm: bool = False) -> str:
    """Typed by whoever sits there, and not shown."""
    try:
        typed: str = typer.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True)
    except typer.Abort as aborted:
        if isinstance(aborted.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise Conflict(what, expected="one to be typed", actual="none") from None
    return typed


def slot_of(listing: Listing, name: str) -> int:
    """The slot of an instrument, by its label or its number."""
    labels = listing.labels[len(listing.assets) :]
    return _index("instrument", labels, name)


def component_of(listing: Listing, name: str) -> int:
    """The number of an asset, by its label or its number."""
    return _index("asset", listing.labels[: len(listing.assets)], name)


def print_entry(desk: Desk, entry: Entry, as_json: bool, **more: object) -> None:
    """What was submitted, in the words of the log, and where it stands."""
    transition = decode_transition(entry.transition)
    told = transition.told(desk.ledger.genesis.listing)
    if as_json:
        place = {"entry": entry.number, "time": entry.time}
        print_json({**place, "what": transition.kind, "told": told, **more})
    else:
        typer.echo(f"entry {entry.number}: {told}")


def _index(what: str, labels: tuple[str, ...], name: str) -> int:
    if name in labels:
        return labels.index(name)
    numbers = [str(number) for number in range(len(labels))]
    if name in numbers:
        return numbers.index(name)
    raise Malformed(what, expected=f"one of {', '.join(labels)}, or its number", actual=name)
