"""All portfolios together: open interest, concentration, and whether the books balance.

    Σ accounts + fund + expiry account + what waits to be paid = deposits + endowments − paid

Nobody knows what is in the expiry account, so this equation says it; and then three things must
hold of it that no other account could make true. It holds no collateral. It holds lots of expired
instruments only. And it owes exactly the settlement value of the lots that it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.parameters import BASIS
from ledger.state import State
from verifier.books.document import Interest, Moment, Problem, Side
from verifier.books.problems import Problems

_FUND: Final = None


def balanced(state: State, moment: Moment, problems: Problems) -> Moment:
    """With the sums over all accounts; as it was where one of them is not known."""
    portfolios: list[tuple[int | None, tuple[int, ...]]] = [(_FUND, moment.fund)]
    for one in moment.holdings:
        if one.values is None:
            return moment
        portfolios.append((one.account, one.values))
    assets = state.shape.assets
    here = (total - waits for total, waits in zip(moment.totals, moment.queued, strict=True))
    paid_in = (*here, *(0,) * state.shape.instruments)
    held = [sum(column) for column in zip(*(values for _, values in portfolios), strict=True)]
    expiry = tuple(total - sum_ for total, sum_ in zip(paid_in, held, strict=True))
    _check_expiry(state, moment, expiry, problems)
    interest = tuple(
        Interest(
            component=place,
            long=_side([(who, values[place]) for who, values in portfolios]),
            short=_side([(who, -values[place]) for who, values in portfolios]),
            expired=expiry[place],
        )
        for place in range(assets, state.shape.components)
    )
    return moment.model_copy(update={"interest": interest, "expiry": expiry})


def _check_expiry(state: State, moment: Moment, expiry: Sequence[int], problems: Problems) -> None:
    assets, settled = state.shape.assets, state.pool.settled
    lots = expiry[assets:]
    owed = sum(value * lot for value, lot in zip(settled, lots, strict=True) if value is not None)
    living = [lot for value, lot in zip(settled, lots, strict=True) if value is None]
    for subject, expected, actual in (
        ("cash", -owed, expiry[0]),
        ("collateral", [0] * (assets - 1), list(expiry[1:assets])),
        ("lots of living instruments", [0] * len(living), living),
    ):
        if expected != actual:
            problems.add(
                Problem.BALANCE,
                moment.entry,
                None,
                f"balance of {subject} after entry {moment.entry}",
                f"{expected} in the expiry account",
                actual,
            )


def _side(amounts: Sequence[tuple[int | None, int]]) -> Side:
    """Whoever is above zero; the first of the largest where several are."""
    held = [(who, amount) for who, amount in amounts if amount > 0]
    total = sum(amount for _, amount in held)
    largest, most = max(held, key=lambda one: one[1], default=(None, 0))
    share = most * BASIS // total if total else 0
    return Side(total=total, accounts=len(held), largest=largest, share_bps=share)
