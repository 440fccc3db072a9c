"""What the oracles say: UpdateMarket, Expire."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, ClassVar, Final, Literal

from circuits.shape import MATRIX_ENTRY, Shape
from ledger.encoding import Count, Model, Quantity, SignatureBytes
from ledger.errors import LimitExceeded, NotAdmitted, OutOfOrder, TransitionRejected
from ledger.evidence import ClaimedSignature, Evidence
from ledger.liquidation import pause_sales, rejudge_all
from ledger.market.columns import exact_columns, least_charges
from ledger.market.data import (
    ONE_BPS,
    SCALE,
    Clipped,
    Column,
    Observation,
    RiskTable,
    clipped,
    median,
)
from ledger.market.instrument import DatedContract
from ledger.market.listing import Listing
from ledger.parameters import Endorsement
from ledger.records import Clock, Market
from ledger.requirements import require_index
from ledger.state import State
from ledger.transitions.base import LedgerTransition
from ledger.transitions.faces import Topic
from ledger.wording import amount_of, name_of

#: By how much the oracles' clocks may be ahead of the ledger's, in seconds.
AHEAD: Final = 2
#: Prices further away than so many bounds of an update need the governors.
BEYOND: Final = 3

_REPORT: Final = b"tacit/v1/report/"


class Report(Model):
    """What one oracle saw."""

    oracle: Count
    observation: Observation
    signature: SignatureBytes


class UpdateMarket(LedgerTransition):
    """A new epoch: what oracles agree on, cut to its bounds, and the table that follows from it.

    Where an honest spot lies beyond its bound the market is locked: the epoch moves as far as it
    may, and carries besides what everything is worth at the prices that were seen.
    """

    TOPIC: ClassVar[Topic] = Topic.MARKET
    EVIDENCE: ClassVar[dict[str, Any]] = {"endorsements": True, "governors": True}

    kind: Literal["update-market"] = "update-market"
    epoch: Count
    time: Count
    reports: tuple[Report, ...]
    table: RiskTable
    default_mark: tuple[int, ...] | None = None
    endorsements: tuple[Endorsement, ...]
    #: Needed after a long silence, and for prices far beyond the bounds.
    governors: tuple[Endorsement, ...] = ()

    @property
    def oracles_time(self) -> int:
        return self.time

    def check(self, shape: Shape) -> None:
        self.table.check(shape)
        if self.default_mark is not None:
            self.table.model_copy(update={"mark": self.default_mark}).check(shape)

    def examine(self, state: State) -> Evidence:
        pool, parameters = state.pool, state.parameters
        if self.epoch != pool.epoch + 1:
            raise OutOfOrder("epoch", expected=pool.epoch + 1, actual=self.epoch)
        ledger = state.charter.ledger
        parameters.oracles.require_enough("reporting oracle", [r.oracle for r in self.reports])
        self._check_time(state)
        agreed = agreed_by(state, [report.observation for report in self.reports])
        seen = bounded(state, agreed)
        self._check_table(state, seen)
        self._check_default_mark(state, agreed, seen)
        reports = [
            ClaimedSignature(
                f"reporting oracle {report.oracle}",
                parameters.oracles.keys[report.oracle],
                report_message(ledger, self.epoch, self.time, report.observation),
                report.signature,
            )
            for report in self.reports
        ]
        binding = self.binding(ledger)
        endorsed = parameters.oracles.signed("oracle", binding, self.endorsements)
        if self.governors or needs_governors(state, self.time, agreed):
            endorsed += parameters.governors.signed("governor", binding, self.governors)
        return Evidence(signatures=[*reports, *endorsed])

    def apply(self, state: State) -> None:
        pool, parameters = state.pool, state.parameters
        agreed = agreed_by(state, [report.observation for report in self.reports])
        observation = bounded(state, agreed).observation
        if pool.epoch:
            pause_sales(state, pool.time, state.fresh_until)
        state.put_market(
            Market(
                epoch=self.epoch,
                time=self.time,
                published=pool.time,
                observation=observation,
                table=self.table,
                default_mark=self.default_mark,
            )
        )
        clock = Clock(time=self.time, published=pool.time, grace=parameters.grace)
        state.put_clock(self.epoch, clock)
        state.update_pool(epoch=self.epoch, oldest=pool.oldest or self.epoch)
        _forget_old_markets(state)
        _date_withdrawals(state)
        rejudge_all(state)

    def _check_time(self, state: State) -> None:
        pool, interval = state.pool, state.parameters.min_interval
        previous = state.market(pool.epoch)
        if self.time > pool.time + AHEAD:
            raise OutOfOrder(
                "time of the market", expected=f"at most {pool.time + AHEAD}", actual=self.time
            )
        if previous is None:
            return
        # In both clocks, or a backlog would come at once, faster than the rows reckon with.
        for subject, earliest, actual in (
            ("time of the entry", max(previous.published, pool.expired) + interval, pool.time),
            ("time of the market", previous.time + interval, self.time),
        ):
            if actual < earliest:
                raise OutOfOrder(subject, expected=f"{earliest} or later", actual=actual)

    def _check_table(self, state: State, seen: Clipped) -> None:
        """Columns that are exact integers are computed here; of the others the bounds are held."""
        listing, shape, table = state.charter.listing, state.shape, self.table
        counted = [
            mark * asset.counted_bps // ONE_BPS
            for mark, asset in zip(table.mark, listing.assets, strict=False)
        ]
        table.check_collateral(shape, counted, state.parameters.risk.initial_factor_bps)
        columns = self._exact(state, seen.observation)
        for component, column in columns.items():
            _require_same(f"component {component}", column, table.column(shape, component))
        least = least_charges(listing, seen.observation, state.pool.final_values)
        charges = zip(table.long_charges, table.short_charges, least, strict=True)
        for slot, (long, short, lowest) in enumerate(charges):
            if state.pool.settled[slot] is not None and (long or short):
                raise TransitionRejected(
                    f"charges of expired instrument {slot}", expected=0, actual=(long, short)
                )
            if min(long, short) < lowest:
                raise LimitExceeded(
                    f"charges of instrument {slot}",
                    expected=f"at least {lowest}",
                    actual=min(long, short),
                )

    def _check_default_mark(self, state: State, agreed: Observation, seen: Clipped) -> None:
        locked = any(seen.locked)
        if locked != (self.default_mark is not None):
            raise TransitionRejected(
                "second mark",
                expected="one exactly where a spot lies beyond its bound",
                actual="none" if locked else "one without a lock",
            )
        if self.default_mark is None:
            return
        beyond = at_spots(seen.observation, agreed.spots)
        for component, column in self._exact(state, beyond).items():
            if self.default_mark[component] != column.mark:
                raise TransitionRejected(
                    f"second mark of component {component}",
                    expected=column.mark,
                    actual=self.default_mark[component],
                )

    def _exact(self, state: State, observation: Observation) -> Mapping[int, Column]:
        return exact_columns(
            state.charter.listing,
            state.shape,
            state.parameters.risk,
            state.parameters.window,
            observation,
            self.time,
            state.pool.final_values,
        )

    def told(self, listing: Listing) -> str:
        locked = "" if self.default_mark is None else ", and its market is locked"
        return f"epoch {self.epoch} began{locked}"


class Expire(LedgerTransition):
    """An instrument's final price: from now on it is worth that much cash, and can be redeemed."""

    TOPIC: ClassVar[Topic] = Topic.MARKET
    IS_RARE: ClassVar[bool] = True
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
        self._check_time(state)
        low, high = settlement_bounds(state, self.instrument)
        if not low <= self.value <= high:
            raise LimitExceeded(
                f"settlement value of instrument {self.instrument}",
                expected=f"from {low} to {high}",
                actual=self.value,
            )
        binding = self.binding(state.charter.ledger)
        return Evidence(
            signatures=state.parameters.oracles.signed("oracle", binding, self.endorsements)
        )

    def apply(self, state: State) -> None:
        settled = list(state.pool.settled)
        settled[self.instrument] = self.value
        state.update_pool(settled=tuple(settled), expired=state.pool.time)

    def _check_time(self, state: State) -> None:
        """An expiry is one of the moves that the rows reckon with."""
        earliest = state.current_market.published + state.parameters.min_interval
        if state.pool.time < earliest:
            raise OutOfOrder(
                "time of the entry", expected=f"{earliest} or later", actual=state.pool.time
            )

    def told(self, listing: Listing) -> str:
        what = name_of(listing, len(listing.assets) + self.instrument)
        return f"{what} was settled at {amount_of(listing, 0, self.value)} a lot"


