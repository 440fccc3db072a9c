"""What a default does to an account: it is frozen, mended, or sold until it is.

Until something is sold, whatever restores maintenance ends the sale: a deposit, or a market that
came back. After that, initial margin does. A second failure within a day goes on at the step that
the first had reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.offers import is_sold_out
from ledger.records import Account, Lapse, Sale
from ledger.requirements import bought
from ledger.state import State

#: How long a sale that was cured is remembered.
RELAPSE: Final = 86_400


def freeze(state: State, account: Account) -> None:
    """Puts a revealed book on sale, whose order is closed; `rejudge` may end it at once."""
    now, parameters = state.pool.time, state.parameters
    lapse = account.lapse
    elapsed = lapse.elapsed if lapse is not None and now < lapse.until else 0
    sale = Sale(
        since=now,
        elapsed=min(elapsed, parameters.sale_duration),
        duration=parameters.sale_duration,
        step=parameters.sale_step,
    )
    state.put_account(
        account.model_copy(update={"status": "frozen", "sale": sale, "order": None, "lapse": None})
    )
    rejudge(state, account.id)


def rejudge(state: State, index: int) -> None:
    """Ends the sale of a book that is mended, or of which nothing is left; else it goes on."""
    account = state.account(index)
    sale, opening = account.sale, account.opening
    if sale is None or opening is None:
        return
    demands, values = state.sale_demands(), opening.values
    if is_sold_out(state.shape.assets, values):
        _end_sale(state, _made_whole(state, account), sale)
        return
    is_mended = demands.meets_initial if sale.sold else demands.meets_maintenance
    if is_mended(values):
        _end_sale(state, account, sale)


def sell(state: State, index: int, lot: Sequence[int], price: int) -> None:
    """The lot leaves the book, and its price comes in."""
    account = state.account(index)
    assert account.sale is not None  # it is on sale
    cash, *rest = (-v for v in lot)
    sold = account.sale.model_copy(update={"sold": True})
    state.put_account(bought(account, (cash + price, *rest)).model_copy(update={"sale": sold}))
    rejudge(state, index)


def pause_sales(state: State, now: int, fresh_until: int) -> None:
    """Before a new market: what has elapsed under the old one is written down."""
    for index in state.pool.frozen:
        account = state.account(index)
        assert account.sale is not None  # it is frozen
        paused = account.sale.paused_at(now, fresh_until)
        state.put_account(account.model_copy(update={"sale": paused}))
    if state.pool.fund_sale is not None:
        state.update_pool(fund_sale=state.pool.fund_sale.paused_at(now, fresh_until))


def rejudge_all(state: State) -> None:
    """Under a new market: whoever it mends is no longer on sale."""
    for index in state.pool.frozen:
        rejudge(state, index)


def _made_whole(state: State, account: Account) -> Account:
    """Everything is sold: what is still owed is the fund's to pay."""
    assert account.opening is not None  # it is public
    owed = min(account.opening.values[0], 0)
    none = (0,) * (state.shape.components - 1)
    state.update_pool(fund=state.pool.fund.plus((owed, *none)))
    return bought(account, (-owed, *none))


def _end_sale(state: State, account: Account, sale: Sale) -> None:
    assert account.opening is not None  # it is public
    cash, positions = account.opening.values[0], account.opening.values[state.shape.assets :]
    elapsed = sale.elapsed_at(state.pool.time, state.fresh_until)
    until = state.pool.time + RELAPSE
    state.put_account(
        account.model_copy(
            update={
                "status": "revealed",
                "sale": None,
                "lapse": None if sale.sold else Lapse(elapsed=elapsed, until=until),
                "exempt": cash >= 0 and not any(positions),
                "standing": state.pool.epoch,
            }
        )
    )
