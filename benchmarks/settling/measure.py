"""How many legs a second a ledger settles on one core, and what each part of it takes.

Timed is everything between the bytes and their being on the disk: parsing, signatures, proofs, the
state's root, and SQLite's commit with `synchronous=FULL`. Once as a whole, as a ledger does it; and
once step by step with a clock between the steps.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from benchmarks.apart import apart
from benchmarks.timing import Timing, timed
from ledger.encoding import Decoding
from ledger.genesis import Genesis
from ledger.ledger import Ledger
from ledger.state import State
from ledger.store import SqliteStore
from ledger.transitions import Settle, decode_transition
from verifier.checker import Checker
from verifier.evidence import Evidence
from zk.backends import Choice, select

STEPS: Final = ("parse", "judge", "signatures", "balance", "proofs", "apply", "store")


@dataclass(frozen=True, slots=True)
class Settling:
    """Settlements of one kind: the whole, and its steps."""

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
    kind: str, path: Path, settlements: list[bytes], time: int, backend: Choice
) -> Settling:
    """Half of the settlements as a whole, half of them step by step, on one core."""
    return apart(_measure, kind, path, settlements, time, backend)


def _measure(
    kind: str, path: Path, settlements: list[bytes], time: int, backend: Choice
) -> Settling:
    os.environ["RAYON_NUM_THREADS"] = "1"
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    ledger = Ledger.open(path, select(backend))
    first, *rest = settlements
    ledger.submit(first, time)  # not timed: what a running ledger has loaded long ago
    half = len(rest) // 2
    whole = [timed(partial(ledger.submit, data, time))[1] for data in rest[:half]]
    transition = decode_transition(first)
    assert isinstance(transition, Settle)  # that is what was prepared
    clock = _Clock()
    for data in rest[half:]:
        clock.submit(path, data, time, ledger.genesis, backend)
    return Settling(kind, len(transition.legs), Timing.of(whole), clock.medians())


class _Clock:
    """The steps of `Ledger.submit`, apart."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._opened: tuple[SqliteStore, State, Checker] | None = None

    def medians(self) -> dict[str, float]:
        """What each step takes."""
        return {name: median(self._seconds[name]) for name in STEPS}

    def submit(self, path: Path, data: bytes, time: int, genesis: Genesis, backend: Choice) -> None:
        """As the ledger does it, with a look at the clock in between."""
        chosen = select(backend)
        decoding = Decoding(chosen.decode_point)
        if self._opened is None:
            store = SqliteStore.open(path)
            checker = Checker(genesis.statements.keys(), chosen)
            self._opened = (store, State(store, decoding), checker)
        store, state, checker = self._opened
        with self._step("parse"):
            transition = decode_transition(data, decoding)
        draft = state.draft(0)
        with self._step("judge"):
            assert store.head is not None  # a ledger has a genesis
            draft = state.draft(store.head.number + 1)
            transition.check(state.shape)
            draft.advance(time)
            evidence = transition.examine(draft)
        with self._step("signatures"):
            checker.check(Evidence(signed=evidence.signed))
        with self._step("balance"):
            checker.check(Evidence(spanned=evidence.spanned))
        with self._step("proofs"):
            checker.check(Evidence(proven=evidence.proven))
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
