from __future__ import annotations

import pytest

from ledger.errors import (
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
    TransitionRejected,
)
from ledger.offers import PARTS, greatest_discount, slice_of, spare
from ledger.transitions import Absorb
from ledger.transitions.default import current_offer
from tests.ledger.adversary.attacks import (
    CALL,
    account_of,
    assert_conserved,
    at_present,
    followed,
    forging,
    refused,
    resigned,
    worth,
)
from tests.ledger.adversary.defaults import (
    bid,
    default,
    equity,
    next_market,
    on_sale,
    price_now,
    sale_of,
    to_the_last_step,
)
from tests.ledger.world import World
from zk.errors import ProofRejected, SignatureRejected, Unsatisfied


@pytest.fixture
def world() -> World:
    return on_sale()


@pytest.mark.parametrize(("call", "minutes"), [(-20_000, 0), (-20_000, 4), (-60_000, 5)])
def test_a_take_over_creates_nothing(call: int, minutes: int) -> None:
    """The lot leaves the book, its price comes in, and the sum of everything stays."""
    world = on_sale(call)
    world.now += 60 * minutes
    fund, before = world.state.pool.fund.values[0], account_of(world, world.authors[0]).opening
    offer = current_offer(at_present(world), 0, None)
    world.accept(world.authors[1], bid(world, world.authors[1]))
    after = followed(world, world.authors[0]).values
    assert before is not None
    owed = max(0, -(before.values[0] + offer.price)) if not any(after[1:]) else 0
    assert after[0] == before.values[0] + offer.price + owed
    assert world.state.pool.fund.values[0] == fund - owed
    assert_conserved(world)


def test_as_little_is_sold_as_mends_the_book(world: World) -> None:
    """One sixty-fourth less would not do, and what is left meets initial margin."""
    offer = current_offer(at_present(world), 0, None)
    assert offer.lot.kind == "slice"
    assert 1 < offer.lot.parts < PARTS
    demands, book = world.state.sale_demands(), followed(world, world.authors[0]).values
    for parts, mends in ((offer.lot.parts, True), (offer.lot.parts - 1, False)):
        lot = slice_of(demands, book, parts)
        price = demands.equity(lot) - greatest_discount(demands, 1_000, lot)
        left = (book[0] + price, *(v - sold for v, sold in zip(book[1:], lot[1:], strict=True)))
        assert demands.meets_initial(left) is mends
    world.accept(world.authors[1], bid(world, world.authors[1], part=8))
    assert account_of(world, world.authors[0]).status == "frozen"
    world.accept(world.authors[1], bid(world, world.authors[1]))
    account = account_of(world, world.authors[0])
    assert (account.status, account.sale) == ("revealed", None)
    values = followed(world, world.authors[0]).values
    assert world.state.sale_demands().meets_initial(values)
    assert values[CALL] > 0
    assert_conserved(world)


def test_an_absorption_creates_nothing() -> None:
    """The fund takes what mends the book, the owner keeps the rest, and it is sold again."""
    world = on_sale(fund=10**6)
    to_the_last_step(world)
    world.submit(Absorb(target=0))
    assert account_of(world, world.authors[0]).status == "revealed"
    assert_conserved(world)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(Absorb(target=0))
    pool = world.state.pool
    assert pool.fund.values[CALL] > 0
    assert pool.fund_sale is not None
    buyer = world.authors[1]
    world.accept(buyer, bid(world, buyer, None, 32))
    assert world.state.pool.fund_sale is not None
    world.accept(buyer, bid(world, buyer, None))
    assert world.state.pool.fund_sale is None
    assert not any(world.state.pool.fund.values[1:])
    assert_conserved(world)
    with refused(world, NotAdmitted, "the fund"):
        bid(world, buyer, None)


def test_an_absorption_ends_however_deep_the_book_is() -> None:
    """Below zero, with coins and without, of one lot and of many: it ends, with nothing owed."""
    for call, lots, coins in (
        (-60_000, 100, 0),
        (-60_000, 100, 1_000),
        (-60_000, 100, 10**7),
        (-6_000_000, 1, 0),
        (-90_000, 100, 40_000_000),
    ):
        world = on_sale(call, lots=lots, coins=coins)
        to_the_last_step(world)
        world.submit(Absorb(target=0))
        account = account_of(world, world.authors[0])
        assert account.status == "revealed"
        assert account.opening is not None
        assert account.opening.values[0] >= 0
        assert_conserved(world)


