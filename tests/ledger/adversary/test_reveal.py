from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.schedule import judge
from ledger.errors import MalformedTransition, NotAdmitted, OutOfOrder, TransitionRejected
from ledger.offers import is_sold_out
from ledger.parameters import MAX_CASH
from ledger.transitions import Reveal
from prover.author import Author
from prover.owner import Written
from tests.ledger.adversary.attacks import account_of, assert_conserved, overdue, refused, worth
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import Unsatisfied
from zk.field import SUBGROUP_ORDER

BUY = {0: -60_000, 2: 10}
Step = Callable[[World, Author, Author], None]


def _endorsed(world: World, reveal: Reveal, **terms: object) -> Reveal:
    changed = reveal.model_copy(update=terms)
    binding = changed.binding(world.ledger.id)
    return changed.model_copy(update={"endorsements": world.offices.guardians.endorse(binding)})


@pytest.mark.parametrize("late", [-1, 0])
def test_an_account_in_standing_is_not_revealed(world: World, late: int) -> None:
    """Not by all the guardians there are, a second of the oracles before the grace is over."""
    author, other = world.authors
    world.trade(author, other, BUY)
    with refused(world, NotAdmitted, "account 0"):
        world.reveal(author)
    world.next_epoch()
    with refused(world, NotAdmitted, "account 0"):
        world.reveal(author)
    world.now += world.state.parameters.grace + late
    world.publish()
    if late:
        with refused(world, NotAdmitted, "account 0"):
            world.reveal(author)
    else:
        world.reveal(author)


def test_an_exempt_account_is_not_revealed(world: World) -> None:
    """It owes nothing, and no signature of guardians changes that."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    bystander = world.join(5)
    opening = bystander.known
    draft = world.offices.reveal(world.state, 0, world.ledger.entry)
    exempt = _endorsed(world, draft, account=2, values=opening.values, blinding=opening.blinding)
    with refused(world, NotAdmitted, "account 2"):
        world.submit(exempt)
    world.submit(draft)


def test_a_reveal_shows_what_the_account_holds(world: World) -> None:
    """Guardians cannot make an account poor, or invent its blinding."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    good = world.offices.reveal(world.state, 0, world.ledger.entry)
    poor = (0, *good.values[1:])
    for terms in ({"values": poor}, {"blinding": (good.blinding + 1) % SUBGROUP_ORDER}):
        with refused(world, TransitionRejected, "opening of account 0"):
            world.submit(_endorsed(world, good, **terms))
    for values in (good.values[1:], (*good.values, 0), ()):
        with refused(world, MalformedTransition, "values"):
            world.submit(_endorsed(world, good, values=values))
    alias = (good.values[0] + SUBGROUP_ORDER, *good.values[1:])
    with refused(world, MalformedTransition, r"reveal\.values\.0"):
        world.submit(_endorsed(world, good, values=alias))
    world.submit(good)


def test_a_reveal_happens_once(world: World) -> None:
    """The account is in standing again."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    reveal = world.offices.reveal(world.state, 0, world.ledger.entry)
    world.submit(reveal)
    with refused(world, NotAdmitted, "account 0"):
        world.submit(reveal)


def test_a_reveal_is_not_replayed_at_the_next_default(world: World) -> None:
    """What t guardians signed once is no decision about the next time."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    reveal = world.offices.reveal(world.state, 0, world.ledger.entry)
    world.submit(reveal)
    overdue(world)
    with refused(world, OutOfOrder, "standing of account 0"):
        world.submit(reveal)
    again = _endorsed(world, reveal, standing=world.state.account(0).standing)
    world.submit(again)


def _deposit(world: World, author: Author, other: Author) -> None:
    world.deposit(author, 0, 7)
    world.deposit(author, 1, 9)


