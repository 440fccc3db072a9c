from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from development.offices import Committee
from ledger.errors import LimitExceeded, Unauthorised
from ledger.market.data import Observation
from ledger.transitions.market import agreed_by
from tests.ledger.adversary.attacks import refused
from tests.ledger.world import World, stand_in_world
from zk.errors import SignatureRejected
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey


@pytest.fixture
def world() -> World:
    """Four oracles, of whom three must agree: as a production ledger has them."""
    randomness = insecure_seeded_randomness(b"four oracles")
    members = tuple(SigningKey.draw(randomness) for _ in range(4))
    committee = Committee(members, 3)
    world = stand_in_world(oracles=committee.quorum)
    world.offices = replace(world.offices, oracles=committee)
    seen = world.market.observation
    world.submit(world.offices.update_market(world.state, [seen] * 3, world.now))
    world.now += world.state.parameters.min_interval
    return world


def _at(world: World, spot: int, vol: int | None = None) -> Observation:
    seen = world.market.observation
    return seen.model_copy(update={"spots": (spot,), "vols": (vol or seen.vols[0],)})


def _publish(world: World, reports: list[Observation]) -> Observation:
    world.submit(world.offices.update_market(world.state, reports, world.now))
    assert not world.state.current_market.is_locked
    return world.state.current_market.observation


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("lie", [1, 3_000_000, 5_690_000, 6_320_000, 12_000_000, 10**12])
def test_one_liar_of_four_moves_nothing_and_stalls_nothing(
    world: World, place: int, lie: int
) -> None:
    """Wherever his report stands and whatever it says, the price is one that an honest one saw."""
    honest = [5_990_000, 6_000_000, 6_010_000]
    reports = [_at(world, spot) for spot in honest]
    reports.insert(place, _at(world, lie))
    assert _publish(world, reports).spots[0] in honest


@pytest.mark.parametrize("vol", [1, 10**8])
def test_a_liar_about_anything_else_moves_it_within_honest_reports(world: World, vol: int) -> None:
    """A vol has no spread of its own: the median of four keeps it between those that were seen."""
    seen = world.market.observation.vols[0]
    reports = [_at(world, 6_000_000, seen + shift) for shift in (-10, 0, 10)]
    agreed = {
        agreed_by(world.state, order).vols[0]
        for order in permutations((*reports, _at(world, 6_000_000, vol)))
    }
    assert len(agreed) == 1
    assert seen - 10 <= _publish(world, [*reports, _at(world, 6_000_000, vol)]).vols[0] <= seen + 10


def test_two_liars_of_four_stall_and_do_not_move(world: World) -> None:
    """Half of all are no minority: nothing is published, least of all what they say."""
    reports = [_at(world, spot) for spot in (6_000_000, 6_000_000, 3_000_000, 12_000_000)]
    with refused(world, LimitExceeded, "reports"):
        world.submit(world.offices.update_market(world.state, reports, world.now))


def test_a_report_at_the_spread_is_heard_and_past_it_not(world: World) -> None:
    """Five percent of the median, to the cent; with three reports each of them is needed."""
    spread = 6_000_000 * 500 // 10_000
    near = [_at(world, spot) for spot in (6_000_000 - spread, 6_000_000, 6_000_000 + 1)]
    world.submit(world.offices.update_market(world.state, near, world.now))
    world.now += world.state.parameters.min_interval
    far = [_at(world, spot) for spot in (6_000_000 - spread - 1, 6_000_000, 6_000_000 + 1)]
    with refused(world, LimitExceeded, "reports"):
        world.submit(world.offices.update_market(world.state, far, world.now))


def test_a_report_that_its_oracle_has_not_signed_is_no_report(world: World) -> None:
    """Whoever enters the market puts in no words of his own; nor are two reports enough."""
    seen = world.market.observation
    update = world.offices.update_market(world.state, [seen] * 4, world.now)
    liar = update.reports[3].model_copy(update={"observation": _at(world, 5_900_000)})
    bent = update.model_copy(update={"reports": (*update.reports[:3], liar)})
    endorsements = world.offices.oracles.endorse(bent.binding(world.ledger.id))
    with refused(world, SignatureRejected, "signature of reporting oracle 3"):
        world.submit(bent.model_copy(update={"endorsements": endorsements}))
    few = update.model_copy(update={"reports": update.reports[:2]})
    with refused(world, Unauthorised, "signatures of reporting oracles"):
        world.submit(few)
