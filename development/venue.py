"""A development ledger with everybody around it: offices, owners, a matcher, a clock.

Each method writes a transition, submits it, and moves the owner's opening only if it was taken.
The clock stands still until somebody moves it. Demonstrations, benchmarks and tests play on it; a
desk of the real world has one owner, and its wallet does what the owner does here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from circuits.shape import Shape
from development.offices import InsecureOffices
from ledger.log import Entry
from ledger.market.data import Observation, RiskTable
from ledger.market.presets import Preset
from ledger.port import LedgerPort
from ledger.state import State
from ledger.transitions import Settle, Transition
from prover.author import Author
from prover.owner import Proving, Written
from prover.settlement import (
    Filler,
    OrderFill,
    firm_terms,
    settled,
    settlement_terms,
    signed_terms,
)
from zk.errors import Conflict
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.randomness import Randomness
from zk.signatures import SigningKey


@dataclass
class Venue:
    """A ledger and all who act on it."""

    ledger: LedgerPort
    offices: InsecureOffices
    market: Preset
    proving: Proving
    randomness: Randomness
    now: int
    authors: list[Author] = field(default_factory=list)
    matcher: SigningKey = field(init=False)

    def __post_init__(self) -> None:
        self.matcher = SigningKey.draw(self.randomness)

    @property
    def state(self) -> State:
        """The state at the present time."""
        return self.ledger.state

    @property
    def shape(self) -> Shape:
        return self.market.shape

    def submit(self, transition: Transition) -> Entry:
        """At the present time."""
        return self.ledger.submit(transition.encode(), self.now)

    def accept(self, author: Author, written: Written[Transition]) -> Entry:
        """Submits it; the author's opening follows."""
        entry = self.submit(written.transition)
        author.opening = written.opening
        return entry

    def join(self, cash: int = 0) -> Author:
        """One more account, with a deposit."""
        author = Author(
            SigningKey.draw(self.randomness),
            self.randomness(1 << 256).to_bytes(32, "big"),
            self.proving,
            self.randomness,
        )
        written = author.open_account(self.state)
        self.accept(author, written)
        author.account = len(self.authors)
        self.authors.append(author)
        if cash:
            self.deposit(author, 0, cash)
        return author

    def deposit(self, author: Author, asset: int, amount: int) -> Entry:
        written = author.deposit(self.state, asset, amount, self.offices.custodian)
        return self.accept(author, written)

    def publish(self, seen: Observation | None = None, *, table: RiskTable | None = None) -> Entry:
        """The next epoch, from what as many oracles as are needed saw alike."""
        observation = seen or self.market.observation
        reports = [observation] * self.state.parameters.oracles.threshold
        update = self.offices.update_market(self.state, reports, self.now, table)
        return self.submit(update)

    def next_epoch(self, seen: Observation | None = None) -> Entry:
        """As soon as the parameters allow it."""
        self.now += self.state.parameters.min_interval
        return self.publish(seen)

    def delta(self, amounts: Mapping[int, int]) -> Opening:
        """A vector under a fresh blinding."""
        return Opening(self.shape.vector(amounts), self.randomness(SUBGROUP_ORDER))

    def lot(self, instrument: int) -> int:
        """The component of an instrument."""
        return self.shape.assets + instrument

    def settlement(self, deltas: Sequence[tuple[Author, Opening]]) -> tuple[Settle, list[Opening]]:
        """Signed legs, and what each party's account opens to afterwards."""
        parts = [signed_terms(self.state, a.account, d.commit().point) for a, d in deltas]
        terms = settlement_terms(self.state, parts)
        legs = [author.signed_leg(self.state, terms, delta) for author, delta in deltas]
        excess = sum(delta.blinding for _, delta in deltas) % SUBGROUP_ORDER
        settlement = settled(
            self.state, terms, [leg.transition for leg in legs], excess, None, self.randomness
        )
        return settlement, [leg.opening for leg in legs]

    def trade(self, buyer: Author, seller: Author, amounts: Mapping[int, int]) -> Entry:
        """Both sign: the buyer's account moves by `amounts`, the seller's by their opposite."""
        delta = self.delta(amounts)
        settlement, openings = self.settlement([(buyer, delta), (seller, -delta)])
        entry = self.submit(settlement)
        buyer.opening, seller.opening = openings
        return entry

    def order(self, author: Author, amounts: Mapping[int, int]) -> Opening:
        """A firm order for our matcher; returns its opening."""
        opening = self.delta(amounts)
        self.accept(author, author.place_order(self.state, opening, self.matcher.public))
        return opening

    def fill(
        self, author: Author, order: Opening, filled: int, whole: int, extra_cash: int = 0
    ) -> OrderFill:
        """`filled / whole` of an order, and perhaps a little more cash than its limit asks."""
        placed = self.state.account(author.account).order
        part = [value * filled // whole for value in order.values]
        part[0] += extra_cash
        opening = Opening(tuple(part), self.randomness(SUBGROUP_ORDER))
        if placed is None:
            raise Conflict("order", expected="an order that was placed", actual="none")
        return OrderFill(author.account, placed.id, order, opening, filled, whole)

    def firm_settlement(self, fills: Sequence[OrderFill]) -> Settle:
        """What the matcher submits."""
        terms = settlement_terms(
            self.state, [firm_terms(fill) for fill in fills], self.matcher.public
        )
        filler = Filler(self.randomness(1 << 256).to_bytes(32, "big"), self.proving)
        legs = [filler.leg(self.state, terms, fill) for fill in fills]
        excess = sum(fill.opening.blinding for fill in fills) % SUBGROUP_ORDER
        return settled(self.state, terms, legs, excess, self.matcher, self.randomness)

    def clear(self, fills: Sequence[tuple[Author, OrderFill]]) -> Entry:
        """The matcher settles; owners learn their fills."""
        entry = self.submit(self.firm_settlement([fill for _, fill in fills]))
        for author, fill in fills:
            author.opening = author.known + fill.opening
        return entry

    def reveal(self, author: Author) -> Entry:
        """The guardians read the log and open the account."""
        return self.submit(self.offices.reveal(self.state, author.account, self.ledger.entry))
