"""Reading scenarios off the rows of a stress test.

A component whose value is linear in one price shows how far that price moved; what an option is
worth then shows the vol, among moves that people choose: the reaches of the ledger's own rows, and
round ones. A guess costs nothing but time, because the rows are made again and compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from ledger.market.data import ONE_BPS, Rows
from ledger.market.instruments.perpetual import Perpetual
from ledger.market.instruments.spot import Spot
from ledger.market.risk import RiskEngine
from ledger.market.scenarios import Scenario
from ledger.records import Market

_ROUND_VOLS_BPS = (0, 1_000, 2_000, 2_500, 3_000, 5_000, 10_000)
#: Guesses per row; with several underlyings only vols that move alike are tried.
_MOST_GUESSES = 200


def scenarios_of(engine: RiskEngine, market: Market, rows: Rows) -> list[Scenario]:
    """A scenario for each row that is not empty, or none at all."""
    found: list[Scenario] = []
    seen, time = market.observation, market.time
    for row in rows.matrix:
        if not any(row):
            break
        for scenario in _guesses(engine, market, row):
            if engine.stress(seen, time, [scenario]).matrix[0] == row:
                found.append(scenario)
                break
        else:
            return []
    return found


def words_for(scenarios: Sequence[Scenario], names: Sequence[str]) -> str:
    """The moves, for people."""
    return "; ".join(_words(scenario, names) for scenario in scenarios)


def _guesses(engine: RiskEngine, market: Market, row: Sequence[int]) -> Iterator[Scenario]:
    names = range(len(engine.listing.underlyings))
    prices = [_price_moves(engine, market, row, underlying) for underlying in names]
    vols = {reach.vol_bps for reach in engine.risk.reaches} | set(_ROUND_VOLS_BPS)
    moves = sorted({sign * move for move in vols for sign in (1, -1) if sign * move > -ONE_BPS})
    count = 0
    for chosen in product(*prices):
        for vol in moves:
            count += 1
            if count > _MOST_GUESSES:
                return
            yield Scenario(prices_bps=chosen, vols_bps=(vol,) * len(chosen))


def _price_moves(
    engine: RiskEngine, market: Market, row: Sequence[int], underlying: int
) -> list[int]:
    """The moves in basis points that a linear component of that underlying may have seen."""
    seen, time = market.observation, market.time
    flat = (0,) * len(engine.listing.underlyings)
    up = tuple(1_000 if index == underlying else 0 for index in range(len(flat)))
    still, moved = (
        engine.stress(seen, time, [Scenario(prices_bps=prices, vols_bps=flat)]).matrix[0]
        for prices in (flat, up)
    )
    slopes = [
        (abs(m - s), (row[k] - s) * 1_000 / (m - s))
        for k, (s, m) in enumerate(zip(still, moved, strict=True))
        if m != s and isinstance(engine.listing.components[k], Spot | Perpetual)
    ]
    if not slopes:
        return [0]
    nearest = round(max(slopes)[1])
    return [move for move in (nearest, nearest - 1, nearest + 1) if move > -ONE_BPS]


def _words(scenario: Scenario, names: Sequence[str]) -> str:
    moves = [
        f"{name} {move / 100:+g} %"
        for name, move in zip(names, scenario.prices_bps, strict=True)
        if move
    ]
    vols = set(scenario.vols_bps) - {0}
    moves += [f"every vol {vol / 100:+g} %" for vol in sorted(vols)]
    return ", ".join(moves) or "the mark"