def agreed_by(state: State, observations: Sequence[Observation]) -> Observation:
    """The median of those who are near the median of all: a liar neither moves nor stalls it."""
    expected = len(state.charter.listing.underlyings)
    fitting = [each for each in observations if each.underlyings == expected]
    needed = state.parameters.oracles.threshold
    heard = fitting
    if fitting:
        middle, spread = median(fitting), state.parameters.max_spread_bps
        heard = [each for each in fitting if _is_near(each, middle, spread)]
    if len(heard) < needed:
        raise LimitExceeded(
            "reports",
            expected=f"{needed} of {expected} underlyings, near the median of all",
            actual=len(heard),
        )
    return median(heard)


def bounded(state: State, agreed: Observation) -> Clipped:
    """What of it one update may carry; the first of all carries everything."""
    previous = state.market(state.pool.epoch)
    if previous is None:
        return Clipped(agreed, (False,) * agreed.underlyings)
    return clipped(previous.observation, agreed, state.parameters.move_bounds)


def needs_governors(state: State, time: int, agreed: Observation) -> bool:
    """After a longer silence than the gap, and where a spot lies beyond three bounds."""
    previous = state.market(state.pool.epoch)
    if previous is None:
        return False
    far = clipped(previous.observation, agreed, state.parameters.move_bounds.times(BEYOND))
    return time - previous.time > state.parameters.max_gap or any(far.locked)


