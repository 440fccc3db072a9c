"""A wallet follows the log: from behind, after a crash, and never onto another log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from ledger.errors import OutOfOrder
from ledger.evidence import EvidenceChecker
from ledger.ledger import Ledger
from ledger.log import Entry
from ledger.storage import MemoryStore, SqliteStore
from prover.wallet import Wallet
from prover.wallet.errors import NoAccount, OtherLedger, RolledBack, Unreadable
from prover.wallet.records import Pending
from tests.conftest import ROOT
from tests.ledger.world import World, stand_in_world
from tests.prover.wallet.purses import (
    DECODING,
    act,
    assert_restorable,
    card_of,
    file_in,
    funded,
    joined,
    new_wallet,
    reopened,
)
from zk.errors import Unsatisfied

BUY = (-60_000, 0, 10, 0)


@pytest.fixture
def world() -> World:
    world = stand_in_world()
    world.publish()
    return world


@pytest.fixture
def wallet(world: World, tmp_path: Path) -> Wallet:
    return funded(world, tmp_path, "alice")


def test_a_wallet_that_is_behind_catches_up(world: World, wallet: Wallet, tmp_path: Path) -> None:
    """An old copy of the file, say from a backup, ends where the newest one is."""
    old = wallet.file.path.read_bytes()
    act(world, wallet, lambda author, state: author.withdraw(state, 0, 5))
    wallet.place_order(world.ledger, world.now, BUY, card_of(world))
    act(world, wallet, lambda author, state: author.cancel_order(state))
    wallet.file.path.write_bytes(old)
    backup = reopened(wallet)
    assert backup.sync(world.ledger).entries == 3
    assert backup.record.history == wallet.record.history
    assert_restorable(world, backup, tmp_path)


def test_nothing_new_writes_nothing(world: World, wallet: Wallet) -> None:
    """Looking is free: the file keeps its bytes."""
    before = wallet.file.path.read_bytes()
    assert wallet.sync(world.ledger).entries == 0
    assert wallet.file.path.read_bytes() == before


def test_another_ledger_is_refused(wallet: Wallet) -> None:
    """One line, and nothing is written."""
    before = wallet.file.path.read_bytes()
    with pytest.raises(OtherLedger, match="ledger: expected"):
        wallet.sync(stand_in_world(seed=2).ledger)
    assert wallet.file.path.read_bytes() == before


def test_a_log_that_was_rolled_back_is_refused(world: World, wallet: Wallet) -> None:
    """A shorter log has lost what the wallet has seen; the wallet does not forget with it."""
    before = wallet.file.path.read_bytes()
    shorter = stand_in_world()
    shorter.publish()
    assert shorter.ledger.id == world.ledger.id
    with pytest.raises(RolledBack, match="a log that ends with entry 1"):
        wallet.sync(shorter.ledger)
    assert wallet.file.path.read_bytes() == before
    assert reopened(wallet).record == wallet.record


def test_another_entry_in_the_place_of_a_seen_one_is_refused(world: World, wallet: Wallet) -> None:
    """A log as long as before, with another past."""
    fork = stand_in_world()
    for _ in range(world.ledger.head.number):
        fork.next_epoch()
    assert fork.ledger.head.number == world.ledger.head.number
    with pytest.raises(RolledBack, match="another in its place"):
        wallet.sync(fork.ledger)


def test_a_refused_transition_leaves_nothing_pending(world: World, wallet: Wallet) -> None:
    """What the ledger did not take has not happened, and the next attempt goes through."""
    before = wallet.record.history
    written = wallet.author().withdraw(world.state, 0, 5)
    bent = written.transition.model_copy(update={"nonce": 9})
    with pytest.raises(OutOfOrder):
        wallet.submit(world.ledger, type(written)(bent, written.opening), world.now)
    assert reopened(wallet).record.pending is None
    assert wallet.record.history == before
    act(world, wallet, lambda author, state: author.withdraw(state, 0, 5))


def test_what_cannot_be_proven_leaves_nothing(world: World, wallet: Wallet) -> None:
    """More cash than there is."""
    before = wallet.file.path.read_bytes()
    with pytest.raises(Unsatisfied):
        act(world, wallet, lambda author, state: author.withdraw(state, 0, 10**8))
    assert wallet.file.path.read_bytes() == before


@pytest.mark.parametrize("when", ["before the ledger has it", "after the ledger has it"])
def test_a_process_that_dies_at_the_submission(
    world: World, wallet: Wallet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The wallet was saved with the transition pending; the log says what became of it."""

    class Killed(BaseException):
        """Nobody catches it."""

    submit = world.ledger.submit

    def die(transition: bytes, time: int) -> Entry:
        if when.startswith("after"):
            submit(transition, time)
        raise Killed

    monkeypatch.setattr(world.ledger, "submit", die)
    with pytest.raises(Killed):
        wallet.place_order(world.ledger, world.now, BUY, card_of(world))
    monkeypatch.undo()
    found = reopened(wallet)
    assert isinstance(found.record.pending, Pending)
    synced = found.sync(world.ledger)
    assert found.record.pending is None
    if when.startswith("after"):
        assert (synced.void, found.record.history[-1].what) == ((), "place-order")
        assert found.order_message().values == BUY
    else:
        assert synced.void == ("place-order",)
        found.place_order(world.ledger, world.now, BUY, card_of(world))
    assert_restorable(world, found, tmp_path)


