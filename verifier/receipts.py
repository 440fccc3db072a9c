"""Disclosure receipts: what a published claim says, where its rows are rows that we can make.

Rows are recognised by making them again: numbers are read off them, the risk engine computes the
rows that belong to these numbers, and only if they are the same, to the last unit, are they said
in words. Everything else is shown as it stands, beside the label, which is the owner's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from ledger.market.data import SCALE, Rows
from ledger.market.limits import Greek
from ledger.market.listing import Listing
from ledger.market.risk import RiskEngine
from ledger.records import Market
from ledger.state import State
from ledger.transitions import PublishClaim, Transition
from verifier.report import Receipt
from verifier.stress import scenarios_of, words_for
from zk.errors import ZkError

#: How many receipts a report has.
MOST_KEPT: Final = 1_000

_UNITS: Final = {
    Greek.DELTA: ("delta", "coins", 10**6),
    Greek.GAMMA: ("gamma", "coins per percent", 10**6),
    Greek.VEGA: ("vega", "cash units per point of vol", 1),
    Greek.THETA: ("theta", "cash units per day", 1),
    Greek.RHO: ("rho", "cash units per point of the rate", 1),
}


@dataclass(slots=True)
class Receipts:
    """The published claims so far. The first are read and kept, the others counted.

    Publishing costs its author little, and reading costs us something.
    """

    kept: list[Receipt] = field(default_factory=list)
    omitted: int = 0

    def step(self, number: int, after: State, transition: Transition) -> None:
        """Keeps what this entry publishes, with its meaning where that is sure."""
        if not isinstance(transition, PublishClaim):
            return
        if len(self.kept) == MOST_KEPT:
            self.omitted += 1
            return
        receipt = Receipt(
            entry=number,
            account=transition.account,
            epoch=transition.epoch,
            time=after.pool.time,
            meaning=_Reading.of(after).meaning(transition.rows),
            label=transition.label,
            matrix=transition.rows.matrix,
            constants=transition.rows.constants,
        )
        self.kept.append(receipt)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows against those that this epoch's engine makes."""

    engine: RiskEngine
    market: Market
    settled: dict[int, int]

    @classmethod
    def of(cls, state: State) -> _Reading:
        parameters = state.parameters
        engine = RiskEngine(state.shape, state.charter.listing, parameters.risk, parameters.window)
        settled = {i: value for i, value in enumerate(state.pool.settled) if value is not None}
        return cls(engine, state.current_market, settled)

    def meaning(self, rows: Rows) -> str | None:
        """The first reading whose rows are these; a reading that cannot be made is none."""
        readings: tuple[Callable[[Rows], Iterator[tuple[Rows, str]]], ...] = (
            self._positions,
            self._equity,
            self._greeks,
            self._stress,
        )
        for reading in readings:
            with suppress(ZkError, ArithmeticError, ValueError, RuntimeError):
                for expected, words in reading(rows):
                    if expected == rows:
                        return words
        return None

    @property
    def _listing(self) -> Listing:
        return self.engine.listing

    def _positions(self, rows: Rows) -> Iterator[tuple[Rows, str]]:
        limits: dict[int, int] = {}
        for row, constant in zip(rows.matrix, rows.constants, strict=True):
            places = [index for index, entry in enumerate(row) if entry]
            if len(places) == 1 and row[places[0]] == 1:
                limits[places[0] - self.engine.shape.assets] = constant
        if limits:
            labels = self._listing.labels
            words = ", ".join(
                f"at most {limit:,} lots of {labels[self.engine.shape.assets + slot]} either way"
                for slot, limit in sorted(limits.items())
            )
            yield self.engine.position_limits(limits), words

    def _equity(self, rows: Rows) -> Iterator[tuple[Rows, str]]:
        minimum = -rows.constants[0] // SCALE
        seen, time = self.market.observation, self.market.time
        floor = self.engine.equity_floor(seen, time, minimum, self.settled)
        yield floor, f"worth at least {minimum:,} in cash at the mark of epoch {self.market.epoch}"

    def _greeks(self, rows: Rows) -> Iterator[tuple[Rows, str]]:
        if len(rows.constants) < 2 or any(map(any, rows.matrix[2:])):
            return
        low, high = -rows.constants[0] // SCALE, rows.constants[1] // SCALE
        seen, time = self.market.observation, self.market.time
        for index, name in enumerate(self._listing.underlyings):
            for greek, (word, unit, scale) in _UNITS.items():
                made = self.engine.greek_limits(seen, time, greek, low, high, index, self.settled)
                between = f"between {low / scale:,g} and {high / scale:,g} {unit}"
                yield made, f"{word} in {name} {between} at the mark of epoch {self.market.epoch}"

    def _stress(self, rows: Rows) -> Iterator[tuple[Rows, str]]:
        scenarios = scenarios_of(self.engine, self.market, rows)
        if scenarios:
            seen, time = self.market.observation, self.market.time
            made = self.engine.stress(seen, time, scenarios, self.settled)
            names = self._listing.underlyings
            yield made, f"survives {words_for(scenarios, names)} from epoch {self.market.epoch}"
