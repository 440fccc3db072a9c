"""What oracles sign, and auditors compute again: the table of an epoch, and its second mark.

Floats and prices of options live here; the ledger itself takes what is signed and holds it to its
bounds, and to what integers decide alone.
"""

from __future__ import annotations

from ledger.market.data import Observation, RiskTable
from ledger.market.risk import RiskEngine
from ledger.state import State
from ledger.transitions.market import at_spots, bounded


def engine_of(state: State) -> RiskEngine:
    """The risk engine under the parameters in force."""
    parameters = state.parameters
    return RiskEngine(state.shape, state.charter.listing, parameters.risk, parameters.window)


def risk_table(state: State, observation: Observation, time: int) -> RiskTable:
    """What follows from an observation that is within its bounds."""
    return engine_of(state).table(observation, time, state.pool.final_values)


def default_mark(state: State, agreed: Observation, time: int) -> tuple[int, ...] | None:
    """What everything is worth at the spots that were seen, where one lies beyond its bound."""
    seen = bounded(state, agreed)
    if not any(seen.locked):
        return None
    beyond = at_spots(seen.observation, agreed.spots)
    return engine_of(state).mark(beyond, time, state.pool.final_values)
