"""Replays a ledger from genesis to tip, and says what it found.

A layer above `ledger`: it applies the ledger's own rules to the log, in a state of its own, with a
checker that gathers the evidence of many entries before it judges it.
"""

from verifier.auditor import audit, audit_file, audit_log
from verifier.heads import ExpectedHead
from verifier.log import ListedLog, Log
from verifier.options import ALL, Options
from verifier.report import AuditReport, Code, Finding
from verifier.verdicts import SignedVerdict

__all__ = [
    "ALL",
    "AuditReport",
    "Code",
    "ExpectedHead",
    "Finding",
    "ListedLog",
    "Log",
    "Options",
    "SignedVerdict",
    "audit",
    "audit_file",
    "audit_log",
]
