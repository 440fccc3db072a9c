from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.errors import NotAdmitted, OutOfOrder
from prover.author import Author
from tests.ledger.adversary.attacks import (
    CALL,
    at_expiry,
    forging,
    is_overdue,
    overdue,
    refused,
    rows_of,
    worth,
)
from tests.ledger.world import World
from zk.errors import ProofRejected, Unsatisfied
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Opening
from zk.sigma import Span

BUY = {0: -60_000, 2: 10}


def _is_exempt(world: World, author: Author) -> bool:
    return world.state.account(author.account).exempt


def _firm(world: World, author: Author, other: Author) -> None:
    bid, ask = world.order(author, BUY), world.order(other, {0: 60_000, 2: -10})
    world.clear([(author, world.fill(author, bid, 1, 1)), (other, world.fill(other, ask, 1, 1))])


def _trade(world: World, author: Author, other: Author) -> None:
    world.trade(author, other, BUY)


def _withdraw(world: World, author: Author, other: Author) -> None:
    world.accept(author, author.withdraw(world.state, 0, 5))


def _order(world: World, author: Author, other: Author) -> None:
    world.order(author, BUY)


def _refresh(world: World, author: Author, other: Author) -> None:
    world.accept(author, author.refresh(world.state))


def _cancel(world: World, author: Author, other: Author) -> None:
    world.order(author, BUY)
    world.accept(author, author.cancel_order(world.state))


@pytest.mark.parametrize("change", [_trade, _firm, _withdraw, _order, _refresh, _cancel])
def test_exemption_ends_with_any_change_but_a_deposit(
    world: World, change: Callable[[World, Author, Author], None]
) -> None:
    """Prove flat, then receive positions: the account owes proofs again, and is overdue in time."""
    author, other = world.authors
    world.accept(author, author.prove_flat(world.state))
    world.deposit(author, 0, 5)
    assert _is_exempt(world, author)
    change(world, author, other)
    assert not _is_exempt(world, author)
    overdue(world)
    assert is_overdue(world, author)
    world.reveal(author)


def test_exemption_ends_with_a_redemption(world: World) -> None:
    """Lots of an expired contract come in under cover of an exchange."""
    author = world.authors[0]
    at_expiry(world)
    world.submit(world.offices.expire(world.state, 1, 0))
    world.next_epoch()
    world.accept(author, author.prove_flat(world.state))
    world.accept(author, author.redeem(world.state, 1, -5))
    assert not _is_exempt(world, author)


def test_an_account_with_positions_is_not_flat(world: World) -> None:
    """Its commitment is not in the span of the assets, and no proof says it is."""
    author, other = world.authors
    world.trade(author, other, BUY)
    with refused(world, ProofRejected, "span"):
        author.prove_flat(world.state)
    draft = replace(author, opening=Opening((1, 0, 0, 0), 1))
    values = value_generators(2)
    span = Span((*values, blinding_generator()), values[0] + blinding_generator())
    honest = world.join(5).prove_flat(world.state).transition
    false = span.prove((1, 0, 1), honest.binding(world.ledger.id), world.randomness).encode()
    nonce = world.state.account(0).nonce
    bent = honest.model_copy(update={"account": 0, "nonce": nonce, "flat": false})
    signature = draft.signer.sign(bent.binding(world.ledger.id))
    with refused(world, ProofRejected, "account 0 without positions"):
        world.submit(bent.model_copy(update={"signature": signature}))


def test_nobody_is_flat_and_in_debt(world: World) -> None:
    """No positions and less than no cash, against collateral: there is no way there."""
    author, other = world.authors
    world.deposit(author, 1, 10**9)
    with refused(world, Unsatisfied, "constraint paid"):
        world.trade(author, other, {0: -11_000_000})
    with refused(world, ProofRejected, "claim of account 0: its cash"):
        world.submit(forging(author).prove_flat(world.state).transition)


def test_a_heartbeat_is_of_an_epoch_within_the_grace(world: World) -> None:
    """The one before the last until the oracles say that the grace is over, and no longer."""
    author, other = world.authors
    world.trade(author, other, BUY)
    world.next_epoch()
    world.now += world.state.parameters.grace - 1
    world.publish()
    world.accept(author, author.prove_margin(world.state, epoch=1))
    assert not is_overdue(world, author)
    world.now += world.state.parameters.min_interval
    draft = author.prove_margin(world.state, epoch=1).transition
    world.publish()
    with refused(world, OutOfOrder, "epoch"):
        world.submit(draft)
    for epoch in (0, 5, (1 << 53) - 1):
        with refused(world, OutOfOrder, "epoch"):
            world.submit(author.prove_margin(world.state, epoch=epoch).transition)
    world.accept(author, author.prove_margin(world.state))


