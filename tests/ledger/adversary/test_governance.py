from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    OutOfOrder,
)
from ledger.parameters import MAX_TOTAL, EscrowKey, Parameters
from ledger.transitions import UpdateParams
from ledger.transitions.governance import MAX_PENDING
from tests.ledger.adversary.attacks import at_present, refused
from tests.ledger.world import World, stand_in_world
from zk.babyjubjub import Point
from zk.errors import ProofRejected, ZkError


def _change(world: World, effective: int | None = None, **changes: Any) -> UpdateParams:
    """Endorsed by the governors, in force as soon as it may be."""
    parameters: Parameters = world.state.parameters.model_copy(update=changes)
    when = world.now + parameters.delay if effective is None else effective
    return world.offices.update_params(world.state, parameters, when)


def test_a_change_waits_for_its_delay(world: World) -> None:
    """Everybody has time to read it, and it is in force at that second and not before."""
    fee = world.state.parameters.leg_fee + 1
    start = world.now + world.state.parameters.delay
    with refused(world, OutOfOrder, "effective time"):
        world.submit(_change(world, start - 1, leg_fee=fee))
    world.submit(_change(world, leg_fee=fee))
    world.now = start - 1
    assert at_present(world).parameters.leg_fee == fee - 1
    world.now = start
    assert at_present(world).parameters.leg_fee == fee
    world.publish()
    assert world.state.parameters.leg_fee == fee
    assert world.state.pool.pending == ()


def test_a_change_is_made_once(world: World) -> None:
    """By its number: not again, not out of turn."""
    change = _change(world, leg_fee=7)
    world.submit(change)
    with refused(world, OutOfOrder, "change"):
        world.submit(change)
    for number in (0, 3, (1 << 53) - 1):
        bent = change.model_copy(update={"change": number})
        endorsements = world.offices.governors.endorse(bent.binding(world.ledger.id))
        with refused(world, OutOfOrder, "change"):
            world.submit(bent.model_copy(update={"endorsements": endorsements}))


def test_a_change_does_not_overtake_another(world: World) -> None:
    """What was announced comes first; several may come at one second, in their order."""
    later = world.now + 2 * world.state.parameters.delay
    world.submit(_change(world, later, leg_fee=7))
    with refused(world, OutOfOrder, "effective time"):
        world.submit(_change(world, later - 1, leg_fee=8))
    world.submit(_change(world, later, leg_fee=9))
    world.now = later
    assert at_present(world).parameters.leg_fee == 9


def test_what_waits_is_bounded(world: World) -> None:
    """The pool is part of every entry's state."""
    for fee in range(MAX_PENDING):
        world.submit(_change(world, leg_fee=fee))
    with refused(world, LimitExceeded, "pending changes"):
        world.submit(_change(world, leg_fee=99))


#: Parameters that contradict themselves, and what the refusal names.
BENT: dict[str, tuple[dict[str, Any], type[ZkError], str]] = {
    "a longer grace than scenarios reach": ({"grace": 86_400}, LimitExceeded, "reach of .*"),
    "a larger move than scenarios reach": ({"max_spots_bps": (9_999,)}, LimitExceeded, "reach.*"),
    "moves of too many": ({"max_spots_bps": (1, 1)}, MalformedTransition, "largest moves"),
    "a step that does not divide": ({"sale_step": 7}, MalformedTransition, "sale step"),
    "a negative fee": ({"leg_fee": -1}, MalformedTransition, r"update-params\..*leg_fee"),
    "a fee past its bound": (
        {"order_fee": (1 << 40) + 1},
        MalformedTransition,
        r"update-params\..*order_fee",
    ),
    "no total": ({"max_total": 0}, MalformedTransition, r"update-params\..*max_total"),
    "a total past its bound": (
        {"max_total": MAX_TOTAL + 1},
        MalformedTransition,
        r"update-params\..*max_total",
    ),
    "no delay": ({"delay": 0}, MalformedTransition, r"update-params\..*delay"),
}


@pytest.mark.parametrize("name", BENT)
def test_parameters_that_contradict_themselves_are_refused(world: World, name: str) -> None:
    """Whoever signed them."""
    changes, error, subject = BENT[name]
    with refused(world, error, subject):
        world.submit(_change(world, world.now + 86_400, **changes))


@pytest.mark.parametrize(
    "changes", [{"leg_fee": 0}, {"leg_fee": 1 << 40}, {"max_total": MAX_TOTAL}]
)
def test_parameters_at_their_bounds_are_admitted(world: World, changes: dict[str, int]) -> None:
    """The bound itself is allowed."""
    world.submit(_change(world, **changes))


def test_an_escrow_key_has_an_owner(world: World) -> None:
    """Without a possession, with another's, at the identity: no reveal would ever succeed."""
    good = world.offices.with_escrow_secret(77).escrow_key()
    stolen = EscrowKey(point=good.point + Point.BASE8, possession=good.possession)
    with refused(world, ProofRejected, "possession of the escrow key"):
        world.submit(_change(world, escrow=stolen))
    mine = world.offices.escrow_key()
    borrowed = EscrowKey(point=good.point, possession=mine.possession)
    with refused(world, ProofRejected, "possession of the escrow key"):
        world.submit(_change(world, escrow=borrowed))
    hollow = EscrowKey(point=Point.IDENTITY, possession=good.possession)
    with refused(world, MalformedTransition, "escrow key"):
        world.submit(_change(world, escrow=hollow))
    world.submit(_change(world, escrow=good))


def test_what_is_no_possession_is_refused_by_its_name(world: World) -> None:
    """As with bytes that are no Groth16 proof: the refusal names what they should prove."""
    good = world.offices.with_escrow_secret(77).escrow_key()
    blank = EscrowKey(point=good.point, possession=bytes(64))
    with refused(world, ProofRejected, "possession of the escrow key"):
        world.submit(_change(world, escrow=blank))


def test_scenarios_reach_to_the_last_update_before_a_sale_ends() -> None:
    """Updates at the start, in the middle and at the end of grace and sale: three moves of 7 %."""
    with pytest.raises(LimitExceeded):
        stand_in_world(grace=1_800, sale_duration=1_800, max_spots_bps=(723,))


def test_scenarios_reach_as_far_as_spot_and_funding_together(world: World) -> None:
    """The mark of a perpetual is spot less funding, and both may move in one update."""
    matrices, parameters = world.state.current_market.matrices, world.state.parameters
    worst = min(row[2] for row in matrices.maintenance.matrix)
    most, funding = parameters.max_spots_bps[0], parameters.max_funding_bps
    seen = world.market.observation
    for _ in range(3):
        spot = seen.spots[0]
        seen = seen.model_copy(
            update={
                "spots": (spot - spot * most // 10_000,),
                "funding": (seen.funding[0] + spot * 100 * funding,),
            }
        )
        world.next_epoch(seen)
    assert world.state.current_market.matrices.mark[2] >= worst


def test_scenarios_of_which_no_market_can_come_are_refused(world: World) -> None:
    """Risk parameters under which every honest market would be refused: the ledger would stop."""
    risk = world.state.parameters.risk
    moving = tuple(
        each.model_copy(update={"prices_bps": tuple(move or 1 for move in each.prices_bps)})
        for each in risk.scenarios.scenarios
    )
    scenarios = risk.scenarios.model_copy(update={"scenarios": moving})
    with refused(world, LimitExceeded, "scenario.*"):
        world.submit(_change(world, risk=risk.model_copy(update={"scenarios": scenarios})))
