from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.encoding import Decoding
from ledger.errors import MalformedTransition, NotAdmitted, TransitionRejected
from ledger.parameters import Parameters
from ledger.transitions import FirmLeg, Settle, UpdateParams, decode_transition
from ledger.transitions.settlement import MAX_LEGS
from prover.blank import BLANK_ESCROW, BLANK_PROOF, BLANK_SIGNATURE, BLANK_SPAN
from tests.ledger.adversary.attacks import refused
from tests.ledger.world import World
from zk.babyjubjub import Point


def _change(world: World, effective: int | None = None, **changes: Any) -> UpdateParams:
    """Endorsed by the governors, in force as soon as it may be."""
    parameters: Parameters = world.state.parameters.model_copy(update=changes)
    when = world.now + parameters.delay if effective is None else effective
    return world.offices.update_params(world.state, parameters, when)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Interrupts what takes longer."""

    def interrupt(*_: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_stranger_does_not_stop_the_ledger(world: World) -> None:
    """Parameters are looked at before signatures: looking must be cheap, whatever they say."""
    change = _change(
        world, grace=86_400, sale_duration=86_400, min_interval=20, max_spots_bps=(9_999,)
    )
    with _at_most(20.0), pytest.raises(TransitionRejected):
        world.submit(change.model_copy(update={"endorsements": ()}))


@pytest.mark.parametrize("legs", [MAX_LEGS + 1, 5_000])
def test_a_settlement_of_too_many_legs_costs_nothing(world: World, legs: int) -> None:
    """Four megabytes of legs are refused before eleven thousand points are looked at."""
    looked_at = 0

    def count(_: bytes) -> Point:
        nonlocal looked_at
        looked_at += 1
        return Point.BASE8

    data = _settlement(legs).encode()
    with pytest.raises(MalformedTransition, match=r"settle\.legs"):
        decode_transition(data, Decoding(count))
    assert looked_at <= 2 * (MAX_LEGS + 1)
    with refused(world, MalformedTransition, "settle.legs"):
        world.ledger.submit(data, world.now)


def test_refusals_take_no_memory(world: World) -> None:
    """Accounts that are not there and keys that own none can be named without end, by anybody."""
    draft = world.authors[0].prove_margin(world.state).transition
    before = len(world.state._known)
    for account in range(100, 200):
        with pytest.raises(NotAdmitted):
            world.submit(draft.model_copy(update={"account": account}))
    assert len(world.state._known) < before + 100


def _settlement(legs: int) -> Settle:
    """So many legs that nothing is right about."""
    firm = [
        FirmLeg(
            account=i,
            order=i,
            delta=Point.BASE8,
            escrow=BLANK_ESCROW,
            notice=(),
            proof=BLANK_PROOF,
        )
        for i in range(legs)
    ]
    return Settle.model_construct(
        epoch=1,
        legs=tuple(firm),
        matcher=bytes(32),
        balance=BLANK_SPAN,
        matcher_signature=BLANK_SIGNATURE,
    )