def test_proofs_under_the_last_epoch_do_not_put_off_the_reveal(world: World) -> None:
    """Proving the old epoch again and again moves the day of reckoning by nothing."""
    author, other = world.authors
    world.trade(author, other, BUY)
    world.next_epoch()
    for _ in range(3):
        world.now += world.state.parameters.grace // 3
        world.accept(author, author.prove_margin(world.state, epoch=1))
    assert not is_overdue(world, author)
    world.publish()
    assert is_overdue(world, author)


def test_an_overdue_account_heals_itself(world: World) -> None:
    """Until the guardians have spoken, a proof of the current epoch is enough."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    assert is_overdue(world, author)
    reveal = world.offices.reveal(world.state, 0, world.ledger.entry)
    world.accept(author, author.prove_margin(world.state))
    with refused(world, NotAdmitted, "account 0"):
        world.submit(reveal)


def test_an_insolvent_account_has_no_heartbeat(world: World) -> None:
    """Neither with escrow nor without, and no other proof that would count as one."""
    author, other = world.authors
    world.now += 1_800
    world.publish(table=worth(world, 0))
    world.trade(author, other, {CALL: 100})
    world.now += 1_800
    world.publish(table=worth(world, -200_000))
    for escrowed in (True, False):
        with refused(world, Unsatisfied, "constraint total"):
            author.prove_margin(world.state, escrowed=escrowed)
        draft = forging(author).prove_margin(world.state, escrowed=escrowed).transition
        with refused(world, ProofRejected, "(margin|solvency) of account 0"):
            world.submit(draft)
    with refused(world, Unsatisfied, "constraint total"):
        author.refresh(world.state)


def test_a_claim_is_no_heartbeat(world: World) -> None:
    """Rows of one's own choice prove nothing about margin."""
    author, other = world.authors
    world.trade(author, other, BUY)
    world.next_epoch()
    anything = rows_of((0, 0, 0, 0))
    world.accept(author, author.publish_claim(world.state, "solvent", anything))
    assert world.state.account(0).standing == 1


def test_a_rotated_key_asks_for_a_new_escrow(world: World) -> None:
    """Guardians who retire a key need not read with it for ever."""
    author, other = world.authors
    world.trade(author, other, BUY)
    key = world.offices.with_escrow_secret(77).escrow_key()
    parameters = world.state.parameters.model_copy(update={"escrow": key})
    world.submit(world.offices.update_params(world.state, parameters, world.now + 86_400))
    world.now += 86_400
    world.publish()
    with refused(world, NotAdmitted, "proof of margin"):
        world.submit(author.prove_margin(world.state).transition)
    world.accept(author, author.prove_margin(world.state, escrowed=True))
    world.accept(author, author.prove_margin(world.state))


def test_an_epoch_that_comes_late_leaves_everybody_the_grace(world: World) -> None:
    """However late an update is entered, its own time counts, and the next one's."""
    author, other = world.authors
    world.trade(author, other, BUY)
    seen, start = world.market.observation, world.now
    world.now += world.state.parameters.min_interval + world.state.parameters.grace
    late = world.offices.update_market(
        world.state, [seen, seen], start + world.state.parameters.min_interval
    )
    world.submit(late)
    assert not is_overdue(world, author)


def test_late_epochs_do_not_come_faster_than_the_cover_counts(world: World) -> None:
    """Oracles that catch up publish one epoch per interval, as the reach of rows supposes."""
    seen, start = world.market.observation, world.now
    interval = world.state.parameters.min_interval
    world.now += world.state.parameters.max_age
    first = world.offices.update_market(world.state, [seen, seen], start + interval)
    world.submit(first)
    second = world.offices.update_market(world.state, [seen, seen], start + 2 * interval)
    world.now += interval - 1
    with refused(world, OutOfOrder, "time of the entry"):
        world.submit(second)
    world.now += 1
    world.submit(second)


def test_a_longer_grace_counts_from_the_next_epoch(world: World) -> None:
    """Nobody who is about to be opened is given more time, and nobody is given less."""
    author, other = world.authors
    world.trade(author, other, BUY)
    parameters = world.state.parameters
    shorter = parameters.model_copy(update={"grace": 2_701, "max_age": 2_700})
    world.submit(world.offices.update_params(world.state, shorter, world.now + parameters.delay))
    world.now += parameters.delay - 1
    world.publish()
    world.accept(author, author.prove_margin(world.state))
    world.next_epoch()
    assert world.state.parameters.grace == 2_701
    assert world.state.clock(2).grace == 3_600
    assert world.state.clock(3).grace == 2_701
