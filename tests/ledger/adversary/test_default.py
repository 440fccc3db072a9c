from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import NotAdmitted
from ledger.liquidation import RELAPSE
from ledger.market.data import Observation
from ledger.transitions import Absorb
from ledger.transitions.default import current_offer
from tests.ledger.adversary.attacks import (
    CALL,
    PERP,
    account_of,
    assert_conserved,
    at_present,
    followed,
    overdue,
    refused,
    worth,
)
from tests.ledger.adversary.defaults import (
    bid,
    default,
    equity,
    next_market,
    on_sale,
    sale_of,
    to_the_last_step,
)
from tests.ledger.world import World, stand_in_world


@pytest.fixture
def world() -> World:
    """Worth 3 000 000, which is 1 010 000 below maintenance."""
    return on_sale()


def _status(world: World) -> str:
    return account_of(world, world.authors[0]).status


def test_a_deposit_cures(world: World) -> None:
    """The least that restores maintenance ends the sale; a cent less does not."""
    loser = world.authors[0]
    world.deposit(loser, 0, 1_009_999)
    assert _status(world) == "frozen"
    world.deposit(loser, 0, 1)
    account = account_of(world, loser)
    assert (account.status, account.sale, account.standing) == ("revealed", None, 6)
    assert followed(world, loser).values == (6_010_000, 0, 0, 100)
    assert_conserved(world)
    with refused(world, NotAdmitted, "account 0"):
        bid(world, world.authors[1])
    world.accept(loser, loser.refresh(world.state))
    assert _status(world) == "active"


def test_coins_cure_like_cash(world: World) -> None:
    """After their haircut and their worst row; so much of them, and no less."""
    loser, demands = world.authors[0], world.state.sale_demands()
    values, low, high = followed(world, loser).values, 0, 1 << 40
    while low < high:
        middle = (low + high) // 2
        cured = demands.meets_maintenance((values[0], middle, *values[2:]))
        low, high = (low, middle) if cured else (middle + 1, high)
    world.deposit(loser, 1, low - 1)
    assert _status(world) == "frozen"
    world.deposit(loser, 1, 1)
    assert _status(world) == "revealed"


def test_a_market_that_comes_back_cures(world: World) -> None:
    """The ledger judges the public book itself in each epoch, and asks nobody."""
    next_market(world, -20_000, 35_000)
    assert _status(world) == "frozen"
    next_market(world, -10_000, 35_000)
    assert _status(world) == "revealed"
    assert followed(world, world.authors[0]).values == (5_000_000, 0, 0, 100)


def test_a_market_that_gets_worse_does_not_cure(world: World) -> None:
    """It goes on where it was, at the prices of the day."""
    world.now += 120
    next_market(world, -30_000, 40_000)
    assert _status(world) == "frozen"
    assert sale_of(world).elapsed > 0
    assert equity(world) == 2_000_000


def test_a_cure_is_no_way_to_begin_anew(world: World) -> None:
    """A second failure within a day goes on at the step that the first had reached."""
    loser, step = world.authors[0], world.state.parameters.sale_step
    world.now += 4 * step
    world.deposit(loser, 0, 1_010_000)
    assert _status(world) == "revealed"
    lapse = account_of(world, loser).lapse
    assert lapse is not None
    assert (lapse.elapsed, lapse.until) == (4 * step, world.now + RELAPSE)
    default(world, -45_000, 40_000)
    assert sale_of(world).elapsed == 4 * step
    world.now += step
    assert current_offer(at_present(world), 0, None).discount > 0


def test_a_cure_is_forgotten_after_a_day() -> None:
    """To the second: within it a sale goes on, and then it begins."""
    for late, expected in ((-1, 240), (0, 0)):
        world = on_sale()
        world.now += 240
        world.deposit(world.authors[0], 0, 1_010_000)
        lapse = account_of(world, world.authors[0]).lapse
        assert lapse is not None
        _prove_until(world, lapse.until - 5_400 + late)
        default(world, -45_000, 40_000)
        moment = world.now
        assert moment - lapse.until == late + 1_800
        assert sale_of(world).elapsed == (0 if moment >= lapse.until else expected)


def _prove_until(world: World, time: int) -> None:
    """Everybody proves, until then."""
    while world.now < time:
        step = min(time - world.now, world.state.parameters.max_gap)
        world.now += max(step, world.state.parameters.min_interval)
        world.publish(table=worth(world, -20_000, charge=30_000))
        for author in world.authors[:2]:
            world.accept(author, author.prove_margin(world.state))


