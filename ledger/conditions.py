"""The conditions that several transitions share, each with its name and what it found."""

from __future__ import annotations

from functools import lru_cache

from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder
from ledger.records import Account, Market, Order, Sealed, Trail
from ledger.state import State
from zk.babyjubjub import Point
from zk.generators import value_generator
from zk.pedersen import Opening


def require_account(state: State, index: int, nonce: int) -> Account:
    """The account, at that nonce, not on sale: what deposits and cancellations ask."""
    account = state.account(index)
    if account.nonce != nonce:
        raise OutOfOrder(f"nonce of account {index}", expected=account.nonce, actual=nonce)
    if account.status == "frozen":
        raise NotAdmitted(
            f"account {index}", expected="an account that is not on sale", actual="frozen"
        )
    return account


def require_free_account(state: State, index: int, nonce: int) -> Account:
    """Likewise, and without an open order: what everything else asks."""
    account = require_account(state, index, nonce)
    order = open_order(state, account)
    if order is not None:
        raise NotAdmitted(
            f"account {index}",
            expected="no open order (it takes deposits and a cancellation only)",
            actual=f"order {order.id} is open",
        )
    return account


def open_order(state: State, account: Account) -> Order | None:
    """The account's order, while it lives: an order ends with the epoch of its proof."""
    order = account.order
    return order if order is not None and order.epoch == state.pool.epoch else None


def require_current_market(state: State, epoch: int) -> Market:
    """The market of the epoch that a proof names, which must be the current one, and fresh."""
    market = require_fresh_market(state)
    if epoch != market.epoch:
        raise OutOfOrder("epoch", expected=market.epoch, actual=epoch)
    return market


def require_fresh_market(state: State) -> Market:
    """The current market, not older than what the parameters allow."""
    market, limit = state.current_market, state.parameters.max_age
    age = state.pool.time - market.time
    if age > limit:
        raise NotAdmitted("age of the market", expected=f"at most {limit} s", actual=f"{age} s")
    return market


def require_index(subject: str, index: int, count: int) -> int:
    """An index below `count`."""
    if not 0 <= index < count:
        raise LimitExceeded(subject, expected=f"an index below {count}", actual=index)
    return index


@lru_cache(maxsize=1 << 12)
def amount_point(index: int, amount: int) -> Point:
    """amount·G_index."""
    return value_generator(index) * amount


def amounts(components: int, index: int, amount: int) -> tuple[int, ...]:
    """A vector with one entry."""
    return tuple(amount if k == index else 0 for k in range(components))


def secured(state: State, account: Account, leg: int = 0) -> Account:
    """After a proof with escrow under the current market: known to guardians, and in standing.

    It owes its next proof when the epoch has changed.
    """
    return account.model_copy(
        update={
            "trail": trail_from_here(state, leg),
            "standing": state.pool.epoch,
            "exempt": False,
        }
    )


def trail_from_here(state: State, leg: int = 0) -> Trail:
    """The trail of an account whose whole opening is in escrow in this entry."""
    return Trail(base=sealed_here(state, leg), public=(0,) * state.shape.components)


def sealed_here(state: State, leg: int = 0) -> Sealed:
    """An escrow of this entry, under the key in force."""
    return Sealed(entry=state.number, leg=leg, key=state.parameters.escrow.point)


def hidden_change(account: Account, delta: Point) -> Account:
    """With a delta added that nobody else can open: a revealed account is private again."""
    return account.moved(delta).model_copy(update={"status": "active", "opening": None})


def with_public_opening(account: Account, added: Opening) -> Account:
    """With an opening added that everybody knows: what was revealed stays so."""
    opening = None if account.opening is None else account.opening.plus(added.values)
    return account.moved(added.commit().point).model_copy(update={"opening": opening})


def with_public_amount(account: Account, index: int, amount: int) -> Account:
    """A public amount added, everywhere where it has to show."""
    vector = amounts(len(account.trail.public), index, amount)
    public = tuple(a + b for a, b in zip(account.trail.public, vector, strict=True))
    moved = account.moved(amount_point(index, amount))
    opening = None if account.opening is None else account.opening.plus(vector)
    trail = account.trail.model_copy(update={"public": public})
    return moved.model_copy(update={"trail": trail, "opening": opening})


def with_nonce_used(account: Account) -> Account:
    """The next transition of the owner needs the next nonce."""
    return account.model_copy(update={"nonce": account.nonce + 1})
