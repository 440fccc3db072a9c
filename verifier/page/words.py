"""What verdicts mean, in sentences for people who have not read the protocol."""

from __future__ import annotations

from typing import Final

from verifier.report import AuditReport

MARK: Final = {"valid": "✓", "valid with remarks": "!", "invalid": "✕"}
WORD: Final = {"valid": "Valid", "valid with remarks": "Valid, with remarks", "invalid": "Invalid"}
TONE: Final = {"valid": "good", "valid with remarks": "fair", "invalid": "bad"}

DEVELOPMENT: Final = (
    "Its verifying keys come from a development setup. Whoever made them can prove anything, true "
    "or false, and no audit can tell the difference. Nothing of value may rest on this ledger."
)


def meaning_of(report: AuditReport) -> str:
    """What a reader may conclude, and where that ends."""
    if report.verdict == "invalid":
        return _invalid(report)
    checked = _checked(report)
    if report.verdict == "valid":
        return f"{checked} Nothing was found that is not as it should be."
    return (
        f"{checked} No rule is broken; but whoever relies on this ledger must know the remarks "
        "below."
    )


def _checked(report: AuditReport) -> str:
    """What was looked at; an audit that went on from another did not look at everything itself."""
    if report.continued is None:
        return (
            "Every entry was replayed by the rules, every signature and every proof verified, and "
            "all sums recomputed from public numbers."
        )
    return (
        "Every entry was replayed by the rules, and all sums recomputed from public numbers. "
        f"Signatures and proofs were verified after entry {report.continued.tip.number}; up to "
        "there an earlier verdict is believed, whose signature was checked."
    )


def _invalid(report: AuditReport) -> str:
    if report.first_bad is None:
        return "A rule is broken, or what is stored contradicts itself: do not rely on this ledger."
    if report.first_bad == 0:
        return "The ledger is at fault from its first entry on: do not rely on any of it."
    return (
        f"Entry {report.first_bad} is the first at fault. What stands before it was checked and "
        "holds; do not rely on anything from there on."
    )
