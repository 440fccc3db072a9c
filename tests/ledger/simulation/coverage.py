"""What a long enough set of histories must have seen, so that none goes blind in silence."""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.ledger.simulation.invariants import RULE_BOOK
from tests.ledger.simulation.tampering import BENDINGS

SETTLED: Final = ("settle, signed", "settle, mixed", "settle, firm")
KINDS: Final = (*RULE_BOOK, *SETTLED)

#: Turns that a history can take.
TURNS: Final = (
    "change of factor",
    "change of fees",
    "change of grace",
    "change of rotation",
    "change of sale",
    "fill at a better price",
    "fill in part",
    "fill in whole",
    "fill under a newer key",
    "reveal of a solvent account",
    "reveal after a deposit",
    "reveal of an insolvent account",
    "sale at the fund's cost",
    "sale for the owner",
    "sale for more than its price",
    "stall begins",
    "withdraw in part",
)

REFUSALS: Final = (
    *BENDINGS,
    "absorption before the sale ends",
    "account on sale",
    "account with an open order",
    "cancellation of no order of its own",
    "change before its delay",
    "change that is far away",
    "collateral that harms",
    "collateral that pays for losses",
    "constant that is a present",
    "counterfeit deposit",
    "expiry a second time",
    "expiry before its time",
    "flat with positions: the prover refuses",
    "funding that leaps",
    "greedy fill",
    "market before its time",
    "market beyond the grace",
    "no escrow after a rotation",
    "order of another matcher",
    "overdrawn: the prover refuses",
    "payout below what was agreed",
    "price that leaps",
    "purchase after the sale's end",
    "redemption before the next market",
    "redemption of what lives",
    "replay",
    "reveal of an account in standing",
    "second account of a key",
    "settlement value not honoured",
    "sides that do not add up",
    "stale market",
    "terms of yesterday",
    "time that runs backwards",
    "total beyond its bound",
)


def check_coverage(accepted: Counter[str], refused: Counter[str]) -> None:
    """Everything at least once, the kinds and the bendings several times."""
    missing = [name for name in (*KINDS, *TURNS) if accepted[name] < 1]
    missing += [name for name in REFUSALS if refused[name] < 1]
    assert not missing, f"never seen: {missing}"
    steps = accepted.total() + refused.total()
    few = [name for name in KINDS if accepted[name] < steps // 1_000 and name not in RARE]
    assert not few, f"hardly ever seen: {few}"


#: A history has one expiry, and few defaults.
RARE: Final = ("absorb", "expire", "take-over")