def test_after_something_was_sold_only_initial_margin_cures(world: World) -> None:
    """Maintenance is not enough any more: the buyer of a part has not bought for nothing."""
    loser = world.authors[0]
    world.accept(world.authors[1], bid(world, world.authors[1], part=8))
    demands = world.state.sale_demands()
    held = followed(world, loser).values
    missing = demands.requirement(demands.maintenance(0), held) + 10_000 - equity(world)
    world.deposit(loser, 0, missing)
    assert demands.meets_maintenance(followed(world, loser).values)
    assert _status(world) == "frozen"
    world.deposit(loser, 0, demands.requirement(demands.maintenance(0), held) // 4 + 1)
    assert _status(world) == "revealed"
    assert account_of(world, loser).lapse is None


#: $76,000 in coins of $60,000.00, a hundred million units each.
COINS = 76_000_00 * 10**8 // 6_000_000


def test_a_debt_that_coins_back_costs_nothing() -> None:
    """$17 short in cash with $76,000 in coins, and nobody proves: the reveal shows it solvent.

    Coins are lent against. Nothing is sold, nothing is paid, and only privacy is lost.
    """
    world = stand_in_world(leg_fee=0)
    world.publish()
    loser, other = world.join(), world.join(10**9)
    world.deposit(loser, 1, COINS)
    world.trade(loser, other, {0: -6_000_000, PERP: 1_000})
    world.market = replace(world.market, observation=_at(world, 5_998_300))
    overdue(world)
    values, demands = loser.known.values, world.state.demands(world.state.current_market)
    assert demands.equity((values[0], 0, *values[2:])) == -17_00
    world.reveal(loser)
    assert _status(world) == "revealed"
    assert followed(world, loser).values == values
    world.accept(loser, loser.refresh(world.state))


def _at(world: World, spot: int) -> Observation:
    return world.market.observation.model_copy(update={"spots": (spot,)})


@pytest.mark.parametrize("minutes", [0, 4, 10])
@pytest.mark.parametrize(
    ("call", "charge", "coins"), [(-50_017, 40_000, 30_000), (-60_000, 100, 21_600_000)]
)
def test_coins_pay_a_debt_before_anything_else_does(
    call: int, charge: int, coins: int, minutes: int
) -> None:
    """Short in cash, with coins for it: it costs at most the discount on coins of that worth."""
    world = on_sale(call, charge, coins=coins)
    world.now += 60 * minutes
    before, short = equity(world), 100 * -call - 5_000_000
    offer = current_offer(at_present(world), 0, None)
    assert offer.lot.kind == "coins"
    demands = world.state.sale_demands()
    most = demands.requirement(demands.maintenance(0), offer.lot.values) // 10
    assert short <= offer.worth - most <= short + 1
    world.accept(world.authors[1], bid(world, world.authors[1]))
    assert before - equity(world) <= most * minutes // 10 + 1
    left = followed(world, world.authors[0]).values
    assert left[1] == coins - offer.lot.values[1]
    if left[1] > 10**6:
        assert _status(world) == "revealed"
        assert left[CALL] == 100
    assert_conserved(world)


@pytest.mark.parametrize("buyer", ["nobody", "at once", "in parts"])
@pytest.mark.parametrize(
    ("call", "charge", "coins"),
    [
        (-20_000, 40_000, 0),
        (-49_000, 40_000, 0),
        (-49_900, 1_000, 0),
        (-60_000, 20_000, 40 * 10**6),
    ],
)
def test_nothing_positive_is_confiscated(call: int, charge: int, coins: int, buyer: str) -> None:
    """Whoever takes it and whenever: the owner keeps what the book was worth, less discounts."""
    world = on_sale(call, charge, coins=coins)
    before, demands, sales, asked = equity(world), world.state.sale_demands(), 0, 0
    assert before > 0
    if buyer == "nobody":
        to_the_last_step(world)
        world.submit(Absorb(target=0))
        lots = [tuple(world.state.pool.fund.values)]
        asked = sum(demands.requirement(demands.maintenance(0), (0, *lot[1:])) for lot in lots)
        sales = 3
    while _status(world) == "frozen":
        world.now += 60
        lot, held = current_offer(at_present(world), 0, None).lot, followed(world, world.authors[0])
        fits = lot.kind == "slice" and lot.parts > 16 and held.values[CALL] >= 4
        part = 16 if buyer == "in parts" and fits else None
        offer = current_offer(at_present(world), 0, part)
        asked += demands.requirement(demands.maintenance(0), offer.lot.values)
        sales += 1
        world.accept(world.authors[1], bid(world, world.authors[1], part=part))
    assert equity(world) >= max(0, before - asked // 10 - sales)
    assert world.state.pool.fund.values[0] >= (0 if buyer != "nobody" else -(10**12))
    assert_conserved(world)


def test_a_pair_of_one_owner_gains_nothing_from_the_fund() -> None:
    """One account loses, the other has won and buys the book: the fund pays the loss and no more.

    What was one owner's before is the same after, but for what was lost to it at the mark.
    """
    world = on_sale(-60_000, 40_000, fund=10**9, fund_floor=10**9)
    loser, winner = world.authors[:2]
    lost = -equity(world)
    before = _wealth(world)
    to_the_last_step(world)
    world.accept(winner, bid(world, winner))
    assert _wealth(world) == before + lost
    assert world.state.pool.fund.values[0] == 10**9 - lost
    assert loser.account == 0
    assert_conserved(world)


@pytest.mark.parametrize("spare", [0, 50_000, 10**6])
def test_a_pair_gets_no_more_than_the_discount_above_the_floor(spare: int) -> None:
    """At the last step, with a book worth nothing: what the fund has to spare, and never more."""
    world = on_sale(-50_000, 40_000, fund=10**6, fund_floor=10**6 - spare)
    before = _wealth(world)
    most = world.state.sale_demands().requirement(
        world.state.sale_demands().maintenance(0), (0, 0, 0, 100)
    )
    to_the_last_step(world)
    winner = world.authors[1]
    for part in (32, None):
        if _status(world) == "frozen":
            world.accept(winner, bid(world, winner, part=part))
    assert 0 <= _wealth(world) - before <= min(spare, most // 10)
    assert world.state.pool.fund.values[0] >= 10**6 - spare
    assert_conserved(world)


def _wealth(world: World) -> int:
    """What the loser and the winner are worth together."""
    demands = world.state.sale_demands()
    return sum(demands.equity(followed(world, each).values) for each in world.authors[:2])
