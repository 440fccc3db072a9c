"""Collects what goes wrong while books are opened: each thing once, in the order it appeared."""

from __future__ import annotations

from typing import Final

from ledger.escrows import Found
from verifier.books.document import WARNINGS, BookFinding, Problem
from verifier.books.readers import name_of
from zk.babyjubjub import Point

_MEANING: Final = {
    Problem.ESCROW_KEY: "What was given belongs to another ledger, or to no ledger at all: it "
    "opens nothing here.",
    Problem.NOT_GIVEN: "Neither a key nor a point was given for these escrows: what the account "
    "held meanwhile is not known.",
    Problem.UNREADABLE: "Either the guardians' point is a wrong one, or the words in the log are "
    "not those that were proven.",
    Problem.OPENING: "The numbers that were decrypted are not those in the commitment, and must "
    "not be believed: the point is a wrong one, the words were changed, or a proof that the "
    "ledger accepted was false.",
    Problem.BALANCE: "Something was created or destroyed, or an account is not what it seems.",
    Problem.MARGIN: "The ledger accepted a proof of margin for an account that did not have it: "
    "its proofs cannot be trusted.",
    Problem.BELOW: "No proof of it is due yet, and when one is, it cannot be made: the account "
    "will be opened and, unless it is mended, sold.",
    Problem.SCOPE: "It was asked for, and there is no such thing: the books say nothing of it.",
    Problem.REPLAY: "The audit of this ledger says more; the books are open up to there.",
}


class Problems:
    """What was found so far."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], BookFinding] = {}
        self._gaps: dict[tuple[int, Point], list[int]] = {}

    def add(
        self,
        code: Problem,
        entry: int | None,
        account: int | None,
        subject: str,
        expected: object,
        actual: object,
    ) -> None:
        """A finding, unless the same was found before."""
        key = (code, entry, account, subject)
        if key not in self._found:
            self._found[key] = BookFinding(
                code=code,
                severity="warning" if code in WARNINGS else "error",
                entry=entry,
                account=account,
                subject=subject,
                expected=_line(expected),
                actual=_line(actual),
                explanation=_MEANING[code],
            )

    def add_gap(self, found: Found) -> None:
        """An escrow that nothing opens; those of one account under one key are one finding."""
        entries = self._gaps.setdefault((found.account, found.sealed.key), [])
        if found.sealed.entry not in entries:
            entries.append(found.sealed.entry)

    def findings(self) -> tuple[BookFinding, ...]:
        """All of them; gaps last."""
        for (account, key), entries in self._gaps.items():
            self.add(
                Problem.NOT_GIVEN,
                entries[0],
                account,
                f"escrows of account {account} under key {name_of(key)}",
                "the key, or a point for each",
                f"nothing for {_listed(entries)}",
            )
        self._gaps.clear()
        return tuple(self._found.values())


def _listed(entries: list[int]) -> str:
    """Some of them, where there are many."""
    shown = ", ".join(map(str, entries[:10]))
    rest = f" and {len(entries) - 10} more" if len(entries) > 10 else ""
    return f"{'entry' if len(entries) == 1 else 'entries'} {shown}{rest}"


def _line(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 300 else f"{text[:300]}…"
