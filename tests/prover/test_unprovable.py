"""What cannot be proven is said in the owner's words: what is missing, where, and how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from circuits.schedule import judge
from ledger.market.data import SCALE
from ledger.market.limits import padded
from ledger.wording import money
from prover.author import Author
from prover.matcher.keys import MatcherKeys
from prover.settlement import Filler, OrderFill, firm_terms, settlement_terms
from prover.unprovable import NoProof, headline
from tests.ledger.world import World, stand_in_world
from zk.errors import Unsatisfied
from zk.pedersen import Opening

CASH = 10**7


@pytest.fixture
def world() -> World:
    made = stand_in_world()
    made.publish()
    return made


@pytest.fixture
def short(world: World) -> Author:
    """Somebody who has sold as many calls as the account can carry."""
    seller, buyer = world.join(CASH), world.join(10 * CASH)
    world.trade(buyer, seller, {0: -352_000, world.lot(1): 1_000})
    return seller


def refusal(attempt: Callable[[], object]) -> NoProof:
    with pytest.raises(NoProof) as caught:
        attempt()
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, Unsatisfied)
    assert "218882" not in str(caught.value)
    return caught.value


def test_cash_that_margin_needs(world: World, short: Author) -> None:
    """The row that takes most, and the cents that lack: with those it is proven."""
    state, amount = world.state, short.known.values[0]
    asked = state.demands(state.current_market).withdrawal(state.parameters.floor)
    left = (short.known.values[0] - amount, *short.known.values[1:])
    lacking = -(judge(world.shape, asked, left).total // SCALE)
    said = refusal(lambda: short.withdraw(state, 0, amount))
    assert said.scope.startswith("total")
    assert str(said).startswith("no proof exists: the check total")
    assert f"got {money(lacking)} USD too little; most is lost with BTC +45 %" in str(said)
    assert "expected margin without collateral" in str(said)
    short.withdraw(state, 0, amount - lacking)
    refusal(lambda: short.withdraw(state, 0, amount - lacking + 1))


def test_each_margin_has_its_name(world: World, short: Author) -> None:
    """Initial margin of an order, of the account as it would be when it is filled."""
    order = Opening((0, 0, 0, -(10**6)), 5)
    said = refusal(lambda: short.place_order(world.state, order, bytes(32)))
    assert "expected initial margin to be met" in str(said)
    assert str(said).endswith("in the account with the order filled")
    short.opening = short.known + Opening((-CASH, 0, 0, 0), 0)
    said = refusal(lambda: short.prove_margin(world.state))
    assert "expected maintenance margin to be met" in str(said)


def test_coins_back_losses_and_pay_for_nothing(world: World) -> None:
    """Margin enough, and no cash for what the order costs: the other condition has words too."""
    owner = world.join(CASH)
    world.deposit(owner, 1, 10 * 10**8)
    order = Opening((-CASH - 602_000, 0, 100, 0), 5)
    said = refusal(lambda: owner.place_order(world.state, order, bytes(32)))
    assert said.scope.startswith("paid")
    assert " USD too little" in str(said)
    assert "without pledged coins" in str(said)


def test_a_notional_beyond_the_cap(world: World) -> None:
    """However much cash there is."""
    owner, lots = world.join(10**13), world.state.parameters.cap // 6_000 + 1
    order = Opening((-6_000 * lots, 0, lots, 0), 5)
    said = refusal(lambda: owner.place_order(world.state, order, bytes(32)))
    assert said.scope.startswith("concentration")
    assert "a notional within the cap of one account" in str(said)


@pytest.mark.parametrize(
    ("component", "amount", "words"),
    [
        (1, -1, ("0 BTC or more", "got -1")),
        (2, 1 << 47, ("140,737,488,355,327 BTC-PERP or less", "got 140,737,488,355,328")),
    ],
)
def test_what_is_out_of_its_width(
    world: World, component: int, amount: int, words: tuple[str, ...]
) -> None:
    """The component by its label, and the bound that it broke."""
    owner = world.join(CASH)
    owner.opening = owner.known + Opening(tuple(amount * (k == component) for k in range(4)), 0)
    said = refusal(lambda: owner.prove_margin(world.state))
    assert said.scope.startswith("range")
    for each in words:
        assert each in str(said)


def claims(world: World) -> dict[str, tuple[Any, str]]:
    engine, market = world.market.engine(), world.state.current_market
    floor = engine.equity_floor(market.observation, market.time, CASH + 123)
    return {
        "equity": (floor, f"expected {money(CASH + 123)} USD or more at the mark, got 1.23 "),
        "own": (padded(world.shape, [(0, 0, 1, 0)], [-5]), "row 0 of the claim to be 0 or more"),
    }


@pytest.mark.parametrize("name", ["equity", "own"])
def test_a_claim_that_is_false(world: World, name: str) -> None:
    """Equity in cents; rows of one's own in what they count."""
    owner = world.join(CASH)
    rows, words = claims(world)[name]
    assert words in str(refusal(lambda: owner.publish_claim(world.state, "claim", rows)))


def test_a_fill_that_is_no_part_of_its_order(world: World) -> None:
    """The matcher learns which check it was; the numbers of the order are not repeated."""
    keys, state = MatcherKeys.draw(world.randomness), world.state
    order, worse = Opening((-6_000_000, 0, 1_000, 0), 7), Opening((-6_001, 0, 1, 0), 8)
    fill = OrderFill(0, 3, order, worse, 1, 1_000)
    terms = settlement_terms(state, [firm_terms(fill)], keys.public)
    said = refusal(lambda: Filler(keys.seed, world.proving).leg(state, terms, fill))
    assert said.scope == "price"
    assert "a part of order 3 at its limit or better" in str(said)
    assert "6001" not in str(said)


def test_an_audience_hears_no_number(world: World, short: Author) -> None:
    """The headline has the check's name and nothing of what it looked at."""
    said = refusal(lambda: short.withdraw(world.state, 0, short.known.values[0]))
    assert headline(said) == f"no proof exists: the check {said.scope} does not hold"
