"""One step of the ledger: a pure function of the state, the transition's bytes and the time."""

from __future__ import annotations

from ledger.state import State
from ledger.transitions import AnyTransition
from verifier.evidence import EvidenceChecker


def execute(
    state: State, transition: AnyTransition, time: int, number: int, checker: EvidenceChecker
) -> State:
    """The draft that the transition leads to; raises, with nothing changed, where it is refused.

    Looked at without the state, then against it, then what it rests on is checked, and only
    then is it applied.
    """
    transition.check(state.shape)
    draft = state.draft(number)
    draft.advance(time)
    checker.check(transition.examine(draft))
    transition.apply(draft)
    return draft
