"""Whole histories: what people do how often, and what is checked on the way."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

from tests.ledger.simulation import (
    administration,
    attacks,
    bent_steps,
    default,
    hostile,
    lies,
    owners,
    trades,
)
from tests.ledger.simulation.invariants import Invariants
from tests.ledger.simulation.setting import Setting
from tests.ledger.simulation.simulator import Action, Simulation

#: Who is there when a history begins.
FIRST_ACCOUNTS = 5

#: How often each action is tried; one that does not apply gives way to another.
ACTIONS: Mapping[Action, int] = {
    owners.join: 3,
    owners.deposit: 4,
    owners.withdraw: 8,
    owners.pay_out: 8,
    owners.refresh: 4,
    owners.heartbeat: 18,
    owners.prove_flat: 3,
    owners.publish_claim: 3,
    owners.redeem: 4,
    owners.redeem_at_once: 80,
    trades.place_order: 10,
    trades.cancel_order: 5,
    trades.trade: 8,
    trades.clear: 18,
    administration.publish: 30,
    administration.publish_at_once: 1,
    administration.publish_after_expiry: 20,
    administration.expire: 6,
    administration.change_parameters: 4,
    default.fall_silent: 14,
    default.reveal: 12,
    default.reveal_late: 8,
    default.take_over: 10,
    default.absorb: 10,
    default.endow: 1,
    bent_steps.tamper: 16,
    hostile.replay: 3,
    attacks.turn_back_time: 1,
    attacks.counterfeit: 1,
    attacks.open_again: 1,
    attacks.unbalanced: 1,
    attacks.greedy_fill: 3,
    attacks.stolen_order: 3,
    attacks.run_ahead: 1,
    attacks.unendowed: 1,
    attacks.paid_twice: 1,
    attacks.yesterdays_terms: 40,
    lies.lie: 18,
}


def simulate(setting: Setting, seed: int, steps: int, *, every: int = 150) -> Simulation:
    """A history of so many steps; a failure says which seed it was and what happened last."""
    sim = Simulation(setting, seed, ACTIONS)
    invariants = Invariants(sim)
    try:
        joining, paying = (owners.join,) * FIRST_ACCOUNTS, (owners.deposit,) * 3 * FIRST_ACCOUNTS
        for beginning in (administration.publish, *joining, *paying):
            attempt = beginning(sim)
            assert attempt is not None
            sim.perform(attempt)
            invariants.check()
        for step in range(1, steps + 1):
            sim.step()
            invariants.check()
            if step % every == 0:
                invariants.check_everything()
        if seed % 2 == 0:
            invariants.check_replay()
    except Exception as error:
        told = "\n".join(sim.past)
        raise AssertionError(
            f"step {sim.steps}: {error}\n"
            f"again: TACIT_SIMULATION_SEED={seed} TACIT_SIMULATION_STEPS={sim.steps}\n"
            f"{told}\n{traceback.format_exc()}"
        ) from None
    return sim