def test_the_fund_does_not_absorb_before_the_last_step(world: World) -> None:
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


def test_a_healthy_account_is_not_taken_over(world: World) -> None:
    """Whatever a liquidator offers, and whatever he proves."""
    buyer = world.authors[2]
    draft = bid(world, buyer).transition
    with refused(world, NotAdmitted, "account 1"):
        world.submit(resigned(world, buyer, draft, target=1))
    with refused(world, NotAdmitted, "account"):
        world.submit(resigned(world, buyer, draft, target=99))
    with refused(world, NotAdmitted, "the fund"):
        world.submit(resigned(world, buyer, draft, target=None))


def test_nobody_takes_over_himself(world: World) -> None:
    """Neither the insolvent account, nor a buyer that names itself."""
    buyer, loser = world.authors[2], world.authors[0]
    draft = bid(world, buyer).transition
    with refused(world, MalformedTransition, "target"):
        world.submit(resigned(world, buyer, draft, target=2))
    own = resigned(world, loser, draft, account=0, nonce=world.state.account(0).nonce)
    with refused(world, MalformedTransition, "target"):
        world.submit(own)


@pytest.mark.parametrize("off", [-1, -(10**6), -(1 << 62)])
def test_a_price_of_ones_own_is_refused(world: World, off: int) -> None:
    """The price is the ledger's to compute: nobody pays less, or is paid more."""
    buyer = forging(world.authors[2])
    draft = bid(world, buyer).transition
    with refused(world, TransitionRejected, "price of the sale"):
        world.submit(resigned(world, buyer, draft, price=draft.price + off))


@pytest.mark.parametrize("price", [1 << 127, -(1 << 127) - 1])
def test_a_price_that_no_record_holds_is_malformed(world: World, price: int) -> None:
    """Whoever signs it."""
    buyer = forging(world.authors[2])
    draft = bid(world, buyer).transition
    with refused(world, MalformedTransition, "take-over.price"):
        world.submit(resigned(world, buyer, draft, price=price))


def test_the_price_of_a_later_step_is_refused(world: World) -> None:
    """A buyer does not pay tomorrow's lower price today."""
    buyer = world.authors[2]
    now, world.now = world.now, world.now + world.state.parameters.sale_step
    early = bid(world, buyer).transition
    world.now = now
    with refused(world, TransitionRejected, "price of the sale"):
        world.submit(early)
    world.now += world.state.parameters.sale_step - 1
    with refused(world, TransitionRejected, "price of the sale"):
        world.submit(early)
    world.now += 1
    world.submit(early)


def test_the_price_falls_by_steps_to_a_bounded_discount(world: World) -> None:
    """From the mark to a tenth of what the lot asks of its holder, and no further."""
    state, parameters = world.state, world.state.parameters
    offer = current_offer(state, 0, None)
    demands = state.sale_demands()
    most = demands.requirement(demands.maintenance(0), offer.lot.values) // 10
    assert offer.discount == 0
    steps = parameters.sale_duration // parameters.sale_step
    for step in range(steps + 3):
        expected = most * min(step, steps) // steps
        assert price_now(world) == offer.worth - expected
        world.now += parameters.sale_step - 1
        assert price_now(world) == offer.worth - expected
        world.now += 1


@pytest.mark.parametrize("more", [1, 100_000, 10**7])
def test_whoever_names_more_pays_more(world: World, more: int) -> None:
    """A price above that of the moment is what is paid, and the owner has it."""
    buyer, fund = world.authors[1], world.state.pool.fund.values[0]
    price = price_now(world)
    before = followed(world, world.authors[0]).values[0]
    world.accept(buyer, buyer.take_over(at_present(world), 0, price=price + more))
    assert followed(world, world.authors[0]).values[0] == before + price + more
    assert world.state.pool.fund.values[0] == fund
    assert_conserved(world)


def test_a_sale_keeps_the_terms_that_it_began_with() -> None:
    """Governors who stretch or hurry sales change those that begin after it."""
    world = on_sale(delay=60, key_delay=60)
    hurried = world.state.parameters.model_copy(update={"sale_duration": 60, "sale_step": 20})
    world.submit(world.offices.update_params(world.state, hurried, world.now + 60))
    world.now += 60
    world.join()
    assert world.state.parameters.sale_duration == 60
    assert (sale_of(world).duration, sale_of(world).step) == (600, 60)
    with refused(world, NotAdmitted, "sale of account 0"):
        world.submit(Absorb(target=0))


