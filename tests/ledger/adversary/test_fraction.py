from __future__ import annotations

from typing import Any

from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder
from ledger.payout import deficit, share
from ledger.transitions import Absorb, PayOut
from prover.author import Author
from tests.ledger.adversary.attacks import (
    CALL,
    PERP,
    account_of,
    assert_conserved,
    at_present,
    followed,
    forging,
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
    to_the_last_step,
)
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import SignatureRejected


def _lost(**parameters: Any) -> World:
    """Account 0 is 10 000 000 below zero, and the fund has nothing; 1 won, 2 never traded.

    Accounts 3 and 4 traded with each other, and have half of a winner's money each.
    """
    world = stand_in_world(leg_fee=0, order_fee=0, **parameters)
    world.publish()
    loser, winner = world.join(5_000_000), world.join(10_000_000)
    world.join(20_000_000)
    one, two = world.join(5_000_000), world.join(5_000_000)
    world.now += world.state.parameters.min_interval
    world.publish(table=worth(world, 0))
    world.trade(loser, winner, {CALL: 100})
    world.trade(one, two, {CALL: 1})
    world.trade(one, two, {CALL: -1})
    default(world, -150_000, 1_000)
    assert equity(world) == -10_000_000
    return world


def _withdraw(world: World, author: Author, amount: int) -> int:
    """Into the queue, or out at once; returns what came out, and which withdrawal it is."""
    before = world.state.pool.totals[0]
    world.accept(author, author.withdraw(world.state, 0, amount, least=0))
    return before - world.state.pool.totals[0]


def _ripened(world: World, author: Author, call: int, charge: int) -> None:
    """Markets go on until what is in the queue is due; everybody else proves."""
    index = world.state.pool.withdrawals - 1
    epoch = world.state.withdrawal(index).epoch
    while world.state.clock(epoch).due is None:
        next_market(world, call, charge)
        for each in world.authors[1:]:
            account = account_of(world, each)
            if not account.exempt:
                world.accept(each, each.prove_margin(world.state))
    due = world.state.clock(epoch).due
    assert due is not None
    world.now = max(world.now, due)


def test_a_withdrawal_of_who_traded_waits() -> None:
    """It leaves the account at once and the ledger not at all; of who never traded it leaves."""
    world = peopled(stand_in_world(), 3)
    trader, other, saver = world.authors
    world.trade(trader, other, {PERP: 10, 0: -60_000})
    assert _withdraw(world, saver, 1_000) == 1_000
    assert _withdraw(world, trader, 1_000) == 0
    pool = world.state.pool
    assert (pool.queued, pool.withdrawals) == ((1_000, 0), 1)
    assert_conserved(world)


def test_the_queue_has_its_date_from_oracles() -> None:
    """Reveal and sale after the first market that is later by the grace: not a second before."""
    world = peopled(stand_in_world())
    trader, other = world.authors
    parameters = world.state.parameters
    world.trade(trader, other, {PERP: 10, 0: -60_000})
    world.accept(trader, trader.withdraw(world.state, 0, 1_000))
    pay = PayOut(withdrawal=0)
    world.now += parameters.max_age
    with refused(world, NotAdmitted, "withdrawal 0"):
        world.submit(pay)
    world.now += parameters.grace - 1 - parameters.max_age
    world.publish()
    with refused(world, NotAdmitted, "withdrawal 0"):
        world.submit(pay)
    world.now += parameters.min_interval
    world.publish()
    world.now += parameters.reveal + parameters.sale_duration - 1
    with refused(world, NotAdmitted, "withdrawal 0"):
        world.submit(pay)
    world.now += 1
    before = world.state.pool.totals[0]
    world.submit(pay)
    assert world.state.pool.totals[0] == before - 1_000
    assert world.state.pool.queued == (0, 0)
    assert_conserved(world)
    for index in (0, 1, (1 << 53) - 1):
        with refused(world, NotAdmitted, "withdrawal"):
            world.submit(PayOut(withdrawal=index))


