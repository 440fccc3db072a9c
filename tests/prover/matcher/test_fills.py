"""An owner who was offline reads the own fill from the log, whatever the matcher wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.escrow import pack
from circuits.fill import fill_notice, traded_widths
from circuits.gadgets.coordinates import coordinates
from circuits.shape import SHAPES
from ledger.transitions import FirmLeg
from prover.blank import BLANK_ESCROW, BLANK_PROOF
from prover.matcher.fills import fill_of_order, read_fill
from tests.ledger.world import stand_in_world
from tests.prover.matcher.pool import Pool
from tests.strategies import SOME
from zk.errors import OpeningRejected
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening

SHAPE = SHAPES["tiny"]


def leg_of(fill: Opening, order_blinding: int, context: int) -> FirmLeg:
    """A leg with that notice and no proof."""
    delta = fill.commit().point
    traded = [fill.values[index] for index in SHAPE.traded]
    message = pack(traded, fill.blinding, traded_widths(SHAPE))
    notice = fill_notice(order_blinding, coordinates(delta), context, message)
    return FirmLeg(
        account=0, order=5, delta=delta, escrow=BLANK_ESCROW, notice=notice, proof=BLANK_PROOF
    )


@SOME
@given(
    st.integers(-(1 << 62), (1 << 62) - 1),
    st.integers(-(1 << 47), (1 << 47) - 1),
    st.integers(0, SUBGROUP_ORDER - 1),
    st.integers(0, (1 << 252) - 1),
)
def test_every_spelling_of_the_blinding_is_read(
    cash: int, lots: int, fill_blinding: int, spelled: int
) -> None:
    """The circuit takes any number below 2²⁵² that is r modulo l; the owner knows r."""
    fill = Opening((cash, 0, lots, -3), fill_blinding)
    leg = leg_of(fill, spelled, context=9)
    assert read_fill(SHAPE, leg, spelled % SUBGROUP_ORDER, 9) == fill


@pytest.mark.parametrize("times", [0, 1, 2])
def test_r_and_r_plus_l_and_r_plus_2l(times: int) -> None:
    """A small r has all three spellings."""
    fill = Opening((-600, 0, 1, 0), 11)
    assert read_fill(SHAPE, leg_of(fill, 7 + times * SUBGROUP_ORDER, 9), 7, 9) == fill


def test_a_notice_for_somebody_else_is_refused() -> None:
    """Another blinding, another context, another delta, a changed word, too few words."""
    leg = leg_of(Opening((-600, 0, 1, 0), 11), 7, 9)
    other = leg_of(Opening((-600, 0, 1, 0), 12), 7, 9)
    cases = [
        (leg, 8, 9),
        (leg, 7, 10),
        (leg.model_copy(update={"delta": other.delta}), 7, 9),
        (leg.model_copy(update={"notice": (leg.notice[0] ^ 1, *leg.notice[1:])}), 7, 9),
        (leg.model_copy(update={"notice": leg.notice[1:]}), 7, 9),
        (leg.model_copy(update={"notice": ()}), 7, 9),
    ]
    for wrong, blinding, context in cases:
        with pytest.raises(OpeningRejected, match="notice of order 5"):
            read_fill(SHAPE, wrong, blinding, context)


def test_a_settlement_that_did_not_fill_the_order() -> None:
    """Other accounts' legs, and an older order of the same account, are not looked at."""
    pool = Pool(stand_in_world())
    pool.world.publish()
    a, b = (pool.world.join(100_000_000) for _ in range(2))
    opening = pool.buy(a, 2, 6_000_00)
    pool.buy(b, -2, 6_000_00)
    (settled,) = pool.clear().settled
    settlement, ledger = pool.settlement(settled.entry), pool.world.ledger.id
    number = settled.executions[0].held.order
    for account, order in ((2, number), (0, number + 50)):
        assert fill_of_order(SHAPE, ledger, settlement, account, order, opening.blinding) is None
    assert fill_of_order(SHAPE, ledger, settlement, 0, number, opening.blinding) is not None
