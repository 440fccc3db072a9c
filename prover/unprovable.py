"""What cannot be proven, in words for whoever holds the opening: what is missing, and how much.

A circuit knows numbers of a field and the names of its checks; whoever wrote the statement knows
the market that it is about. The numbers in these words are that author's secrets and meant for its
own terminal. An audience hears the `headline`, which has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.market.data import SCALE, Rows
from ledger.records import Market
from ledger.state import State
from ledger.transitions.margin import cash_not_negative
from prover.scenario_names import exposed_to, scenario_label
from zk.errors import Unsatisfied
from zk.pedersen import Opening


class NoProof(Unsatisfied):
    """A statement that is false, and what it lacks; `scope` names the check."""

    def __str__(self) -> str:
        return f"{headline(self)}: expected {self.expected}, got {self.actual}"

    def instead(self, expected: str, actual: str) -> NoProof:
        """The same, said by somebody who knows better what was asked for."""
        return NoProof(self.scope, expected=expected, actual=actual)


def headline(refusal: Unsatisfied) -> str:
    """Which check fails, and nothing of what it looked at."""
    return f"no proof exists: the check {refusal.scope} does not hold"


@contextmanager
def explained(state: State, opening: Opening, rows: Rows, account: str) -> Iterator[None]:
    """Says what an opening lacks that does not satisfy these rows; `account` says whose it is."""
    try:
        yield
    except Unsatisfied as refusal:
        expected, actual = _missing(refusal.scope, state, opening, rows)
        actual = f"{actual}, in {account}"
        raise NoProof(refusal.scope, expected=expected, actual=actual) from refusal


def _missing(scope: str, state: State, opening: Opening, rows: Rows) -> tuple[str, str]:
    match scope.partition("/")[0]:
        case "range":
            return _out_of_range(state, opening)
        case "rows":
            return _below_zero(state, opening, rows)
        case "opening":
            return "an opening of the account's commitment", "one that does not open it"
        case _:
            return "a true statement", "a false one"


def _out_of_range(state: State, opening: Opening) -> tuple[str, str]:
    labels = state.charter.listing.labels
    for label, width, value in zip(labels, state.shape.widths, opening.values, strict=True):
        if value < width.minimum:
            return f"{width.minimum:,} {label} or more", f"{value:,}"
        if value > width.maximum:
            return f"{width.maximum:,} {label} or less", f"{value:,}"
    return "values within their widths", "others"


def _below_zero(state: State, opening: Opening, rows: Rows) -> tuple[str, str]:
    """The row that lacks most. A margin's is a scenario; only cash has a unit that we can name."""
    found = rows.values_of(opening.values)
    value = min(found)
    row = found.index(value)
    cash = state.charter.listing.labels[0]
    market = state.current_market
    margin = _margin(market, rows)
    short = f"{-(value // SCALE):,} cents of {cash} too little"
    if margin is not None:
        return f"{margin} in every scenario", f"{short} in {_scenario(state, row, opening)}"
    if rows == cash_not_negative(state):
        return f"0 {cash} or more", f"{value:,}"
    if rows.matrix[row] == market.matrices.mark:
        floor = -rows.constants[row] // SCALE
        return f"{floor:,} cents of {cash} or more at the mark", short
    return f"row {row} of the claim to be 0 or more", f"{value:,} in the units of that row"


def _margin(market: Market, rows: Rows) -> str | None:
    names = {
        "initial margin": market.matrices.initial,
        "maintenance margin": market.matrices.maintenance,
        "margin without collateral, for cash that leaves,": market.matrices.withdrawal,
    }
    return next((name for name, each in names.items() if each == rows), None)


def _scenario(state: State, row: int, opening: Opening) -> str:
    listing = state.charter.listing
    scenario = state.parameters.risk.scenarios.scenarios[row]
    exposed = exposed_to(listing, opening.values)
    return f"scenario {row} ({scenario_label(scenario, listing.underlyings, exposed)})"