KILLED = """
import os, sys
from pathlib import Path
from ledger.storage import SqliteStore
from prover.wallet import WalletFile
from tests.ledger.world import stand_in_world
from tests.prover.wallet.purses import act, funded

folder, point = Path(sys.argv[1]), int(sys.argv[2])
world = stand_in_world(store=SqliteStore.create(folder / "a.ledger"))
world.publish()
wallet = funded(world, folder, "alice")
save = WalletFile.save
count = 0
def dying(self, record):
    global count
    count += 1
    if count == point:
        os._exit(9)
    save(self, record)
WalletFile.save = dying
act(world, wallet, lambda author, state: author.withdraw(state, 0, 5))
"""


@pytest.mark.parametrize("point", [1, 2])
def test_a_killed_process_loses_nothing(tmp_path: Path, point: int) -> None:
    """Killed for real, at each save: before the submission, and between it and the last save."""
    result = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(point)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 9, result.stderr
    world = stand_in_world()
    judge = cast(EvidenceChecker, world.proving)
    ledger = Ledger(SqliteStore.open(tmp_path / "a.ledger"), lambda _: judge, DECODING)
    wallet = Wallet.open(file_in(tmp_path, "alice"), world.proving, DECODING)
    wallet.sync(ledger)
    assert wallet.record.pending is None
    assert wallet.opening.values[0] == 10**7 - (5 if point == 2 else 0)
    wallet.perform(ledger, world.now, lambda author, state: author.withdraw(state, 0, 7))
    assert wallet.opening.commit().point == ledger.state.account(0).commitment


def test_an_opening_that_the_ledger_does_not_hold_is_refused(world: World, wallet: Wallet) -> None:
    """Whatever led to it: a wallet never goes on from an opening that opens nothing."""
    *before, last = wallet.record.history
    values = (last.held.values[0] + 1, *last.held.values[1:])
    held = last.held.model_copy(update={"values": values})
    history = (*before, last.model_copy(update={"held": held}))
    wallet.save(wallet.record.model_copy(update={"history": history}))
    with pytest.raises(Unreadable, match="opening of account 0"):
        wallet.sync(world.ledger)
    world.next_epoch()
    with pytest.raises(Unreadable):
        act(world, wallet, lambda author, state: author.prove_margin(state))


def test_entries_of_others_leave_no_trace(world: World, wallet: Wallet) -> None:
    """Seen, and not kept."""
    other = joined(world)
    world.accept(other, other.withdraw(world.state, 0, 5))
    before = wallet.record.history
    assert wallet.sync(world.ledger).entries == 3
    assert wallet.record.history == before


def test_asked_before_there_is_an_account(world: World, tmp_path: Path) -> None:
    """What needs an account says that there is none."""
    wallet = new_wallet(world, tmp_path, "new")
    with pytest.raises(NoAccount):
        wallet.opening  # noqa: B018
    with pytest.raises(NoAccount):
        wallet.account  # noqa: B018


def test_two_wallets_share_a_store(tmp_path: Path) -> None:
    """Each learns of its own and skips what is the other's."""
    world = stand_in_world(store=MemoryStore())
    world.publish()
    alice, bob = funded(world, tmp_path, "alice"), funded(world, tmp_path, "bob", 7)
    alice.sync(world.ledger)
    assert len(alice.record.history) == len(bob.record.history) == 2
    assert (alice.opening.values[0], bob.opening.values[0]) == (10**7, 7)
