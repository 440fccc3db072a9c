from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder, Unauthorised
from ledger.escrows import reveal_of
from ledger.market.data import Observation
from ledger.transitions import UpdateMarket
from ledger.transitions.market import report_message
from tests.ledger.adversary.attacks import refused
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import SignatureRejected


@pytest.fixture
def world() -> World:
    world = peopled(stand_in_world(), 1)
    world.now += world.state.parameters.min_interval
    return world


def _moved(seen: Observation, what: str, by: int) -> Observation:
    values = getattr(seen, what)
    moved = values + by if isinstance(values, int) else (values[0] + by, *values[1:])
    return seen.model_copy(update={what: moved})


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("what", ["spots", "vols", "funding", "rate"])
def test_a_number_moves_to_its_bound_and_not_past_it(world: World, what: str, sign: int) -> None:
    """Up and down alike."""
    seen, parameters = world.market.observation, world.state.parameters
    most = {
        "spots": seen.spots[0] * parameters.max_spots_bps[0] // 10_000,
        "vols": seen.vols[0] * parameters.max_vol_bps // 10_000,
        "funding": seen.spots[0] * 10**6 * parameters.max_funding_bps // 10_000,
        "rate": 100 * parameters.max_rate_bps,
    }[what]
    subject = f"move of {what.removesuffix('s')}( 0)?"
    with refused(world, LimitExceeded, subject):
        world.publish(_moved(seen, what, sign * (most + 1)))
    world.publish(_moved(seen, what, sign * most))


