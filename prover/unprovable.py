"""What cannot be proven, in words for whoever holds the opening: what is missing, and how much.

A circuit knows numbers of a field and the names of its checks; whoever wrote the statement knows
the market that it is about. The numbers in these words are that author's secrets and meant for its
own terminal. An audience hears the `headline`, which has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from circuits.schedule import Schedule, judge, losses
from ledger.market.columns import block_grids
from ledger.market.data import SCALE, Rows
from ledger.state import State
from ledger.transitions.margin import cash_not_negative
from ledger.wording import money
from prover.row_names import row_label
from zk.errors import Unsatisfied
from zk.pedersen import Opening


class NoProof(Unsatisfied):
    """A statement that is false, and what it lacks; `scope` names the check."""

    def __str__(self) -> str:
        return f"{headline(self)}: expected {self.expected}, got {self.actual}"

    def instead(self, expected: str, actual: str) -> NoProof:
        """This reason in the words of somebody who knows better what was asked for."""
        return NoProof(self.scope, expected=expected, actual=actual)


def headline(refusal: Unsatisfied) -> str:
    """Which check fails, and nothing of what it looked at."""
    return f"no proof exists: the check {refusal.scope} does not hold"


@contextmanager
def explained(
    state: State, opening: Opening, asked: Rows | Schedule[int], account: str
) -> Iterator[None]:
    """Says what an opening lacks of what is asked of it; `account` says whose it is."""
    try:
        yield
    except Unsatisfied as refusal:
        expected, actual = _missing(refusal.scope, state, opening, asked)
        actual = f"{actual}, in {account}"
        raise NoProof(refusal.scope, expected=expected, actual=actual) from refusal


def _missing(
    scope: str, state: State, opening: Opening, asked: Rows | Schedule[int]
) -> tuple[str, str]:
    match scope.partition("/")[0], asked:
        case "range", _:
            return _out_of_range(state, opening)
        case "rows", Rows():
            return _below_zero(state, opening, asked)
        case "total" | "paid" | "concentration", Schedule():
            return _too_little(scope, state, opening, asked)
        case "opening", _:
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
    """The row of a claim that lacks most. Only cash has a unit that we can name."""
    found = rows.values_of(opening.values)
    value = min(found)
    row = found.index(value)
    cash = state.charter.listing.labels[0]
    if rows == cash_not_negative(state):
        return f"0 {cash} or more", money(value)
    if rows.matrix[row] == state.current_market.table.mark:
        floor = -rows.constants[row] // SCALE
        short = f"{money(-(value // SCALE))} {cash} too little"
        return f"{money(floor)} {cash} or more at the mark", short
    return f"row {row} of the claim to be 0 or more", f"{value:,} in the units of that row"


def _too_little(
    scope: str, state: State, opening: Opening, schedule: Schedule[int]
) -> tuple[str, str]:
    """What is left of a condition of margin, and what took most of it."""
    rest = judge(state.shape, schedule, opening.values)
    cash = state.charter.listing.labels[0]
    match scope:
        case "total":
            short = f"{money(-(rest.total // SCALE))} {cash} too little"
            return f"{_name_of(state, schedule)} to be met", f"{short}; {_worst(state, opening)}"
        case "paid":
            short = f"{money(-(rest.paid // SCALE))} {cash} too little"
            return "what is paid to be there in cash and positions, without pledged coins", short
        case _:
            over = f"{money(-(rest.room // SCALE))} {cash} too much"
            return "a notional within the cap of one account", over


def _name_of(state: State, schedule: Schedule[int]) -> str:
    if schedule.credit:
        return "maintenance margin"
    withdrawn = state.demands(state.current_market).withdrawal(schedule.floor)
    return (
        "margin without collateral, for cash that leaves,"
        if schedule == withdrawn
        else ("initial margin")
    )


def _worst(state: State, opening: Opening) -> str:
    """Which move of which coin takes most."""
    demands = state.demands(state.current_market)
    taken = losses(state.shape, demands.maintenance(0), opening.values)
    block = max(range(len(taken)), key=taken.__getitem__)
    if not taken[block]:
        return "no move of a price takes more"
    listing = state.charter.listing
    columns, rows = state.shape.columns[block], demands.table.moves[block]
    held = [opening.values[column] for column in columns]
    profits = [sum(m * v for m, v in zip(row, held, strict=True)) for row in rows]
    coin = listing.coins(state.shape)[block]
    grid = block_grids(state.shape, listing, state.parameters.risk)[block]
    return f"most is lost with {row_label(grid.rows[profits.index(min(profits))], listing, coin)}"
