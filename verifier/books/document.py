"""What the books of a ledger say, once they are open. Everything in this document is secret.

It is no part of an audit's report: the report is for everybody, and this is for whom the guardians
consented to show it. So it has findings of its own, of the same form and severities:

| code         | severity | means                                                                |
| ------------ | -------- | -------------------------------------------------------------------- |
| `escrow-key` | error    | a key was given, or points, that belong to no escrow of this ledger    |
| `not-given`  | warning  | nothing that was given opens these escrows: the books have a gap       |
| `unreadable` | error    | what is in escrow is no packed opening: a wrong point, or other words  |
| `opening`    | error    | what was decrypted does not open the commitment on the ledger          |
| `balance`    | error    | all portfolios together are not what was paid in                       |
| `margin`     | error    | an account in standing fails the margin that it proved in this epoch   |
| `below`      | warning  | at the tip an account holds less than maintenance margin asks          |
| `scope`      | error    | an account or an epoch was asked for that does not exist               |
| `replay`     | error    | the rules refuse an entry, and the books end before it                 |
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final, Literal

from verifier.report import Part, Severity


@unique
class Problem(StrEnum):
    """What kind of thing was found in the books."""

    ESCROW_KEY = "escrow-key"
    NOT_GIVEN = "not-given"
    UNREADABLE = "unreadable"
    OPENING = "opening"
    BALANCE = "balance"
    MARGIN = "margin"
    BELOW = "below"
    SCOPE = "scope"
    REPLAY = "replay"


#: Gaps of what was given, and what may come to a default; everything else is wrong, be it the
#: ledger or what was asked of it.
WARNINGS: Final = frozenset({Problem.NOT_GIVEN, Problem.BELOW})


class BookFinding(Part):
    """One thing that is not as it should be."""

    code: Problem
    severity: Severity
    entry: int | None
    account: int | None
    subject: str
    expected: str
    actual: str
    explanation: str


Source = Literal["escrow", "public", "never in escrow", "unread"]


class Left(Part):
    """What an account has left of one margin, in cash and rounded down."""

    #: Worth at the mark, less haircuts, losses, charges and the floor.
    total: int
    #: Cash and positions at the mark, where nothing may be paid with pledged coins.
    paid: int | None
    #: Of the cap on notional.
    room: int | None
    #: The coin that takes most, by its block, and which of its rows; None where none takes any.
    coin: int | None
    row: int | None
    loss: int

    @property
    def holds(self) -> bool:
        """The margin is met."""
        return min(self.total, self.paid or 0, self.room or 0) >= 0


class Holding(Part):
    """What one account holds at one moment, and how that is known.

    escrow           decrypted, and it opens the commitment
    public           the ledger itself shows the opening: a reveal made it public
    never in escrow  nothing but public deposits ever moved it, and they are its values; its owner
                     alone knows the blinding, so no commitment was opened
    unread           not known; a finding says why
    """

    account: int
    source: Source
    status: Literal["active", "revealed", "frozen"]
    standing: int
    exempt: bool
    values: tuple[int, ...] | None
    #: The worth at the mark in cash, rounded down, and what is left of both margins. None where the
    #: values or the market are.
    equity: int | None = None
    initial: Left | None = None
    maintenance: Left | None = None


class Side(Part):
    """The longs or the shorts of one instrument."""

    total: int
    accounts: int
    #: The largest holder (None: the insurance fund), and its share in basis points.
    largest: int | None
    share_bps: int


class Interest(Part):
    """The open positions of one instrument, the fund's among them."""

    component: int
    long: Side
    short: Side
    #: What the expiry account owes to those who have yet to redeem: longs and shorts differ by it.
    expired: int


class Moment(Part):
    """All accounts in scope as an epoch begins, or at the tip."""

    epoch: int
    entry: int
    time: int
    tip: bool
    holdings: tuple[Holding, ...]
    fund: tuple[int, ...]
    fund_equity: int | None
    #: Deposits and endowments less what was paid, of every asset: what all portfolios together must
    #: hold, with what has left accounts and waits.
    totals: tuple[int, ...]
    queued: tuple[int, ...]
    #: One for each instrument; empty where not every account is known.
    interest: tuple[Interest, ...]
    #: What the expiry account must hold for the books to balance; None where that is not known.
    expiry: tuple[int, ...] | None


class Line(Part):
    """An entry that wrote to an account, and what it did to the portfolio."""

    entry: int
    time: int
    epoch: int
    kind: str
    #: None where either side of it is not known.
    change: tuple[int, ...] | None
    after: tuple[int, ...] | None


class Statement(Part):
    """The statement of one account: every entry in scope that concerns it."""

    account: int
    lines: tuple[Line, ...]


class Books(Part):
    """The open books of a ledger."""

    format: Literal["tacit books 2"] = "tacit books 2"
    #: Everything is known that was asked for, and nothing contradicts anything.
    complete: bool
    summary: str
    ledger: str
    name: str
    components: tuple[str, ...]
    #: The name of the coin of each block.
    coins: tuple[str, ...]
    assets: int
    #: The escrow keys that were given, by the beginning of their name; none where points were.
    keys: tuple[str, ...]
    #: What was asked for: None is all of them.
    accounts: tuple[int, ...] | None
    epochs: tuple[int, int] | None
    #: Where the walk ended, by entry and hash.
    tip: int
    tip_hash: str
    #: How many escrows were decrypted.
    decrypted: int
    #: At the tip, those whose opening nobody but their owner could show.
    never_in_escrow: tuple[int, ...]
    findings: tuple[BookFinding, ...]
    moments: tuple[Moment, ...]
    statements: tuple[Statement, ...]

    @property
    def exit_status(self) -> int:
        """0 where the books are open and in order; 1 where an error was found."""
        return int(any(one.severity == "error" for one in self.findings))
