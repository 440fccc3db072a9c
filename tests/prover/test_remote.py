"""Whoever acts on a ledger needs its port and nothing else: here over a wire that could lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from development.guardians import Guardians
from development.offices import InsecureOffices
from prover.liquidator import Liquidator, on_sale
from prover.wallet import Wallet
from prover.wallet.errors import RolledBack
from prover.wallet.withdrawals import waiting
from tests.ledger.remote import far_away, write_entry
from tests.ledger.world import World, stand_in_world
from tests.prover.matcher.pool import Pool, filled
from tests.prover.wallet import test_restoring as steps
from tests.prover.wallet.purses import act, assert_restorable, funded
from zk.errors import Rejected
from zk.randomness import insecure_seeded_randomness

Step = Callable[[World, Wallet, Path], None]


@pytest.fixture
def world() -> World:
    """Its ledger is far away from the first entry on."""
    world = stand_in_world()
    far_away(world)
    world.publish()
    return world


@pytest.mark.parametrize(
    "step", [steps.deposit, steps.withdraw, steps.partial_fill, steps.trade, steps.queued]
)
def test_a_wallet_far_from_its_ledger(world: World, tmp_path: Path, step: Step) -> None:
    """It opens an account, acts, follows the log, and is restored from its seed."""
    wallet = funded(world, tmp_path, "alice")
    step(world, wallet, tmp_path)
    assert_restorable(world, wallet, tmp_path)


def test_a_matcher_far_from_its_ledger(world: World) -> None:
    """It sees the orders, clears the books, and settles."""
    pool = Pool(world)
    buyer, seller = world.join(10**7), world.join(10**7)
    pool.buy(buyer, 10, 6_000)
    pool.buy(seller, -10, 6_000)
    assert {one: lots for one, (lots, _) in filled(pool.clear()).items()} == {0: 10, 1: -10}


def test_guardians_and_a_liquidator_far_from_their_ledger() -> None:
    """An account that fell silent below maintenance is opened, put on sale, and bought."""
    committee = InsecureOffices.of(1).guardians
    guardians = Guardians.met(committee, insecure_seeded_randomness(b"far guardians"))
    world = stand_in_world(escrow=guardians.escrow_key())
    far_away(world)
    world.publish()
    maker, silent = world.join(10**9), world.join(11_000_000)
    world.trade(silent, maker, {0: -48_000_000, world.lot(0): 8_000})
    steps.crash(world, silent.account)
    world.accept(maker, maker.prove_margin(world.state))
    world.submit(guardians.reveal(world.ledger, silent.account))
    assert [lot.account for lot in on_sale(world.state)] == [silent.account]
    world.now += world.state.parameters.sale_duration // 2
    bid = Liquidator(maker, 0).bid(world.ledger.state_at(world.now))
    assert bid is not None
    world.accept(maker, bid)


def test_a_wallet_believes_no_record_without_its_proof(world: World, tmp_path: Path) -> None:
    """A node that says an account holds another commitment is refused; nothing is written."""
    wallet = funded(world, tmp_path, "alice")
    true, false = b'"nonce":1', b'"nonce":9'

    def lie(what: str, data: bytes) -> bytes:
        return data.replace(true.hex().encode(), false.hex().encode()) if what == "record" else data

    far_away(world, lie)
    before = wallet.file.path.read_bytes()
    custodian = world.offices.custodian
    with pytest.raises(Rejected, match="inclusion of 'account/0'"):
        act(world, wallet, lambda author, state: author.deposit(state, 0, 5, custodian))
    assert wallet.file.path.read_bytes() == before


def test_a_node_that_hides_what_was_seen(world: World, tmp_path: Path) -> None:
    """An old head is a rollback to whoever has seen the newer one."""
    wallet = funded(world, tmp_path, "alice")
    old = write_entry(world.ledger.entry(1))
    remote = far_away(world, lambda what, data: old if what == "head" else data)
    with pytest.raises(RolledBack):
        wallet.sync(remote)


def test_listing_what_waits_asks_for_little(world: World, tmp_path: Path) -> None:
    """What was paid before the oldest that waits is not looked up: what waits adds up already."""
    wallet = funded(world, tmp_path, "alice")
    steps.queued(world, wallet, tmp_path)
    for _ in range(2):
        steps.withdraw(world, wallet, tmp_path)
    remote = far_away(world)
    assert [one.number for one in waiting(remote.state)] == [1, 2]
    asked = sorted(key for key in remote.asked if key.startswith("withdrawal/"))
    assert asked == ["withdrawal/1", "withdrawal/2"]
