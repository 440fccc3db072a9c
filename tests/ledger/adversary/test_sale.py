from __future__ import annotations

import pytest

from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
    TransitionRejected,
)
from ledger.transitions import Absorb, TakeOver
from ledger.transitions.accounts import payout
from ledger.transitions.default import sale_price
from prover.author import Author, Written
from tests.ledger.adversary.attacks import (
    assert_conserved,
    at_present,
    forging,
    refused,
    resigned,
    riskless,
)
from tests.ledger.world import World, stand_in_world
from zk.errors import ProofRejected, SignatureRejected, Unsatisfied
from zk.pedersen import Opening


@pytest.fixture
def world() -> World:
    return _sale(600_000)


def _sale(loss: int) -> World:
    """Account 0 holds 10 lots that lose `loss` each and is on sale; its cash is 5 000 000.

    A requirement remains, so that an account can fail it and still be worth something.
    """
    world = stand_in_world()
    world.publish()
    loser, winner = world.join(5_000_100), world.join(10**9)
    world.join(10**9)
    world.now += 1_800
    world.publish(matrices=riskless(world, 0, 0))
    world.trade(loser, winner, {2: 10})
    world.now += 1_800
    matrices = riskless(world, -1_000_000 * 10**6, 0)
    mark = (10**6, 0, -loss * 10**6, 0)
    world.publish(matrices=matrices.model_copy(update={"mark": mark}))
    world.now += world.state.parameters.grace + 1
    world.accept(winner, winner.prove_margin(world.state))
    world.reveal(loser)
    assert world.state.account(0).status == "frozen"
    return world


def _bid(world: World, author: Author, target: int = 0) -> Written[TakeOver]:
    return author.take_over(at_present(world), target)


def _taken(world: World, author: Author) -> None:
    """The buyer's proof is of the moment; the seller's opening is what the ledger says."""
    world.accept(author, _bid(world, author))
    opening = world.state.account(0).opening
    assert opening is not None
    world.authors[0].opening = opening.opening


@pytest.mark.parametrize(("loss", "minutes"), [(100_000, 0), (100_000, 4), (900_000, 5)])
def test_a_take_over_creates_nothing(loss: int, minutes: int) -> None:
    """Above zero the owner keeps the price, below zero the fund pays it; the sum stays."""
    world = _sale(loss)
    world.now += 60 * minutes
    fund = world.state.pool.fund.values[0]
    price = _bid(world, world.authors[1]).transition.price
    _taken(world, world.authors[1])
    assert_conserved(world)
    assert world.state.pool.fund.values[0] == fund + min(price, 0)
    assert world.authors[0].known.values[0] == max(price, 0)
    world.authors[0].prove_flat(world.state)


def test_an_absorption_creates_nothing(world: World) -> None:
    """The fund takes all of it, the owner keeps nothing."""
    world.now += world.state.parameters.sale_duration
    world.submit(Absorb(target=0))
    opening = world.state.account(0).opening
    assert opening is not None
    world.authors[0].opening = opening.opening
    assert opening.values == (0, 0, 0, 0)
    assert_conserved(world)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(Absorb(target=0))


def test_the_fund_does_not_absorb_before_the_end(world: World) -> None:
    """Nor a solvent account, nor one that is not there, nor under a stale market."""
    world.now += world.state.parameters.sale_duration - 1
    with refused(world, NotAdmitted, "sale of account 0"):
        world.submit(Absorb(target=0))
    with refused(world, NotAdmitted, "account 1"):
        world.submit(Absorb(target=1))
    with refused(world, NotAdmitted, "account"):
        world.submit(Absorb(target=99))
    world.now += world.state.parameters.max_age
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(Absorb(target=0))


def test_nobody_is_paid_less_than_he_agreed_to() -> None:
    """The fund takes what lost nine millions: a withdrawal pays in part, if its owner lets it."""
    world = _sale(900_000)
    world.now += world.state.parameters.sale_duration
    world.submit(Absorb(target=0))
    world.authors[0].opening = Opening((0,) * 4, world.authors[0].known.blinding)
    other = world.authors[2]
    full = other.withdraw(world.state, 0, 10**6)
    with refused(world, LimitExceeded, "payout"):
        world.accept(other, full)
    held, fund = world.state.pool.totals[0], world.state.pool.fund.values[0]
    paid = payout(world.state, 10**6)
    assert 0 < paid < 10**6
    with refused(world, LimitExceeded, "payout"):
        world.accept(other, other.withdraw(world.state, 0, 10**6, least=paid + 1))
    world.accept(other, other.withdraw(world.state, 0, 10**6, least=paid))
    assert world.state.pool.totals[0] == held - paid
    assert world.state.pool.fund.values[0] == fund + 10**6 - paid
    assert_conserved(world)


