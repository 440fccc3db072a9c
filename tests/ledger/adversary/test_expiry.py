from __future__ import annotations

import pytest

from circuits.schedule import judge
from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
    TransitionRejected,
)
from ledger.oracle import risk_table
from ledger.transitions import Expire
from ledger.transitions.market import settlement_bounds
from tests.ledger.adversary.attacks import CALL, assert_conserved, at_expiry, refused, resigned
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import ProofRejected, Unsatisfied, ZkError
from zk.pedersen import Opening

#: Within one bound of the spot, which is 60 000.00: 4.75 % of a thousandth of a coin.
VALUE = 200
MOST = 285


@pytest.fixture
def world() -> World:
    """Account 0 is long 10 calls, account 1 short; the call is about to expire."""
    world = peopled(stand_in_world())
    world.trade(world.authors[0], world.authors[1], {0: -5_000, CALL: 10})
    at_expiry(world)
    return world


def _expired(world: World, value: int = VALUE) -> None:
    world.submit(world.offices.expire(world.state, 1, value))
    world.next_epoch()


@pytest.mark.parametrize("lots", [10, -10, 1])
def test_nothing_is_redeemed_under_rows_of_before(world: World, lots: int) -> None:
    """Until a market knows the final value, lots are not exchanged for it, in either direction."""
    author = world.authors[0]
    world.submit(world.offices.expire(world.state, 1, VALUE))
    with refused(world, NotAdmitted, "instrument 1"):
        world.submit(author.redeem(world.state, 1, lots).transition)
    world.next_epoch()
    world.accept(author, author.redeem(world.state, 1, lots))


def test_nothing_is_redeemed_before_it_expires(world: World) -> None:
    """Neither the call, nor the perpetual that never will."""
    author = world.authors[0]
    with refused(world, NotAdmitted, "instrument 1"):
        author.redeem(world.state, 1, 10)
    _expired(world)
    draft = author.redeem(world.state, 1, 10).transition
    with refused(world, NotAdmitted, "instrument 0"):
        world.submit(resigned(world, author, draft, instrument=0))
    for instrument in (2, (1 << 53) - 1):
        with refused(world, LimitExceeded, "instrument"):
            world.submit(resigned(world, author, draft, instrument=instrument))


@pytest.mark.parametrize("change", [{0: 1}, {0: -1}, {2: 1}, {1: 1}, {CALL: -1}])
def test_redemption_is_at_the_settlement_value(world: World, change: dict[int, int]) -> None:
    """A unit more, another instrument, collateral, a lot less: not in the span of the exchange."""
    _expired(world)
    author = world.authors[0]
    honest = author.redeem(world.state, 1, 10)
    added = world.delta(change)
    bent = honest.transition.model_copy(
        update={"delta": honest.transition.delta + added.commit().point}
    )
    with refused(world, ProofRejected, "exchange at the settlement value"):
        world.submit(resigned(world, author, bent))
    world.accept(author, honest)


def test_the_expiry_account_takes_the_other_side(world: World) -> None:
    """Longs redeem and leave, shorts never come: what is owed stays on the record."""
    _expired(world)
    long, short = world.authors
    held = Opening((0, 0, 0, 0), 0)
    for author, lots in ((long, 10), (short, -4), (short, -6)):
        written = author.redeem(world.state, 1, lots)
        held += author.known - written.opening
        world.accept(author, written)
        assert_conserved(world, held)
    assert held.values == (0, 0, 0, 0)
    world.accept(long, long.prove_flat(world.state))
    world.accept(short, short.prove_flat(world.state))


def test_redeeming_more_than_one_holds_gains_nothing(world: World) -> None:
    """An expired lot counts its value and costs no margin: no exchange moves either."""
    _expired(world)
    author = world.authors[0]
    demands = world.state.demands(world.state.current_market)
    before = judge(world.shape, demands.initial(0), author.known.values)
    written = author.redeem(world.state, 1, 10_000)
    world.accept(author, written)
    assert judge(world.shape, demands.initial(0), author.known.values) == before
    floor = world.state.parameters.floor
    with refused(world, Unsatisfied, "constraint total"):
        author.withdraw(world.state, 0, author.known.values[0] - 9_990 * VALUE - floor + 1)


def test_a_redemption_happens_once(world: World) -> None:
    """Of one epoch, at one nonce."""
    _expired(world)
    author = world.authors[0]
    written = author.redeem(world.state, 1, 10)
    world.accept(author, written)
    with refused(world, OutOfOrder, "nonce of account 0"):
        world.submit(written.transition)
    again = author.redeem(world.state, 1, 1).transition
    world.next_epoch()
    with refused(world, OutOfOrder, "epoch"):
        world.submit(again)


def test_an_instrument_does_not_expire_before_its_time() -> None:
    """Not a second before."""
    world = peopled(stand_in_world())
    at_expiry(world)
    world.now -= 1
    with refused(world, NotAdmitted, "instrument 1"):
        world.submit(world.offices.expire(world.state, 1, VALUE))


