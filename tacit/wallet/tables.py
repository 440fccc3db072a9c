"""What a wallet prints without being asked for it by name: holdings and risk, and no secret."""

from __future__ import annotations

from typing import Any, Final

from rich.table import Table

from ledger.market.listing import Listing
from ledger.requirements import open_order
from ledger.wording import amount_of, instant, moment, money, signed_amount
from prover.wallet.exposure import Exposure, exposure, heartbeat
from prover.wallet.withdrawals import waiting
from tacit.console import out
from tacit.wallet.access import Desk

_MARGINS: Final = (
    "equity",
    "initial_margin",
    "maintenance_margin",
    "initial_left",
    "maintenance_left",
)


def describe(desk: Desk) -> dict[str, Any]:
    """The account as JSON. All that may be printed without being asked for by name."""
    wallet, state = desk.wallet, desk.ledger.state
    document: dict[str, Any] = {
        "ledger": wallet.record.ledger.hex(),
        "seen": wallet.record.seen.number,
        "account": wallet.record.account,
    }
    if wallet.record.account is None:
        return document
    account = state.account(wallet.account)
    beat, order = heartbeat(state, account.id), open_order(state, account)
    seen = _exposure(desk)
    return document | {
        "status": account.status,
        "nonce": account.nonce,
        "holds": dict(zip(desk.listing.labels, wallet.opening.values, strict=True)),
        "heartbeat": {"due": beat.due, "status": beat.status},
        "order": None if order is None else order.id,
        "order_cancelled": order is not None and order.cancelled is not None,
        "withdrawals": [each.document() for each in waiting(state, account.id)],
        "locked": bool(state.pool.epoch) and state.current_market.is_locked,
        "trades": [
            {"with": trade.other, "role": trade.role, "status": trade.status}
            for trade in wallet.record.trades
        ],
        "exposure": None if seen is None else seen.document(),
    }


def _exposure(desk: Desk) -> Exposure | None:
    """None before the first market."""
    state = desk.ledger.state
    return exposure(state, desk.wallet.opening.values) if state.pool.epoch else None


def show_account(document: dict[str, Any], listing: Listing) -> None:
    """The same as a table."""
    facts = Table(show_header=False)
    for key in ("account", "ledger", "seen", "status"):
        facts.add_row(key, str(document.get(key, "not open yet")))
    for place, (label, value) in enumerate(document.get("holds", {}).items()):
        if value:
            facts.add_row(label, f"{value:,}" if place else money(value))
    if "heartbeat" in document:
        beat = document["heartbeat"]
        facts.add_row("heartbeat", _heartbeat(beat["due"], beat["status"]))
        facts.add_row("open order", _order(document))
        if document["locked"]:
            facts.add_row("market", "locked: prices moved further than an update may carry")
    for one in document.get("withdrawals", []):
        facts.add_row(f"withdrawal {one['withdrawal']}", _waiting(one, listing))
    for trade in document.get("trades", []):
        facts.add_row("trade", f"{trade['role']} with account {trade['with']}: {trade['status']}")
    seen = document.get("exposure")
    if seen is not None:
        for key in _MARGINS:
            facts.add_row(key.replace("_", " "), amount_of(listing, 0, seen[key]))
        for coin in seen["coins"]:
            worst = "" if coin["worst"] is None else f" in {coin['worst']}"
            words = f"{money(coin['loss'])}{worst}, and {money(coin['charges'])} of charges"
            facts.add_row(f"at most lost, {coin['coin']}", words)
        for name, prices in seen["liquidation"].items():
            facts.add_row(f"liquidated, {name}", _reach(prices["below"], prices["above"]))
    out.print(facts)


def _heartbeat(due: int | None, status: str) -> str:
    """By which market: `due` is in the oracles' time."""
    if due is None:
        return status
    return f"{status}, {'since' if status == 'overdue' else 'before'} a market of {instant(due)}"


def _order(document: dict[str, Any]) -> str:
    if document["order"] is None:
        return "none"
    number = str(document["order"])
    return f"{number}, taken back, and settling" if document["order_cancelled"] else number


def _waiting(one: dict[str, Any], listing: Listing) -> str:
    """What waits, since when, and until when."""
    due = one["due"]
    when = f"not before {instant(one['expected'])}" if due is None else f"due at {instant(due)}"
    paid, whole = one["fraction"]
    part = "in full" if paid == whole else f"{paid / whole:.2%} of it"
    amount = amount_of(listing, one["asset"], one["amount"])
    return f"{amount}, {when}; paid {part} as things stand"


def _reach(below: int | None, above: int | None) -> str:
    """The spots at which the margin is gone."""
    parts = [] if below is None else [f"at {money(below)} or below"]
    parts += [] if above is None else [f"at {money(above)} or above"]
    return ", ".join(parts) or "at no spot within reach"


def past(desk: Desk) -> list[dict[str, Any]]:
    """Every entry that concerned the account, and what it added."""
    labels, steps = desk.listing.labels, []
    before = (0,) * len(labels)
    for step in desk.wallet.record.history:
        pairs = zip(labels, before, step.held.values, strict=True)
        changes = {label: b - a for label, a, b in pairs if a != b}
        steps.append(
            {"entry": step.entry, "time": step.time, "what": step.what, "changes": changes}
        )
        before = step.held.values
    return steps


def show_past(steps: list[dict[str, Any]], listing: Listing) -> None:
    """The same as a table."""
    table = Table("entry", "time, UTC", "what", "changes")
    places = {label: place for place, label in enumerate(listing.labels)}
    for step in steps:
        changes = step["changes"].items()
        moved = ", ".join(signed_amount(listing, places[label], by) for label, by in changes)
        table.add_row(str(step["entry"]), moment(step["time"]), step["what"], moved)
    out.print(table)
