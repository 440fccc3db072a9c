"""What can be asked of an audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from verifier.auditing.gathering import BATCH
from verifier.auditing.heads import ExpectedHead
from verifier.auditing.judging import Judge
from verifier.auditing.verdicts import SignedVerdict
from zk.backends import Backend
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
    #: For how long nobody may leave an overdue account alone, in seconds; None: a sale's time.
    patience: int | None = None
    batch: int = BATCH
    progress: Progress = silent
    make_judge: JudgeMaker = Judge
