"""Replays a ledger from genesis to tip, and says what it found.

A layer above `ledger`: it applies the ledger's own rules to the log, in a state of its own, with a
checker that gathers the evidence of many entries before it judges it.
"""

from verifier.auditing.auditor import audit_file, audit_log
from verifier.auditing.heads import ExpectedHead
from verifier.auditing.log import ListedLog, Log
from verifier.auditing.options import ALL, Options
from verifier.auditing.report import AuditReport, Code, Finding
from verifier.auditing.verdicts import SignedVerdict

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
    "audit_file",
    "audit_log",
]
