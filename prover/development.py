"""A development ledger, ready to trade on: a preset market under offices held in one hand."""

from __future__ import annotations

from typing import Final

from ledger.genesis import Genesis, StatementKeys
from ledger.market.presets import Preset
from ledger.market.scenarios import ScenarioSet
from ledger.parameters import BASIS, EscrowKey, Parameters, reaches_bps
from ledger.records import ShapeRecord
from prover.offices import InsecureOffices

#: How far an update may move a funding index, in parts of the spot.
_FUNDING_BPS: Final = 5


def development_parameters(preset: Preset, offices: InsecureOffices) -> Parameters:
    """Fees of cents, an hour to prove, and a sale of ten minutes."""
    return Parameters(
        oracles=offices.oracles.quorum,
        governors=offices.governors.quorum,
        guardians=offices.guardians.quorum,
        custodian=offices.custodian.public,
        escrow=offices.escrow_key(),
        risk=preset.parameters,
        order_fee=50,
        leg_fee=100,
        max_age=7_200,
        min_interval=1_800,
        # Three updates fit into the time until a portfolio is sold.
        max_spots_bps=largest_moves_bps(preset.parameters.scenarios, epochs=3),
        max_vol_bps=2_000,
        max_funding_bps=_FUNDING_BPS,
        max_rate_bps=50,
        grace=3_600,
        sale_duration=600,
        sale_step=60,
        delay=86_400,
        max_total=1 << 60,
    )


def development_genesis(
    preset: Preset,
    offices: InsecureOffices,
    statements: StatementKeys,
    name: str = "development",
    escrow: EscrowKey | None = None,
) -> Genesis:
    """The first entry of a ledger on which nothing is at stake.

    The offices hold the escrow key whole, unless one is given that guardians share.
    """
    shape, parameters = preset.shape, development_parameters(preset, offices)
    if escrow is not None:
        parameters = parameters.model_copy(update={"escrow": escrow})
    return Genesis(
        mode="development",
        name=name,
        time=preset.time,
        shape=ShapeRecord(
            assets=shape.assets, instruments=shape.instruments, scenarios=shape.scenarios
        ),
        listing=preset.listing,
        parameters=parameters,
        statements=statements,
    )


def largest_moves_bps(scenarios: ScenarioSet, epochs: int) -> tuple[int, ...]:
    """The largest moves per update that those scenarios cover, so many in a row, with funding."""
    return tuple(
        max(1, int(BASIS * ((1 + reach / BASIS) ** (1 / epochs) - 1)) - 1 - _FUNDING_BPS)
        for reach in reaches_bps(scenarios)
    )
