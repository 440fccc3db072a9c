"""What an account stands to lose: margin left in every scenario, Greeks, PnL, the next heartbeat.

Headroom is read from the matrices that the ledger judges by. PnL and Greeks are the risk engine's,
for the same market. Amounts are cash units (cents), rounded against the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.market.conditions import Conditions
from ledger.market.data import SCALE, equity
from ledger.market.limits import Greek, sensitivity
from ledger.market.listing import Listing
from ledger.market.risk import RiskEngine
from ledger.records import Market
from ledger.state import State
from prover.scenario_names import exposed_to, scenario_label
from prover.wallet.liquidation import LiquidationPrices, liquidation_prices


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario: what it does to the account, and what would be left of either margin."""

    label: str
    profit: int
    maintenance: int
    initial: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Until when the account has to prove its margin; `due` is None while nothing is owed."""

    due: int | None
    status: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """An account at the mark of one epoch."""

    epoch: int
    equity: int
    initial: int
    maintenance: int
    #: What the maintenance margin would be if each position stood alone: what netting saves.
    legs: int
    rows: tuple[Row, ...]
    greeks: Mapping[str, Mapping[str, int]]
    liquidation: Mapping[str, LiquidationPrices]

    @property
    def worst(self) -> Row:
        """The scenario in which least of the maintenance margin is left."""
        return min(self.rows, key=lambda row: row.maintenance)

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "epoch": self.epoch,
            "equity": self.equity,
            "initial_margin": self.initial,
            "maintenance_margin": self.maintenance,
            "maintenance_margin_of_legs": self.legs,
            "scenarios": [
                {
                    "label": row.label,
                    "profit": row.profit,
                    "maintenance_headroom": row.maintenance,
                    "initial_headroom": row.initial,
                }
                for row in self.rows
            ],
            "greeks": {name: dict(numbers) for name, numbers in self.greeks.items()},
            "liquidation": {
                name: {"below": prices.below, "above": prices.above}
                for name, prices in self.liquidation.items()
            },
        }


def exposure(state: State, values: tuple[int, ...]) -> Exposure:
    """What these values stand to lose in the current market."""
    market, listing = state.current_market, state.charter.listing
    return market_exposure(market, engine_of(state), listing, values, settled_of(state))


def market_exposure(
    market: Market,
    engine: RiskEngine,
    listing: Listing,
    values: tuple[int, ...],
    settled: Mapping[int, int],
) -> Exposure:
    """The same, for a market that need not be a ledger's."""
    matrices, exposed = market.matrices, exposed_to(listing, values)
    explained = engine.explain(values, market.observation, market.time, settled)
    rows = tuple(
        Row(
            label=scenario_label(outcome.scenario, listing.underlyings, exposed),
            profit=outcome.profit,
            maintenance=maintenance // SCALE,
            initial=initial // SCALE,
        )
        for outcome, maintenance, initial in zip(
            explained.outcomes,
            matrices.maintenance.values_of(values),
            matrices.initial.values_of(values),
            strict=True,
        )
    )
    return Exposure(
        epoch=market.epoch,
        equity=equity(matrices.mark, values),
        initial=matrices.initial.requirement(matrices.mark, values),
        maintenance=matrices.maintenance.requirement(matrices.mark, values),
        legs=sum(matrices.maintenance.requirement(matrices.mark, alone) for alone in _legs(values)),
        rows=rows,
        greeks=_greeks(market, listing, values, settled),
        liquidation=liquidation_prices(engine, market, values, settled),
    )


def heartbeat(state: State, account: int) -> Heartbeat:
    """When this account has to prove its margin next."""
    record, grace = state.account(account), state.parameters.grace
    if record.status == "frozen":
        return Heartbeat(None, "on sale: nothing can be proven")
    if record.exempt:
        return Heartbeat(None, "exempt until the account changes")
    if record.standing >= state.pool.epoch:
        return Heartbeat(None, "in standing until the next epoch, and the grace after it")
    following = state.market(record.standing + 1)
    due = state.pool.time if following is None else following.published + grace
    return Heartbeat(due, "overdue" if state.is_overdue(record) else "due")


def engine_of(state: State) -> RiskEngine:
    """The engine of the parameters in force."""
    return RiskEngine(state.shape, state.charter.listing, state.parameters.risk)


def settled_of(state: State) -> dict[int, int]:
    """The instruments that have expired, and their final values."""
    return {slot: value for slot, value in enumerate(state.pool.settled) if value is not None}


def _legs(values: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Each position alone, without the cash."""
    for place in range(1, len(values)):
        if values[place]:
            yield tuple(value if k == place else 0 for k, value in enumerate(values))


def _greeks(
    market: Market, listing: Listing, values: tuple[int, ...], settled: Mapping[int, int]
) -> dict[str, dict[str, int]]:
    """Per underlying, in the units of `Greek`; what has expired moves no more."""
    conditions = Conditions.seen(market.observation, market.time)
    first = len(listing.assets)
    held = [
        (instrument, value)
        for index, (instrument, value) in enumerate(zip(listing.components, values, strict=True))
        if value and instrument.reference is not None and index - first not in settled
    ]
    exposed = exposed_to(listing, values)
    return {
        name: {
            greek.value: sum(
                value * sensitivity(instrument, conditions, greek)
                for instrument, value in held
                if instrument.reference == index
            )
            // SCALE
            for greek in Greek
        }
        for index, name in enumerate(listing.underlyings)
        if index in exposed
    }
