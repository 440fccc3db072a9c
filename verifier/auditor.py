"""An audit from its first to its last step; `report` says what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from ledger.encoding import Decoding
from ledger.errors import DamagedLedger
from ledger.evidence import ClaimedProof
from ledger.genesis import Genesis
from ledger.log import Entry
from verifier.batches import Answer, Batches
from verifier.cross_check import Sample, other_backend
from verifier.findings import finding, from_error
from verifier.heads import ExpectedHead, HeadWatch
from verifier.heartbeats import Heartbeats
from verifier.invariants import Conservation
from verifier.keys import CheckedKeys, check_keys
from verifier.log import Log, open_log
from verifier.options import ALL, Options
from verifier.payments import Payments
from verifier.remarks import Remarks
from verifier.replay import Replay, Stop, entries_of, read_genesis
from verifier.replayed import Replayed
from verifier.report import AuditReport, Code, CrossCheck, Finding, HeadCheck, StoredState
from verifier.summary import Results, summed_up
from verifier.verdicts import SignedVerdict
from verifier.workers import workers
from zk.backends import Backend, select

#: How often somebody who waits is told.
_REPORT_EVERY = 500


def audit(
    path: Path | str,
    *,
    backend: Backend | None = None,
    start: SignedVerdict | None = None,
    auditor: bytes | None = None,
    jobs: int = 1,
    cross_check: int = 0,
    seed: int = 0,
    expected_head: ExpectedHead | None = None,
    pins: Mapping[str, str] | None = None,
    patience: int | None = None,
    now: int | None = None,
) -> AuditReport:
    """The report on the ledger in that file; raises `ZkError` where there is none to read.

    `start` is an earlier verdict, signed by `auditor`, to continue from; `cross_check` is how many
    proofs the other backend verifies again (`ALL` for each), drawn from `seed`; `pins` are
    digests of keys by statement; `patience` is how many seconds an account may be overdue; `now` is
    the time by a clock of one's own, to compare the clocks of a ledger with that is in use.
    """
    if start is not None:
        start.check(auditor or b"")
    options = Options(
        backend=backend or select(),
        start=start,
        jobs=jobs,
        cross_check=cross_check,
        seed=seed,
        expected_head=expected_head,
        pins=pins,
        patience=patience,
        now=now,
    )
    return audit_file(Path(path), options)


def audit_file(path: Path, options: Options) -> AuditReport:
    """The report on the ledger in that file; raises where there is no ledger to read."""
    with open_log(path) as log:
        return audit_log(log, options)


def audit_log(log: Log, options: Options) -> AuditReport:
    """The report on a log, wherever it is kept."""
    return _Audit(log, options).run()


@dataclass(slots=True)
class _Audit:
    """One audit: its steps share what they found."""

    log: Log
    options: Options
    findings: list[Finding] = field(default_factory=list)
    replay: Replay | None = None
    keys: CheckedKeys = field(default_factory=lambda: CheckedKeys({}, (), ()))
    started: float = field(default_factory=perf_counter)
    #: When everything was ready for the first entry; None before.
    ready: float | None = None

    def run(self) -> AuditReport:
        last, watch = self.log.last(), HeadWatch(self.options.expected_head)
        sample = _sample(self.options)
        try:
            entry, genesis = read_genesis(self.log, self._decoding)
            watch.step(entry)
            self.keys = check_keys(genesis, self.options.pins)
            self.findings += self.keys.findings
            if self.keys.are_usable:
                with self._replaying(genesis, sample) as replay:
                    self._run(replay, entry, watch, last)
        except Stop as stop:
            self.findings.append(stop.found)
        if self.replay is not None:
            self.findings += self.replay.findings + self.replay.gathering.findings
        head, cross = self._head(watch, last), self._cross_check(sample)
        stored = self._stored_state()
        ended = perf_counter()
        results = Results(
            options=self.options,
            replay=self.replay,
            keys=self.keys.reports,
            findings=self.findings,
            last=last,
            head=head,
            cross_check=cross,
            stored_state=stored,
            start=(self.ready or ended) - self.started,
            seconds=ended - self.started,
        )
        return summed_up(results)

    @property
    def _decoding(self) -> Decoding:
        return Decoding(self.options.backend.decode_point)

    @contextmanager
    def _replaying(self, genesis: Genesis, sample: Sample | None) -> Iterator[Replay]:
        """A replay with everything that watches it; what waits at the end is judged."""
        options = self.options
        judge = options.make_judge(self.keys.usable, options.backend)
        listener = _ignore if sample is None else sample.offer
        pool = (
            workers(options.jobs, self.keys.usable, options.backend.name)
            if options.jobs > 1
            else nullcontext(None)
        )
        shape = genesis.shape.shape
        with pool as submit:
            gathering = Batches(judge, listener, submit, 2 * options.jobs, options.batch)
            self.replay = Replay(
                genesis=genesis,
                options=options,
                gathering=gathering,
                replayed=Replayed(self._decoding),
                conservation=Conservation(options.backend, shape),
                heartbeats=Heartbeats(options.patience),
                payments=Payments(shape),
                remarks=Remarks(options.now),
            )
            self.ready = perf_counter()
            try:
                yield self.replay
            finally:
                self.replay.finish()

    def _run(self, replay: Replay, first: Entry, watch: HeadWatch, last: int | None) -> None:
        start = self.options.start
        if start is not None and start.ledger != replay.genesis.ledger:
            raise Stop(
                finding(Code.HEAD, 0, "ledger", start.ledger.hex(), replay.genesis.ledger.hex())
            )
        replay.gathering.is_trusted = start is not None
        replay.found(first)
        self._compare(replay, first)
        for entry in entries_of(self.log, 1):
            watch.step(entry)
            replay.step(entry)
            self._compare(replay, entry)
            if entry.number % _REPORT_EVERY == 0:
                self.options.progress("audit", entry.number, max(last or 0, entry.number))
            if replay.gathering.findings:
                return  # a proof is false: nothing that follows from it can help
        if replay.gathering.is_trusted and start is not None:
            number = replay.replayed.last.number if replay.replayed.last else None
            expected, actual = f"entry {start.number}", f"an end at entry {number}"
            raise Stop(finding(Code.TRUNCATED, None, "earlier verdict", expected, actual))

    def _compare(self, replay: Replay, entry: Entry) -> None:
        """The entry of the earlier verdict is the one that was audited then."""
        start = self.options.start
        if start is None or entry.number != start.number:
            return
        if entry.hash != start.hash or entry.root != start.root:
            raise Stop(
                finding(
                    Code.HEAD,
                    entry.number,
                    "entry of the earlier verdict",
                    start.hash.hex(),
                    entry.hash.hex(),
                )
            )
        replay.gathering.is_trusted = False

    def _head(self, watch: HeadWatch, last: int | None) -> HeadCheck:
        replayed = self.replay.replayed.last if self.replay is not None else None
        is_whole = replayed is not None and replayed.number == last
        if not is_whole and self.options.expected_head is not None:
            self._look_for_head(watch, 0 if replayed is None else replayed.number + 1)
        check, found = watch.finish(last)
        self.findings += found
        return check

    def _look_for_head(self, watch: HeadWatch, start: int) -> None:
        """Past the entry at which the replay stopped, a head is still compared."""
        try:
            for entry in entries_of(self.log, start):
                watch.step(entry)
        except Stop:
            watch.is_cut_off = True

    def _cross_check(self, sample: Sample | None) -> CrossCheck | None:
        if sample is None:
            return None
        first = self.options.backend
        report, found = sample.verify(self.keys.usable, first, other_backend(first))
        self.findings += found
        return report

    def _stored_state(self) -> StoredState:
        """The records beside the log; nothing that was found before depends on them."""
        if any(found.severity == "error" and found.entry is not None for found in self.findings):
            return "not compared"
        try:
            return "matches" if self.log.check_state() else "not compared"
        except DamagedLedger as error:
            self.findings.append(from_error(error, error.entry, Code.STORED_STATE))
            return "differs"


def _sample(options: Options) -> Sample | None:
    if not options.cross_check:
        return None
    other_backend(options.backend)  # said before the work, not after it
    return Sample(None if options.cross_check == ALL else options.cross_check, options.seed)


def _ignore(entry: int, one: ClaimedProof, answer: Answer) -> None:
    """Nobody samples."""
