"""Stories of the stand-in that end in a default, for the tests of payments, sales and markets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ledger.market.data import Observation
from ledger.state import State
from prover.author import Author
from tests.ledger.world import World


@dataclass
class Story:
    """A ledger with a loser, a winner, somebody to buy, and a saver who never trades."""

    world: World
    loser: Author
    winner: Author
    buyer: Author
    saver: Author

    @classmethod
    def begun(cls, world: World, capital: int = 10**7, lots: int = 22_000) -> Story:
        """The loser is long as far as initial margin goes, with some coins besides."""
        world.submit(world.offices.endow(world.state, capital))
        world.publish()
        people = [world.join(cash) for cash in (30_000_000, 10**9, 10**9, 5_000_000)]
        story = cls(world, *people)
        world.deposit(story.loser, 1, 50_000)
        world.deposit(story.saver, 1, 1_000)
        world.trade(story.loser, story.winner, {0: -6_000 * lots, world.lot(0): lots})
        return story

    @property
    def present(self) -> State:
        """The state at the world's time: prices of sales depend on it."""
        draft = self.world.state.draft(0)
        draft.advance(self.world.now)
        return draft

    def fall(self, bps: int, epochs: int) -> None:
        """Every epoch the price falls by so much; the winner proves, and the loser does not."""
        for _ in range(epochs):
            self.world.next_epoch(fallen(self.world, bps))
            self.world.accept(self.winner, self.winner.prove_margin(self.world.state))

    def reveal(self, bps: int = 400, epochs: int = 4) -> None:
        """The loser is opened."""
        self.fall(bps, epochs)
        self.world.now += 60
        self.world.reveal(self.loser)

    def buy(self, target: Author | None, part: int | None = None, more: int = 0) -> int:
        """Of an account or of the fund, at the price of the moment; the entry's number."""
        whose = None if target is None else target.account
        written = self.buyer.take_over(self.present, whose, part)
        if more:
            price = written.transition.price + more
            written = self.buyer.take_over(self.present, whose, part, price)
        return self.world.accept(self.buyer, written).number

    def quiet(self, epochs: int) -> None:
        """Nothing happens, and prices stay."""
        for _ in range(epochs):
            self.world.next_epoch(self.world.state.current_market.observation)


def fallen(world: World, bps: int) -> Observation:
    """The last prices, lower by so much."""
    seen = world.state.current_market.observation
    spots = tuple(spot * (10_000 - bps) // 10_000 for spot in seen.spots)
    return seen.model_copy(update={"spots": spots})


def broken(kind: Any, then: Callable[[Any, State], None]) -> Callable[[Any, State], None]:
    """The `apply` of a transition, and something that it has no business to do."""
    right = kind.apply

    def apply(self: Any, state: State) -> None:
        right(self, state)
        then(self, state)

    return apply
