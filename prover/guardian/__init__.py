"""The guardians: t of n hold the ledger's escrow key, and nobody holds it whole.

    terms → pledges → deals → complaints → answers      a ceremony, all of it public (`ceremony`)
    judge(record)                                       P and every public share, for anybody
    receive(record, …)                                  a guardian's own share
    respond, join                                       the proof of possession that a ledger wants
    Guardian.partials, open_account, reveal_account     an overdue account is opened
    Guardian.disclose, audit_account                    an auditor reads what was consented to

t guardians together can read everything that was ever put in escrow to their key. n − t + 1 who
refuse, or are gone, can block every reveal and so every liquidation.
"""

from ledger.escrows import EntryOf, Found, escrows_of, find_escrow, read_account
from prover.guardian.audit import AuditRequest, Disclosure, open_disclosure
from prover.guardian.dealer import Dealer, complaints, receive
from prover.guardian.generation import (
    Answer,
    CeremonyTerms,
    Complaint,
    Deal,
    Member,
    Pledge,
    Record,
)
from prover.guardian.guardian import Guardian, LedgerCopy, OwnClock, system_clock
from prover.guardian.judgement import CeremonyOutcome, judge
from prover.guardian.opening import (
    Gathering,
    Opened,
    Opener,
    audit_account,
    combine_disclosures,
    open_account,
    points_file,
    reveal_account,
)
from prover.guardian.partials import Partial, check_partial, combine_partials
from prover.guardian.possession import NoncePair, Nonces, Response, join, respond
from prover.guardian.shares import KeyShare, SharedKey

__all__ = [
    "Answer",
    "AuditRequest",
    "CeremonyOutcome",
    "CeremonyTerms",
    "Complaint",
    "Deal",
    "Dealer",
    "Disclosure",
    "EntryOf",
    "Found",
    "Gathering",
    "Guardian",
    "KeyShare",
    "LedgerCopy",
    "Member",
    "NoncePair",
    "Nonces",
    "Opened",
    "Opener",
    "OwnClock",
    "Partial",
    "Pledge",
    "Record",
    "Response",
    "SharedKey",
    "audit_account",
    "check_partial",
    "combine_disclosures",
    "combine_partials",
    "complaints",
    "escrows_of",
    "find_escrow",
    "join",
    "judge",
    "open_account",
    "open_disclosure",
    "points_file",
    "read_account",
    "receive",
    "respond",
    "reveal_account",
    "system_clock",
]
