"""What the model remembers: accounts with their orders and sales, epochs, and what waits."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.market.data import Observation, RiskTable
from tests.ledger.simulation.margin import Scales, Vector
from tests.ledger.simulation.sales import OnSale
from zk.pedersen import Opening


@dataclass(slots=True)
class Resting:
    """An order: `whole` lots of everything in it, for what its opening says."""

    id: int
    epoch: int
    opening: Opening
    whole: int
    #: What its owner has proven it under; later parameters do not undo that.
    scales: Scales
    cancelled: int | None = None


@dataclass(slots=True)
class Vault:
    """One account as it truly is."""

    vector: Vector
    standing: int
    nonce: int = 0
    exempt: bool = True
    #: It never had a change that only its owner knows.
    untraded: bool = True
    status: str = "active"
    order: Resting | None = None
    sale: OnSale | None = None
    #: A sale that was cured: how far it had come, and until when that counts.
    lapse: tuple[int, int] | None = None
    #: The escrow keys under which guardians find its opening.
    base_key: bytes | None = None
    fill_key: bytes | None = None
    #: Its owner has stopped answering.
    silent: bool = False


@dataclass(slots=True)
class Epoch:
    """A published market: what it names as its time, when it came, and with what grace."""

    time: int
    published: int
    grace: int
    seen: Observation
    table: RiskTable
    default_mark: Vector | None = None
    #: From when on withdrawals that were judged in it are paid.
    due: int | None = None

    @property
    def is_locked(self) -> bool:
        return self.default_mark is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A withdrawal that has left its account."""

    account: int
    asset: int
    amount: int
    epoch: int
