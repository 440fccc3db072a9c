"""What an account stands to lose: coin by coin, Greeks, the nearest dangers, the next heartbeat.

Margin moves one coin at a time and adds what each would lose: what is left of it is

    equity − haircuts − Σ losses − charges − floor.

All of it is read from the table that the ledger judges by. Greeks and liquidation prices are the
risk engine's, for the same market. Amounts are cash units (cents), rounded against the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from circuits.schedule import Schedule, judge, losses
from ledger.market.columns import block_grids
from ledger.market.conditions import Conditions
from ledger.market.data import SCALE
from ledger.market.demands import Demands
from ledger.market.limits import Greek, sensitivity
from ledger.market.listing import Listing
from ledger.market.risk import RiskEngine
from ledger.oracle import engine_of
from ledger.records import Market
from ledger.state import State
from prover.row_names import exposed_to, row_label
from prover.wallet.liquidation import LiquidationPrices, liquidation_prices


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a coin: what it brings, and what of either margin would be left in it.

    The other coins stand where they hurt most, as margin has it.
    """

    coin: str
    label: str
    profit: int
    maintenance: int
    initial: int


@dataclass(frozen=True, slots=True)
class Coin:
    """What one coin takes of maintenance margin: its worst row, and its charges."""

    name: str
    loss: int
    charges: int
    #: The row that hurts most; None where every row is a gain.
    worst: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a margin after its floor, and of its other conditions; in cash."""

    total: int
    #: Of cash and positions at the mark, without pledged coins; None where they may be in debt.
    paid: int | None
    #: Under the cap of one account's notional; None where there is no cap.
    room: int | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When the account is overdue: `due` is the oracles' time that makes it so, or None."""

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
    #: What of the equity does not count, because it is pledged coins.
    haircuts: int
    floor: int
    maintenance_left: Left
    initial_left: Left
    coins: tuple[Coin, ...]
    rows: tuple[Row, ...]
    greeks: Mapping[str, Mapping[str, int]]
    liquidation: Mapping[str, LiquidationPrices]

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "epoch": self.epoch,
            "equity": self.equity,
            "haircuts": self.haircuts,
            "initial_margin": self.initial,
            "maintenance_margin": self.maintenance,
            "maintenance_margin_of_legs": self.legs,
            "floor": self.floor,
            "maintenance_left": self.maintenance_left.total,
            "initial_left": self.initial_left.total,
            "cash_left": self.initial_left.paid,
            "notional_left": self.initial_left.room,
            "coins": [
                {
                    "coin": coin.name,
                    "loss": coin.loss,
                    "charges": coin.charges,
                    "worst": coin.worst,
                }
                for coin in self.coins
            ],
            "scenarios": [
                {
                    "coin": row.coin,
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
    market = state.current_market
    return market_exposure(
        market, state.demands(market), engine_of(state), values, state.pool.final_values
    )


def market_exposure(
    market: Market,
    demands: Demands,
    engine: RiskEngine,
    values: tuple[int, ...],
    settled: Mapping[int, int],
) -> Exposure:
    """What values stand to lose in a market that need not be a ledger's."""
    floor, listing = demands.floor_of(values), engine.listing
    maintenance, initial = demands.maintenance(floor), demands.initial(floor)
    return Exposure(
        epoch=market.epoch,
        equity=demands.equity(values),
        initial=demands.requirement(initial, values),
        maintenance=demands.requirement(maintenance, values),
        legs=sum(demands.requirement(maintenance, alone) for alone in _legs(values)),
        haircuts=_haircuts(demands, maintenance, values),
        floor=floor,
        maintenance_left=_left(demands, maintenance, values, limited=False),
        initial_left=_left(demands, initial, values, limited=True),
        coins=tuple(_coins(engine, demands, maintenance, values)),
        rows=tuple(_rows(engine, demands, (maintenance, initial), values)),
        greeks=_greeks(market, listing, values, settled),
        liquidation=liquidation_prices(engine, demands, market, values, settled),
    )


def heartbeat(state: State, account: int) -> Heartbeat:
    """When this account has to prove its margin next, by the oracles' clocks."""
    record = state.account(account)
    if record.status == "frozen":
        return Heartbeat(None, "on sale: nothing can be proven")
    if record.exempt:
        return Heartbeat(None, "exempt until the account changes")
    if record.standing >= state.pool.epoch:
        return Heartbeat(None, "in standing until the next epoch, and the grace after it")
    following = state.clock(record.standing + 1)
    due = following.time + following.grace
    return Heartbeat(due, "overdue" if state.is_overdue(record) else "due")


def _left(
    demands: Demands, schedule: Schedule[int], values: Sequence[int], *, limited: bool
) -> Left:
    rest = judge(demands.shape, schedule, values)
    return Left(
        total=rest.total // SCALE,
        paid=rest.paid // SCALE if limited else None,
        room=rest.room // SCALE if limited else None,
    )


def _haircuts(demands: Demands, schedule: Schedule[int], values: Sequence[int]) -> int:
    assets = demands.shape.assets
    pairs = zip(demands.mark[1:assets], schedule.values, values[1:assets], strict=True)
    return -(sum((counted - mark) * value for mark, counted, value in pairs) // SCALE)


def _coins(
    engine: RiskEngine, demands: Demands, schedule: Schedule[int], values: Sequence[int]
) -> Iterator[Coin]:
    shape, listing = demands.shape, engine.listing
    lost = losses(shape, schedule, values)
    for block, coin in enumerate(listing.coins(shape)):
        held = [values[column] for column in shape.columns[block]]
        if not any(held):
            continue
        profits = [sum(map(mul, row, held)) for row in schedule.moves[block]]
        row = engine.grids[block].rows[profits.index(min(profits))]
        contracts = shape.columns[block][: shape.blocks[block].instruments]
        charged = sum(_charge(demands, each, values[each]) for each in contracts)
        yield Coin(
            name=listing.underlyings[coin],
            loss=-(-lost[block] // SCALE),
            charges=-(-charged // SCALE),
            worst=row_label(row, listing, coin) if lost[block] else None,
        )


def _charge(demands: Demands, component: int, lots: int) -> int:
    charges = demands.table.long_charges if lots > 0 else demands.table.short_charges
    return abs(lots) * charges[component - demands.shape.assets]


def _rows(
    engine: RiskEngine,
    demands: Demands,
    schedules: tuple[Schedule[int], Schedule[int]],
    values: Sequence[int],
) -> Iterator[Row]:
    shape, listing = demands.shape, engine.listing
    lost = [losses(shape, schedule, values) for schedule in schedules]
    left = [judge(shape, schedule, values).total for schedule in schedules]
    grids = block_grids(shape, listing, engine.risk)
    for block, coin in enumerate(listing.coins(shape)):
        held = [values[column] for column in shape.columns[block]]
        if not any(held):
            continue
        for index, row in enumerate(grids[block].rows):
            profits = [sum(map(mul, s.moves[block][index], held)) for s in schedules]
            headroom = [
                (rest + taken[block] + min(0, profit)) // SCALE
                for rest, taken, profit in zip(left, lost, profits, strict=True)
            ]
            yield Row(
                coin=listing.underlyings[coin],
                label=row_label(row, listing, coin),
                profit=profits[0] // SCALE,
                maintenance=headroom[0],
                initial=headroom[1],
            )


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
