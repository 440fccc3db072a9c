"""What the state consists of: one record per account, per epoch, and a few that there is one of."""

from __future__ import annotations

from typing import Literal

from circuits.shape import Block, Shape
from ledger.encoding import Count, Digest, Model, PointHex, PublicKey, Scalar, Total
from ledger.market.data import Observation, RiskTable
from ledger.market.listing import Listing
from ledger.parameters import Parameters
from zk.babyjubjub import Point
from zk.pedersen import Opening


class BlockRecord(Model):
    """One coin of a shape."""

    instruments: Count
    rows: Count
    collateral: Count | None = None


class ShapeRecord(Model):
    """(assets, instruments, scenarios), and the blocks of coins."""

    assets: Count
    instruments: Count
    scenarios: Count
    blocks: tuple[BlockRecord, ...]

    @classmethod
    def of(cls, shape: Shape) -> ShapeRecord:
        """That shape, on record."""
        blocks = tuple(
            BlockRecord(instruments=b.instruments, rows=b.rows, collateral=b.collateral)
            for b in shape.blocks
        )
        return cls(
            assets=shape.assets,
            instruments=shape.instruments,
            scenarios=shape.scenarios,
            blocks=blocks,
        )

    @property
    def shape(self) -> Shape:
        blocks = tuple(Block(b.instruments, b.rows, b.collateral) for b in self.blocks)
        return Shape(self.assets, self.instruments, self.scenarios, blocks)


class Charter(Model):
    """What never changes: who this ledger is."""

    ledger: Digest
    mode: Literal["development", "production"]
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
    #: When its owner took it back, in given time: it can be filled for a settling time more.
    cancelled: Count | None = None


class Sale(Model):
    """A book on offer: how far its price has come, in given time while the market was fresh."""

    since: Count
    elapsed: Count
    #: For how long the price falls, and in what steps; later parameters do not change them.
    duration: Count
    step: Count
    #: From then on nothing but initial margin ends it.
    sold: bool = False

    def elapsed_at(self, now: int, fresh_until: int) -> int:
        """A sale pauses while the market is stale."""
        return self.elapsed + max(0, min(now, fresh_until) - self.since)

    def paused_at(self, now: int, fresh_until: int) -> Sale:
        """With what has elapsed so far written down."""
        elapsed = self.elapsed_at(now, fresh_until)
        return self.model_copy(update={"since": now, "elapsed": elapsed})

    @property
    def steps(self) -> int:
        return self.duration // self.step


class Lapse(Model):
    """A sale that ended with a cure; a failure before `until` goes on where it stood."""

    elapsed: Count
    until: Count


class Account(Model):
    """One hidden portfolio.

    active    nobody knows what is in it
    revealed  its opening is public; only its privacy is lost, and the next proof restores it
    frozen    below maintenance, and on sale until that is mended
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
    #: The assets of an account that never traded, which are public; none for ever after.
    holdings: tuple[Total, ...] | None
    order: Order | None = None
    opening: PublicOpening | None = None
    sale: Sale | None = None
    lapse: Lapse | None = None

    @property
    def is_untraded(self) -> bool:
        """It never had a change that only its owner knows."""
        return self.holdings is not None

    def moved(self, delta: Point) -> Account:
        """With `delta` added to the commitment."""
        return self.model_copy(update={"commitment": self.commitment + delta})


class Withdrawal(Model):
    """An amount that has left its account, and waits for the losses that may yet show."""

    account: Count
    asset: Count
    amount: Count
    #: Under whose market it was judged.
    epoch: Count


class Market(Model):
    """What the oracles agreed on for one epoch."""

    epoch: Count
    #: Of the prices, by the oracles; and of the entry that published them, as it was given.
    time: Count
    published: Count
    observation: Observation
    table: RiskTable
    #: What everything is worth beyond the bounds, for defaults alone: the market is locked.
    default_mark: tuple[int, ...] | None = None

    @property
    def is_locked(self) -> bool:
        """An honest price lay further than one update may move."""
        return self.default_mark is not None


class Clock(Model):
    """What is kept of every epoch: when it was, in both clocks, and the grace it came with."""

    time: Count
    published: Count
    grace: Count
    #: From when on, in given time, what was judged under its market may be paid.
    due: Count | None = None


class PendingParameters(Model):
    """Signed, and waiting for its time."""

    effective: Count
    parameters: Parameters


class Pool(Model):
    """What there is one of: clock, totals, the fund, the expiry account, what is pending."""

    #: Given time.
    time: Count
    accounts: Count = 0
    #: The current epoch, and the oldest whose market is still kept; 0 before the first.
    epoch: Count = 0
    oldest: Count = 0
    #: The oldest epoch whose withdrawals have no date yet.
    undated: Count = 1
    #: Deposited less paid out, of every asset.
    totals: tuple[Total, ...]
    #: What accounts hold that never traded, of every asset.
    untraded: tuple[Total, ...]
    #: What waits to be paid, of every asset, and how many withdrawals ever waited.
    queued: tuple[Total, ...]
    withdrawals: Count = 0
    #: The accounts on sale, in order.
    frozen: tuple[Count, ...] = ()
    fund: PublicOpening
    #: Of what the fund had to take.
    fund_sale: Sale | None = None
    #: How often the fund was paid into.
    endowments: Count = 0
    #: Takes the other side of every redemption; nobody knows what is in it.
    expiry: PointHex
    #: The settlement value of each instrument that has expired, in cash per lot.
    settled: tuple[Total | None, ...]
    #: When the last instrument expired, in given time.
    expired: Count = 0
    #: How many changes of parameters were signed, and those that still wait, in their order.
    changes: Count = 0
    pending: tuple[PendingParameters, ...] = ()

    @property
    def final_values(self) -> dict[int, int]:
        """Of the instruments that have expired, by slot."""
        return {slot: value for slot, value in enumerate(self.settled) if value is not None}