def _fill(world: World, author: Author, other: Author) -> None:
    bid, ask = world.order(author, BUY), world.order(other, {0: 60_000, 2: -10})
    world.deposit(author, 0, 11)
    world.clear([(author, world.fill(author, bid, 1, 2)), (other, world.fill(other, ask, 1, 2))])


def _rotate(world: World, author: Author, other: Author) -> None:
    newer = world.offices.with_escrow_secret(77)
    key = newer.escrow_key()
    parameters = world.state.parameters.model_copy(update={"escrow": key})
    world.submit(world.offices.update_params(world.state, parameters, world.now + 86_400))
    world.now += 86_400
    world.publish()
    world.accept(author, author.prove_margin(world.state, escrowed=True))
    world.offices = newer


def _trade(world: World, author: Author, other: Author) -> None:
    world.trade(author, other, BUY)


@pytest.mark.parametrize("steps", [*permutations((_deposit, _fill, _rotate, _trade))])
def test_a_reveal_succeeds_after_any_history(world: World, steps: tuple[Step, ...]) -> None:
    """Deposits, fills, trades and a rotated key, in every order: the trail leads to C."""
    author, other = world.authors
    world.accept(author, author.refresh(world.state))
    for step in steps:
        step(world, author, other)
        read = world.offices.read(world.state, 0, world.ledger.entry)
        assert read == author.known
    overdue(world)
    world.reveal(author)
    opening = world.state.account(0).opening
    assert opening is not None
    assert opening.opening == author.known
    assert_conserved(world)


def test_a_fill_after_a_rotation_needs_both_keys(world: World) -> None:
    """The order is under the old key, its fill under the new one: each key reads its part."""
    author, other = world.authors
    old = world.offices
    key = old.with_escrow_secret(77).escrow_key()
    parameters = world.state.parameters.model_copy(update={"escrow": key})
    world.submit(old.update_params(world.state, parameters, world.now + 86_400))
    world.now += 86_400 - 1
    world.publish()
    bid, ask = world.order(author, BUY), world.order(other, {0: 60_000, 2: -10})
    world.now += 1
    world.join()  # the clock of the ledger moves on
    world.clear([(author, world.fill(author, bid, 1, 2)), (other, world.fill(other, ask, 1, 2))])
    trail = world.state.account(0).trail
    assert trail.base is not None
    assert trail.fill is not None
    assert trail.base.key == old.escrow_key().point
    assert trail.fill.key == key.point


def test_the_offices_read_what_two_keys_hide(world: World) -> None:
    """An order under the old key and its fill under the new one make one opening."""
    test_a_fill_after_a_rotation_needs_both_keys(world)
    offices = world.offices.with_escrow_secret(77)
    assert offices.read(world.state, 0, world.ledger.entry) == world.authors[0].known


def test_a_solvent_account_loses_its_privacy_and_nothing_else(world: World) -> None:
    """Its money stays; Refresh gives the privacy back, and the old opening opens nothing."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    before = world.state.account(0).commitment
    world.reveal(author)
    account = world.state.account(0)
    assert (account.status, account.commitment) == ("revealed", before)
    world.deposit(author, 0, 5)
    opening = world.state.account(0).opening
    assert opening is not None
    assert opening.opening == author.known
    world.accept(author, author.refresh(world.state))
    account = world.state.account(0)
    assert (account.status, account.opening) == ("active", None)
    assert opening.opening != author.known
    assert opening.opening.values == author.known.values
    assert_conserved(world)


@pytest.mark.parametrize("times", [1, 2])
def test_a_deposit_does_not_stop_a_reveal(world: World, times: int) -> None:
    """The guardians sign, the owner pays a cent in, and what they signed is as good as before."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    reveal = world.offices.reveal(world.state, 0, world.ledger.entry)
    for _ in range(times):
        world.deposit(author, 0, 1)
        world.deposit(author, 1, 3)
    world.submit(reveal)
    opening = world.state.account(0).opening
    assert opening is not None
    assert opening.opening == author.known


