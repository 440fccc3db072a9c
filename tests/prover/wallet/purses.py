"""Wallets around a world of the stand-in: made, closed and opened again, restored from a seed."""

from __future__ import annotations

from pathlib import Path

from ledger.encoding import Decoding
from prover.author import Author
from prover.messages import MatcherCard, Recipient
from prover.sealed_file import Cost
from prover.wallet import Wallet, WalletFile, WalletRecord
from prover.wallet.wallet import Write
from tests.ledger.world import World, fastest
from zk.randomness import insecure_seeded_randomness

PASSWORD = "correct horse"
#: As cheap as a sealed file may be: what is tested here is not how long a guess takes.
CHEAP = Cost(14)
DECODING = Decoding(fastest().decode_point)
READER = Recipient.draw(insecure_seeded_randomness(b"the matcher's messages"))


def file_in(folder: Path, name: str) -> WalletFile:
    return WalletFile(folder / f"{name}.wallet", PASSWORD, CHEAP)


def new_wallet(world: World, folder: Path, name: str) -> Wallet:
    """One that has no account yet."""
    randomness = insecure_seeded_randomness(name.encode())
    return Wallet.create(file_in(folder, name), world.ledger, world.proving, DECODING, randomness)


def funded(world: World, folder: Path, name: str, cash: int = 10**7) -> Wallet:
    """One whose account is open and has cash."""
    wallet = new_wallet(world, folder, name)
    act(world, wallet, lambda author, state: author.open_account(state))
    custodian = world.offices.custodian
    act(world, wallet, lambda author, state: author.deposit(state, 0, cash, custodian))
    return wallet


def act(world: World, wallet: Wallet, write: Write) -> None:
    wallet.perform(world.ledger, world.now, write)


def reopened(wallet: Wallet) -> Wallet:
    """As another process finds it."""
    return Wallet.open(wallet.file, wallet.proving, DECODING, wallet.randomness)


def restored(world: World, wallet: Wallet, folder: Path) -> Wallet:
    """From the seed and the log, in a new file."""
    count = len(list(folder.iterdir()))
    return Wallet.create(
        file_in(folder, f"restored {count}"),
        world.ledger,
        world.proving,
        DECODING,
        seed=wallet.record.seed,
    )


def card_of(world: World) -> MatcherCard:
    return MatcherCard(matcher=world.matcher.public, messages=READER.public)


def without_what_no_log_has(record: WalletRecord) -> WalletRecord:
    """All but the values of orders and of trades on their way."""
    order = record.order
    bare = None if order is None else order.model_copy(update={"held": None})
    return record.model_copy(update={"attempts": None, "trades": (), "order": bare})


def assert_restorable(world: World, wallet: Wallet, folder: Path) -> None:
    """Seed and log give back the wallet, and both agree with the ledger."""
    wallet.sync(world.ledger)
    again = restored(world, wallet, folder)
    expected = without_what_no_log_has(wallet.record)
    assert without_what_no_log_has(again.record).encode() == expected.encode()
    account = world.state.account(wallet.account)
    assert wallet.opening.commit().point == account.commitment
    assert without_what_no_log_has(reopened(wallet).record) == expected


def joined(world: World, cash: int = 10**7) -> Author:
    """Somebody without a wallet, on a ledger where others have accounts already."""
    author = world.join()
    number = world.state.owned_by(author.signer.public)
    assert number is not None
    author.account = number
    world.deposit(author, 0, cash)
    return author
