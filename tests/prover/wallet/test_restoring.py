"""A wallet restored from its seed and the public log equals the one that was there all along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.market.data import Observation
from ledger.transitions import Absorb
from prover.author import Author
from prover.wallet import Agreement, Wallet
from prover.wallet.errors import Unreadable
from prover.wallet.keys import MAX_ATTEMPTS, WalletKeys
from prover.wallet.offers import Card
from prover.wallet.trading import accept, finish, offer
from tests.ledger.world import World, real_world, stand_in_world
from tests.prover.wallet.purses import (
    act,
    assert_restorable,
    card_of,
    funded,
    joined,
    new_wallet,
    restored,
)
from zk.errors import Conflict

BUY = (-60_000, 0, 10, 0)
CALL = 1


@pytest.fixture
def world() -> World:
    world = stand_in_world()
    world.publish()
    return world


@pytest.fixture
def wallet(world: World, tmp_path: Path) -> Wallet:
    return funded(world, tmp_path, "alice")


def filled(world: World, wallet: Wallet, parts: tuple[int, int], *, better: int = 0) -> None:
    """A matcher fills so many parts of the wallet's order, perhaps at a better price."""
    other = world.authors[0] if world.authors else joined(world)
    order = wallet.order_message().opening
    cash, *rest = (-value for value in order.values)
    ask = world.order(other, dict(enumerate((cash - 2 * better, *rest))))
    own = world.fill(wallet.author(), order, *parts, extra_cash=better)
    at_limit = world.fill(other, ask, *parts).opening.values[0]
    gain = -own.opening.values[0] - at_limit
    against = world.fill(other, ask, *parts, extra_cash=gain)
    world.clear([(wallet.author(), own), (other, against)])


def traded(world: World, wallet: Wallet, folder: Path, lots: int = 10) -> None:
    """Through another wallet, and files."""
    name = f"partner {world.ledger.head.number}"
    other = funded(world, folder, name)
    agreement = Agreement("buy", 0, lots, 6_000, 100)
    card = Card.of(other.keys, other.account)
    sent = offer(wallet, world.ledger, world.now, agreement, card)
    opposite = Agreement("sell", 0, lots, 6_000, 100)
    answer = accept(other, world.ledger, world.now, sent, opposite)
    finish(wallet, world.ledger, world.now, answer)


def open_again(world: World, wallet: Wallet, folder: Path) -> None:
    """Nothing: the account is open, and has cash."""


def deposit(world: World, wallet: Wallet, folder: Path) -> None:
    custodian = world.offices.custodian
    act(world, wallet, lambda author, state: author.deposit(state, 1, 77, custodian))


def withdraw(world: World, wallet: Wallet, folder: Path) -> None:
    act(world, wallet, lambda author, state: author.withdraw(state, 0, 5))


def refresh(world: World, wallet: Wallet, folder: Path) -> None:
    act(world, wallet, lambda author, state: author.refresh(state))


def order(world: World, wallet: Wallet, folder: Path) -> None:
    wallet.place_order(world.ledger, world.now, BUY, card_of(world))


def cancel(world: World, wallet: Wallet, folder: Path) -> None:
    order(world, wallet, folder)
    act(world, wallet, lambda author, state: author.cancel_order(state))


def whole_fill(world: World, wallet: Wallet, folder: Path) -> None:
    order(world, wallet, folder)
    filled(world, wallet, (1, 1))


def partial_fill(world: World, wallet: Wallet, folder: Path) -> None:
    order(world, wallet, folder)
    filled(world, wallet, (3, 10))


def second_fill(world: World, wallet: Wallet, folder: Path) -> None:
    cancel(world, wallet, folder)
    whole_fill(world, wallet, folder)
    world.next_epoch()
    partial_fill(world, wallet, folder)


def trade(world: World, wallet: Wallet, folder: Path) -> None:
    traded(world, wallet, folder)


def heartbeat(world: World, wallet: Wallet, folder: Path) -> None:
    act(world, wallet, lambda author, state: author.prove_margin(state))


def escrowed_heartbeat(world: World, wallet: Wallet, folder: Path) -> None:
    act(world, wallet, lambda author, state: author.prove_margin(state, escrowed=True))


def flat(world: World, wallet: Wallet, folder: Path) -> None:
    act(world, wallet, lambda author, state: author.prove_flat(state))


def claim(world: World, wallet: Wallet, folder: Path) -> None:
    rows = world.state.current_market.matrices.maintenance
    act(world, wallet, lambda author, state: author.publish_claim(state, "solvent", rows))


