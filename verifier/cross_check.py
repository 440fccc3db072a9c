"""Proofs verified a second time, by the backend that the audit does not run on.

Two implementations that were written apart seldom have the same fault. The sample is drawn while
the proofs go by, each with the same chance, from a seed that the report names. Proofs that the
first backend was not asked about are no part of it: there is no answer to compare.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter

from ledger.evidence import ClaimedProof
from verifier.batches import Answer
from verifier.findings import finding
from verifier.report import Code, CrossCheck, Finding
from zk.backends import Backend, Choice, available, select
from zk.circuit import field_elements
from zk.errors import Conflict, ZkError
from zk.groth16 import VerifyingKey


@dataclass(slots=True)
class Sample:
    """At most `size` proofs (None: all of them), and what the first backend said of each."""

    size: int | None
    seed: int
    drawn: list[tuple[int, ClaimedProof, bool]] = field(default_factory=list)
    _seen: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def offer(self, entry: int, one: ClaimedProof, answer: Answer) -> None:
        """One more proof goes by."""
        if answer is Answer.NOT_JUDGED:
            return
        holds = answer is Answer.HOLDS
        self._seen += 1
        if self.size is None or len(self.drawn) < self.size:
            self.drawn.append((entry, one, holds))
            return
        place = self._random.randrange(self._seen)
        if place < self.size:
            self.drawn[place] = (entry, one, holds)

    def verify(
        self, keys: Mapping[str, VerifyingKey], first: Backend, second: Backend
    ) -> tuple[CrossCheck, list[Finding]]:
        """The second backend's answers, and where they differ from the first's."""
        start = perf_counter()
        findings = list(self._differences(keys, first, second))
        report = CrossCheck(
            backend=second.name,
            seed=self.seed,
            proofs=len(self.drawn),
            disagreements=len(findings),
            seconds=perf_counter() - start,
        )
        return report, findings

    def _differences(
        self, keys: Mapping[str, VerifyingKey], first: Backend, second: Backend
    ) -> Iterator[Finding]:
        verifiers = {name: second.verifier(key) for name, key in keys.items()}
        for entry, one, holds in sorted(self.drawn, key=lambda drawn: drawn[0]):
            try:
                proof = second.decode_proof(one.proof)
                verifiers[one.statement].verify(field_elements(one.public), proof)
                agrees = holds
            except ZkError:
                agrees = not holds
            if not agrees:
                words = ("accepts", "refuses") if holds else ("refuses", "accepts")
                said = [f"{b.name} {w}" for b, w in zip((first, second), words, strict=True)]
                yield finding(Code.CROSS_CHECK, entry, one.subject, "one answer", ", ".join(said))


def other_backend(first: Backend) -> Backend:
    """The one to check with; `Conflict` where only one is installed."""
    for choice in available():
        if choice != first.name:
            return select(Choice(choice))
    raise Conflict("cross-check", expected="a second backend", actual=f"{first.name} alone")
