"""What the matcher's command shows: its books, what they came to, what did not count."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from rich.table import Table
from rich.text import Text

from ledger.port import LedgerPort
from ledger.requirements import open_order
from ledger.wording import money
from prover.matcher.books import Book
from prover.matcher.inbox import Refusal
from prover.matcher.matcher import Execution, Settled
from prover.matcher.orders import HeldOrder
from tacit.console import out


def open_orders(opened: LedgerPort) -> list[dict[str, Any]]:
    """What anybody can tell: which account has an order open, and for whom."""
    state = opened.state
    accounts = [state.account(index) for index in range(state.pool.accounts)]
    found = ((account, open_order(state, account)) for account in accounts)
    return [
        {
            "account": account.id,
            "order": order.id,
            "epoch": order.epoch,
            "matcher": order.matcher.hex(),
            "cancelled": order.cancelled,
        }
        for account, order in found
        if order is not None
    ]


def describe_book(book: Book, names: Sequence[str]) -> dict[str, Any]:
    """A book and the price at which it would clear now."""
    outcome = book.outcome
    return {
        "book": book.combination.label(names),
        "parts": list(book.combination.parts),
        "mark": text_of(book.combination.mark(book.mark)),
        "price": None if outcome is None else outcome.price,
        "volume": 0 if outcome is None else outcome.volume,
        "orders": [_order(held) for held in book.orders],
    }


def describe_settled(settled: Settled, names: Sequence[str]) -> dict[str, Any]:
    """A settlement, leg by leg."""
    return {
        "entry": settled.entry,
        "fills": [_execution(one, names) for one in settled.executions],
    }


def describe_refused(refused: Sequence[Refusal]) -> list[dict[str, str]]:
    """What does not count, and why."""
    return [{"message": each.name, "reason": each.reason} for each in refused]


def show_books(books: Sequence[dict[str, Any]]) -> None:
    """A table for each book, under a line that is not broken."""
    columns = ("order", "account", "side", "lots", "limit")
    for book in books:
        meets = book["price"] is not None
        price = f"{book['volume']:,} at {money(book['price'])}" if meets else "nobody meets"
        title = f"{book['book']}: mark {_dollars(book['mark'])}, {price}"
        out.print(title, markup=False, soft_wrap=True)
        table = Table(*columns)
        for order in book["orders"]:
            shown = order | {"limit": _dollars(order["limit"])}
            table.add_row(*(str(shown[key]) for key in columns))
        out.print(table)


def show_settled(settlements: Sequence[dict[str, Any]]) -> None:
    """A table for each settlement."""
    for settlement in settlements:
        columns = ("account", "order", "book", "lots", "whole", "price")
        table = Table(*columns, title=f"settled in entry {settlement['entry']}")
        for fill in settlement["fills"]:
            shown = fill | {"price": money(fill["price"])}
            table.add_row(*(Text(str(shown[key])) for key in columns))
        out.print(table)


def show_refused(refused: Sequence[dict[str, str]]) -> None:
    """A line for each message that does not count; names and reasons are never markup."""
    for each in refused:
        out.print(f"{each['message']}: {each['reason']}", markup=False, soft_wrap=True)


def text_of(number: Fraction) -> str:
    """Whole, or to the millionth, which is as fine as a mark is."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.6f}"


def _dollars(cents: str) -> str:
    """A price as JSON has it, which may be a fraction of a cent."""
    return f"{float(Fraction(cents)) / 100:,.2f}"


def _order(held: HeldOrder) -> dict[str, Any]:
    return {
        "order": held.order,
        "account": held.account,
        "side": "buy" if held.lots > 0 else "sell",
        "lots": abs(held.lots),
        "limit": str(held.limit),
    }


def _execution(one: Execution, names: Sequence[str]) -> dict[str, Any]:
    return {
        "account": one.held.account,
        "order": one.held.order,
        "book": one.book.combination.label(names),
        "lots": one.lots,
        "whole": one.held.lots,
        "price": one.price,
    }