def redemption(world: World, wallet: Wallet, folder: Path) -> None:
    seller = joined(world)
    wallet.place_order(world.ledger, world.now, (-5_000, 0, 0, 10), card_of(world))
    mine = wallet.order_message().opening
    ask = world.order(seller, {0: 5_000, 3: -10})
    fills = [world.fill(wallet.author(), mine, 1, 1), world.fill(seller, ask, 1, 1)]
    world.clear([(wallet.author(), fills[0]), (seller, fills[1])])
    wallet.sync(world.ledger)
    world.now = world.market.listing.instruments[CALL].expires or 0
    world.submit(world.offices.expire(world.state, CALL, 700))
    world.publish()
    act(world, wallet, lambda author, state: author.redeem(state, CALL, 10))
    assert wallet.opening.values[3] == 0


def new_escrow_key(world: World, wallet: Wallet, folder: Path) -> None:
    """Fees and the key change a day after they were signed; the log is read accordingly."""
    traded(world, wallet, folder)
    changed = {"escrow": type(world.offices).of(99).escrow_key(), "leg_fee": 7, "order_fee": 3}
    parameters = world.state.parameters.model_copy(update=changed)
    effective = world.now + parameters.delay
    world.submit(world.offices.update_params(world.state, parameters, effective))
    refresh(world, wallet, folder)
    world.now = effective
    world.publish()
    traded(world, wallet, folder)
    cancel(world, wallet, folder)
    refresh(world, wallet, folder)


def revealed(world: World, wallet: Wallet, folder: Path) -> None:
    """Overslept, and solvent: its privacy comes back with a refresh."""
    order(world, wallet, folder)
    world.next_epoch()
    world.now += world.state.parameters.grace + 1
    world.reveal(wallet.author())
    assert world.state.account(wallet.account).status == "revealed"
    world.publish()
    refresh(world, wallet, folder)


STEPS: list[Callable[[World, Wallet, Path], None]] = [
    open_again,
    deposit,
    withdraw,
    refresh,
    order,
    cancel,
    whole_fill,
    partial_fill,
    second_fill,
    trade,
    heartbeat,
    escrowed_heartbeat,
    flat,
    claim,
    redemption,
    new_escrow_key,
    revealed,
]


@pytest.mark.parametrize("step", STEPS)
def test_restored_after(
    world: World, wallet: Wallet, tmp_path: Path, step: Callable[[World, Wallet, Path], None]
) -> None:
    """Every kind of transition that an account can meet, public or hidden."""
    step(world, wallet, tmp_path)
    assert_restorable(world, wallet, tmp_path)


def test_restored_after_everything_in_turn(world: World, wallet: Wallet, tmp_path: Path) -> None:
    """What one transition leaves behind does not confuse the reading of the next."""
    for step in (deposit, withdraw, second_fill, trade, cancel, escrowed_heartbeat, partial_fill):
        step(world, wallet, tmp_path)
    refresh(world, wallet, tmp_path)
    assert_restorable(world, wallet, tmp_path)


def test_restored_when_every_proof_is_a_proof(tmp_path: Path) -> None:
    """The escrow and the notice that the circuits make are the ones that a wallet reads."""
    world = real_world()
    world.publish()
    wallet = funded(world, tmp_path, "alice")
    for step in (refresh, whole_fill, trade):
        step(world, wallet, tmp_path)
    assert_restorable(world, wallet, tmp_path)


def test_a_wallet_without_an_account_is_restored(world: World, tmp_path: Path) -> None:
    """There is nothing to find, and that is found."""
    wallet = new_wallet(world, tmp_path, "nobody")
    assert restored(world, wallet, tmp_path).record == wallet.record


def test_another_seed_finds_nothing(world: World, wallet: Wallet, tmp_path: Path) -> None:
    """An account belongs to the seed that opened it."""
    seed = bytes(31) + b"\x01"
    other = Wallet.create(
        wallet.file.__class__(tmp_path / "x", "x", wallet.file.cost),
        world.ledger,
        world.proving,
        seed=seed,
    )
    assert other.record.account is None


def test_a_fill_of_another_attempt_is_read(world: World, wallet: Wallet, tmp_path: Path) -> None:
    """Orders of other terms at one nonce have blindings of their own, and all are tried."""
    author, state = wallet.author(), world.state
    for cash in (-61_000, -62_000):
        wallet._order_opening(state, (cash, 0, 10, 0))
    wallet.place_order(world.ledger, world.now, BUY, card_of(world))
    attempts = wallet.record.attempts
    assert attempts is not None
    assert [values[0] for values in attempts.tried] == [-61_000, -62_000, -60_000]
    assert author.account == wallet.account
    filled(world, wallet, (1, 2), better=11)
    assert_restorable(world, wallet, tmp_path)