def test_nobody_is_paid_under_a_stale_market() -> None:
    """Whose losses have not been seen: until there is a market again."""
    world = peopled(stand_in_world())
    trader, other = world.authors
    world.trade(trader, other, {PERP: 10, 0: -60_000})
    world.accept(trader, trader.withdraw(world.state, 0, 1_000))
    for _ in range(3):
        world.next_epoch()
    world.now = world.state.current_market.time + world.state.parameters.max_age + 1
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(PayOut(withdrawal=0))
    world.publish()
    world.submit(PayOut(withdrawal=0))


def test_more_is_not_paid_than_there_is() -> None:
    """Cash that is lent against coins is elsewhere: whoever comes last waits for its return."""
    world = stand_in_world(leg_fee=0)
    world.publish()
    borrower, one, two = world.join(300_000), world.join(10**6), world.join(10**6)
    world.deposit(borrower, 1, 10**9)
    world.now += world.state.parameters.min_interval
    world.publish(table=worth(world, 0))
    for lender in (one, two):
        world.trade(borrower, lender, {CALL: 100})
    next_market(world, -20_000)
    demands = world.state.sale_demands()
    for lender in (one, two):
        assert demands.equity(lender.known.values) == 3_000_000
        world.accept(lender, lender.withdraw(world.state, 0, 2_000_000))
    assert world.state.pool.totals[0] == 2_300_000
    assert world.state.pool.queued[0] == 4_000_000
    for _ in range(3):
        next_market(world, -20_000)
        for each in world.authors:
            world.accept(each, each.prove_margin(world.state))
    world.now += 1_200
    world.submit(PayOut(withdrawal=0))
    with refused(world, LimitExceeded, "total of asset 0"):
        world.submit(PayOut(withdrawal=1))
    assert_conserved(world)
    world.deposit(borrower, 0, 1_700_000)
    world.submit(PayOut(withdrawal=1))
    assert_conserved(world)


def test_from_the_reveal_on_all_who_traded_get_the_same_fraction() -> None:
    """A run gains nothing: first or last, in one sum or in many, before the sale or after it."""
    fractions = []
    for order in ((1, 3, 4), (4, 3, 1)):
        world = _lost()
        claims = {1: 20_000_000, 3: 4_000_000, 4: 2_000_000}
        for index in order:
            author = world.authors[index]
            half = claims[index] // 2
            assert _withdraw(world, author, half) == 0
            assert _withdraw(world, author, half) == 0
        _ripened(world, world.authors[1], -150_000, 1_000)
        paid: dict[int, int] = dict.fromkeys(claims, 0)
        for index in range(world.state.pool.withdrawals):
            if index == 3:
                to_the_last_step(world)
                world.submit(Absorb(target=0))
            before = world.state.pool.totals[0]
            account = world.state.withdrawal(index).account
            world.submit(PayOut(withdrawal=index))
            paid[account] += before - world.state.pool.totals[0]
            assert_conserved(world)
        fractions.append({index: paid[index] / claims[index] for index in claims})
    everybody = [part for each in fractions for part in each.values()]
    assert max(everybody) - min(everybody) < 1e-5
    # 35 000 000 of claims, of which 10 000 000 are lost.
    assert abs(everybody[0] - 25 / 35) < 1e-5


def test_savers_are_paid_in_full() -> None:
    """Who never traded took no risk: nothing of the loss is theirs, however deep it is."""
    world = _lost()
    saver = world.authors[2]
    for amount in (1, 10_000_000, 9_999_999):
        assert share(world.state, untraded=True).is_whole
        assert _withdraw(world, saver, amount) == amount
    assert followed(world, saver).values[0] == 0
    assert_conserved(world)


def test_a_trader_is_no_saver() -> None:
    """From the first hidden change on, and for ever: flat again, he is in the queue as before."""
    world = _lost()
    one = world.authors[3]
    assert not any(one.known.values[2:])
    assert not account_of(world, one).is_untraded
    assert _withdraw(world, one, 10**6) == 0
    saver = world.authors[2]
    world.accept(saver, bid(world, saver))
    assert not account_of(world, saver).is_untraded
    assert world.state.pool.untraded == (0, 0)
    assert _withdraw(world, saver, 10**6) == 0


