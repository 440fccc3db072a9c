"""What an epoch costs: the oracles who compute its matrices, and the ledger that takes them in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.ledgers.desk import founded
from benchmarks.processes import on_cores
from benchmarks.times import Timing, timed
from zk.backends import Choice, select


@dataclass(frozen=True, slots=True)
class Publishing:
    """Updates of the market, one after the other."""

    write: Timing
    submit: Timing
    transition_bytes: int

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "write": self.write.document(),
            "submit": self.submit.document(),
            "transition_bytes": self.transition_bytes,
        }


def measure_epochs(shape: str, epochs: int, backend: Choice) -> Publishing:
    """So many epochs, on one core."""
    return on_cores(1, _measure, shape, epochs, backend)


def _measure(shape: str, epochs: int, backend: Choice) -> Publishing:
    with TemporaryDirectory(prefix="tacit-bench-") as folder:
        venue = founded(Path(folder) / "epochs.ledger", shape, select(backend))
        seen, interval = [venue.market.observation] * 2, venue.state.parameters.min_interval
        writing, submitting = [], []
        for _ in range(epochs):
            venue.now += interval
            write = partial(venue.offices.update_market, venue.state, seen, venue.now)
            update, seconds = timed(write)
            writing.append(seconds)
            data = update.encode()
            submitting.append(timed(partial(venue.ledger.submit, data, venue.now))[1])
        return Publishing(Timing.of(writing), Timing.of(submitting), len(data))
