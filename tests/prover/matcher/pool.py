"""A matcher on a ledger of the tests, and the messages that owners have sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from development.venue import Venue
from ledger.transitions import Settle, decode_transition
from prover.author import Author
from prover.matcher.fills import fill_of_order
from prover.matcher.inbox import open_messages
from prover.matcher.keys import MatcherKeys
from prover.matcher.matcher import Clearing, Matcher, Messages
from prover.messages import OrderMessage, encrypt_to
from zk.pedersen import Opening


@dataclass
class Pool:
    """The matcher of a venue; owners send what they order, and then they are gone."""

    world: Venue
    matcher: Matcher = field(init=False)
    inbox: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = MatcherKeys.draw(self.world.randomness)
        self.world.matcher = keys.signer
        self.matcher = Matcher(keys, self.world.proving, self.world.randomness)

    def order(self, author: Author, amounts: Mapping[int, int]) -> Opening:
        """Placed on the ledger, and sent."""
        opening = self.world.order(author, amounts)
        self.send(self.message(author, opening))
        return opening

    def buy(self, author: Author, lots: int, price: int, instrument: int = 0) -> Opening:
        """So many lots, or a sale where they are negative, at that price or better."""
        return self.order(author, {0: -lots * price, self.world.lot(instrument): lots})

    def message(self, author: Author, opening: Opening, **changes: Any) -> OrderMessage:
        """What the owner says of the open order, or something else."""
        placed = self.world.state.account(author.account).order
        true = OrderMessage(
            ledger=self.world.ledger.id,
            account=author.account,
            order=0 if placed is None else placed.id,
            values=opening.values,
            blinding=opening.blinding,
        )
        return true.model_copy(update=changes)

    def send(self, message: OrderMessage) -> str:
        """As a file of the inbox."""
        name = f"{len(self.inbox):04}.message"
        public = self.matcher.keys.card.messages
        self.inbox[name] = encrypt_to(public, message.encode(), self.world.randomness)
        return name

    @property
    def messages(self) -> Messages:
        return open_messages(self.inbox, self.matcher.keys.recipient)

    def clear(self) -> Clearing:
        return self.matcher.clear(self.world.ledger, self.messages, self.world.now)

    def reasons(self) -> dict[str, str]:
        """Why which message does not count, in a clearing."""
        return {each.name: each.reason for each in self.clear().intake.refused}

    def settlement(self, entry: int) -> Settle:
        """What stands in the log."""
        settlement = decode_transition(self.world.ledger.entry(entry).transition)
        assert isinstance(settlement, Settle)
        return settlement

    def learn(self, author: Author, order: int, opening: Opening, entry: int) -> Opening:
        """The owner comes back and reads the log: what was filled is part of the account."""
        fill = fill_of_order(
            self.world.shape,
            self.world.ledger.id,
            self.settlement(entry),
            author.account,
            order,
            opening.blinding,
        )
        assert fill is not None
        author.opening = author.known + fill
        commitment = self.world.state.account(author.account).commitment
        assert author.known.commit().point == commitment
        return fill


def filled(clearing: Clearing) -> dict[int, tuple[int, int]]:
    """Lots and price by account."""
    return {
        one.held.account: (one.lots, one.price)
        for settled in clearing.settled
        for one in settled.executions
    }
