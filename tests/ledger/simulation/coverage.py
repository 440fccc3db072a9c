"""What a long enough set of histories must have seen, so that none goes blind in silence."""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.ledger.simulation.bent_steps import BENDINGS
from tests.ledger.simulation.invariants import RULE_BOOK
from tests.ledger.simulation.lies import LIES

SETTLED: Final = ("settle, signed", "settle, mixed", "settle, firm")
KINDS: Final = (*RULE_BOOK, *SETTLED)

#: Turns that a history can take.
TURNS: Final = (
    "absorption in a locked market",
    "change of cap",
    "change of capital",
    "change of discount",
    "change of factor",
    "change of fees",
    "change of floor",
    "change of grace",
    "change of keys",
    "change of rotation",
    "change of sale",
    "change of settling",
    "coins sold",
    "cure by a deposit",
    "cure by a market",
    "discount at the fund's cost",
    "end of a sale",
    "fill at a better price",
    "fill in part",
    "fill in whole",
    "fill of a cancelled order",
    "fill under a newer key",
    "fund pays a loss",
    "fund sells",
    "market after a silence",
    "market far away",
    "market that is locked",
    "market with a liar",
    "pay-out in part",
    "reveal after a deposit",
    "reveal of a solvent account",
    "reveal of an insolvent account",
    "sale at a discount",
    "sale for more than its price",
    "sale in part",
    "sale that goes on after a cure",
    "slice sold",
    "stall begins",
    "take-over in a locked market",
    "whole sold",
    "withdraw at once",
)

REFUSALS: Final = (
    *BENDINGS,
    *LIES,
    "absorption before the last step",
    "account on sale",
    "account with an open order",
    "cancellation of no order of its own",
    "change before its delay",
    "change that is far away",
    "change that the rows do not reach",
    "clock ahead of silent oracles",
    "counterfeit deposit",
    "counterfeit endowment",
    "endowment counted twice",
    "expiry a second time",
    "expiry before its time",
    "expiry too soon after a market",
    "final value beyond one move",
    "flat with positions: the prover refuses",
    "greedy fill",
    "locked market",
    "market before its time",
    "market beyond the grace",
    "market of the future",
    "market too soon after an expiry",
    "no escrow after a rotation",
    "order of another matcher",
    "overdrawn: the prover refuses",
    "part that is not on offer",
    "payout a second time",
    "payout before its time",
    "payout below what was agreed",
    "price below that of the sale",
    "purchase of oneself",
    "purchase of what is not on sale",
    "redemption before the next market",
    "redemption of what lives",
    "replay",
    "reveal of an account in standing",
    "second account of a key",
    "sides that do not add up",
    "stale market",
    "terms of yesterday",
    "time beyond the gap",
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
RARE: Final = ("absorb", "endow", "expire", "take-over")
