"""The margins of every epoch, from the prices that its oracles signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.market.data import median
from ledger.market.risk import RiskEngine
from ledger.state import State
from ledger.transitions import Expire, Transition, UpdateMarket
from verifier.auditing.findings import finding
from verifier.auditing.report import Code, Epoch, Expiry, Finding
from zk.errors import ZkError

#: Whatever the recomputation itself refuses, in front of its reason.
_FAILED = "not computed: "


@dataclass(slots=True)
class Markets:
    """Every epoch so far, and how often its matrices were not those that follow."""

    epochs: list[Epoch] = field(default_factory=list)
    expiries: list[Expiry] = field(default_factory=list)
    checked: int = 0
    failed: int = 0
    off_by_one: int = 0

    def step(
        self, number: int, after: State, transition: Transition, *, recompute: bool
    ) -> Iterator[Finding]:
        """Finds matrices that are more than one unit away from what the observations give."""
        if isinstance(transition, Expire):
            self.expiries.append(
                Expiry(entry=number, instrument=transition.instrument, value=transition.value)
            )
        if not isinstance(transition, UpdateMarket):
            return
        difference = self._difference(after, transition) if recompute else ""
        seen = transition.observation
        self.epochs.append(
            Epoch(
                epoch=transition.epoch,
                entry=number,
                time=transition.time,
                spots=seen.spots,
                vols=seen.vols,
                reports=len(transition.reports),
                difference=difference,
            )
        )
        if difference:
            yield finding(
                Code.MATRIX,
                number,
                f"matrices of epoch {transition.epoch}",
                "what the risk engine makes of the oracles' medians, to one unit",
                difference if difference.startswith(_FAILED) else f"another {difference}",
            )

    def _difference(self, after: State, transition: UpdateMarket) -> str:
        self.checked += 1
        settled = {i: value for i, value in enumerate(after.pool.settled) if value is not None}
        try:
            engine = RiskEngine(after.shape, after.charter.listing, after.parameters.risk)
            # The medians are taken anew, from the signed reports.
            seen = median([report.observation for report in transition.reports])
            expected = engine.matrices(seen, transition.time, settled)
        except (ZkError, OverflowError) as error:  # prices in bounds may still exceed a float
            self.failed += 1
            return f"{_FAILED}{error}"
        difference = expected.differs_by_more_than_one(transition.matrices)
        self.failed += difference is not None
        self.off_by_one += difference is None and expected != transition.matrices
        return difference or ""
