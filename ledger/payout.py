"""What is paid when a loss is public: the same fraction to everybody, and savers first.

    deficit = Σ over frozen accounts of max(0, −equity) − equity of the fund
    W       = all that the ledger holds at the mark: totals, with queue and fund
    U       = what accounts hold that never traded

Untraded accounts took no risk: they are paid in full while there is enough for them. The rest, what
waits in the queue included, gets (W − U) / (W − U + deficit). Where nothing is lost, all is paid.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state import State


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction, and what it leaves of an amount, rounded down."""

    numerator: int
    denominator: int

    def of(self, amount: int) -> int:
        return amount * self.numerator // self.denominator

    @property
    def is_whole(self) -> bool:
        return self.numerator == self.denominator


WHOLE = Share(1, 1)


def share(state: State, *, untraded: bool) -> Share:
    """What is paid of a claim of either kind."""
    if state.pool.epoch == 0:
        return WHOLE
    held, saved = _worth(state, state.pool.totals), _worth(state, state.pool.untraded)
    if untraded:
        return WHOLE if saved <= held else Share(max(held, 0), saved)
    owed = deficit(state)
    if owed <= 0:
        return WHOLE
    rest = max(held - saved, 0)
    return Share(rest, rest + owed)


def deficit(state: State) -> int:
    """What is lost and not yet covered, in cash; below zero, what the fund has."""
    return lost(state) - state.sale_demands().equity(state.pool.fund.values)


def lost(state: State) -> int:
    """By how much books on sale are below zero, in cash."""
    demands, below = state.sale_demands(), 0
    for index in state.pool.frozen:
        opening = state.account(index).opening
        assert opening is not None  # what is frozen is public
        below += max(0, -demands.equity(opening.values))
    return below


def _worth(state: State, assets: tuple[int, ...]) -> int:
    none = (0,) * state.shape.instruments
    return state.sale_demands().equity((*assets, *none))
