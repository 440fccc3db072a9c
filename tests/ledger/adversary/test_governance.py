from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    OutOfOrder,
)
from ledger.parameters import EscrowKey, Parameters
from ledger.transitions import UpdateParams
from ledger.transitions.governance import MAX_LEAD, MAX_PENDING
from tests.ledger.adversary.attacks import at_present, refused
from tests.ledger.world import World, stand_in_world
from zk.babyjubjub import Point
from zk.errors import ProofRejected


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


def test_the_reach_of_rows_lasts_to_the_end_of_a_sale() -> None:
    """Updates at the start, in the middle and at the end of grace, reveal and sale."""
    fitting: dict[str, Any] = {"grace": 3_600, "reveal": 600, "sale_duration": 600}
    stand_in_world(**fitting, max_spots_bps=(476,))
    with pytest.raises(LimitExceeded, match="price reach"):
        stand_in_world(**fitting, max_spots_bps=(478,))
    for longer in ({"grace": 3_601}, {"reveal": 1_200}, {"sale_duration": 1_200}):
        with pytest.raises(LimitExceeded, match="price reach"):
            stand_in_world(**{**fitting, **longer}, max_spots_bps=(476,))


def test_keys_change_more_slowly_than_numbers(world: World) -> None:
    """Oracles, governors, guardians and the custodian; numbers may have become theirs before."""
    parameters = world.state.parameters
    soon, late = world.now + parameters.delay, world.now + parameters.key_delay
    quorum = parameters.oracles.model_copy(update={"threshold": 3})
    stranger = bytes([5]) * 32
    changes: list[dict[str, Any]] = [
        {"oracles": quorum},
        {"governors": quorum},
        {"guardians": quorum},
        {"custodian": stranger},
    ]
    for change in changes:
        with refused(world, OutOfOrder, "effective time"):
            world.submit(_change(world, late - 1, **change))
        with refused(world, OutOfOrder, "effective time"):
            world.submit(_change(world, soon, leg_fee=7, **change))
    world.submit(_change(world, soon, leg_fee=7))
    for change in changes:
        with refused(world, OutOfOrder, "effective time"):
            world.submit(_change(world, late - 1, leg_fee=7, **change))
    world.submit(_change(world, late, leg_fee=7, custodian=stranger))


def test_the_delay_of_keys_is_not_shortened_on_the_way(world: World) -> None:
    """Else it would be no longer than the delay of numbers: it waits for itself."""
    parameters = world.state.parameters
    late = world.now + parameters.key_delay
    with refused(world, OutOfOrder, "effective time"):
        world.submit(_change(world, late - 1, key_delay=parameters.delay))
    world.submit(_change(world, late, key_delay=parameters.delay))


def test_a_change_of_keys_does_not_hide_behind_one_that_waits(world: World) -> None:
    """What waits counts as in force: the second change back is a change of keys as well."""
    parameters = world.state.parameters
    late = world.now + parameters.key_delay
    world.submit(_change(world, late, custodian=bytes([5]) * 32))
    with refused(world, OutOfOrder, "effective time"):
        world.submit(_change(world, late - 1, custodian=bytes([5]) * 32))
    world.now += parameters.delay
    with refused(world, OutOfOrder, "effective time"):
        world.submit(_change(world, late))
    world.submit(_change(world, world.now + parameters.key_delay))


def test_nothing_waits_for_ever(world: World) -> None:
    """A change far in the future would stand in the way of all that come after it."""
    parameters = world.state.parameters
    latest = world.now + parameters.delay + MAX_LEAD
    with refused(world, LimitExceeded, "effective time"):
        world.submit(_change(world, latest + 1, leg_fee=7))
    world.submit(_change(world, latest, leg_fee=7))
