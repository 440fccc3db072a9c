"""How many proofs a second a ledger accepts on one core, and what each part of it takes.

Timed is everything between the bytes and their being on the disk: parsing, signatures, proofs, the
state's root, and SQLite's commit with `synchronous=FULL`. Once as a whole, as a ledger does it; and
once step by step with a clock between the steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from benchmarks.processes import on_cores
from benchmarks.times import Timing, timed
from ledger.encoding import Decoding
from ledger.evidence import Evidence
from ledger.genesis import Genesis
from ledger.judge import Judge
from ledger.ledger import Ledger
from ledger.state import State
from ledger.storage import SqliteStore
from ledger.transitions import Settle, decode_transition
from zk.backends import Choice, select

STEPS: Final = ("parse", "judge", "signatures", "balance", "proofs", "apply", "store")


@dataclass(frozen=True, slots=True)
class Settling:
    """Transitions of one kind: the whole, and its steps; a proof of margin counts as one leg."""

    kind: str
    legs: int
    whole: Timing
    steps: dict[str, float]

    @property
    def per_second(self) -> float:
        """Legs a second, by the mean: the slow ones count."""
        return self.legs * len(self.whole.runs) / sum(self.whole.runs)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "legs": self.legs,
            "whole": self.whole.document(),
            "legs_per_second": round(self.per_second, 1),
            "steps": {name: round(seconds, 7) for name, seconds in self.steps.items()},
        }


def measure_settling(
    kind: str, path: Path, transitions: Sequence[bytes], ready: int, time: int, backend: Choice
) -> Settling:
    """Half of them as a whole, half of them step by step, on one core; the first only make ready.

    Keys are loaded by then, and the market's part of the public inputs is summed: what a running
    ledger has done long ago.
    """
    return on_cores(1, _measure, kind, path, transitions, ready, time, backend)


def _measure(
    kind: str, path: Path, transitions: Sequence[bytes], ready: int, time: int, backend: Choice
) -> Settling:
    ledger = Ledger.open(path, select(backend))
    for data in transitions[:ready]:
        ledger.submit(data, time)
    rest = transitions[ready:]
    half = len(rest) // 2
    whole = [timed(partial(ledger.submit, data, time))[1] for data in rest[:half]]
    clock = _Clock(path, ledger.genesis, backend)
    clock.make_ready(rest[half], ready)
    for data in rest[half:]:
        clock.submit(data, time)
    return Settling(kind, _legs(rest[0]), Timing.of(whole), clock.medians())


def _legs(data: bytes) -> int:
    transition = decode_transition(data)
    return len(transition.legs) if isinstance(transition, Settle) else 1


class _Clock:
    """The steps of `Ledger.submit`, apart."""

    def __init__(self, path: Path, genesis: Genesis, backend: Choice) -> None:
        chosen = select(backend)
        self._decoding = Decoding(chosen.decode_point)
        self._store = SqliteStore.open(path)
        self._state = State(self._store, self._decoding)
        self._checker = Judge(genesis.statements.keys(), chosen)
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def make_ready(self, data: bytes, times: int) -> None:
        """Judges the proofs of one transition that often, and does nothing else with it."""
        evidence = decode_transition(data, self._decoding).examine(self._state.draft(0))
        for _ in range(times):
            self._checker.check(Evidence(proofs=evidence.proofs))

    def medians(self) -> dict[str, float]:
        """What each step takes."""
        return {name: median(self._seconds[name]) for name in STEPS}

    def submit(self, data: bytes, time: int) -> None:
        """As the ledger does it, with a look at the clock in between."""
        store, state, checker = self._store, self._state, self._checker
        with self._step("parse"):
            transition = decode_transition(data, self._decoding)
        with self._step("judge"):
            assert store.head is not None  # a ledger has a genesis
            draft = state.draft(store.head.number + 1)
            transition.check(state.shape)
            draft.advance(time)
            evidence = transition.examine(draft)
        with self._step("signatures"):
            checker.check(Evidence(signatures=evidence.signatures))
        with self._step("balance"):
            checker.check(Evidence(spans=evidence.spans))
        with self._step("proofs"):
            checker.check(Evidence(proofs=evidence.proofs))
        with self._step("apply"):
            transition.apply(draft)
        with self._step("store"), store.writing() as writer:
            writer.append(time, data, draft.changes())
        state.absorb(draft)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self._seconds[name].append(perf_counter() - start)