def test_savers_share_when_they_alone_exceed_what_is_there() -> None:
    """Paid out before the loss: what is left is theirs, pro rata."""
    world = _lost()
    state = at_present(world)
    state.update_pool(totals=(15_000_000, 0))
    part = share(state, untraded=True)
    assert part.of(20_000_000) == 15_000_000
    assert part.of(10_000_000) == 7_500_000
    assert share(state, untraded=False).of(10_000_000) == 0


def test_a_fund_that_covers_the_loss_spares_everybody() -> None:
    """To the cent: below that the fraction begins."""
    world = _lost()
    world.submit(world.offices.endow(world.state, 9_999_999))
    assert deficit(world.state) == 1
    assert not share(world.state, untraded=False).is_whole
    world.submit(world.offices.endow(world.state, 1))
    assert deficit(world.state) == 0
    assert share(world.state, untraded=False).is_whole


def test_a_loss_that_was_cured_is_nobodys() -> None:
    """A market that comes back, or a deposit, and withdrawals are paid in full again."""
    world = _lost()
    assert deficit(world.state) == 10_000_000
    next_market(world, -1_000)
    assert deficit(world.state) < 0 or not world.state.pool.frozen
    assert share(world.state, untraded=False).is_whole


def test_nobody_is_paid_less_than_he_agreed_to() -> None:
    """Who says nothing wants all of it: the withdrawal is refused while a loss is public."""
    world = _lost()
    winner = world.authors[1]
    with refused(world, LimitExceeded, "payout"):
        world.submit(winner.withdraw(world.state, 0, 10**6).transition)
    part = share(world.state, untraded=False).of(10**6)
    with refused(world, LimitExceeded, "payout"):
        world.submit(winner.withdraw(world.state, 0, 10**6, least=part + 1).transition)
    world.accept(winner, winner.withdraw(world.state, 0, 10**6, least=part))


def test_a_defaulter_does_not_run_from_its_own_loss() -> None:
    """A book on sale withdraws nothing, whatever it proves."""
    world = _lost()
    loser = forging(world.authors[0])
    with refused(world, NotAdmitted, "account 0"):
        world.submit(loser.withdraw(world.state, 0, 1, least=0).transition)


def test_the_fund_is_paid_into_by_the_custodian_once_each() -> None:
    """Numbered, signed, within the bound of cash."""
    world = on_sale()
    endow = world.offices.endow(world.state, 1_000)
    world.submit(endow)
    with refused(world, OutOfOrder, "endowment"):
        world.submit(endow)
    for number in (0, 3):
        with refused(world, OutOfOrder, "endowment"):
            world.submit(endow.model_copy(update={"endowment": number}))
    with refused(world, SignatureRejected, "signature of the custodian"):
        world.submit(endow.model_copy(update={"endowment": 2}))
    room = world.state.parameters.max_totals[0] - world.state.pool.totals[0]
    with refused(world, LimitExceeded, "total of asset 0"):
        world.submit(world.offices.endow(world.state, room + 1))
    world.submit(world.offices.endow(world.state, room))
    assert_conserved(world)


def test_an_account_overdue_is_a_loss_once_it_is_opened() -> None:
    """What only the reveal shows lowers no payout before, and every payout after."""
    world = stand_in_world(leg_fee=0)
    world.publish()
    loser, winner = world.join(5_000_000), world.join(10_000_000)
    world.now += world.state.parameters.min_interval
    world.publish(table=worth(world, 0))
    world.trade(loser, winner, {CALL: 100})
    next_market(world, -150_000)
    overdue(world)
    next_market(world, -150_000)
    assert share(world.state, untraded=False).is_whole
    world.reveal(loser)
    assert not share(world.state, untraded=False).is_whole
