"""The checker that an audit hands to the ledger's rules: it gathers what a batch can judge.

Signatures and representation proofs are judged at once, and stop the replay where they fail. The
proofs of circuits are only written down, with the entry that they belong to, and judged a thousand
at a time. Until then the replay goes on as if they held: that changes nothing that is found,
because every entry that follows is only ever judged by what it says itself, and a proof that turns
out false is reported at its own entry.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum, unique
from time import perf_counter
from typing import Final

from ledger.evidence import ClaimedProof, Evidence
from ledger.judge import Judge, Verdicts
from verifier.findings import from_error
from verifier.report import Code, Finding

BATCH: Final = 1_000

#: Told of every proof and what is known of it, in the order of the log.
Listener = Callable[[int, ClaimedProof, "Answer"], None]
#: Judges a batch somewhere else.
Submit = Callable[[list[ClaimedProof]], "Future[Verdicts]"]


@unique
class Answer(Enum):
    """What is known of a proof when its batch has been judged."""

    HOLDS = "holds"
    FAILS = "fails"
    #: So many others of its batch had failed that nobody asked.
    NOT_JUDGED = "not judged"


@dataclass(slots=True)
class Batches:
    """Evidence of the entries so far: what was judged, and what still waits."""

    judge: Judge
    listener: Listener
    submit: Submit | None = None
    #: How many batches may be on their way before the replay waits for the first.
    most_waiting: int = 2
    size: int = BATCH
    #: The entry that is being replayed.
    entry: int = 0
    #: Evidence was judged by an earlier audit, whose verdict is believed.
    is_trusted: bool = False
    findings: list[Finding] = field(default_factory=list)
    #: Judged proofs by statement, and how many nobody asked.
    proofs: Counter[str] = field(default_factory=Counter)
    unjudged: int = 0
    batches: int = 0
    signatures: int = 0
    spans: int = 0
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _pending: list[tuple[int, ClaimedProof]] = field(default_factory=list)
    _waiting: deque[tuple[list[tuple[int, ClaimedProof]], Future[Verdicts]]] = field(
        default_factory=deque
    )

    def check(self, evidence: Evidence) -> None:
        """Raises for a signature or a span that fails; proofs are judged later.

        That the keys belong to our circuits has been judged before there was anything to gather.
        """
        if self.is_trusted:
            return
        start = perf_counter()
        for signed in evidence.signatures:
            self.judge.check_signature(signed)
        middle = perf_counter()
        for spanned in evidence.spans:
            self.judge.check_span(spanned)
        self.seconds["signatures"] += middle - start
        self.seconds["spans"] += perf_counter() - middle
        self.signatures += len(evidence.signatures)
        self.spans += len(evidence.spans)
        self._pending += [(self.entry, one) for one in evidence.proofs]

    def is_full(self) -> bool:
        """A batch is together."""
        return len(self._pending) >= self.size

    def flush(self) -> None:
        """What is pending is judged, here or elsewhere; answers that are there are taken."""
        if not self._pending:
            return
        batch, self._pending = self._pending, []
        proven = [one for _, one in batch]
        start = perf_counter()
        if self.submit is None:
            self._take(batch, self.judge.judge(proven))
        else:
            self._waiting.append((batch, self.submit(proven)))
            self._await(self.most_waiting)
        self.seconds["proofs"] += perf_counter() - start

    def finish(self) -> None:
        """Everything is judged."""
        self.flush()
        start = perf_counter()
        self._await(0)
        self.seconds["proofs"] += perf_counter() - start

    def _await(self, most: int) -> None:
        while len(self._waiting) > most:
            batch, future = self._waiting.popleft()
            self._take(batch, future.result())

    def _take(self, batch: Sequence[tuple[int, ClaimedProof]], verdicts: Verdicts) -> None:
        self.batches += verdicts.equations
        failures = {failure.place: failure.error for failure in verdicts.failures}
        for place, (entry, one) in enumerate(batch):
            if place in verdicts.unjudged:
                self.unjudged += 1
                self.listener(entry, one, Answer.NOT_JUDGED)
                continue
            self.proofs[one.statement] += 1
            self.listener(entry, one, Answer.FAILS if place in failures else Answer.HOLDS)
        for place, error in failures.items():
            entry, one = batch[place]
            self.findings.append(from_error(error, entry, Code.PROOF))