def test_an_instrument_expires_once_and_in_its_time(world: World) -> None:
    """Not twice, not at another value later, not a perpetual."""
    expire = world.offices.expire(world.state, 1, VALUE)
    with refused(world, NotAdmitted, "instrument 0"):
        world.submit(world.offices.expire(world.state, 0, VALUE))
    world.submit(expire)
    for value in (VALUE, VALUE + 1):
        with refused(world, NotAdmitted, "instrument 1"):
            world.submit(world.offices.expire(world.state, 1, value))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (140_737_489, LimitExceeded),
        (-140_737_489, LimitExceeded),
        (1 << 63, MalformedTransition),
        (-(1 << 63) - 1, MalformedTransition),
    ],
)
def test_a_settlement_value_fits_a_matrix(world: World, value: int, error: type[ZkError]) -> None:
    """Past that bound no epoch could follow."""
    expire = world.offices.expire(world.state, 1, VALUE).model_copy(update={"value": value})
    endorsements = world.offices.oracles.endorse(expire.binding(world.ledger.id))
    subject = "settlement value" if error is LimitExceeded else "expire.value"
    with refused(world, error, subject):
        world.submit(expire.model_copy(update={"endorsements": endorsements}))


@pytest.mark.parametrize("instrument", [2, (1 << 53) - 1])
def test_what_is_not_listed_does_not_expire(world: World, instrument: int) -> None:
    """An index past the listing."""
    with refused(world, LimitExceeded, "instrument"):
        world.submit(Expire(instrument=instrument, value=0, endorsements=()))


@pytest.mark.parametrize("value", [0, MOST])
def test_a_settlement_value_lies_within_what_the_spot_allows(world: World, value: int) -> None:
    """What a lot is worth between the spots of the last two markets and one bound: the ends."""
    assert settlement_bounds(world.state, 1) == (0, MOST)
    for other in (-1, MOST + 1, 800_00):
        with refused(world, LimitExceeded, "settlement value of instrument 1"):
            world.submit(world.offices.expire(world.state, 1, other))
    world.submit(world.offices.expire(world.state, 1, value))


def test_a_worthless_call_is_not_settled_at_a_fortune() -> None:
    """Far out of the money, in both of the last two markets: nothing is the only value."""
    world = peopled(stand_in_world())
    seen = world.market.observation
    for _ in range(4):
        seen = seen.model_copy(update={"spots": (seen.spots[0] * 9_530 // 10_000,)})
        world.next_epoch(seen)
    expiry = world.market.listing.instruments[1].expires
    assert expiry is not None
    world.now = expiry - world.state.parameters.min_interval
    world.publish(seen)
    world.now = expiry
    for value in (1, 800_00):
        with refused(world, LimitExceeded, "settlement value of instrument 1"):
            world.submit(world.offices.expire(world.state, 1, value))
    world.submit(world.offices.expire(world.state, 1, 0))


def test_an_expiry_keeps_the_interval_of_markets(world: World) -> None:
    """It is one of the moves that the rows reckon with: before and after it."""
    world.publish()
    world.now += world.state.parameters.min_interval - 1
    expire = world.offices.expire(world.state, 1, VALUE)
    with refused(world, OutOfOrder, "time of the entry"):
        world.submit(expire)
    world.now += 1
    world.submit(expire)
    world.now += world.state.parameters.min_interval - 1
    with refused(world, OutOfOrder, "time of the entry"):
        world.publish()
    world.now += 1
    world.publish()


@pytest.mark.parametrize("off", [-1, 1])
def test_an_expired_instrument_keeps_its_value(world: World, off: int) -> None:
    """At the mark, without a move and without a charge, or the epoch is refused."""
    world.submit(world.offices.expire(world.state, 1, VALUE))
    world.now += world.state.parameters.min_interval
    good = risk_table(world.state, world.market.observation, world.now)
    first, *others = good.moves[0]
    for bent, subject in (
        ({"mark": (*good.mark[:CALL], VALUE * 10**6 + off)}, "column of component 3"),
        ({"moves": (((first[0], off, first[2]), *others),)}, "column of component 3"),
        ({"long_charges": (good.long_charges[0], 1)}, "charges of expired instrument 1"),
        ({"short_charges": (good.short_charges[0], 1)}, "charges of expired instrument 1"),
    ):
        with refused(world, TransitionRejected, subject):
            world.publish(table=good.model_copy(update=bent))
    world.publish(table=good)


def test_an_expiry_is_no_bargain_until_the_next_epoch(world: World) -> None:
    """Settled above the mark: lots sold at the final price look cheap, and cash leaves."""
    thief = world.join(100_000)
    world.submit(world.offices.expire(world.state, 1, MOST))
    with pytest.raises(ZkError):
        world.accept(thief, thief.redeem(world.state, 1, 50_000))
    with pytest.raises(ZkError):
        world.accept(thief, thief.withdraw(world.state, 0, 100_001))
