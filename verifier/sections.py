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
    """What was recomputed, without the ledger's own `apply`."""

    #: Σ C + fund + expiry + queue·G = openings + refreshes + excesses
    #: + (deposits + endowments − paid)·G, at every entry.
    conservation: Cases
    #: Deposits and endowments less what was paid, from the transitions, against the public totals.
    totals: Cases
    #: The state root of the replay against the entry's.
    roots: Cases
    #: Table and second mark of every epoch against what the oracles' reports give, to one unit.
    tables: Cases
    #: Epochs whose table is off by one unit somewhere, which floating point may cause.
    tables_off_by_one: int
    #: Withdrawals that were paid: when, and which part of them.
    payouts: Cases
    #: Reveals and sales: who is on sale, which lot, at what price, and what the fund pays.
    defaults: Cases
    #: Final values against the last two markets and one bound.
    settlements: Cases


class Epoch(Part):
    """One market: who reads prices on a page finds them here."""

    epoch: int
    entry: int
    #: By the oracles, and as it was given for the entry.
    time: int
    given: int
    spots: tuple[int, ...]
    vols: tuple[int, ...]
    #: How many oracles reported, and how many of them were near the median of all.
    reports: int
    heard: int
    #: Per underlying, whether the spot that was seen lay beyond what an update carries.
    locked: tuple[bool, ...]
    #: Where the table differs by more than one unit from the recomputed one, or "".
    difference: str


class CoinNow(Part):
    """The rows of one coin: moves of its instruments, and of itself as collateral, in 10⁻⁶ cash."""

    underlying: int
    #: Which components the entries of a row are of.
    components: tuple[int, ...]
    #: Of each row: how far the price and the vol move, and how much of the loss is covered.
    scenarios: tuple[tuple[int, int, int], ...]
    moves: tuple[tuple[int, ...], ...]


class MarketNow(Part):
    """The newest market: everything in 10⁻⁶ units of cash, at the level of maintenance."""

    epoch: int
    time: int
    #: Of every component, before haircuts; the second mark where the market is locked.
    mark: tuple[int, ...]
    default_mark: tuple[int, ...] | None
    #: Of every instrument, a lot: what moves take that no row sees, and the notional.
    long_charges: tuple[int, ...]
    short_charges: tuple[int, ...]
    weights: tuple[int, ...]
    coins: tuple[CoinNow, ...]


Outcome = Literal["open", "proven late", "revealed", "put on sale"]


class OverdueCase(Part):
    """An account that did not prove its margin within the grace, and what became of it.

    open         still overdue at the tip, and nobody revealed it
    proven late  its owner proved after all
    revealed     the guardians opened it, and it was solvent
    put on sale  the guardians opened it, and its portfolio went on sale
    """

    account: int
    #: The entry of the market that ended its grace, and its given time.
    since: int
    entry: int
    #: The entry that ended it, and its given time; the tip where nothing has.
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
    #: Which accounts are on sale.
    on_sale: tuple[int, ...]
    open_orders: int
    epoch: int
    #: The newest market carries a second mark: new risk and paid withdrawals of traders stop.
    locked: bool
    #: Deposits and endowments less what was paid, of every asset; of that, what accounts hold that
    #: never traded, and what has left accounts and waits to be paid, in so many withdrawals.
    totals: tuple[int, ...]
    untraded: tuple[int, ...]
    queued: tuple[int, ...]
    waiting: int
    #: The insurance fund, component by component, and its worth at the mark (None: no market yet).
    fund: tuple[int, ...]
    fund_equity: int | None
    #: What the fund had to take is on sale.
    fund_on_sale: bool
    #: What is lost and not covered, in cash; 0 where nothing is.
    deficit: int
    #: Which part of a withdrawal is paid now: to who has traded, and to who never did.
    fraction: tuple[int, int]
    untraded_fraction: tuple[int, int]


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
    #: What no entry adds to: keys decoded, circuits compiled, processes started.
    start: float = 0.0
    #: Reading, decoding, executing, hashing, recomputing: all of the rest but the next three.
    replay: float
    signatures: float
    spans: float
    proofs: float
    #: Judged proofs over all of the audit's time but the start's and a cross-check's.
    proofs_per_second: float
