"""What can be asked of an audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.encoding import parse_count
from ledger.judge import Judge
from verifier.batches import BATCH
from verifier.heads import ExpectedHead
from verifier.verdicts import SignedVerdict
from zk.backends import Backend
from zk.errors import Malformed
from zk.groth16 import VerifyingKey
from zk.progress import Progress, silent

#: Makes what judges evidence under the keys of a genesis.
JudgeMaker = Callable[[Mapping[str, VerifyingKey], Backend], Judge]

#: A cross-check of every proof instead of a sample.
ALL: Final = -1


@dataclass(frozen=True, slots=True)
class Options:
    """How to audit; nothing of it changes what is an error."""

    backend: Backend
    #: A verdict whose signature has been checked, to continue from.
    start: SignedVerdict | None = None
    #: Processes that judge batches; with one, this process does, on the backend's own threads.
    jobs: int = 1
    #: How many proofs the other backend verifies again; `ALL` for every one.
    cross_check: int = 0
    seed: int = 0
    expected_head: ExpectedHead | None = None
    #: The digests of verifying keys that the caller knows from elsewhere, by statement.
    pins: Mapping[str, str] | None = None
    #: For how long nobody may leave an overdue account alone, in seconds; None: a reveal's time.
    patience: int | None = None
    #: The auditor's own clock, to compare the ledger's two with; None where it is not a live one.
    now: int | None = None
    batch: int = BATCH
    progress: Progress = silent
    make_judge: JudgeMaker = Judge


def parse_cross_check(text: str) -> int:
    """So many proofs, or `all`."""
    return ALL if text == "all" else parse_count(text, "cross-check of proofs, unless of all")


def parse_epochs(text: str | None) -> tuple[int, int] | None:
    """The first and the last epoch of books, from FIRST-LAST."""
    if text is None:
        return None
    numbers = [parse_count(part, "epoch") for part in text.split("-")]
    if len(numbers) != 2 or numbers[0] > numbers[1]:
        raise Malformed("epochs", expected="FIRST-LAST, such as 3-7", actual=repr(text)[:80])
    return numbers[0], numbers[1]