def test_a_healthy_account_is_not_taken_over(world: World) -> None:
    """Whatever a liquidator offers, and whatever he proves."""
    buyer = world.authors[2]
    draft = _bid(world, buyer).transition
    with refused(world, NotAdmitted, "account 1"):
        world.submit(resigned(world, buyer, draft, target=1))
    with refused(world, NotAdmitted, "account"):
        world.submit(resigned(world, buyer, draft, target=99))


def test_nobody_takes_over_himself(world: World) -> None:
    """Neither the insolvent account, nor a buyer that names itself."""
    buyer, loser = world.authors[2], world.authors[0]
    draft = _bid(world, buyer).transition
    with refused(world, MalformedTransition, "target"):
        world.submit(resigned(world, buyer, draft, target=2))
    own = resigned(world, loser, draft, account=0, nonce=world.state.account(0).nonce)
    with refused(world, MalformedTransition, "target"):
        world.submit(own)


@pytest.mark.parametrize("off", [-1, -(10**6), -(1 << 62)])
def test_a_price_of_ones_own_is_refused(world: World, off: int) -> None:
    """The price is the ledger's to compute: nobody pays less, or is paid more."""
    buyer = forging(world.authors[2])
    draft = _bid(world, buyer).transition
    with refused(world, TransitionRejected, "price of the sale"):
        world.submit(resigned(world, buyer, draft, price=draft.price + off))


def test_the_price_of_a_later_step_is_refused() -> None:
    """A buyer does not pay tomorrow's lower price today."""
    world = _sale(100_000)
    buyer = world.authors[2]
    now, world.now = world.now, world.now + world.state.parameters.sale_step
    early = _bid(world, buyer).transition
    world.now = now
    with refused(world, TransitionRejected, "price of the sale"):
        world.submit(early)
    world.now += world.state.parameters.sale_step - 1
    with refused(world, TransitionRejected, "price of the sale"):
        world.submit(early)
    world.now += 1
    world.submit(early)


