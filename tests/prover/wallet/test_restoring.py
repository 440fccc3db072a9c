"""A wallet restored from its seed and the public log equals the one that was there all along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.transitions import Absorb, PayOut
from prover.author import Author
from prover.wallet import Agreement, Wallet
from prover.wallet.errors import Unreadable
from prover.wallet.keys import MAX_ATTEMPTS, WalletKeys
from prover.wallet.offers import Card
from prover.wallet.trade import accept, finish, offer
from prover.wallet.withdrawals import waiting
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


def settle(world: World) -> None:
    """Until a cancelled order cannot be filled any more."""
    world.now += world.state.parameters.settling


def fill_after_cancel(world: World, wallet: Wallet, folder: Path) -> None:
    """It was being cleared when it was taken back."""
    order(world, wallet, folder)
    sought = wallet.order_message()
    other = joined(world)
    cash, *rest = (-value for value in sought.values)
    ask = world.order(other, dict(enumerate((cash, *rest))))
    fills = [world.fill(wallet.author(), sought.opening, 1, 1), world.fill(other, ask, 1, 1)]
    act(world, wallet, lambda author, state: author.cancel_order(state))
    with pytest.raises(Conflict, match="taken back"):
        wallet.order_message()
    world.submit(world.firm_settlement(fills))
    wallet.sync(world.ledger)
    assert wallet.opening.values[2] == 10


def second_fill(world: World, wallet: Wallet, folder: Path) -> None:
    cancel(world, wallet, folder)
    settle(world)
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
    rows = world.market.engine().equity_floor(world.market.observation, world.now, 1)
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
    world.publish()
    world.now += world.state.parameters.min_interval
    world.submit(world.offices.expire(world.state, CALL, 100))
    world.next_epoch()
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
    settle(world)
    refresh(world, wallet, folder)


def revealed(world: World, wallet: Wallet, folder: Path) -> None:
    """Overslept, and solvent: a refresh proves that nothing changed, a trade hides it again."""
    order(world, wallet, folder)
    overslept(world, wallet.account)
    world.reveal(wallet.author())
    assert world.state.account(wallet.account).status == "revealed"
    refresh(world, wallet, folder)
    traded(world, wallet, folder)


def overslept(world: World, account: int) -> None:
    """Until its grace is over, by the oracles' clocks."""
    while not world.state.is_overdue(world.state.account(account)):
        world.next_epoch(world.state.current_market.observation)


def queued(world: World, wallet: Wallet, folder: Path) -> None:
    """Of an account that has traded: the amount leaves, waits, and is paid."""
    traded(world, wallet, folder)
    withdraw(world, wallet, folder)
    (waits,) = waiting(world.state, wallet.account)
    while world.state.clock(waits.epoch).due is None:
        world.next_epoch()
        heartbeat(world, wallet, folder)
    world.now = max(world.now, world.state.clock(waits.epoch).due or 0)
    world.submit(PayOut(withdrawal=waits.number))


STEPS: list[Callable[[World, Wallet, Path], None]] = [
    open_again,
    deposit,
    withdraw,
    refresh,
    order,
    cancel,
    fill_after_cancel,
    whole_fill,
    partial_fill,
    second_fill,
    trade,
    queued,
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
        settle(world)
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


def crash(world: World, account: int) -> None:
    """As far as updates may fall, until the grace of an account that stays silent is over."""
    while not world.state.is_overdue(world.state.account(account)):
        seen = world.state.current_market.observation
        falls = (10_000 - (move - 1) for move in world.state.parameters.max_spots_bps)
        spots = (spot * fall // 10_000 + 1 for spot, fall in zip(seen.spots, falls, strict=True))
        world.next_epoch(seen.model_copy(update={"spots": tuple(spots)}))


@pytest.fixture
def broke(world: World, tmp_path: Path) -> tuple[Wallet, Wallet]:
    """A wallet whose account was opened below maintenance, with a coin, and one with cash."""
    seller = funded(world, tmp_path, "seller", 11_000_000)
    liquidator = funded(world, tmp_path, "liquidator", 10**9)
    traded(world, seller, tmp_path, 8_000)
    custodian = world.offices.custodian
    crash(world, seller.account)
    for amount in (1, 20, 300):  # after the escrow: the guardians' opening is without them
        written = seller.author().deposit(world.state, 0, amount, custodian)
        seller.submit(world.ledger, written, world.now)
    world.reveal(seller.author())
    assert world.state.account(seller.account).status == "frozen"
    assert_restorable(world, seller, tmp_path)
    return seller, liquidator


@pytest.mark.parametrize("part", [None, 3])
def test_restored_after_a_take_over(
    world: World, broke: tuple[Wallet, Wallet], tmp_path: Path, part: int | None
) -> None:
    """A slice, or a part of it, changes hands: seller's and buyer's wallets both follow.

    The owner's next deposit ends the sale; so does the slice, if it is taken whole.
    """
    seller, liquidator = broke
    world.now += 2 * world.state.parameters.sale_step
    act(world, liquidator, lambda author, state: author.take_over(state, seller.account, part))
    assert 0 < liquidator.opening.values[2] < 8_000
    seller.sync(world.ledger)
    assert seller.opening.values[2] + liquidator.opening.values[2] == 8_000
    custodian = world.offices.custodian
    frozen = world.state.account(seller.account).status == "frozen"
    assert frozen == (part is not None)
    act(world, seller, lambda author, state: author.deposit(state, 0, 10**8, custodian))
    assert world.state.account(seller.account).status == "revealed"
    refresh(world, seller, tmp_path)
    refresh(world, liquidator, tmp_path)
    for wallet in broke:
        assert_restorable(world, wallet, tmp_path)


def test_restored_after_the_fund_took_it(
    world: World, broke: tuple[Wallet, Wallet], tmp_path: Path
) -> None:
    """At the last step nobody has come; then the fund sells what it took."""
    seller, liquidator = broke
    world.now += world.state.parameters.sale_duration
    world.submit(Absorb(target=seller.account))
    refresh(world, seller, tmp_path)
    world.now += 60
    act(world, liquidator, lambda author, state: author.take_over(state, None, 8))
    for wallet in broke:
        assert_restorable(world, wallet, tmp_path)


def test_a_cure_before_anything_is_sold(
    world: World, broke: tuple[Wallet, Wallet], tmp_path: Path
) -> None:
    """A deposit that restores maintenance ends the sale, and the owner keeps the book."""
    seller, _ = broke
    custodian = world.offices.custodian
    act(world, seller, lambda author, state: author.deposit(state, 0, 10**8, custodian))
    assert world.state.account(seller.account).status == "revealed"
    assert seller.opening.values[2] == 8_000
    assert_restorable(world, seller, tmp_path)


def test_an_author_never_prints_its_seed(wallet: Wallet) -> None:
    """Nor does anything else that holds a secret."""
    author: Author = wallet.author()
    held = (author, wallet, wallet.record, wallet.keys, wallet.file, wallet.opening)
    printed = "".join(f"{each!r}{each}" for each in held)
    for secret in (wallet.record.seed, author.seed, wallet.keys.signer.seed):
        assert secret.hex() not in printed
        assert repr(secret)[2:20] not in printed
    assert str(wallet.opening.blinding) not in printed
    assert str(wallet.file.secret) not in printed
