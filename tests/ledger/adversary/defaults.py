"""Books on sale, of any size: a call whose worth oracles say makes them, whatever coins do."""

from __future__ import annotations

from typing import Any

from ledger.records import Sale
from ledger.transitions import TakeOver
from ledger.transitions.default import current_offer
from prover.author import Author
from prover.owner import Written
from tests.ledger.adversary.attacks import CALL, account_of, at_present, overdue, worth
from tests.ledger.world import World, stand_in_world

#: What the loser pays in, and how many calls it holds.
CASH = 5_000_000
LOTS = 100


def on_sale(
    call: int = -20_000,
    charge: int = 40_000,
    *,
    cash: int = CASH,
    lots: int = LOTS,
    coins: int = 0,
    fund: int = 0,
    **parameters: Any,
) -> World:
    """Account 0 holds calls that were worth nothing, and is on sale; 1 has sold them to it.

    Now they are worth `call` cents a lot, and holding one takes a margin of `charge` cents.
    Account 2 has money, and never traded. Fees are nothing, so that numbers are round.
    """
    world = stand_in_world(**{"leg_fee": 0, "order_fee": 0, **parameters})
    world.publish()
    loser, winner = world.join(cash), world.join(10**9)
    world.join(10**9)
    if coins:
        world.deposit(loser, 1, coins)
    if fund:
        world.submit(world.offices.endow(world.state, fund))
    world.now += world.state.parameters.min_interval
    world.publish(table=worth(world, 0))
    world.trade(loser, winner, {CALL: lots})
    default(world, call, charge)
    assert account_of(world, loser).status == "frozen"
    return world


def default(world: World, call: int, charge: int | None = None) -> None:
    """The loser does not prove, everybody else does; what a call is worth has changed."""
    overdue(world)
    world.now += world.state.parameters.min_interval
    world.publish(table=worth(world, call, charge=charge))
    for author in world.authors[1:]:
        account = account_of(world, author)
        if account.status == "active" and not account.exempt:
            world.accept(author, author.prove_margin(world.state))
    world.reveal(world.authors[0])


def next_market(world: World, call: int, charge: int | None = None) -> None:
    """What a call is worth has changed again."""
    world.now += world.state.parameters.min_interval
    world.publish(table=worth(world, call, charge=charge))


def sale_of(world: World, account: int = 0) -> Sale:
    """The sale that goes on."""
    sale = world.state.account(account).sale
    assert sale is not None
    return sale


def to_the_last_step(world: World) -> None:
    """The price falls no further."""
    world.now += world.state.parameters.sale_duration


def bid(
    world: World, author: Author, target: int | None = 0, part: int | None = None
) -> Written[TakeOver]:
    """What is offered, or a part of it, at the price of the moment."""
    return author.take_over(at_present(world), target, part)


def equity(world: World, account: int = 0) -> int:
    """What a public book is worth at the mark."""
    opening = world.state.account(account).opening
    assert opening is not None
    return world.state.sale_demands().equity(opening.values)


def price_now(world: World, target: int | None = 0, part: int | None = None) -> int:
    """What it would cost."""
    return current_offer(at_present(world), target, part).price
