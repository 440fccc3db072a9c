"""What breaks no rule, and what whoever relies on the ledger must know: times, quorums, clocks.

The rules take times that let a network in a test live through a default in two minutes, and, where
nothing is at stake, quorums that one liar can stall. Margin is computed for whatever is set; what
people can do in that time is another question, and these are the numbers that it was answered for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ledger.genesis import Genesis
from ledger.parameters import Parameters
from ledger.state import State
from ledger.transitions import Transition, UpdateMarket, UpdateParams
from verifier.findings import finding
from verifier.report import Code, Finding

#: The least that each time should be, in seconds.
LEAST_TIMES: Final = {
    "grace": 3_600,
    "max_age": 2_700,
    "min_interval": 1_800,
    "reveal": 600,
    "sale_duration": 600,
    "settling": 60,
    "delay": 86_400,
    "key_delay": 2 * 86_400,
}


@dataclass(slots=True)
class Remarks:
    """Of one ledger, as it goes by."""

    #: The auditor's own clock, where the ledger is one that lives.
    now: int | None = None
    _apart: list[tuple[int, int, int]] = field(default_factory=list)
    _said: set[tuple[str, str]] = field(default_factory=set)

    def found(self, genesis: Genesis) -> Iterator[Finding]:
        """What it began with."""
        yield from self._of_parameters(0, genesis.parameters)

    def step(self, number: int, after: State, transition: Transition) -> Iterator[Finding]:
        """Parameters that were signed, and a market whose time is not the ledger's."""
        if isinstance(transition, UpdateParams):
            yield from self._of_parameters(number, transition.parameters)
        if isinstance(transition, UpdateMarket):
            apart = abs(after.pool.time - transition.time)
            if apart > after.parameters.max_age:
                self._apart.append((number, transition.epoch, apart))

    def finish(self, number: int, state: State) -> Iterator[Finding]:
        """One remark on both clocks, however often they were apart; and on the auditor's."""
        if self._apart:
            first, epoch, _ = self._apart[0]
            most = max(apart for _, _, apart in self._apart)
            yield finding(
                Code.CLOCK,
                first,
                f"time of epoch {epoch}",
                "given time and the oracles' no further apart than the age that a market may have",
                f"{len(self._apart)} such epochs, up to {most} s apart",
            )
        if self.now is not None:
            yield from self._against_ours(number, state, self.now)

    def _of_parameters(self, number: int, parameters: Parameters) -> Iterator[Finding]:
        """What was remarked on before is not, while it stays as it is."""
        for one in _of_parameters(number, parameters):
            if (one.subject, one.actual) not in self._said:
                self._said.add((one.subject, one.actual))
                yield one

    def _against_ours(self, number: int, state: State, now: int) -> Iterator[Finding]:
        limit = state.parameters.max_age
        times = [("given time", state.pool.time)]
        if state.pool.epoch:
            times.append(("the oracles' time", state.current_market.time))
        for subject, time in times:
            if abs(now - time) > limit:
                expected = f"within {limit} s of the auditor's own clock, {now}"
                yield finding(Code.CLOCK, number, f"{subject} at the tip", expected, time)


def _of_parameters(number: int, parameters: Parameters) -> Iterator[Finding]:
    short = {
        name: getattr(parameters, name)
        for name, least in LEAST_TIMES.items()
        if getattr(parameters, name) < least
    }
    if short:
        yield finding(
            Code.SHORT_TIMES,
            number,
            "times in the parameters",
            ", ".join(f"{name} from {LEAST_TIMES[name]} s" for name in short),
            ", ".join(f"{name} {value} s" for name, value in short.items()),
        )
    weak = {
        role: f"{quorum.threshold} of {len(quorum.keys)}"
        for role, quorum in (("oracles", parameters.oracles), ("guardians", parameters.guardians))
        if 3 * quorum.threshold <= 2 * len(quorum.keys)
    }
    if weak:
        yield finding(
            Code.QUORUM,
            number,
            f"quorum of {' and '.join(weak)}",
            "more than two thirds of the keys",
            ", ".join(f"{role} {count}" for role, count in weak.items()),
        )