def settlement_bounds(state: State, instrument: int) -> tuple[int, int]:
    """The least and the greatest final value per lot that the last two markets and one bound allow.

    What a lot is worth at its end rises or falls with the spot, all the way: the ends say it all.
    """
    listed = state.charter.listing.instruments[instrument]
    assert isinstance(listed, DatedContract)  # it has an expiry
    move = state.parameters.max_spots_bps[listed.reference]
    epoch = state.pool.epoch
    markets = [state.market(each) for each in (epoch - 1, epoch)]
    spots = [m.observation.spots[listed.reference] for m in markets if m is not None]
    low = Fraction(min(spots) * (ONE_BPS - move), ONE_BPS)
    high = Fraction(max(spots) * (ONE_BPS + move), ONE_BPS)
    values = [listed.settlement(spot) for spot in (low, high)]
    return floor(min(values)), ceil(max(values))


def at_spots(observation: Observation, spots: tuple[int, ...]) -> Observation:
    """The same otherwise."""
    return observation.model_copy(update={"spots": spots})


def report_message(ledger: bytes, epoch: int, time: int, observation: Observation) -> bytes:
    """What an oracle signs of its own report."""
    place = epoch.to_bytes(8, "big") + time.to_bytes(8, "big")
    return hashlib.sha256(_REPORT + ledger + place + observation.encode()).digest()


def _is_near(observation: Observation, middle: Observation, spread_bps: int) -> bool:
    pairs = zip(observation.spots, middle.spots, strict=True)
    return all(abs(mine - theirs) * ONE_BPS <= theirs * spread_bps for mine, theirs in pairs)


def _require_same(subject: str, expected: Column, actual: Column) -> None:
    if actual != expected:
        raise TransitionRejected(f"column of {subject}", expected=expected, actual=actual)


def _forget_old_markets(state: State) -> None:
    """Those under which nobody may prove any more, but for the one before the current."""
    oldest = state.pool.oldest
    while oldest < state.pool.epoch - 1 and state.is_over(oldest):
        state.forget_market(oldest)
        oldest += 1
    state.update_pool(oldest=oldest)


def _date_withdrawals(state: State) -> None:
    """What was judged a grace ago is paid when the losers of its market have been sold."""
    parameters, now = state.parameters, state.current_market
    epoch = state.pool.undated
    while epoch < state.pool.epoch:
        clock = state.clock(epoch)
        if now.time - clock.time < clock.grace:
            break
        due = now.published + parameters.reveal + parameters.sale_duration
        state.put_clock(epoch, clock.model_copy(update={"due": due}))
        epoch += 1
    state.update_pool(undated=epoch)
