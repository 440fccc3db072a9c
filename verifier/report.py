"""What an audit says: one document, the same for `--json`, the terminal and a page.

Everything is plain data, and nothing in it is a secret. A finding has one of two severities:

| severity  | means                                                                       |
| --------- | --------------------------------------------------------------------------- |
| `error`   | a rule is broken, or what is stored contradicts itself                      |
| `warning` | no rule is broken, and whoever relies on the ledger must know it all the same |

| verdict              | means                                       | exit status |
| -------------------- | ------------------------------------------- | ----------- |
| `valid`              | no finding                                  | 0           |
| `valid with remarks` | warnings only                               | 0           |
| `invalid`            | an error; `first_bad` is the earliest entry | 1           |

A ledger that cannot be read at all has no report: one line on standard error, exit status 2.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Literal

from verifier.sections import (
    Cases,
    CoinNow,
    Continued,
    CrossCheck,
    Epoch,
    Expiry,
    HeadCheck,
    Identity,
    Invariants,
    KeyReport,
    MarketNow,
    Outcome,
    OverdueCase,
    Part,
    Receipt,
    Standing,
    Timing,
    Tip,
)

__all__ = [
    "AuditReport",
    "Cases",
    "Code",
    "CoinNow",
    "Continued",
    "CrossCheck",
    "Epoch",
    "Expiry",
    "Finding",
    "HeadCheck",
    "Identity",
    "Invariants",
    "KeyReport",
    "MarketNow",
    "Outcome",
    "OverdueCase",
    "Part",
    "Receipt",
    "Severity",
    "Standing",
    "StoredState",
    "Timing",
    "Tip",
    "Verdict",
]

Severity = Literal["error", "warning"]
Verdict = Literal["valid", "valid with remarks", "invalid"]
StoredState = Literal["matches", "differs", "not compared"]


@unique
class Code(StrEnum):
    """What kind of thing was found; docs/audit.md explains each."""

    # What is stored.
    DAMAGED = "damaged"
    CHAIN = "chain"
    ENCODING = "encoding"
    ROOT = "root"
    STORED_STATE = "stored-state"
    # What the rules say.
    GENESIS = "genesis"
    RULE = "rule"
    SIGNATURE = "signature"
    SPAN = "span"
    PROOF = "proof"
    # Keys.
    UNSAFE_KEY = "unsafe-key"
    FOREIGN_CIRCUIT = "foreign-circuit"
    UNPINNED_KEY = "unpinned-key"
    DEVELOPMENT_KEY = "development-key"
    # What follows from public numbers.
    TABLE = "table"
    SETTLEMENT = "settlement"
    CONSERVATION = "conservation"
    TOTALS = "totals"
    PAYOUT = "payout"
    DEFAULT = "default"
    EARLY = "early"
    # What only a comparison shows.
    HEAD = "head"
    TRUNCATED = "truncated"
    CROSS_CHECK = "cross-check"
    # Whose duty was not done, and what else somebody should know.
    OVERDUE = "overdue"
    SHORT_TIMES = "short-times"
    QUORUM = "quorum"
    CLOCK = "clock"
    DEFICIT = "deficit"


class Finding(Part):
    """One thing that is not as it should be."""

    code: Code
    severity: Severity
    #: The entry at fault; None where it is none in particular.
    entry: int | None
    #: What was looked at, such as "solvency of account 3 after the settlement".
    subject: str
    expected: str
    actual: str
    #: What it means, in a sentence for people.
    explanation: str


class AuditReport(Part):
    """Everything that an audit says of a ledger."""

    format: Literal["tacit audit 2"] = "tacit audit 2"
    verdict: Verdict
    #: The verdict in one sentence.
    summary: str
    #: None where not even the first entry could be read.
    ledger: Identity | None
    backend: str
    #: How many entries were replayed, genesis included, and how many follow that were not.
    entries: int
    unjudged: int
    #: The last entry that was replayed without contradiction.
    tip: Tip | None
    first_bad: int | None
    findings: tuple[Finding, ...]
    #: How many of each kind, in alphabetical order.
    transitions: dict[str, int]
    settled_legs: int
    #: Judged proofs, and how many were not judged because too many others had failed.
    proofs: int
    unjudged_proofs: int = 0
    proofs_by_statement: dict[str, int]
    batches: int
    signatures: int
    spans: int
    keys: tuple[KeyReport, ...]
    invariants: Invariants
    standing: Standing | None
    head: HeadCheck
    #: What the newest market says everything is worth, and can lose; None before the first.
    market: MarketNow | None
    epochs: tuple[Epoch, ...]
    overdue: tuple[OverdueCase, ...]
    receipts: tuple[Receipt, ...]
    #: Published claims beyond the first thousand: proven like the others, and not listed.
    receipts_omitted: int
    expiries: tuple[Expiry, ...]
    #: Whether the records in the file are those of the replay.
    stored_state: StoredState
    continued: Continued | None
    cross_check: CrossCheck | None
    #: What no audit of a ledger alone can know: sentences for people.
    not_known: tuple[str, ...]
    timing: Timing

    @property
    def is_valid(self) -> bool:
        """No error was found; there may be warnings."""
        return self.verdict != "invalid"

    @property
    def exit_status(self) -> int:
        """0 where no error was found, 1 where one was."""
        return 0 if self.is_valid else 1

    @property
    def has_development_keys(self) -> bool:
        """Whoever made the keys can prove anything."""
        return any(key.development for key in self.keys)
