from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from development.offices import Committee
from ledger.errors import (
    MalformedTransition,
    Unauthorised,
)
from ledger.parameters import Endorsement, Parameters
from ledger.transitions import UpdateParams
from tests.ledger.adversary.attacks import at_expiry, overdue, refused
from tests.ledger.world import World
from zk.errors import SignatureRejected

BUY = {0: -60_000, 2: 10}


def _change(world: World, effective: int | None = None, **changes: Any) -> UpdateParams:
    """Endorsed by the governors, in force as soon as it may be."""
    parameters: Parameters = world.state.parameters.model_copy(update=changes)
    when = world.now + parameters.delay if effective is None else effective
    return world.offices.update_params(world.state, parameters, when)


def test_a_quorum_can_be_met_and_by_several(world: World) -> None:
    """One holder twice, more needed than there are."""
    quorum = world.state.parameters.guardians
    for change in ({"keys": (quorum.keys[0],) * 3}, {"threshold": 4}, {"keys": ()}):
        bent = quorum.model_copy(update=change)
        with refused(world, MalformedTransition, "quorum of guardians"):
            world.submit(_change(world, guardians=bent))


def _market(world: World) -> Any:
    world.now += 1_800
    seen = world.market.observation
    return world.offices.update_market(world.state, [seen, seen], world.now)


def _expiry(world: World) -> Any:
    at_expiry(world)
    return world.offices.expire(world.state, 1, 5)


def _reveal(world: World) -> Any:
    buyer, seller = world.authors
    world.trade(buyer, seller, BUY)
    overdue(world)
    return world.offices.reveal(world.state, 0, world.ledger.entry)


OFFICIAL: dict[str, tuple[Callable[[World], Any], str, str]] = {
    "update-market": (_market, "oracles", "oracle"),
    "expire": (_expiry, "oracles", "oracle"),
    "reveal": (_reveal, "guardians", "guardian"),
    "update-params": (lambda world: _change(world, leg_fee=7), "governors", "governor"),
}


@pytest.mark.parametrize("kind", OFFICIAL)
def test_an_office_acts_by_its_quorum(world: World, kind: str) -> None:
    """Nobody, one, one twice, not in order, a place past the last: too few have signed."""
    write, _, role = OFFICIAL[kind]
    good = write(world)
    one, two = good.endorsements
    for index in (3, (1 << 53) - 1):
        ghost = Endorsement(signer=index, signature=two.signature)
        for some in ((), (one,), (one, one), (two, one), (one, ghost), (one, two, two)):
            bent = good.model_copy(update={"endorsements": some})
            with refused(world, Unauthorised, f"signatures of {role}s"):
                world.submit(bent)
    world.submit(good)


@pytest.mark.parametrize("kind", OFFICIAL)
def test_an_office_signs_these_terms_and_no_others(world: World, kind: str) -> None:
    """Another's signature in its place, one of another message, one of another ledger."""
    write, office, role = OFFICIAL[kind]
    good = write(world)
    two = good.endorsements[1]
    committee: Committee = getattr(world.offices, office)
    key = committee.members[0]
    for signature in (two.signature, key.sign(b""), key.sign(good.binding(bytes(32)))):
        forged = Endorsement(signer=0, signature=signature)
        bent = good.model_copy(update={"endorsements": (forged, two)})
        with refused(world, SignatureRejected, f"signature of {role} 0"):
            world.submit(bent)
    world.submit(good)