@pytest.mark.parametrize(("loss", "more"), [(100_000, 1), (900_000, 100_000), (900_000, 10**7)])
def test_whoever_names_more_pays_more(
    loss: int, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price above that of the moment is what is paid, to the owner or less by the fund."""
    world = _sale(loss)
    world.now += 5 * world.state.parameters.sale_step
    buyer, fund = world.authors[2], world.state.pool.fund.values[0]
    price = sale_price(at_present(world), 0)
    monkeypatch.setattr("prover.author.sale_price", lambda *_: price + more)
    offer = _bid(world, buyer)
    assert offer.transition.price == price + more
    world.accept(buyer, offer)
    opening = world.state.account(0).opening
    assert opening is not None
    world.authors[0].opening = opening.opening
    assert opening.values[0] == max(price + more, 0)
    assert world.state.pool.fund.values[0] == fund + min(price + more, 0)
    assert_conserved(world)


def test_a_sale_has_an_end(world: World) -> None:
    """At its last second a buyer can have it; from then on the fund must take it."""
    buyer = world.authors[2]
    world.now += world.state.parameters.sale_duration - 1
    offer = _bid(world, buyer).transition
    world.now += 1
    with refused(world, NotAdmitted, "sale of account 0"):
        world.submit(offer)
    with refused(world, NotAdmitted, "sale of account 0"):
        world.submit(resigned(world, buyer, offer, price=10**9))
    world.submit(Absorb(target=0))


def test_a_sale_keeps_the_terms_that_it_began_with() -> None:
    """Governors who stretch or hurry sales change those that begin after it."""
    world = _sale(100_000)
    sale = world.state.account(0).sale
    assert sale is not None
    assert (sale.duration, sale.step) == (600, 60)
    prices = [sale.price(sale.start + 60 * k, 10**12) for k in range(10)]
    assert prices == sorted(prices, reverse=True)
    assert prices[0] == sale.equity > 0
    assert sale.price(sale.end, 10**12) == -sale.shortfall < 0
    assert sale.price(sale.end, 5) == -5
    assert sale.price(sale.end, 0) == 0


def test_a_portfolio_is_taken_over_once(world: World) -> None:
    """The second buyer finds no sale; the first cannot repeat himself."""
    first = _bid(world, world.authors[1]).transition
    second = _bid(world, world.authors[2]).transition
    world.submit(first)
    with refused(world, OutOfOrder, "nonce of account 1"):
        world.submit(first)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(second)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(Absorb(target=0))


def test_a_buyer_can_afford_what_he_buys(world: World) -> None:
    """A poor account has no proof with the portfolio in it, and nobody signs for a rich one."""
    poor, rich = world.join(5), world.authors[2]
    with refused(world, Unsatisfied, "constraint rows"):
        _bid(world, poor)
    with refused(world, ProofRejected, "solvency of account 3 with the portfolio of account 0"):
        world.submit(_bid(world, forging(poor)).transition)
    draft = _bid(world, rich).transition
    with refused(world, SignatureRejected, "signature of the owner of account 2"):
        world.submit(resigned(world, poor, draft))


def test_a_take_over_ends_the_buyers_exemption(world: World) -> None:
    """Take a portfolio over while exempt: the buyer owes proofs from then on."""
    buyer = world.authors[2]
    world.accept(buyer, buyer.prove_flat(world.state))
    assert world.state.account(2).exempt
    _taken(world, buyer)
    assert not world.state.account(2).exempt


def test_a_frozen_account_does_nothing(world: World) -> None:
    """Neither deposits nor anything that its owner could prove."""
    loser, state = world.authors[0], world.state
    with refused(world, NotAdmitted, "account 0"):
        world.submit(loser.deposit(state, 0, 10**9, world.offices.custodian).transition)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(forging(loser).prove_margin(state).transition)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(forging(loser).refresh(state).transition)


def test_a_take_over_under_an_old_epoch_or_a_stale_market_is_refused(world: World) -> None:
    """A portfolio is bought at prices of today."""
    buyer = world.authors[2]
    draft = _bid(world, buyer).transition
    market = world.state.current_market
    world.now = market.time + world.state.parameters.max_age + 1
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(draft)
    world.publish(matrices=market.matrices)
    with refused(world, OutOfOrder, "epoch"):
        world.submit(draft)


def test_trading_does_not_keep_buyers_away() -> None:
    """Within one step of the sale an offer stands, whatever others pay to the fund meanwhile."""
    world = _sale(900_000)
    world.now += 3 * world.state.parameters.sale_step
    buyer, other = world.authors[2], world.authors[1]
    offer = _bid(world, buyer)
    world.accept(other, other.place_order(world.state, world.delta({}), world.matcher.public))
    world.accept(buyer, offer)


def test_the_fund_pays_no_more_than_a_portfolio_can_lose() -> None:
    """Worth 4 000, and 1 000 short in the worst scenario: 2 000 000 would be a present."""
    world = stand_in_world(leg_fee=1_000_000)
    world.publish()
    loser, winner = world.join(1_005_000), world.join(10**9)
    world.now += 1_800
    world.publish(matrices=riskless(world, 0, 0))
    world.trade(loser, winner, {2: 1})
    world.now += 1_800
    matrices, mark = riskless(world, -6_000 * 10**6, 0), (10**6, 0, -1_000 * 10**6, 0)
    world.publish(matrices=matrices.model_copy(update={"mark": mark}))
    world.now += world.state.parameters.grace + 1
    world.accept(winner, winner.prove_margin(world.state))
    world.reveal(loser)
    parameters = world.state.parameters
    world.now += parameters.sale_duration - parameters.sale_step
    worst = matrices.maintenance.worst(loser.known.values) // 10**6
    assert worst == -1_000
    assert 0 > _bid(world, winner).transition.price >= worst


def test_the_offices_read_an_account_that_was_sold(world: World) -> None:
    """The books of an auditor with the key agree with every commitment."""
    _taken(world, world.authors[1])
    read = world.offices.read(world.state, 0, world.ledger.entry)
    assert read.commit().point == world.state.account(0).commitment
