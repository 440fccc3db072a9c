"""What the state consists of: one record per account, per epoch, and a few that there is one of."""

from __future__ import annotations

from typing import Literal

from ledger.encoding import Count, Digest, Model, PointHex, PublicKey, Scalar, Total
from ledger.market.data import Matrices, Observation
from ledger.market.listing import Listing
from ledger.parameters import Parameters
from zk.babyjubjub import Point
from zk.pedersen import Opening


class ShapeRecord(Model):
    """(assets, instruments, scenarios)."""

    assets: Count
    instruments: Count
    scenarios: Count


class Charter(Model):
    """What never changes: who this ledger is."""

    ledger: Digest
    shape: ShapeRecord
    listing: Listing


class PublicOpening(Model):
    """An opening that everybody may know."""

    values: tuple[Total, ...]
    blinding: Scalar

    @classmethod
    def of(cls, opening: Opening) -> PublicOpening:
        """The same opening, published."""
        return cls(values=opening.values, blinding=opening.blinding)

    @property
    def opening(self) -> Opening:
        return Opening(self.values, self.blinding)

    def plus(self, values: tuple[int, ...]) -> PublicOpening:
        """With public amounts added."""
        total = tuple(a + b for a, b in zip(self.values, values, strict=True))
        return PublicOpening(values=total, blinding=self.blinding)


class Sealed(Model):
    """An escrow in the log: the entry, the leg of a settlement, and the key it is encrypted to."""

    entry: Count
    leg: Count
    key: PointHex


class Trail(Model):
    """How the guardians find an opening: what was escrowed last, and what was added since.

    C = what stands in escrow at `base` + the fill in escrow at `fill` + the public amounts.
    There is at most one fill, because placing an order puts the account in escrow anew.
    """

    base: Sealed | None = None
    fill: Sealed | None = None
    public: tuple[Total, ...]

    def is_readable_with(self, key: Point) -> bool:
        """Everything is encrypted to that key."""
        return all(part is None or part.key == key for part in (self.base, self.fill))


class Order(Model):
    """A firm order: open for the epoch of its proof, and filled at most once."""

    id: Count
    commitment: PointHex
    epoch: Count
    matcher: PublicKey


class Sale(Model):
    """An insolvent portfolio on offer."""

    start: Count
    #: For how long the price falls, and in what steps; later parameters do not change them.
    duration: Count
    step: Count
    #: What it was worth at the mark when the sale began, in cash.
    equity: Total
    #: What it lacked in the worst scenario: the most that the fund pays to be rid of it.
    shortfall: Total

    @property
    def end(self) -> int:
        """From then on the fund must take it."""
        return self.start + self.duration

    def price(self, now: int, payable: int) -> int:
        """What it costs; below zero the buyer is paid.

        It falls, step by step, from the equity at the mark to minus what the portfolio may still
        lose, or to minus what the fund can pay where that is less.
        """
        paid = min(payable, self.shortfall)
        steps = self.duration // self.step
        k = min((now - self.start) // self.step, steps)
        return max(self.equity - (self.equity + paid) * k // steps, -paid)


class Account(Model):
    """One hidden portfolio.

    active    nobody knows what is in it
    revealed  its opening is public; only its privacy is lost, and the next proof restores it
    frozen    insolvent and on sale
    """

    id: Count
    owner: PublicKey
    commitment: PointHex
    nonce: Count = 0
    status: Literal["active", "revealed", "frozen"] = "active"
    #: The newest epoch under which it has proven its margin.
    standing: Count
    #: Without positions and in the black: it owes no proof until it changes.
    exempt: bool
    trail: Trail
    order: Order | None = None
    opening: PublicOpening | None = None
    sale: Sale | None = None

    def moved(self, delta: Point) -> Account:
        """With `delta` added to the commitment."""
        return self.model_copy(update={"commitment": self.commitment + delta})


class Market(Model):
    """What the oracles agreed on for one epoch."""

    epoch: Count
    #: Of the prices, and of the entry that published them: ages count from the one, grace from the
    #: other.
    time: Count
    published: Count
    observation: Observation
    matrices: Matrices


class PendingParameters(Model):
    """Signed, and waiting for its time."""

    effective: Count
    parameters: Parameters


class Pool(Model):
    """What there is one of: clock, totals, the fund, the expiry account, what is pending."""

    time: Count
    accounts: Count = 0
    #: The current epoch, and the oldest whose market is still kept; 0 before the first.
    epoch: Count = 0
    oldest: Count = 0
    #: Deposited less withdrawn, of every asset.
    totals: tuple[Total, ...]
    fund: PublicOpening
    #: Takes the other side of every redemption; nobody knows what is in it.
    expiry: PointHex
    #: The settlement value of each instrument that has expired, in cash per lot.
    settled: tuple[Total | None, ...]
    #: How many changes of parameters were signed, and those that still wait, in their order.
    changes: Count = 0
    pending: tuple[PendingParameters, ...] = ()


def public_point(opening: Opening) -> Point:
    """The commitment to what everybody knows."""
    return opening.commit().point
