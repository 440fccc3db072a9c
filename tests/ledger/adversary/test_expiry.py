from __future__ import annotations

import pytest

from ledger.errors import (
    LimitExceeded,
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
    TransitionRejected,
)
from ledger.transitions import Expire
from tests.ledger.adversary.attacks import assert_conserved, refused, resigned, riskless
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import ProofRejected, Unsatisfied, ZkError
from zk.pedersen import Opening

VALUE = 20_000
CALL = 3


@pytest.fixture
def world() -> World:
    """Account 0 is long 10 calls, account 1 short; the call is about to expire."""
    world = peopled(stand_in_world())
    world.trade(world.authors[0], world.authors[1], {0: -5_000, CALL: 10})
    world.now = _expiry(world) - 1
    world.publish()
    return world


def _expiry(world: World) -> int:
    return world.market.listing.instruments[1].expires or 0


def _expired(world: World, value: int = VALUE) -> None:
    world.now = _expiry(world)
    world.submit(world.offices.expire(world.state, 1, value))
    world.next_epoch()


@pytest.mark.parametrize("lots", [10, -10, 1])
def test_nothing_is_redeemed_under_rows_of_before(world: World, lots: int) -> None:
    """Until a market knows the final value, lots are not exchanged for it, in either direction."""
    author = world.authors[0]
    world.now = _expiry(world)
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
    """An expired lot counts its value in every row: no exchange moves any of them."""
    _expired(world)
    author = world.authors[0]
    rows = world.state.current_market.matrices.initial
    before = rows.values_of(author.known.values)
    written = author.redeem(world.state, 1, 10_000)
    world.accept(author, written)
    assert rows.values_of(author.known.values) == before
    with refused(world, Unsatisfied, "constraint rows"):
        author.withdraw(world.state, 0, 10**7 + 10 * VALUE)


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


def test_an_instrument_expires_once_and_in_its_time(world: World) -> None:
    """Not before, not twice, not at another value later, not a perpetual."""
    expire = world.offices.expire(world.state, 1, VALUE)
    with refused(world, NotAdmitted, "instrument 1"):
        world.submit(expire)
    with refused(world, NotAdmitted, "instrument 0"):
        world.submit(world.offices.expire(world.state, 0, VALUE))
    world.now = _expiry(world)
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
    world.now = _expiry(world)
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


@pytest.mark.parametrize("off", [-1, 1])
def test_an_expired_instrument_keeps_its_value(world: World, off: int) -> None:
    """In every row and at the mark, or the epoch is refused."""
    world.now = _expiry(world)
    world.submit(world.offices.expire(world.state, 1, VALUE))
    world.now += 1_800
    wrong = riskless(world, 0, VALUE * 10**6 + off)
    right = riskless(world, 0, VALUE * 10**6)
    for matrices in (wrong, right.model_copy(update={"mark": wrong.mark})):
        with refused(world, TransitionRejected, "value of expired instrument 1"):
            world.publish(matrices=matrices)
    mixed = wrong.model_copy(update={"maintenance": right.maintenance})
    with refused(world, TransitionRejected, "value of expired instrument 1"):
        world.publish(matrices=mixed)
    world.publish(matrices=right)


def test_an_expiry_is_no_bargain_until_the_next_epoch(world: World) -> None:
    """Settled past every scenario: lots sold at the final price look cheap, and cash leaves."""
    thief = world.join(1_000)
    worst = max(row[CALL] for row in world.state.current_market.matrices.initial.matrix)
    world.now = _expiry(world)
    world.submit(world.offices.expire(world.state, 1, 5 * (worst // 10**6 + 1)))
    with pytest.raises(ZkError):
        world.accept(thief, thief.redeem(world.state, 1, 500))
    with pytest.raises(ZkError):
        world.accept(thief, thief.withdraw(world.state, 0, 100_000))
