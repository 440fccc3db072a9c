"""The simulator sees what it is there to see: a rule that is broken on purpose is found out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ledger.conditions import hidden_change
from ledger.records import Account, Sale
from ledger.state import State
from ledger.transitions import Deposit, Redeem, Settle, Withdraw
from ledger.transitions.accounts import payout
from tests.ledger.simulation.history import simulate
from tests.ledger.simulation.setting import Setting, fast_arithmetic, stand_in_setting
from tests.ledger.world import fastest
from verifier.evidence import Evidence

#: Some of what is broken takes a while to show.
SEEDS, STEPS = range(3, 8), 1_000

Patch = pytest.MonkeyPatch


def _unseen_deposit(patch: Patch) -> None:
    honest = Deposit.apply

    def apply(self: Deposit, state: State) -> None:
        trail = state.account(self.account).trail
        honest(self, state)
        account = state.account(self.account)
        if trail.base is not None:
            state.put_account(account.model_copy(update={"trail": trail}))

    patch.setattr(Deposit, "apply", apply)


def _unseen_fill(patch: Patch) -> None:
    def filled(_: State, account: Account, leg: Any, place: int) -> Account:
        return hidden_change(account, leg.delta).model_copy(update={"order": None})

    patch.setattr("ledger.transitions.settlement._filled", filled)


def _fee_that_nobody_gets(patch: Patch) -> None:
    honest = Settle.apply

    def apply(self: Settle, state: State) -> None:
        fund = state.pool.fund
        honest(self, state)
        state.update_pool(fund=fund)

    patch.setattr(Settle, "apply", apply)


def _sale_that_costs_nobody(patch: Patch) -> None:
    patch.setattr("ledger.transitions.default._bought", lambda opening, _: opening.opening)


def _one_sided_redemption(patch: Patch) -> None:
    honest = Redeem.apply

    def apply(self: Redeem, state: State) -> None:
        expiry = state.pool.expiry
        honest(self, state)
        state.update_pool(expiry=expiry)

    patch.setattr(Redeem, "apply", apply)


def _grace_without_end(patch: Patch) -> None:
    patch.setattr(State, "is_overdue", lambda *_: False)


def _reveal_of_anybody(patch: Patch) -> None:
    patch.setattr(State, "is_overdue", lambda _, account: not account.exempt)


def _trade_without_its_last_proof(patch: Patch) -> None:
    honest = Settle.examine

    def examine(self: Settle, state: State) -> Evidence:
        evidence = honest(self, state)
        evidence.proven.pop()
        return evidence

    patch.setattr(Settle, "examine", examine)


def _escrow_key_of_yesterday(patch: Patch) -> None:
    patch.setattr("ledger.records.Trail.is_readable_with", lambda *_: True)


def _sale_at_one_price(patch: Patch) -> None:
    patch.setattr(Sale, "price", lambda self, *_: self.equity)


def _redemption_at_once(patch: Patch) -> None:
    patch.setattr("ledger.transitions.redemption._require_settled_rows", lambda *_: None)


def _privacy_that_stays_away(patch: Patch) -> None:
    patch.setattr(
        "ledger.transitions.settlement.hidden_change", lambda account, delta: account.moved(delta)
    )


def _payout_of_any_size(patch: Patch) -> None:
    honest = Withdraw.examine

    def examine(self: Withdraw, state: State) -> Evidence:
        with pytest.MonkeyPatch.context() as inner:
            if payout(state, self.amount) < self.least:
                inner.setattr("ledger.transitions.accounts.payout", lambda *_: self.least)
            return honest(self, state)

    patch.setattr(Withdraw, "examine", examine)


#: What is done, and what the failure then speaks of.
SABOTAGES: Mapping[str, tuple[Callable[[Patch], None], str]] = {
    "a deposit that guardians do not see": (_unseen_deposit, "cannot be read|another opening"),
    "a fill that guardians do not see": (_unseen_fill, "cannot be read|another opening"),
    "a fee that nobody gets": (_fee_that_nobody_gets, "the fund"),
    "a sale that costs nobody": (_sale_that_costs_nobody, "take-over had to be accepted"),
    "a redemption without another side": (_one_sided_redemption, "the expiry account"),
    "a grace without end": (_grace_without_end, "overdue"),
    "a reveal of anybody": (_reveal_of_anybody, "overdue"),
    "a trade without its last proof": (_trade_without_its_last_proof, "rests on"),
    "an escrow key of yesterday": (_escrow_key_of_yesterday, "no escrow after a rotation"),
    "a sale at one price": (_sale_at_one_price, "expected a price|outside of its bounds"),
    "a redemption at once": (_redemption_at_once, "redemption before the next market"),
    "a privacy that stays away": (_privacy_that_stays_away, "expected .*'active'"),
    "a payout of any size": (_payout_of_any_size, "payout below what was agreed"),
}


@pytest.mark.skipif(fastest().name != "native", reason="the native backend is absent")
@pytest.mark.parametrize("name", SABOTAGES)
def test_a_broken_rule_is_found_out(name: str, monkeypatch: Patch) -> None:
    """One rule of the ledger is wrong, and a history ends with a failure that says so."""
    sabotage, told = SABOTAGES[name]
    settings = {seed: stand_in_setting(seed) for seed in SEEDS}
    sabotage(monkeypatch)
    with pytest.raises(AssertionError, match=f"({told}).*\nagain: TACIT_SIMULATION_SEED="):
        _simulate_all(settings)


def _simulate_all(settings: Mapping[int, Setting]) -> None:
    for seed, setting in settings.items():
        with fast_arithmetic():
            simulate(setting, seed, STEPS)
