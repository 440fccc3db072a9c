from __future__ import annotations

from typing import Any, Final

import pytest
from pydantic import ValidationError

from ledger.errors import LimitExceeded, MalformedTransition
from ledger.market.reach import Reach, RiskParameters
from ledger.parameters import DAY, MAX_CASH, MAX_COLLATERAL, Parameters
from ledger.transitions import UpdateParams
from tests.ledger.adversary.attacks import refused
from tests.ledger.world import World, stand_in_world
from zk.errors import ZkError

#: Of each number the least and the greatest that may be set, and what else must be set with it.
BOUNDS: Final[dict[str, tuple[int, int, dict[str, Any], dict[str, Any]]]] = {
    "order_fee": (0, 10**6, {}, {}),
    "leg_fee": (0, 10**6, {}, {}),
    "floor": (0, MAX_CASH - 1, {}, {}),
    "cap": (1, MAX_CASH, {}, {}),
    "fund_floor": (0, MAX_CASH, {}, {}),
    "discount_bps": (1, 2_000, {}, {}),
    "max_age": (20, DAY, {}, {"grace": DAY}),
    "min_interval": (20, DAY, {}, {"max_gap": DAY}),
    "max_gap": (600, 7 * DAY, {"min_interval": 600}, {}),
    "max_vol_bps": (1, 2_000, {}, {}),
    "max_funding_bps": (0, 100, {}, {}),
    "max_rate_bps": (0, 100, {}, {}),
    "max_basis_bps": (0, 100, {}, {}),
    "max_slope_bps": (0, 100, {}, {}),
    "max_spread_bps": (1, 9_999, {}, {}),
    "grace": (40, DAY, {"max_age": 39}, {}),
    "reveal": (20, DAY, {}, {}),
    "sale_duration": (20, DAY, {"sale_step": 20}, {}),
    "sale_step": (1, DAY, {}, {"sale_duration": DAY}),
    "settling": (1, 600, {}, {}),
    "delay": (60, 366 * DAY, {}, {"key_delay": 366 * DAY}),
    "key_delay": (60, 366 * DAY, {"delay": 60}, {}),
}
#: The bounds at which something else gives way, and what: they are refused for that alone.
GIVES_WAY: Final = {
    "max_age": "age of a market",
    "min_interval": "(price|vol) reach, underlying 0",
    "max_gap": "(price|vol) reach, underlying 0",
    "max_vol_bps": "vol reach, underlying 0",
    "grace": "(price|vol) reach, underlying 0",
    "reveal": "(price|vol) reach, underlying 0",
    "sale_duration": "(price|vol) reach, underlying 0",
    "sale_step": "(price|vol) reach, underlying 0",
}


def _change(world: World, effective: int | None = None, **changes: Any) -> UpdateParams:
    parameters: Parameters = world.state.parameters.model_copy(update=changes)
    when = world.now + 2 * DAY if effective is None else effective
    return world.offices.update_params(world.state, parameters, when)


@pytest.fixture
def world() -> World:
    return stand_in_world()


@pytest.mark.parametrize("name", BOUNDS)
def test_a_parameter_past_its_bounds_is_refused(world: World, name: str) -> None:
    """One below the least and one above the greatest, whoever signed them."""
    least, most, _, _ = BOUNDS[name]
    for value in (least - 1, most + 1, -1, 1 << 64):
        with refused(world, MalformedTransition, rf"update-params\.parameters\.{name}"):
            world.submit(_change(world, **{name: value}))


@pytest.mark.parametrize("name", BOUNDS)
def test_a_parameter_at_its_bounds_is_admitted(world: World, name: str) -> None:
    """Or refused for what follows from it, and says so: the rows would not reach as far."""
    least, most, below, above = BOUNDS[name]
    for value, others in ((least, below), (most, above)):
        change = _change(world, **{name: value}, **others)
        try:
            world.submit(change)
        except LimitExceeded:
            with refused(world, LimitExceeded, GIVES_WAY[name]):
                world.submit(change)


@pytest.mark.parametrize("name", ["max_spots_bps", "max_totals"])
def test_every_number_of_many_has_its_bounds(world: World, name: str) -> None:
    """Of each underlying, of each asset."""
    for bad in ((0,), (10_000,), (-1,)) if name == "max_spots_bps" else ((0, 1), (1, 0)):
        changes: dict[str, Any] = {name: bad}
        with refused(world, MalformedTransition, rf"update-params\.parameters\.{name}\.\d"):
            world.submit(_change(world, **changes))


