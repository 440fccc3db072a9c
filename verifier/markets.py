"""Every epoch again, from the prices that its oracles signed: what was agreed, and what follows.

| part         | must be                                                                  |
| ------------ | ------------------------------------------------------------------------ |
| observation  | what the reports that are heard agree on, as far as an update carries it  |
| table        | what the risk engine makes of it, to one unit; exact columns exactly      |
| second mark  | there where a spot lies beyond its bound, and at the spots that were seen  |
| governors    | asked after a long silence, and for spots far beyond                      |
| demands      | what follows from the table in integers                                   |
| final values | within the last two markets and one bound                                 |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from ledger.market.data import Observation
from ledger.market.instrument import DatedContract
from ledger.market.risk import RiskEngine
from ledger.state import State
from ledger.transitions import Expire, Transition, UpdateMarket
from verifier.consensus import Consensus, consensus_of
from verifier.findings import finding
from verifier.report import Code, Epoch, Expiry, Finding
from verifier.valuation import Valuation
from zk.errors import ZkError

#: Whatever the recomputation itself refuses, in front of its reason.
_FAILED = "not computed: "
_WHOLE = 10_000


@dataclass(slots=True)
class Markets:
    """Every epoch so far, and how often its table was not the one that follows."""

    epochs: list[Epoch] = field(default_factory=list)
    expiries: list[Expiry] = field(default_factory=list)
    checked: int = 0
    failed: int = 0
    off_by_one: int = 0
    settled: int = 0
    unsettled: int = 0

    def step(
        self, number: int, before: State, after: State, transition: Transition, *, recompute: bool
    ) -> Iterator[Finding]:
        """Finds what does not follow from the observations; `recompute` is for tables alone."""
        if isinstance(transition, Expire):
            yield from self._expire(number, before, after, transition)
        if isinstance(transition, UpdateMarket):
            yield from self._update(number, before, after, transition, recompute=recompute)

    def _update(
        self, number: int, before: State, after: State, update: UpdateMarket, *, recompute: bool
    ) -> Iterator[Finding]:
        previous = before.market(before.pool.epoch)
        consensus = consensus_of(
            [report.observation for report in update.reports],
            len(after.charter.listing.underlyings),
            None if previous is None else previous.observation,
            after.parameters,
        )
        difference = self._difference(after, update, consensus) if recompute else ""
        self.epochs.append(
            Epoch(
                epoch=update.epoch,
                entry=number,
                time=update.time,
                given=after.pool.time,
                spots=consensus.carried.spots,
                vols=consensus.carried.vols,
                reports=len(update.reports),
                heard=consensus.heard,
                locked=consensus.locked,
                difference=difference,
            )
        )
        if difference:
            yield finding(
                Code.TABLE,
                number,
                f"table of epoch {update.epoch}",
                "what the risk engine makes of what the oracles agree on, to one unit",
                difference if difference.startswith(_FAILED) else f"another {difference}",
            )
        yield from _check_rules(number, before, after, update, consensus)

    def _difference(self, after: State, update: UpdateMarket, consensus: Consensus) -> str:
        self.checked += 1
        try:
            found, is_same = _compare(after, update, consensus)
        except (ZkError, OverflowError) as error:  # prices in bounds may still exceed a float
            found, is_same = f"{_FAILED}{error}", False
        self.failed += bool(found)
        self.off_by_one += not found and not is_same
        return found

    def _expire(
        self, number: int, before: State, after: State, expire: Expire
    ) -> Iterator[Finding]:
        self.settled += 1
        self.expiries.append(Expiry(entry=number, instrument=expire.instrument, value=expire.value))
        low, high = _final_values(before, after, expire.instrument)
        if not low <= expire.value <= high:
            self.unsettled += 1
            yield finding(
                Code.SETTLEMENT,
                number,
                f"settlement value of instrument {expire.instrument}",
                f"from {low} to {high}: the last two markets, and one bound",
                expire.value,
            )


def _compare(after: State, update: UpdateMarket, consensus: Consensus) -> tuple[str, bool]:
    """Where table or second mark are others, and whether they are the same to the last unit."""
    parameters, listing = after.parameters, after.charter.listing
    engine = RiskEngine(after.shape, listing, parameters.risk, parameters.window)
    settled = {i: value for i, value in enumerate(after.pool.settled) if value is not None}
    expected = engine.table(consensus.carried, update.time, settled)
    found = expected.differs_by_more_than_one(update.table) or ""
    assets = after.shape.assets
    exact = [
        place
        for place, one in enumerate(listing.components)
        if one.exact or place - assets in settled
    ]
    for place in exact if not found else ():
        columns = (each.column(after.shape, place) for each in (expected, update.table))
        if len(set(columns)) > 1:
            found = f"exact column of component {place}"
    if found or update.default_mark is None:
        return found, expected == update.table
    seen = _at(consensus.carried, consensus.agreed.spots)
    second = engine.mark(seen, update.time, settled)
    for place, (ours, theirs) in enumerate(zip(second, update.default_mark, strict=True)):
        if abs(ours - theirs) > (place not in exact):
            return f"second mark, component {place}", False
    return "", expected == update.table and second == update.default_mark


def _check_rules(
    number: int, before: State, after: State, update: UpdateMarket, consensus: Consensus
) -> Iterator[Finding]:
    """What needs no engine, and is looked at whoever audited before."""
    market, parameters = after.current_market, after.parameters
    previous = before.market(before.pool.epoch)
    silence = 0 if previous is None else update.time - previous.time
    needs_governors = consensus.is_far or silence > parameters.max_gap
    has_governors = len(update.governors) >= parameters.governors.threshold
    cases: list[tuple[str, object, object]] = [
        ("observation", consensus.carried, market.observation),
        ("record of the table", update.table, market.table),
        ("reports heard", True, consensus.heard >= parameters.oracles.threshold),
        ("second mark", consensus.is_locked, update.default_mark is not None),
        ("record of the second mark", update.default_mark, market.default_mark),
        ("governors' signatures", True, has_governors or not needs_governors),
    ]
    valuation, demands = Valuation.of(after, market), after.demands(market)
    for floor_ in (0, parameters.floor):
        for kind in ("maintenance", "initial", "withdrawal"):
            ours, theirs = getattr(valuation, kind)(floor_), getattr(demands, kind)(floor_)
            cases.append((f"{kind} margin", ours, theirs))
    sale, ours = after.sale_demands(), Valuation.of_sales(after)
    cases.append(("margin of a sale", ours.initial(0), sale.initial(0)))
    for subject, expected, actual in cases:
        if expected != actual:
            yield finding(
                Code.TABLE, number, f"{subject} of epoch {update.epoch}", expected, actual
            )


def _final_values(before: State, after: State, instrument: int) -> tuple[int, int]:
    """What a lot may be worth at its end: it rises or falls with the spot, all the way."""
    listed = after.charter.listing.instruments[instrument]
    if not isinstance(listed, DatedContract):
        return 0, -1
    epoch, place = before.pool.epoch, listed.reference
    kept = (before.market(each) for each in (epoch, epoch - 1))
    spots = [market.observation.spots[place] for market in kept if market is not None]
    move = Fraction(after.parameters.max_spots_bps[place], _WHOLE)
    ends = [listed.settlement(Fraction(min(spots)) * (1 - move))]
    ends.append(listed.settlement(Fraction(max(spots)) * (1 + move)))
    return floor(min(ends)), ceil(max(ends))


def _at(observation: Observation, spots: tuple[int, ...]) -> Observation:
    return observation.model_copy(update={"spots": spots})