def test_one_reporter_of_two_moves_nothing_past_the_bound(world: World) -> None:
    """The lower median of two is the lower: it is bounded like any other."""
    seen = world.market.observation
    for crash in (1, seen.spots[0] // 2):
        low = seen.model_copy(update={"spots": (crash,)})
        update = world.offices.update_market(world.state, [low, seen], world.now)
        with refused(world, LimitExceeded, "move of spot 0"):
            world.submit(update)


def test_a_report_of_other_underlyings_is_refused(world: World) -> None:
    """One too many, in one report or in all."""
    seen = world.market.observation
    more = Observation(
        spots=(*seen.spots, 1), vols=(*seen.vols, 1), rate=seen.rate, funding=(*seen.funding, 0)
    )
    matrices = world.state.current_market.matrices
    for pair in ([more, more], [more, seen]):
        update = world.offices.update_market(world.state, pair, world.now, matrices)
        with refused(world, LimitExceeded, "report of oracle 0"):
            world.submit(update)


def _signed(world: World, epoch: int, time: int) -> UpdateMarket:
    """An update for that epoch and time, reported and endorsed in all form."""
    seen, ledger = world.market.observation, world.ledger.id
    update = world.offices.update_market(world.state, [seen, seen], world.now)
    reports = tuple(
        report.model_copy(
            update={
                "signature": world.offices.oracles.members[report.oracle].sign(
                    report_message(ledger, epoch, time, seen)
                )
            }
        )
        for report in update.reports
    )
    changed = update.model_copy(update={"epoch": epoch, "time": time, "reports": reports})
    endorsements = world.offices.oracles.endorse(changed.binding(ledger))
    return changed.model_copy(update={"endorsements": endorsements})


@pytest.mark.parametrize("epoch", [0, 1, 3, (1 << 53) - 1])
def test_epochs_are_neither_skipped_nor_repeated(world: World, epoch: int) -> None:
    """The one after the last, and no other."""
    with refused(world, OutOfOrder, "epoch"):
        world.submit(_signed(world, epoch, world.now))


@pytest.mark.parametrize("late", [1, -1_800, -1_801, -(10**6)])
def test_the_time_of_a_market_is_past_and_after_the_last(world: World, late: int) -> None:
    """Not in the future, not before the interval is over."""
    with refused(world, OutOfOrder, "time of the market"):
        world.submit(_signed(world, 2, world.now + late))


def test_a_market_that_is_too_old_is_not_published(world: World) -> None:
    """At its greatest age it is; older it would be stale at once."""
    world.now += 100_000
    oldest = world.now - world.state.parameters.max_age
    with refused(world, OutOfOrder, "time of the market"):
        world.submit(_signed(world, 2, oldest - 1))
    world.submit(_signed(world, 2, oldest))


def test_a_report_is_of_one_epoch_time_ledger_and_sight(world: World) -> None:
    """Endorsed by the quorum, reported for something else."""
    good = _signed(world, 2, world.now)
    seen = good.reports[0].observation
    key = world.offices.oracles.members[0]
    for message in (
        report_message(world.ledger.id, 1, world.now, seen),
        report_message(world.ledger.id, 2, world.now - 1, seen),
        report_message(bytes(32), 2, world.now, seen),
        report_message(world.ledger.id, 2, world.now, _moved(seen, "spots", 1)),
    ):
        report = good.reports[0].model_copy(update={"signature": key.sign(message)})
        bent = good.model_copy(update={"reports": (report, good.reports[1])})
        endorsements = world.offices.oracles.endorse(bent.binding(world.ledger.id))
        with refused(world, SignatureRejected, "signature of reporting oracle 0"):
            world.submit(bent.model_copy(update={"endorsements": endorsements}))
    world.submit(good)
    with refused(world, OutOfOrder, "epoch"):
        world.submit(good)


def test_reports_are_of_distinct_oracles_in_order_and_enough(world: World) -> None:
    """Nobody's report counts twice."""
    good = _signed(world, 2, world.now)
    one, two = good.reports
    ninth = one.model_copy(update={"oracle": 9})
    for reports in ((), (one,), (one, one), (two, one), (one, ninth)):
        bent = good.model_copy(update={"reports": reports})
        endorsements = world.offices.oracles.endorse(bent.binding(world.ledger.id))
        with refused(world, Unauthorised, "signatures of reporting oracles"):
            world.submit(bent.model_copy(update={"endorsements": endorsements}))


def test_a_stale_market_admits_only_what_harms_nobody(world: World) -> None:
    """Oracles stall: losers may not trade, withdraw or buy at old marks; proving goes on."""
    author, market = world.authors[0], world.state.current_market
    world.now = market.time + world.state.parameters.max_age
    world.accept(author, author.prove_margin(world.state))
    world.now += 1
    state = world.state
    delta = world.delta({0: 1})
    other = replace(author)
    written = [
        author.withdraw(state, 0, 5).transition,
        author.refresh(state).transition,
        author.prove_flat(state).transition,
        author.place_order(state, delta, world.matcher.public).transition,
        author.publish_claim(state, "", market.matrices.maintenance).transition,
        world.settlement([(other, world.delta({}))])[0],
    ]
    for transition in written:
        with refused(world, NotAdmitted, "age of the market"):
            world.submit(transition)
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(reveal_of(world.state, 0, author.known))
    world.deposit(author, 0, 5)
    world.accept(author, author.prove_margin(world.state))


def test_an_order_is_cancelled_under_a_stale_market_and_not_filled(world: World) -> None:
    """Its owner can always leave."""
    author, other = world.authors[0], world.join(10**7)
    bid, ask = world.order(author, {0: -60_000, 2: 10}), world.order(other, {0: 60_000, 2: -10})
    fills = [world.fill(author, bid, 1, 1), world.fill(other, ask, 1, 1)]
    world.now += world.state.parameters.max_age
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(world.firm_settlement(fills))
    world.accept(author, author.cancel_order(world.state))


def test_before_the_first_market_nothing_can_be_proven() -> None:
    """Deposits can be made; there is nothing to judge by."""
    world = stand_in_world()
    author = world.join(10**7)
    draft = author.deposit(world.state, 0, 5, world.offices.custodian).transition
    with refused(world, NotAdmitted, "market"):
        world.submit(reveal_of(world.state, 0, author.known))
    world.submit(draft)
