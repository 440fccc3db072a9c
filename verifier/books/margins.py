"""What a portfolio has left of the margins of a market, and whether an accepted proof was true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuits.schedule import Schedule, judge
from circuits.shape import SCALE, Shape
from ledger.market.demands import Demands
from ledger.records import Account, Market
from ledger.state import State
from verifier.books.document import Holding, Left, Problem
from verifier.books.problems import Problems
from verifier.books.vectors import Known


def holding(state: State, account: Account, known: Known, market: Market | None) -> Holding:
    """The account with its margin, where values and market are known."""
    bare = Holding(
        account=account.id,
        source=known.source,
        status=account.status,
        standing=account.standing,
        exempt=account.exempt,
        values=known.values,
    )
    if known.values is None or market is None:
        return bare
    demands, values = state.demands(market), known.values
    floor = demands.floor_of(values)
    return bare.model_copy(
        update={
            "equity": demands.equity(values),
            "initial": _left(state.shape, demands.initial(floor), values, is_initial=True),
            "maintenance": _left(state.shape, demands.maintenance(floor), values, is_initial=False),
        }
    )


def check_standing(
    state: State, account: Account, known: Known, entry: int, problems: Problems
) -> None:
    """An account that proved its margin in the current epoch, and is not on sale, meets it.

    Initial margin or maintenance, at the prices of this epoch or, for who bought in a default of a
    locked market, at those of its sales. Deposits only help, and a fill keeps initial margin
    because its order did; between the two it may miss a part of the floor. An account that owes no
    proof has none to be wrong, and one whose proof is of an older epoch may have lost since.
    """
    market = state.market(state.pool.epoch)
    proven = account.standing == state.pool.epoch and not account.exempt
    if market is None or known.values is None or not proven or account.status == "frozen":
        return
    values, demands = known.values, state.demands(market)
    floor = 0 if account.trail.fill is not None else demands.floor_of(values)
    asked = _admitted(demands, state.sale_demands(), floor)
    if not any(judge(state.shape, schedule, values).holds for schedule in asked):
        left = _left(state.shape, demands.maintenance(floor), values, is_initial=False)
        problems.add(
            Problem.MARGIN,
            entry,
            account.id,
            f"margin of account {account.id} in epoch {market.epoch}",
            "nothing below zero",
            f"{left.total} left of maintenance",
        )


def check_tip(state: State, account: Account, known: Known, entry: int, problems: Problems) -> None:
    """Whoever holds less than maintenance asks, and is not on sale for it yet."""
    if state.pool.epoch == 0 or known.values is None or account.status == "frozen":
        return
    demands, values = state.sale_demands(), known.values
    schedule = demands.maintenance(demands.floor_of(values))
    left = _left(state.shape, schedule, values, is_initial=False)
    if not left.holds:
        problems.add(
            Problem.BELOW,
            entry,
            account.id,
            f"maintenance of account {account.id} at the tip",
            "nothing below zero",
            f"{left.total} left",
        )


def _admitted(demands: Demands, sales: Demands, floor: int) -> Iterator[Schedule[int]]:
    for asked in (demands, sales):
        yield asked.maintenance(floor)
        yield asked.initial(floor)


def _left(
    shape: Shape, schedule: Schedule[int], values: Sequence[int], *, is_initial: bool
) -> Left:
    """Judged as a proof would be; under maintenance neither payments nor notional are bounded."""
    rest = judge(shape, schedule, values)
    worst = max(_losses(shape, schedule, values), default=None)
    coin, row, loss = None, None, 0
    if worst is not None and worst[0] > 0:
        loss, coin, row = -(-worst[0] // SCALE), -worst[1], -worst[2]
    return Left(
        total=rest.total // SCALE,
        paid=rest.paid // SCALE if is_initial else None,
        room=rest.room // SCALE if is_initial else None,
        coin=coin,
        row=row,
        loss=loss,
    )


def _losses(
    shape: Shape, schedule: Schedule[int], values: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """What each row of each coin takes; the first of the largest is the greatest of these."""
    for coin, (columns, rows) in enumerate(zip(shape.columns, schedule.moves, strict=True)):
        for place, row in enumerate(rows):
            change = sum(move * values[c] for move, c in zip(row, columns, strict=True))
            yield -change, -coin, -place
