"""A stand-in world whose escrow key is shared, with two accounts that trade. For tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from development.offices import InsecureOffices
from prover.author import Author
from prover.guardian import Guardian, KeyShare, SharedKey
from tests.ledger.world import World, stand_in_world
from tests.prover.guardian.circle import Circle
from zk.babyjubjub import Point

CASH = 10_000_000


@dataclass
class GuardedWorld:
    """The guardians sign with the keys of the ledger's quorum, and each has a share."""

    seed: int = 1
    world: World = field(init=False)
    circle: Circle = field(init=False)
    shares: tuple[KeyShare, ...] = field(init=False)
    guardians: list[Guardian] = field(init=False)
    one: Author = field(init=False)
    two: Author = field(init=False)

    def __post_init__(self) -> None:
        committee = InsecureOffices.of(self.seed).guardians
        n, t = len(committee.members), committee.threshold
        self.circle = Circle(n, t, signers=committee.members)
        self.shares = self.circle.shares(self.circle.hold(self.circle.terms()))
        self.world = stand_in_world(self.seed, escrow=self.circle.prove(self.shares))
        self.guardians = [self.guardian(i, [share]) for i, share in enumerate(self.shares)]
        self.world.publish()
        self.one, self.two = self.world.join(CASH), self.world.join(CASH)

    @property
    def shared(self) -> list[SharedKey]:
        """The public side of the key."""
        return [self.shares[0].shared]

    @property
    def key(self) -> Point:
        return self.shares[0].shared.key

    def guardian(self, index: int, shares: Sequence[KeyShare]) -> Guardian:
        """One guardian, on the ledger of the world."""
        signer = self.circle.signers[index]
        return Guardian(
            shares,
            signer,
            self.world.ledger,
            self.circle.randomness,
            clock=lambda: self.world.now,
        )

    def trade(self) -> None:
        """A future changes hands, and both accounts are put in escrow."""
        self.world.trade(self.one, self.two, {0: -1000, self.world.lot(0): 1})

    def fill(self) -> None:
        """Orders of both, filled in part: a trail of an escrow and a fill."""
        lot = self.world.lot(0)
        bought = self.world.order(self.one, {0: -4000, lot: 4})
        sold = self.world.order(self.two, {0: 4000, lot: -4})
        fills = [
            (self.one, self.world.fill(self.one, bought, 1, 4)),
            (self.two, self.world.fill(self.two, sold, 1, 4)),
        ]
        self.world.clear(fills)

    def fall_silent(self, *others: Author) -> None:
        """Time passes until accounts that proved nothing are overdue; `others` prove."""
        for _ in range(4):
            self.world.next_epoch()
            for author in others:
                self.world.accept(author, author.prove_margin(self.world.state))
