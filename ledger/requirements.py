"""The conditions that several transitions share, each with its name and what it found."""

from __future__ import annotations

from functools import lru_cache

from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder
from ledger.records import Account, Market, Order, Sealed, Trail
from ledger.state import State
from zk.babyjubjub import Point
from zk.generators import value_generator


def require_nonce(state: State, index: int, nonce: int) -> Account:
    """The account, at that nonce: what deposits ask, for they may come in the middle of a sale."""
    account = state.account(index)
    if account.nonce != nonce:
        raise OutOfOrder(f"nonce of account {index}", expected=account.nonce, actual=nonce)
    return account


def require_account(state: State, index: int, nonce: int) -> Account:
    """The account, at that nonce, not on sale: what a cancellation asks."""
    account = require_nonce(state, index, nonce)
    if account.status == "frozen":
        raise NotAdmitted(
            f"account {index}", expected="an account that is not on sale", actual="frozen"
        )
    return account


def require_free_account(state: State, index: int, nonce: int) -> Account:
    """The account, at that nonce, neither on sale nor with an open order: what all else asks."""
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
    """The account's order, while it lives: for the epoch of its proof.

    After it was cancelled it lives for a settling time more: no clearing is undone by that.
    """
    order = account.order
    if order is None or order.epoch != state.pool.epoch:
        return None
    if order.cancelled is None:
        return order
    return order if state.pool.time < order.cancelled + state.parameters.settling else None


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


def require_open_market(state: State, epoch: int) -> Market:
    """The current market, fresh and within its bounds: nobody takes on risk in a locked one."""
    market = require_current_market(state, epoch)
    require_unlocked(market)
    return market


def require_unlocked(market: Market) -> None:
    """Honest prices lie within the bounds of an update."""
    if market.is_locked:
        raise NotAdmitted(
            "market",
            expected="prices within the bounds of an update",
            actual=f"epoch {market.epoch} is locked",
        )


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


def reblinded(account: Account, delta: Point) -> Account:
    """With a delta added that holds no value: a revealed account is private again."""
    return account.moved(delta).model_copy(update={"status": "active", "opening": None})


def hidden_change(account: Account, delta: Point) -> Account:
    """With a delta added that nobody else can open: it has traded, and is private again."""
    return reblinded(account, delta).model_copy(update={"holdings": None})


def bought(account: Account, change: tuple[int, ...]) -> Account:
    """With public amounts of a sale added: it has traded; what was revealed of it stays so."""
    return with_public_change(account, change).model_copy(update={"holdings": None})


def with_public_amount(account: Account, index: int, amount: int) -> Account:
    """A public amount added, everywhere where it has to show."""
    return with_public_change(account, amounts(len(account.trail.public), index, amount))


def with_public_change(account: Account, change: tuple[int, ...]) -> Account:
    """Public amounts added to commitment, trail, opening and holdings."""
    point = account.commitment
    for index, amount in enumerate(change):
        if amount:
            point += amount_point(index, amount)
    opening = None if account.opening is None else account.opening.plus(change)
    public, held = _sum(account.trail.public, change), account.holdings
    return account.model_copy(
        update={
            "commitment": point,
            "trail": account.trail.model_copy(update={"public": public}),
            "opening": opening,
            "holdings": None if held is None else _sum(held, change[: len(held)]),
        }
    )


def with_nonce_used(account: Account) -> Account:
    """The next transition of the owner needs the next nonce."""
    return account.model_copy(update={"nonce": account.nonce + 1})


def _sum(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(left, right, strict=True))