#: Parameters that contradict themselves, and what the refusal names.
BENT: Final[dict[str, tuple[dict[str, Any], type[ZkError], str]]] = {
    "a longer grace than rows reach": ({"grace": DAY}, LimitExceeded, "price reach, .*"),
    "a longer reveal than rows reach": ({"reveal": 1_200}, LimitExceeded, "price reach, .*"),
    "a longer sale than rows reach": ({"sale_duration": 1_200}, LimitExceeded, "price reach, .*"),
    "a shorter interval than rows reach": ({"min_interval": 900}, LimitExceeded, "price reach, .*"),
    "a larger move than rows reach": ({"max_spots_bps": (478,)}, LimitExceeded, "price reach, .*"),
    "a larger move of vols": ({"max_vol_bps": 915}, LimitExceeded, "vol reach, underlying 0"),
    "moves of too many": ({"max_spots_bps": (1, 1)}, MalformedTransition, "largest moves"),
    "moves of none": ({"max_spots_bps": ()}, MalformedTransition, "largest moves"),
    "totals of too many": ({"max_totals": (1, 1, 1)}, MalformedTransition, "largest totals"),
    "more coins than a proof holds": (
        {"max_totals": (1, MAX_COLLATERAL + 1)},
        LimitExceeded,
        "largest total of asset 1",
    ),
    "a market that outlives the grace": ({"max_age": 3_600}, LimitExceeded, "age of a market"),
    "a step that does not divide": ({"sale_step": 7}, MalformedTransition, "sale step"),
    "keys that change at once": ({"key_delay": DAY - 1}, LimitExceeded, "delay of keys"),
    "a gap within the interval": (
        {"max_gap": 1_799},
        LimitExceeded,
        "gap between markets",
    ),
    "a quorum that nobody meets": (
        {"oracles": {"threshold": 4}},
        MalformedTransition,
        "quorum of oracles",
    ),
    "reaches of too many": ({"risk": {"reaches": 2}}, MalformedTransition, "reaches"),
    "a reach of nothing": ({"risk": {"price_bps": 475}}, LimitExceeded, "price reach, .*"),
    "no reach of a vol": ({"risk": {"vol_bps": 0}}, LimitExceeded, "vol reach, .*"),
}


def _filled(world: World, changes: dict[str, Any]) -> dict[str, Any]:
    """What is written in short above."""
    parameters = world.state.parameters
    if "oracles" in changes:
        return {"oracles": parameters.oracles.model_copy(update=changes["oracles"])}
    if "risk" not in changes:
        return changes
    risk, reach = parameters.risk, parameters.risk.reaches[0]
    terms = dict(changes["risk"])
    reaches = (reach.model_copy(update=terms),) * terms.pop("reaches", 1)
    return {"risk": risk.model_copy(update={"reaches": reaches})}


@pytest.mark.parametrize("name", BENT)
def test_parameters_that_contradict_themselves_are_refused(world: World, name: str) -> None:
    """Whoever signed them, now or at the founding."""
    changes, error, subject = BENT[name]
    with refused(world, error, subject):
        world.submit(_change(world, **_filled(world, changes)))
    with pytest.raises(error):
        stand_in_world(**_filled(world, changes))


def test_a_network_in_a_test_lives_through_a_default_in_two_minutes() -> None:
    """The floors of all times at once are a ledger that can be founded."""
    times: dict[str, Any] = {
        "min_interval": 20,
        "grace": 40,
        "max_age": 30,
        "reveal": 20,
        "sale_duration": 20,
        "sale_step": 5,
        "delay": 60,
        "key_delay": 60,
        "max_gap": 600,
        "settling": 1,
    }
    world = stand_in_world(**times, max_spots_bps=(282,), max_vol_bps=500)
    assert world.state.parameters.updates == 5
    world.publish()


@pytest.mark.parametrize(("price", "vol"), [(0, 0), (3_301, 0), (1, -1), (1, 10_001)])
def test_a_reach_past_its_bounds_is_none(price: int, vol: int) -> None:
    """Three of them must leave something of a price."""
    with pytest.raises(ValidationError):
        Reach(price_bps=price, vol_bps=vol)
    Reach(price_bps=1, vol_bps=0)
    Reach(price_bps=3_300, vol_bps=10_000)


@pytest.mark.parametrize("factor", [9_999, 30_001])
def test_a_factor_past_its_bounds_is_none(factor: int) -> None:
    """Initial margin asks no less than maintenance, and at most three times as much."""
    reach = Reach(price_bps=1_500, vol_bps=3_000)
    with pytest.raises(ValidationError):
        RiskParameters(reaches=(reach,), initial_factor_bps=factor)
    for good in (10_000, 30_000):
        RiskParameters(reaches=(reach,), initial_factor_bps=good)


def test_a_floor_at_its_bound_stops_no_proof() -> None:
    """It fits the width that statements have for it: nobody meets it, and nothing breaks."""
    world = stand_in_world(floor=MAX_CASH - 1)
    world.publish()
    author = world.join(10**7)
    world.accept(author, author.prove_margin(world.state))
    world.accept(author, author.withdraw(world.state, 0, 5))
