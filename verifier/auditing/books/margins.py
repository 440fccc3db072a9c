"""What a portfolio has left under the rows of a market, and whether an accepted proof was true."""

from __future__ import annotations

from ledger.market.data import SCALE, Rows, equity
from ledger.records import Account, Market
from ledger.state import State
from verifier.auditing.books.document import Holding, Trouble
from verifier.auditing.books.troubles import Troubles
from verifier.auditing.books.vectors import Known


def holding(account: Account, known: Known, market: Market | None) -> Holding:
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
    matrices = market.matrices
    initial, initial_row = _worst(matrices.initial, known.values)
    maintenance, maintenance_row = _worst(matrices.maintenance, known.values)
    return bare.model_copy(
        update={
            "equity": equity(matrices.mark, known.values),
            "initial": initial,
            "initial_row": initial_row,
            "maintenance": maintenance,
            "maintenance_row": maintenance_row,
        }
    )


def check_standing(
    state: State, account: Account, known: Known, entry: int, troubles: Troubles
) -> None:
    """An account that proved its margin in the current epoch, and is not on sale, meets it.

    Initial margin or maintenance, that is: deposits only help, and a fill keeps initial margin
    because its order did. An account that owes no proof has none to be wrong, and one whose proof
    is of an older epoch may have lost since.
    """
    market = state.market(state.pool.epoch)
    proven = account.standing == state.pool.epoch and not account.exempt
    if market is None or known.values is None or not proven or account.status == "frozen":
        return
    matrices = market.matrices
    if max(rows.worst(known.values) for rows in (matrices.initial, matrices.maintenance)) < 0:
        troubles.add(
            Trouble.MARGIN,
            entry,
            account.id,
            f"margin of account {account.id} in epoch {market.epoch}",
            "no row below zero",
            f"{matrices.maintenance.worst(known.values) // SCALE} in the worst row",
        )


def _worst(rows: Rows, values: tuple[int, ...]) -> tuple[int, int]:
    """What is left in the worst row, in cash and rounded down, and which row that is."""
    left = rows.values_of(values)
    row = min(range(len(left)), key=left.__getitem__)
    return left[row] // SCALE, row
