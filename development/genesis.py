"""A development ledger, ready to trade on: a preset market under offices held in one hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from development.offices import InsecureOffices
from ledger.genesis import Endowment, Genesis, StatementKeys
from ledger.market.presets import Preset
from ledger.market.reach import Reach
from ledger.parameters import BASIS, MAX_CASH, MAX_COLLATERAL, EscrowKey, Parameters
from ledger.records import ShapeRecord
from zk.signatures import SigningKey

#: What an account with positions must have left, in cents: what it costs to open it.
_FLOOR: Final = 10_000
#: The most notional of one account: a hundred million dollars.
_CAP: Final = 10**10


def development_parameters(preset: Preset, offices: InsecureOffices) -> Parameters:
    """Fees of cents, an hour to prove, and a sale of ten minutes.

    Three updates fit into the time until a portfolio is sold.
    """
    assets = preset.shape.assets
    return Parameters(
        oracles=offices.oracles.quorum,
        governors=offices.governors.quorum,
        guardians=offices.guardians.quorum,
        custodian=offices.custodian.public,
        escrow=offices.escrow_key(),
        risk=preset.parameters,
        order_fee=50,
        leg_fee=100,
        floor=_FLOOR,
        cap=_CAP,
        fund_floor=0,
        discount_bps=1_000,
        max_age=2_700,
        min_interval=1_800,
        max_gap=43_200,
        max_spots_bps=largest_moves_bps(preset.parameters.reaches, updates=3),
        max_vol_bps=900,
        max_funding_bps=2,
        max_rate_bps=10,
        max_basis_bps=10,
        max_slope_bps=10,
        max_spread_bps=500,
        grace=3_600,
        reveal=600,
        sale_duration=600,
        sale_step=60,
        settling=60,
        delay=86_400,
        key_delay=2 * 86_400,
        max_totals=(MAX_CASH, *[MAX_COLLATERAL] * (assets - 1)),
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
        shape=ShapeRecord.of(shape),
        listing=preset.listing,
        parameters=parameters,
        statements=statements,
    )


def largest_moves_bps(reaches: Sequence[Reach], updates: int) -> tuple[int, ...]:
    """The largest moves per update that those reaches cover, so many in a row."""
    return tuple(
        max(1, int(BASIS * ((1 + each.price_bps / BASIS) ** (1 / updates) - 1)) - 1)
        for each in reaches
    )


def endowed(genesis: Genesis, amount: int, custodian: SigningKey) -> Genesis:
    """The genesis with capital for the insurance fund, which its custodian has received.

    The signature covers all of the genesis, so it comes last.
    """
    blank = Endowment(amount=amount, signature=bytes(64))
    terms = genesis.model_copy(update={"endowment": blank})
    signed = blank.model_copy(update={"signature": custodian.sign(terms.endowment_message())})
    return terms.model_copy(update={"endowment": signed})