def test_orders_at_one_nonce_are_bounded(world: World, wallet: Wallet) -> None:
    """A reader tries so many blindings and no more, so no more are written."""
    for cash in range(MAX_ATTEMPTS):
        wallet._order_opening(world.state, (-cash, 0, 10, 0))
    wallet._order_opening(world.state, (-1, 0, 10, 0))
    with pytest.raises(Conflict, match="at most 16"):
        wallet._order_opening(world.state, (-99, 0, 10, 0))


def test_order_blindings_differ(wallet: Wallet) -> None:
    """Account, nonce, attempt, ledger and seed each give another one."""
    keys = wallet.keys
    numbers = {
        keys.order_blinding(0, 0, 0),
        keys.order_blinding(1, 0, 0),
        keys.order_blinding(0, 1, 0),
        keys.order_blinding(0, 0, 1),
        WalletKeys(keys.seed, bytes(32)).order_blinding(0, 0, 0),
        WalletKeys(bytes(32), keys.ledger).order_blinding(0, 0, 0),
    }
    assert len(numbers) == 6


def test_an_order_that_the_wallet_did_not_write_is_named(
    world: World, wallet: Wallet, tmp_path: Path
) -> None:
    """A fill under a blinding that the seed does not give is an error, and changes nothing."""
    author = wallet.author()
    placed = world.delta(dict(enumerate(BUY)))
    world.submit(author.place_order(world.state, placed, world.matcher.public).transition)
    wallet.sync(world.ledger)
    other = joined(world)
    ask = world.order(other, {0: 60_000, 2: -10})
    fills = [world.fill(author, placed, 1, 1), world.fill(other, ask, 1, 1)]
    world.submit(world.firm_settlement(fills))
    before = wallet.file.path.read_bytes()
    with pytest.raises(Unreadable, match="order"):
        wallet.sync(world.ledger)
    assert wallet.file.path.read_bytes() == before


def crash(world: World) -> None:
    """As far as three updates may fall, and past the grace."""
    parameters = world.state.parameters
    seen = world.state.current_market.observation
    for _ in range(3):
        falls = (10_000 - (move - 1) for move in parameters.max_spots_bps)
        spots = (spot * fall // 10_000 + 1 for spot, fall in zip(seen.spots, falls, strict=True))
        seen = Observation.decode(seen.model_copy(update={"spots": tuple(spots)}).encode())
        world.next_epoch(seen)
    world.now += world.state.parameters.grace + 1
    world.publish(seen)


@pytest.mark.parametrize("buyer", ["another wallet", "the fund"])
def test_restored_after_a_sale(world: World, tmp_path: Path, buyer: str) -> None:
    """An insolvent account is sold whole: the seller's wallet and the buyer's both follow."""
    seller = funded(world, tmp_path, "seller", 11_000_000)
    liquidator = funded(world, tmp_path, "liquidator", 10**9)
    lots = 9_000
    card = Card.of(liquidator.keys, liquidator.account)
    sent = offer(seller, world.ledger, world.now, Agreement("buy", 0, lots, 6_000, 100), card)
    sell = Agreement("sell", 0, lots, 6_000, 100)
    answer = accept(liquidator, world.ledger, world.now, sent, sell)
    finish(seller, world.ledger, world.now, answer)
    crash(world)
    custodian = world.offices.custodian
    for amount in (1, 20, 300):  # after the escrow: the guardians' opening is without them
        written = seller.author().deposit(world.state, 0, amount, custodian)
        seller.submit(world.ledger, written, world.now)
    world.reveal(seller.author())
    assert world.state.account(seller.account).status == "frozen"
    assert_restorable(world, seller, tmp_path)
    if buyer == "the fund":
        world.now += world.state.parameters.sale_duration
        world.submit(Absorb(target=seller.account))
    else:
        act(world, liquidator, lambda author, state: author.take_over(state, seller.account))
        assert liquidator.opening.values[2] == 0
    for wallet in (seller, liquidator):
        assert_restorable(world, wallet, tmp_path)
    assert set(seller.opening.values[1:]) == {0}


def test_an_author_never_prints_its_seed(wallet: Wallet) -> None:
    """Nor does anything else that holds a secret."""
    author: Author = wallet.author()
    held = (author, wallet, wallet.record, wallet.keys, wallet.file, wallet.opening)
    printed = "".join(f"{each!r}{each}" for each in held)
    for secret in (wallet.record.seed, author.seed, wallet.keys.signer.seed):
        assert secret.hex() not in printed
        assert repr(secret)[2:20] not in printed
    assert str(wallet.opening.blinding) not in printed
    assert wallet.file.password not in printed
