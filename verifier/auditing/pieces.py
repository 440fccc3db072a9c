"""What a report is made of: plain values, frozen, without a field that was not declared."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Frozen, and without a field that was not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tip(Part):
    """Where a log stands: what an owner writes down, and an auditor signs."""

    number: int
    time: int
    #: Hexadecimal, as everywhere in the report.
    hash: str
    root: str


class Identity(Part):
    """Which ledger this is."""

    #: The name that every signature and proof of it contains.
    id: str
    name: str
    mode: Literal["development", "production"]
    #: (assets, instruments, scenarios)
    shape: tuple[int, int, int]
    underlyings: tuple[str, ...]
    #: A name for each component of a portfolio, cash first.
    components: tuple[str, ...]
    founded: int


class KeyReport(Part):
    """The verifying key of one statement."""

    statement: str
    #: SHA-256 over its points; a pin is compared with this.
    digest: str
    #: Whether the genesis calls it a key of `insecure_dev_setup`.
    development: bool
    #: The `.r1cs` that the genesis says it was made for, and what this installation compiles.
    circuit: str
    compiled: str
    #: True where the digest is one that the caller of the audit pinned; None without a pin.
    pinned: bool | None


class Cases(Part):
    """How often something was looked at, and how often it was not as it should be."""

    checked: int
    failed: int


class Invariants(Part):
    """What was recomputed at every entry, without the ledger's own `apply`."""

    #: Σ C + fund + expiry = openings + refreshes + excesses + (deposits − withdrawals)·G.
    conservation: Cases
    #: Deposits less withdrawals, from the transitions, against the public totals.
    totals: Cases
    #: The state root of the replay against the entry's.
    roots: Cases
    #: Every matrix of every epoch against what the oracles' observations give, to one unit.
    matrices: Cases
    #: Epochs whose matrices are off by one unit somewhere, which floating point may cause.
    matrices_off_by_one: int


class Epoch(Part):
    """One market: who reads prices on a page finds them here."""

    epoch: int
    entry: int
    time: int
    spots: tuple[int, ...]
    vols: tuple[int, ...]
    #: How many oracles reported.
    reports: int
    #: Where the matrices differ by more than one unit from the recomputed ones, or "".
    difference: str


Outcome = Literal["open", "proven late", "revealed", "sold off", "excused"]


class OverdueCase(Part):
    """An account that did not prove its margin within the grace, and what became of it.

    open         still overdue at the tip, and nobody revealed it
    proven late  its owner proved after all
    revealed     the guardians opened it, and it was solvent
    sold off     the guardians opened it, and its portfolio went on sale
    excused      the grace was lengthened
    """

    account: int
    #: When the grace was over, and the first entry after that.
    since: int
    entry: int
    #: When it ended, and the entry that ended it; at the tip where it has not.
    until: int
    until_entry: int
    outcome: Outcome

    @property
    def seconds(self) -> int:
        """For how long the account was overdue."""
        return self.until - self.since


class Receipt(Part):
    """A published claim: what was proven, in words where its rows could be recognised."""

    entry: int
    account: int
    epoch: int
    time: int
    #: What the rows say, by our own recomputation; None where they were not recognised.
    meaning: str | None
    #: The owner's words, which nobody checked.
    label: str
    matrix: tuple[tuple[int, ...], ...]
    constants: tuple[int, ...]


class Expiry(Part):
    """An instrument that expired, and the value at which t oracles settled it."""

    entry: int
    instrument: int
    value: int


class Standing(Part):
    """The public side of the state at the last entry that was replayed."""

    accounts: int
    active: int
    revealed: int
    frozen: int
    open_orders: int
    epoch: int
    #: Deposits less withdrawals, of every asset.
    totals: tuple[int, ...]
    #: The insurance fund, component by component, and its worth at the mark (None: no market yet).
    fund: tuple[int, ...]
    fund_equity: int | None


class HeadCheck(Part):
    """The comparison with a head that was obtained elsewhere.

    not given  a log that was cut short at its end cannot be told from one that never grew
    is the tip the log ends with that entry
    contained  the log has that entry, and goes on
    missing    the log ends before it, or has another entry there
    """

    status: Literal["not given", "is the tip", "contained", "missing"]
    number: int | None = None
    hash: str | None = None
    explanation: str


class Continued(Part):
    """The earlier verdict from which this audit went on."""

    auditor: str
    tip: Tip
    #: What was not looked at again up to that entry.
    not_rechecked: tuple[str, ...]


class CrossCheck(Part):
    """A sample of proofs, verified again by the other backend."""

    backend: str
    seed: int
    proofs: int
    disagreements: int
    seconds: float


class Timing(Part):
    """Where the time went, in seconds."""

    total: float
    #: Reading, decoding, executing, hashing, recomputing: all but the next three.
    replay: float
    signatures: float
    spans: float
    proofs: float
    #: Proofs over all of the audit's time but a cross-check's, keys and replay included.
    proofs_per_second: float
