"""One step of the ledger: a pure function of the state, the transition's bytes and the time."""

from __future__ import annotations

from ledger.errors import OutOfOrder
from ledger.evidence import EvidenceChecker
from ledger.state import State
from ledger.transitions import Transition


def execute(
    state: State, transition: Transition, time: int, number: int, checker: EvidenceChecker
) -> State:
    """The draft that the transition leads to; raises, with nothing changed, where it is refused.

    Looked at without the state, then against it, then what it rests on is checked, and only
    then is it applied.
    """
    transition.check(state.shape)
    draft = state.draft(number)
    _require_near_oracles(draft, transition, time)
    draft.advance(time)
    checker.check(transition.examine(draft))
    transition.apply(draft)
    return draft


def _require_near_oracles(state: State, transition: Transition, time: int) -> None:
    """Given time runs no further ahead of the oracles' than they may be silent.

    So a clock that somebody set far ahead heals within that time. Before the first market it is
    counted from the founding. Governors may carry it on by a change of parameters, up to the delay
    before the moment that they have signed: when the oracles are gone, they must be able to name
    others.
    """
    if transition.by_governors:
        return
    newest = max(state.clock(state.pool.epoch).time, transition.oracles_time)
    latest = newest + state.parameters.max_gap
    if time > latest:
        raise OutOfOrder(
            "time", expected=f"at most {latest}: the oracles' newest and the gap", actual=time
        )
