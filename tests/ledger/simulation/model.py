"""What is true, in plain integers: computed from what people did, never from the ledger's code.

The model knows every account's vector. It borrows data from the ledger (matrices, parameters) and
no rule: what is overdue, what a withdrawal pays, what becomes of a sale is written down here again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from circuits.shape import Shape
from ledger.market.data import Matrices, Observation
from ledger.parameters import Parameters
from zk.pedersen import Opening

UNIT = 10**6
Vector = tuple[int, ...]
Matrix = Sequence[Sequence[int]]


@dataclass(slots=True)
class Resting:
    """An order: `whole` lots of everything in it, for what its opening says."""

    id: int
    epoch: int
    opening: Opening
    whole: int


@dataclass(slots=True)
class Vault:
    """One account as it truly is."""

    vector: Vector
    standing: int
    nonce: int = 0
    exempt: bool = True
    status: str = "active"
    order: Resting | None = None
    sale_start: int = 0
    sale_duration: int = 0
    sale_step: int = 0
    sale_equity: int = 0
    sale_shortfall: int = 0
    #: The escrow keys under which guardians find its opening.
    base_key: bytes | None = None
    fill_key: bytes | None = None
    #: Its owner has stopped answering.
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Epoch:
    """A published market: what it names as its time, and when it came."""

    time: int
    published: int
    seen: Observation
    matrices: Matrices


@dataclass(slots=True)
class Model:
    """Everybody's money."""

    shape: Shape
    parameters: Parameters
    time: int
    vaults: list[Vault] = field(default_factory=list)
    fund: Vector = ()
    expiry: Opening = field(init=False)
    deposited: list[int] = field(init=False)
    withdrawn: list[int] = field(init=False)
    epochs: dict[int, Epoch] = field(default_factory=dict)
    oldest: int = 1
    settled: dict[int, int] = field(default_factory=dict)
    pending: list[tuple[int, Parameters]] = field(default_factory=list)
    changes: int = 0

    def __post_init__(self) -> None:
        self.fund = (0,) * self.shape.components
        self.expiry = Opening(self.fund, 0)
        self.deposited = [0] * self.shape.assets
        self.withdrawn = [0] * self.shape.assets

    # Time.

    @property
    def epoch(self) -> int:
        return max(self.epochs, default=0)

    @property
    def market(self) -> Epoch:
        return self.epochs[self.epoch]

    def terms_at(self, time: int) -> Parameters:
        """The parameters in force at a time: the last that was due by then."""
        due = [terms for effective, terms in self.pending if effective <= time]
        return due[-1] if due else self.parameters

    def move_to(self, time: int) -> None:
        """An entry of that time was accepted."""
        self.parameters, self.time = self.terms_at(time), time
        self.pending = [(at, terms) for at, terms in self.pending if at > time]

    def publish(self, time: int, seen: Observation, matrices: Matrices) -> None:
        """A new epoch; markets under which nobody can prove any more are gone for good."""
        number = self.epoch + 1
        self.epochs[number] = Epoch(time, self.time, seen, matrices)
        while self.oldest < number and self._is_out_of_grace(self.oldest, self.time):
            self.oldest += 1

    def is_stale(self, now: int) -> bool:
        return now - self.market.time > self.terms_at(now).max_age

    def is_provable(self, epoch: int, now: int) -> bool:
        """A margin proof under that epoch still counts."""
        if epoch == self.epoch:
            return True
        return self.oldest <= epoch < self.epoch and not self._is_out_of_grace(epoch, now)

    def is_overdue(self, index: int, now: int) -> bool:
        """There was a market after its last proof, and the time to prove under it has run out."""
        vault = self.vaults[index]
        owes = not vault.exempt and vault.status != "frozen" and vault.standing < self.epoch
        if not owes:
            return False
        forgotten = vault.standing + 1 < self.oldest
        return forgotten or self._is_out_of_grace(vault.standing, now)

    def _is_out_of_grace(self, epoch: int, now: int) -> bool:
        return now > self.epochs[epoch + 1].published + self.terms_at(now).grace

    # Orders and soundness.

    def open_order(self, index: int) -> Resting | None:
        order = self.vaults[index].order
        return order if order is not None and order.epoch == self.epoch else None

    def is_free(self, index: int) -> bool:
        """Not on sale and without an open order."""
        return self.vaults[index].status != "frozen" and self.open_order(index) is None

    def is_sound(self, vector: Vector, rows: Matrix) -> bool:
        """In range, and no row negative; the constants of margin rows are zero."""
        in_range = all(v in width for v, width in zip(vector, self.shape.widths, strict=True))
        return in_range and worst(rows, vector) >= 0

    # The fund.

    @property
    def fund_worth(self) -> int:
        return worth(self.market.matrices.mark, self.fund)

    @property
    def payable(self) -> int:
        """What the fund can spend: it is cash, and the fund can spare it."""
        return max(0, min(self.fund_worth, self.fund[0]))

    def paid(self, amount: int) -> int:
        """What of a withdrawal is paid out while the fund is under water, and while it is not."""
        if self.fund_worth >= 0:
            return amount
        held = [d - w for d, w in zip(self.deposited, self.withdrawn, strict=True)]
        padded = (*held, *(0,) * self.shape.instruments)
        backing = max(worth(self.market.matrices.mark, padded), 0)
        return amount * backing // (backing - self.fund_worth)

    # Changes.

    def secure(self, index: int, now: int) -> None:
        """A proof with its opening in escrow: in standing, and owing the next proof."""
        vault = self.vaults[index]
        vault.standing, vault.exempt = self.epoch, False
        vault.base_key, vault.fill_key = self.terms_at(now).escrow.point.encode(), None

    def hide(self, index: int) -> None:
        """Something was added that only its owner can open: the account is private."""
        self.vaults[index].status = "active"

    def knows_final(self, slot: int) -> bool:
        """The market counts an expired contract for what it is exchanged for, in every row."""
        column, value = self.shape.assets + slot, self.settled[slot] * UNIT
        return all(row[column] == value for row in self.market.matrices.initial.matrix)

    def add(self, index: int, amounts: Mapping[int, int] | Vector) -> None:
        self.vaults[index].vector = plus(self.vaults[index].vector, amounts)

    def total(self, component: int) -> int:
        """Of one component, everywhere: accounts, fund and expiry account."""
        held = sum(vault.vector[component] for vault in self.vaults)
        return held + self.fund[component] + self.expiry.values[component]


def plus(vector: Vector, amounts: Mapping[int, int] | Vector) -> Vector:
    """A vector with amounts added."""
    if isinstance(amounts, Mapping):
        return tuple(v + amounts.get(k, 0) for k, v in enumerate(vector))
    return tuple(v + a for v, a in zip(vector, amounts, strict=True))


def worst(rows: Matrix, vector: Vector) -> int:
    """The least of the rows."""
    return min(sum(m * v for m, v in zip(row, vector, strict=True)) for row in rows)


def worth(mark: Sequence[int], vector: Vector) -> int:
    """At the mark, in whole cents, rounded down."""
    return sum(m * v for m, v in zip(mark, vector, strict=True)) // UNIT
