from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder, TransitionRejected, Unauthorised
from ledger.escrows import reveal_of
from ledger.market.data import Observation
from ledger.oracle import engine_of
from ledger.transitions import Report, UpdateMarket
from ledger.transitions.market import report_message
from tests.ledger.adversary.attacks import marked, refused
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


def _most(world: World, what: str) -> int:
    """How far one update may carry it."""
    seen, parameters = world.market.observation, world.state.parameters
    return {
        "spots": seen.spots[0] * parameters.max_spots_bps[0] // 10_000,
        "vols": seen.vols[0] * parameters.max_vol_bps // 10_000,
        "funding": seen.spots[0] * 10**6 * parameters.max_funding_bps // 10_000,
        "rate": 100 * parameters.max_rate_bps,
        "basis": 100 * parameters.max_basis_bps,
        "slopes": 100 * parameters.max_slope_bps,
    }[what]


NUMBERS = ("spots", "vols", "funding", "rate", "basis", "slopes")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("what", NUMBERS)
def test_a_number_moves_to_its_bound_and_not_past_it(world: World, what: str, sign: int) -> None:
    """Up and down alike: what lies beyond is cut, and of a spot alone that locks the market."""
    seen, most = world.market.observation, _most(world, what)
    world.publish(_moved(seen, what, sign * (most + 1)))
    market = world.state.current_market
    assert market.observation == _moved(seen, what, sign * most)
    assert market.is_locked == (what == "spots")


@pytest.mark.parametrize("what", NUMBERS)
def test_a_number_at_its_bound_locks_nothing(world: World, what: str) -> None:
    """The bound itself is a move like any other."""
    seen = _moved(world.market.observation, what, -_most(world, what))
    world.publish(seen)
    assert world.state.current_market.observation == seen
    assert not world.state.current_market.is_locked


@pytest.mark.parametrize("what", ["spots", "funding"])
def test_a_table_of_numbers_past_their_bounds_is_refused(world: World, what: str) -> None:
    """Oracles sign the table of what was cut, or none: what is exact is computed again."""
    far = _moved(world.market.observation, what, 2 * _most(world, what))
    table = engine_of(world.state).table(far, world.now)
    with refused(world, TransitionRejected, "column of component [12]"):
        world.publish(far, table=table)


@pytest.mark.parametrize("liars", [1, 2])
def test_reports_that_lie_far_apart_are_no_agreement(world: World, liars: int) -> None:
    """Of two who disagree nobody can say who lies: no market, and none at the liar's price."""
    seen = world.market.observation
    for crash in (1, seen.spots[0] // 2, seen.spots[0] * 3):
        far = seen.model_copy(update={"spots": (crash,)})
        reports = [far, seen] if liars == 1 else [far, seen, _moved(seen, "spots", -(10**6))]
        with refused(world, LimitExceeded, "reports"):
            world.submit(world.offices.update_market(world.state, reports, world.now))


def test_a_report_of_other_underlyings_is_not_heard(world: World) -> None:
    """One too many: it counts for nothing, and too few are left."""
    seen = world.market.observation
    more = Observation(
        spots=(*seen.spots, 1),
        vols=(*seen.vols, 1),
        rate=seen.rate,
        funding=(*seen.funding, 0),
        basis=(*seen.basis, 0),
        slopes=(*seen.slopes, 0),
    )
    honest = world.offices.update_market(world.state, [seen, seen], world.now)
    for pair in ((more, more), (more, seen)):
        bent = _reported(world, honest, pair)
        with refused(world, LimitExceeded, "reports"):
            world.submit(bent)
    world.submit(_reported(world, honest, (more, seen, seen)))


def _reported(world: World, update: UpdateMarket, seen: tuple[Observation, ...]) -> UpdateMarket:
    """The same table from other reports, signed and endorsed in all form."""
    reports = tuple(
        Report(
            oracle=index,
            observation=each,
            signature=world.offices.oracles.members[index].sign(
                report_message(world.ledger.id, update.epoch, update.time, each)
            ),
        )
        for index, each in enumerate(seen)
    )
    bent = update.model_copy(update={"reports": reports})
    endorsements = world.offices.oracles.endorse(bent.binding(world.ledger.id))
    return bent.model_copy(update={"endorsements": endorsements})


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


@pytest.mark.parametrize("late", [3, -1, -1_800, -1_801, -(10**6)])
def test_the_time_of_a_market_is_past_and_after_the_last(world: World, late: int) -> None:
    """Not in the future, by more than clocks may differ; not before the interval is over."""
    with refused(world, OutOfOrder, "time of the market"):
        world.submit(_signed(world, 2, world.now + late))


def test_clocks_of_oracles_may_differ_a_little(world: World) -> None:
    """By two seconds, and no more."""
    world.submit(_signed(world, 2, world.now + 2))


def test_a_market_that_is_old_admits_nothing_new(world: World) -> None:
    """It is entered, for time goes on; it is as stale as it is old."""
    author = world.authors[0]
    start = world.now
    world.now += world.state.parameters.max_age + 1
    world.submit(_signed(world, 2, start))
    with refused(world, NotAdmitted, "age of the market"):
        world.submit(author.withdraw(world.state, 0, 5).transition)


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
        author.publish_claim(state, "", marked(world)).transition,
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