def test_a_sale_pauses_while_the_market_is_stale(world: World) -> None:
    """The clock of a sale is fresh time: what runs on without oracles takes nothing off."""
    parameters, start = world.state.parameters, world.state.current_market.time
    world.now += 120
    assert sale_of(world).elapsed_at(world.now, world.state.fresh_until) == 120
    left = start + parameters.max_age - world.now
    world.now += 10 * parameters.max_age
    assert sale_of(world).elapsed_at(world.now, world.state.fresh_until) == min(120 + left, 10**9)
    world.publish(table=worth(world, -20_000, charge=40_000))
    elapsed = sale_of(world).elapsed
    assert elapsed == 120 + left
    world.now += 60
    assert sale_of(world).elapsed_at(world.now, world.state.fresh_until) == elapsed + 60


def test_a_lot_is_taken_over_once(world: World) -> None:
    """The second buyer finds no sale; the first cannot repeat himself."""
    first = bid(world, world.authors[1]).transition
    second = bid(world, world.authors[2]).transition
    world.submit(first)
    with refused(world, OutOfOrder, "nonce of account 1"):
        world.submit(first)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(second)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(Absorb(target=0))


def test_what_was_taken_before_is_not_paid_for_again(world: World) -> None:
    """A buyer who comes second has proven another lot: refused, however much he offers."""
    first = bid(world, world.authors[1], part=8)
    second = bid(world, world.authors[2], part=8).transition
    world.accept(world.authors[1], first)
    with pytest.raises((ProofRejected, TransitionRejected)):
        world.submit(second)


@pytest.mark.parametrize("part", [0, -1, PARTS + 1, 1 << 60])
def test_a_part_is_of_sixty_four(world: World, part: int) -> None:
    """Neither nothing nor more than all."""
    draft = bid(world, world.authors[2]).transition
    with refused(world, MalformedTransition, "take-over.part"):
        world.submit(resigned(world, world.authors[2], draft, part=part))


def test_a_part_is_less_than_what_is_offered(world: World) -> None:
    """More of a book than mends it is not for sale."""
    lot = current_offer(at_present(world), 0, None).lot
    draft = bid(world, world.authors[2]).transition
    for part in (lot.parts + 1, PARTS):
        with refused(world, NotAdmitted, "part of the sale"):
            world.submit(resigned(world, world.authors[2], draft, part=part))


def test_a_part_of_nothing_is_not_taken() -> None:
    """A sixty-fourth of forty lots is none; nor are coins taken in part."""
    world = on_sale(-50_000, 100_000, lots=40)
    with refused(world, NotAdmitted, "part of the sale"):
        bid(world, world.authors[2], part=1)
    world = on_sale(-60_000, 1_000, coins=2 * 10**7)
    assert current_offer(at_present(world), 0, None).lot.kind == "coins"
    for part in (1, PARTS - 1):
        with refused(world, NotAdmitted, "part of the sale"):
            bid(world, world.authors[2], part=part)


def test_a_buyer_can_afford_what_he_buys(world: World) -> None:
    """A poor account has no proof with the lot in it, and nobody signs for a rich one."""
    poor, rich = world.join(5), world.authors[2]
    with refused(world, Unsatisfied, "constraint total"):
        bid(world, poor)
    with refused(world, ProofRejected, "solvency of account 3 with a part of account 0"):
        world.submit(bid(world, forging(poor)).transition)
    draft = bid(world, rich).transition
    with refused(world, SignatureRejected, "signature of the owner of account 2"):
        world.submit(resigned(world, poor, draft))


def test_a_take_over_is_a_trade(world: World) -> None:
    """The buyer owes proofs from then on, and is no saver any more; nor is the seller."""
    buyer = world.authors[2]
    assert account_of(world, buyer).exempt
    assert account_of(world, buyer).is_untraded
    world.accept(buyer, bid(world, buyer))
    assert not account_of(world, buyer).exempt
    assert not account_of(world, buyer).is_untraded
    assert_conserved(world)


def test_a_book_on_sale_does_nothing_but_take_deposits(world: World) -> None:
    """Nothing that its owner could prove: neither move nor hide it."""
    loser, state = world.authors[0], world.state
    for attempt in (
        forging(loser).prove_margin(state),
        forging(loser).refresh(state),
        forging(loser).withdraw(state, 0, 5),
        forging(loser).prove_margin(state, escrowed=True),
    ):
        with refused(world, NotAdmitted, "account 0"):
            world.submit(attempt.transition)
    delta = world.delta({0: -5})
    posing = forging(loser)
    settlement, _ = world.settlement([(posing, delta), (world.authors[1], -delta)])
    with refused(world, NotAdmitted, "account 0"):
        world.submit(settlement)
    world.deposit(loser, 0, 5)


