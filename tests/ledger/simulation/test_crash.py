"""Who pays for a crash of 40 %: everything that always holds, holds after every entry of it."""

from __future__ import annotations

from functools import cache

import pytest

from tests.ledger.simulation.crash import (
    BUYERS,
    FUND,
    LONG_LEGS,
    LONGS,
    SHORT_LEGS,
    SHORTS,
    Kind,
    told,
)
from tests.ledger.simulation.crash import crash as played
from tests.ledger.world import fastest

#: One history of each kind for all that is asked of it.
crash = cache(played)
native = pytest.mark.skipif(fastest().name != "native", reason="the native backend is absent")
#: Of each account, and of each sale, less than a cent is lost to rounding.
ROUNDING = 100


@native
@pytest.mark.parametrize("kind", ["at once", "step by step"])
def test_savers_lose_nothing_and_nothing_is_lost(kind: Kind) -> None:
    """Who never traded gets back what it paid in; what some gain others pay, to the cent."""
    outcome = crash(kind)
    assert told(outcome).count("\n") == len(outcome.lines) + 1
    assert all(paid_in == back for paid_in, back in outcome.savers)
    model = outcome.sim.model
    came = (model.deposited[0] + model.endowed, *model.deposited[1:], 0, 0)
    paid_in = model.sale_scales(outcome.sim.now).equity(came)
    assert abs(paid_in - sum(line.gets for line in outcome.lines)) <= ROUNDING
    assert abs(sum(line.gains for line in outcome.lines)) <= ROUNDING
    assert outcome.sim.accepted["absorb"]
    assert outcome.sim.accepted["take-over"]
    assert outcome.sim.accepted["pay-out"]


@native
def test_a_crash_within_the_bounds_costs_nobody_but_its_losers() -> None:
    """Books are opened and sold while they are worth something: every gain is paid in full."""
    outcome = crash("step by step")
    assert outcome.lost == 0
    assert outcome.least_part_bps == 10_000
    assert not outcome.sim.accepted["market that is locked"]
    for group in (SHORT_LEGS, SHORTS):
        assert abs(outcome.line(group).gains) <= ROUNDING
    assert outcome.line(FUND).gains >= -ROUNDING
    assert outcome.line(BUYERS).gains > 0
    discounts = outcome.sim.model.discounts
    for group in (LONG_LEGS, LONGS):
        assert outcome.line(group).gains >= -discounts


@native
def test_a_crash_beyond_the_bounds_is_carried_by_the_fund_and_then_by_those_who_traded() -> None:
    """The market is locked, the fund pays all that it has, and traders share what is missing."""
    outcome = crash("at once")
    assert outcome.lost > 0
    assert outcome.sim.accepted["market that is locked"] > 3
    assert outcome.sim.accepted["take-over in a locked market"]
    assert outcome.line(FUND).gets == 0
    assert 0 < outcome.least_part_bps < 10_000
    # Where nothing is left of a book, its owner is charged no more; whoever is left pays a part.
    unpaid = outcome.line(LONG_LEGS).gains + outcome.line(LONGS).gains
    assert 0 < unpaid <= outcome.lost + ROUNDING
