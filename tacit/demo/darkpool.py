"""Six traders, three books, one auction: every fill is proven, and no owner is online for it."""

from __future__ import annotations

from rich.table import Table

from ledger.transitions import FirmLeg, Settle, decode_transition
from prover.author import Author
from prover.matcher.fills import fill_of_order
from prover.matcher.inbox import open_messages
from prover.matcher.keys import MatcherKeys
from prover.matcher.matcher import Clearing, Matcher
from prover.messages import OrderMessage, encrypt_to
from tacit.demo.stage import Stage
from zk.pedersen import Opening

_CASH = 40_000_000
#: Who orders what: the instrument's place among those that are traded, lots, and the limit in
#: basis points of the mark.
_ORDERS = (
    ("trader 1", 0, 900, 10_010),
    ("trader 2", 0, -600, 9_990),
    ("trader 3", 0, -500, 10_000),
    ("trader 4", 1, 2_000, 10_300),
    ("trader 5", 1, -1_500, 9_800),
    ("trader 6", 2, 400, 9_000),
)


def darkpool(stage: Stage) -> None:
    """Orders go encrypted to a matcher, which clears and settles alone."""
    stage.title("darkpool: one sealed auction")
    venue = stage.venue
    keys = MatcherKeys.draw(venue.randomness)
    traded = _traded(stage)
    with stage.step("six traders open accounts, place firm orders, and go to sleep"):
        placed: dict[str, tuple[Author, Opening]] = {}
        inbox: dict[str, bytes] = {}
        for name, which, lots, limit in _ORDERS:
            author = stage.desk(name, _CASH)
            slot = traded[which % len(traded)]
            price = stage.mark(slot) * limit // 10_000
            order = venue.delta({0: -lots * price, venue.lot(slot): lots})
            venue.accept(author, author.place_order(venue.state, order, keys.public))
            placed[name] = (author, order)
            message = encrypt_to(
                keys.card.messages, _message(stage, author, order), venue.randomness
            )
            inbox[f"{name}.message"] = message
    sizes = {len(message) for message in inbox.values()}
    stage.say(
        f"On the ledger each order is a point. Its opening went to the matcher in {max(sizes)} "
        "encrypted bytes. The matcher proves of every fill: “it is a fraction of the order, at the "
        "limit or better”, and of all together: “nothing was created”."
    )
    matcher = Matcher(keys, venue.proving, venue.randomness, workers=2)
    with stage.step("the matcher opens the messages, clears every book, proves and settles"):
        clearing = matcher.clear(venue.ledger, open_messages(inbox, keys.recipient), venue.now)
    _books(stage, clearing)
    with stage.step("the owners wake up and read their fills from the public log"):
        for settled in clearing.settled:
            transition = decode_transition(venue.ledger.entry(settled.entry).transition)
            assert isinstance(transition, Settle)  # that is what the matcher submits
            for author, order in placed.values():
                fill = _fill(stage, transition, author, order)
                author.opening = author.known + fill if fill is not None else author.known
    stage.facing(placed["trader 1"][0], placed["trader 2"][0])
    stage.sides(placed["trader 6"][0])
    stage.say("Trader 6 bid too low: its order was not filled, and nobody but the matcher knows.")


def _traded(stage: Stage) -> list[int]:
    """Up to three instruments, the perpetual first."""
    slots = [stage.slot("perpetual"), stage.slot("option", "call")]
    other = [s for s in range(stage.venue.shape.instruments) if s not in slots]
    return [*slots, *other[:1]]


def _message(stage: Stage, author: Author, order: Opening) -> bytes:
    placed = stage.venue.state.account(author.account).order
    assert placed is not None  # just accepted
    return OrderMessage(
        ledger=stage.venue.ledger.id,
        account=author.account,
        order=placed.id,
        values=order.values,
        blinding=order.blinding,
    ).encode()


def _fill(stage: Stage, settlement: Settle, author: Author, order: Opening) -> Opening | None:
    """From the log and the own order alone."""
    own = [leg for leg in settlement.legs if leg.account == author.account]
    for leg in own:
        if isinstance(leg, FirmLeg):
            venue = stage.venue
            return fill_of_order(
                venue.shape, venue.ledger.id, settlement, leg.account, leg.order, order.blinding
            )
    return None


def _books(stage: Stage, clearing: Clearing) -> None:
    """What the matcher alone has seen."""
    table = Table(title="what the matcher knows, and nobody else", box=None)
    for column in ("account", "lots", "price"):
        table.add_column(column, justify="right")
    for settled in clearing.settled:
        for one in settled.executions:
            table.add_row(str(one.held.account), f"{one.lots:+,}", f"{one.price:,}")
    stage.console.print(table)