def test_a_take_over_under_an_old_epoch_or_a_stale_market_is_refused(world: World) -> None:
    """A book is bought at prices of today."""
    buyer = world.authors[2]
    draft = bid(world, buyer).transition
    market = world.state.current_market
    world.now = market.time + world.state.parameters.max_age + 1
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(draft)
    next_market(world, -20_000, 40_000)
    with refused(world, OutOfOrder, "epoch"):
        world.submit(draft)


def test_trading_does_not_keep_buyers_away(world: World) -> None:
    """Within one step of the sale an offer stands, whatever others do meanwhile."""
    world.now += 3 * world.state.parameters.sale_step
    buyer, other = world.authors[2], world.authors[1]
    offer = bid(world, buyer)
    world.accept(other, other.place_order(world.state, world.delta({}), world.matcher.public))
    world.submit(world.offices.endow(world.state, 10**6))
    world.accept(buyer, offer)


def test_the_offices_read_an_account_that_was_sold(world: World) -> None:
    """The books of an auditor with the key agree with every commitment."""
    world.accept(world.authors[1], bid(world, world.authors[1], part=8))
    read = world.offices.read(world.state, 0, world.ledger.entry)
    assert read.commit().point == world.state.account(0).commitment


def test_the_fund_gives_away_nothing_before_the_last_step() -> None:
    """A book below zero is sold at the mark: no discount comes out of what others have."""
    world = on_sale(-60_000, fund=10**9)
    assert equity(world) < 0
    for _ in range(10):
        offer = current_offer(at_present(world), 0, None)
        assert offer.discount == 0
        world.now += world.state.parameters.sale_step
    assert current_offer(at_present(world), 0, None).discount > 0


@pytest.mark.parametrize("part", [2, 8, None])
def test_no_number_of_parts_takes_the_fund_below_its_floor(part: int | None) -> None:
    """At the last step its capital is given once, not anew to everybody who takes a part."""
    world = on_sale(-50_000, 40_000, fund=10**6, fund_floor=900_000)
    assert equity(world) == 0
    to_the_last_step(world)
    buyer, paid = world.authors[1], 0
    while account_of(world, world.authors[0]).sale is not None:
        held = followed(world, world.authors[0]).values[CALL]
        wanted = part if part is not None and held * part >= PARTS else None
        paid += current_offer(at_present(world), 0, wanted).discount
        world.accept(buyer, bid(world, buyer, part=wanted))
    assert 0 < paid <= 100_000
    assert world.state.pool.fund.values[0] >= 900_000
    assert_conserved(world)


def test_what_is_lost_on_one_book_is_not_given_away_with_another() -> None:
    """The fund owes the first deficit before it grants a discount on the second book."""
    world = on_sale(-60_000, 40_000, fund=1_000_000)
    assert spare(at_present(world)) == 0
    richer = on_sale(-60_000, 40_000, fund=1_500_000)
    assert spare(at_present(richer)) == 500_000


def test_a_book_below_zero_is_made_whole_by_the_fund() -> None:
    """What is owed once all is sold is the fund's; the owner is left with nothing, and no debt."""
    world = on_sale(-60_000, fund=2 * 10**6)
    lost = -equity(world)
    world.accept(world.authors[1], bid(world, world.authors[1]))
    account = account_of(world, world.authors[0])
    assert account.opening is not None
    assert account.opening.values == (0, 0, 0, 0)
    assert (account.status, account.exempt) == ("revealed", True)
    assert world.state.pool.fund.values[0] == 2 * 10**6 - lost
    assert_conserved(world)
    loser = world.authors[0]
    followed(world, loser)
    world.deposit(loser, 0, 10**6)
    world.accept(loser, loser.refresh(world.state))


def test_a_second_default_goes_on_as_a_first(world: World) -> None:
    """After a slice was sold and the rest met initial margin, all begins anew, at the mark."""
    world.accept(world.authors[1], bid(world, world.authors[1]))
    followed(world, world.authors[0])
    default(world, -45_000, 60_000)
    assert sale_of(world).elapsed == 0
    assert not sale_of(world).sold
