"""Random histories, long with stand-in proofs and short with real ones.

A failure names its seed and its last steps; the environment runs one of them again:

    TACIT_SIMULATION_SEED=7 TACIT_SIMULATION_STEPS=500 pytest tests/ledger/simulation -k again
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.ledger.simulation.coverage import check_coverage
from tests.ledger.simulation.history import simulate
from tests.ledger.simulation.setting import fast_arithmetic, real_setting, stand_in_setting
from tests.ledger.world import fastest

STEPS = 1_250
SEED = os.environ.get("TACIT_SIMULATION_SEED")
BATCHES = (range(6), range(6, 12))

native = pytest.mark.skipif(fastest().name != "native", reason="the native backend is absent")


@native
@pytest.mark.parametrize("seeds", BATCHES, ids=["seeds 0-5", "seeds 6-11"])
def test_every_history_keeps_every_invariant(seeds: range) -> None:
    """Whatever people try, ledger and model agree after every step, and all of it was tried."""
    accepted, refused = Counter[str](), Counter[str]()
    for seed in seeds:
        with fast_arithmetic():
            sim = simulate(stand_in_setting(seed), seed, STEPS)
        accepted += sim.accepted
        refused += sim.refused
    check_coverage(accepted, refused)


@native
def test_a_history_with_real_proofs_keeps_every_invariant() -> None:
    """What holds with stand-in proofs holds with proofs."""
    with fast_arithmetic():
        sim = simulate(real_setting(10), 10, 110)
    for kind in ("prove-margin", "withdraw", "place-order", "settle, signed", "settle, mixed"):
        assert sim.accepted[kind], f"{kind} never happened"
    assert sim.refused["overdrawn: the prover refuses"]


def test_a_short_history_on_any_backend() -> None:
    """The reference is slow and right: a few steps of it, where there is nothing else."""
    with fast_arithmetic():
        sim = simulate(stand_in_setting(1), 1, 40)
    assert sim.accepted.total() > 5


@pytest.mark.skipif(SEED is None, reason="TACIT_SIMULATION_SEED is not set")
def test_again() -> None:
    """One history, from the environment."""
    seed = int(SEED or 0)
    with fast_arithmetic():
        simulate(stand_in_setting(seed), seed, int(os.environ.get("TACIT_SIMULATION_STEPS", STEPS)))


@pytest.mark.skipif("TACIT_SIMULATIONS" not in os.environ, reason="make soak-simulation runs this")
def test_soak() -> None:
    """As many more histories as one has patience for, of seeds that no other test has."""
    for seed in range(1_000, 1_000 + int(os.environ["TACIT_SIMULATIONS"])):
        with fast_arithmetic():
            simulate(stand_in_setting(seed), seed, STEPS)