def test_a_revealed_account_stays_so_whatever_is_public(world: World) -> None:
    """Fees and withdrawals leave the opening known, a second default reads it; trades hide it."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    world.reveal(author)
    steps: list[Callable[[], Written[Any]]] = [
        lambda: author.place_order(world.state, world.delta({}), world.matcher.public),
        lambda: author.cancel_order(world.state),
        lambda: author.withdraw(world.state, 0, 5),
    ]
    for step in steps:
        world.accept(author, step())
        world.now += world.state.parameters.settling
        account = world.state.account(0)
        assert account.status == "revealed"
        assert account.opening is not None
        assert account.opening.opening == author.known
    overdue(world)
    world.deposit(author, 0, 3)
    world.reveal(author)
    assert_conserved(world)
    world.trade(author, other, BUY)
    account = world.state.account(0)
    assert (account.status, account.opening) == ("active", None)


def test_a_public_amount_gives_no_privacy_back(world: World) -> None:
    """After a withdrawal everybody can still compute what a revealed account holds."""
    author, other = world.authors
    world.trade(author, other, BUY)
    overdue(world)
    world.reveal(author)
    world.accept(author, author.withdraw(world.state, 0, 5))
    opening = world.state.account(0).opening
    assert opening is not None
    assert opening.opening == author.known


def test_a_reveal_succeeds_however_much_is_owed() -> None:
    """2^46 lots that become worth as much as an entry can say: past 64 bits of cash."""
    world = peopled(stand_in_world(cap=MAX_CASH))
    author, other = world.authors
    for each in (author, other):
        world.deposit(each, 0, 10**16)
    world.now += 1_800
    world.publish(table=worth(world, 0))
    world.trade(author, other, {3: (1 << 46) - 1})
    for _ in range(3):
        world.now += 1_800
        world.publish(table=worth(world, 140_000_000))
    world.reveal(other)
    assert account_of(world, other).status == "frozen"
    opening = account_of(world, other).opening
    assert opening is not None
    assert world.state.sale_demands().equity(opening.values) < -(1 << 64)
    assert_conserved(world)


@given(st.integers(1, MAX_CASH - 1), st.integers(0, 3))
def test_nothing_but_a_debt_is_no_book_that_anybody_can_come_to(debt: int, falls: int) -> None:
    """So a reveal moves no account: where only a debt is left, the fund would have to pay it.

    Whatever takes the last position or coin out of an account proves initial margin, or that of
    a withdrawal; and no market makes a debt meet either.
    """
    state = _fallen(falls).state
    assert is_sold_out(state.shape.assets, (-debt, 0, 0, 0))
    for demands in (state.demands(state.current_market), state.sale_demands()):
        for schedule in (demands.initial(0), demands.withdrawal(0)):
            assert not judge(state.shape, schedule, (-debt, 0, 0, 0)).holds
            assert judge(state.shape, schedule, (debt, 0, 0, 0)).holds


def test_the_last_position_does_not_leave_a_debt(world: World) -> None:
    """Tried on a ledger: sold for less than it cost, with all the cash gone, or one unit more."""
    author, other = world.authors
    cash = author.known.values[0] - world.state.parameters.leg_fee
    world.trade(author, other, BUY)
    back = {index: -amount for index, amount in BUY.items()}
    fee = world.state.parameters.leg_fee
    with pytest.raises(Unsatisfied):
        world.trade(author, other, back | {0: back[0] - cash + fee - 1})
    world.trade(author, other, back | {0: back[0] - cash + fee})
    assert author.known.values == (0, 0, 0, 0)


@cache
def _fallen(falls: int) -> World:
    world = peopled(stand_in_world())
    for _ in range(falls):
        seen = world.state.current_market.observation
        spots = tuple(spot * 7 // 10 for spot in seen.spots)
        world.next_epoch(seen.model_copy(update={"spots": spots}))
    return world
