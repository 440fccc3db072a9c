"""What the oracles say: UpdateMarket, Expire."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, Final, Literal

from circuits.shape import MATRIX_ENTRY, Shape
from ledger.conditions import require_index
from ledger.encoding import Count, Model, Quantity, SignatureBytes
from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder, TransitionRejected
from ledger.market.data import SCALE, Matrices, Observation, check_move, median
from ledger.parameters import Endorsement
from ledger.records import Market
from ledger.state import State
from ledger.transitions.base import Transition
from verifier.evidence import Evidence, Signed

_REPORT: Final = b"tacit/v1/report/"


class Report(Model):
    """What one oracle saw."""

    oracle: Count
    observation: Observation
    signature: SignatureBytes


class UpdateMarket(Transition):
    """A new epoch: the medians of the reports, and the matrices that t oracles found to follow."""

    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True}

    kind: Literal["update-market"] = "update-market"
    epoch: Count
    time: Count
    reports: tuple[Report, ...]
    matrices: Matrices
    endorsements: tuple[Endorsement, ...]

    def check(self, shape: Shape) -> None:
        self.matrices.check(shape)

    def examine(self, state: State) -> Evidence:
        pool, parameters = state.pool, state.parameters
        if self.epoch != pool.epoch + 1:
            raise OutOfOrder("epoch", expected=pool.epoch + 1, actual=self.epoch)
        ledger = state.charter.ledger
        parameters.oracles.require_enough("reporting oracle", [r.oracle for r in self.reports])
        self._check_time(state)
        self._check_observation(state)
        self._check_settled(state)
        reports = [
            Signed(
                f"reporting oracle {report.oracle}",
                parameters.oracles.keys[report.oracle],
                report_message(ledger, self.epoch, self.time, report.observation),
                report.signature,
            )
            for report in self.reports
        ]
        binding = self.binding(ledger)
        return Evidence(
            signed=[*reports, *parameters.oracles.signed("oracle", binding, self.endorsements)]
        )

    def apply(self, state: State) -> None:
        state.put_market(
            Market(
                epoch=self.epoch,
                time=self.time,
                published=state.pool.time,
                observation=self.observation,
                matrices=self.matrices,
            )
        )
        oldest = state.pool.oldest or self.epoch
        while oldest < self.epoch and _is_past(state, oldest):
            state.forget_market(oldest)
            oldest += 1
        state.update_pool(epoch=self.epoch, oldest=oldest)

    @property
    def observation(self) -> Observation:
        """What the ledger believes: the median of each number."""
        return median([report.observation for report in self.reports])

    def _check_time(self, state: State) -> None:
        now, limit = state.pool.time, state.parameters.max_age
        previous = state.market(state.pool.epoch)
        interval = state.parameters.min_interval
        if previous is not None and now < previous.published + interval:
            # Or a backlog would come at once, faster than the scenarios reckon with.
            raise OutOfOrder(
                "time of the entry",
                expected=f"{previous.published + interval} or later",
                actual=now,
            )
        earliest = 0 if previous is None else previous.time + interval
        earliest = max(earliest, now - limit)
        if not earliest <= self.time <= now:
            raise OutOfOrder(
                "time of the market", expected=f"from {earliest} to {now}", actual=self.time
            )

    def _check_observation(self, state: State) -> None:
        previous, parameters = state.market(state.pool.epoch), state.parameters
        expected = len(state.charter.listing.underlyings)
        for report in self.reports:
            if report.observation.underlyings != expected:
                raise LimitExceeded(
                    f"report of oracle {report.oracle}",
                    expected=f"{expected} underlyings",
                    actual=report.observation.underlyings,
                )
        if previous is not None:
            check_move(
                previous.observation,
                self.observation,
                parameters.max_spots_bps,
                parameters.max_vol_bps,
                parameters.max_funding_bps,
                parameters.max_rate_bps,
            )

    def _check_settled(self, state: State) -> None:
        """An expired instrument is worth its settlement value, whatever happens."""
        matrices = self.matrices
        rows = (*matrices.initial.matrix, *matrices.maintenance.matrix, matrices.mark)
        for slot, value in enumerate(state.pool.settled):
            column = state.shape.assets + slot
            for row in rows:
                if value is not None and row[column] != value * SCALE:
                    raise TransitionRejected(
                        f"value of expired instrument {slot}",
                        expected=value * SCALE,
                        actual=row[column],
                    )


class Expire(Transition):
    """An instrument's final price: from now on it is worth that much cash, and can be redeemed."""

    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True}

    kind: Literal["expire"] = "expire"
    instrument: Count
    #: Cash per lot.
    value: Quantity
    endorsements: tuple[Endorsement, ...]

    def check(self, shape: Shape) -> None:
        require_index("instrument", self.instrument, shape.instruments)
        if self.value * SCALE not in MATRIX_ENTRY:
            raise LimitExceeded(
                "settlement value",
                expected=f"at most {MATRIX_ENTRY.maximum // SCALE} either way",
                actual=self.value,
            )

    def examine(self, state: State) -> Evidence:
        settled = state.pool.settled[self.instrument]
        if settled is not None:
            raise NotAdmitted(
                f"instrument {self.instrument}", expected="one that lives", actual="expired"
            )
        expiry = state.charter.listing.instruments[self.instrument].expires
        if expiry is None or state.pool.time < expiry:
            raise NotAdmitted(
                f"instrument {self.instrument}",
                expected="its expiry" if expiry is None else f"time {expiry} or later",
                actual="one that never expires" if expiry is None else state.pool.time,
            )
        binding = self.binding(state.charter.ledger)
        return Evidence(
            signed=state.parameters.oracles.signed("oracle", binding, self.endorsements)
        )

    def apply(self, state: State) -> None:
        settled = list(state.pool.settled)
        settled[self.instrument] = self.value
        state.update_pool(settled=tuple(settled))


def report_message(ledger: bytes, epoch: int, time: int, observation: Observation) -> bytes:
    """What an oracle signs of its own report."""
    place = epoch.to_bytes(8, "big") + time.to_bytes(8, "big")
    return hashlib.sha256(_REPORT + ledger + place + observation.encode()).digest()


def _is_past(state: State, epoch: int) -> bool:
    """Nobody may prove under that epoch any more."""
    following = state.market(epoch + 1)
    return following is not None and state.pool.time > following.published + state.parameters.grace
