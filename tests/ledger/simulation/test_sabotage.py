"""The simulator sees what it is there to see: a rule that is broken on purpose is found out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ledger.evidence import Evidence
from ledger.liquidation import sell
from ledger.market.data import Clipped, MoveBounds, Observation
from ledger.payout import WHOLE
from ledger.records import Account, Sale
from ledger.requirements import hidden_change, reblinded
from ledger.state import State
from ledger.transitions import CancelOrder, Deposit, Redeem, Settle, Withdraw
from ledger.transitions.withdrawals import pay
from tests.ledger.simulation.history import simulate
from tests.ledger.simulation.setting import Setting, fast_arithmetic, stand_in_setting
from tests.ledger.world import fastest

#: Some of what is broken takes a while to show; in the first of them something expires early.
SEEDS, STEPS = (8, 10, 7, 4, 5), 700

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


def _sale_that_pays_nobody(patch: Patch) -> None:
    def sold(state: State, index: int, lot: Any, price: int) -> None:
        sell(state, index, lot, price - price)

    patch.setattr("ledger.transitions.default.sell", sold)


def _debt_that_is_forgotten(patch: Patch) -> None:
    patch.setattr("ledger.liquidation._made_whole", lambda _, account: account)


def _one_sided_redemption(patch: Patch) -> None:
    honest = Redeem.apply

    def apply(self: Redeem, state: State) -> None:
        expiry = state.pool.expiry
        honest(self, state)
        state.update_pool(expiry=expiry)

    patch.setattr(Redeem, "apply", apply)


def _grace_without_end(patch: Patch) -> None:
    patch.setattr(State, "is_overdue", lambda *_: False)


def _grace_of_the_given_clock(patch: Patch) -> None:
    def is_overdue(state: State, account: Account) -> bool:
        behind = account.standing < state.pool.epoch
        if account.exempt or account.status == "frozen" or not behind:
            return False
        following = state.clock(account.standing + 1)
        return state.pool.time - following.published >= following.grace

    patch.setattr(State, "is_overdue", is_overdue)


def _reveal_of_anybody(patch: Patch) -> None:
    patch.setattr(State, "is_overdue", lambda _, account: not account.exempt)


def _trade_without_its_last_proof(patch: Patch) -> None:
    honest = Settle.examine

    def examine(self: Settle, state: State) -> Evidence:
        evidence = honest(self, state)
        evidence.proofs.pop()
        return evidence

    patch.setattr(Settle, "examine", examine)


def _escrow_key_of_yesterday(patch: Patch) -> None:
    patch.setattr("ledger.records.Trail.is_readable_with", lambda *_: True)


def _sale_at_one_price(patch: Patch) -> None:
    patch.setattr("ledger.offers._step", lambda *_: 0)


def _sale_without_a_pause(patch: Patch) -> None:
    patch.setattr(Sale, "elapsed_at", lambda self, now, _: self.elapsed + now - self.since)


def _sale_of_everything(patch: Patch) -> None:
    patch.setattr("ledger.offers._mends", lambda *_: False)


def _cure_that_does_not_help(patch: Patch) -> None:
    patch.setattr("ledger.transitions.accounts.rejudge", lambda *_: None)


def _redemption_at_once(patch: Patch) -> None:
    patch.setattr("ledger.transitions.redemption._require_settled", lambda *_: None)


def _privacy_that_stays_away(patch: Patch) -> None:
    def moved(account: Account, delta: Any) -> Account:
        return account.moved(delta).model_copy(update={"holdings": None})

    patch.setattr("ledger.transitions.settlement.hidden_change", moved)


def _saver_for_ever(patch: Patch) -> None:
    patch.setattr("ledger.transitions.settlement.hidden_change", reblinded)


def _payout_of_any_size(patch: Patch) -> None:
    honest = Withdraw._paid

    def paid(self: Withdraw, state: State, account: Account) -> int:
        return max(honest(self, state, account), self.least)

    patch.setattr(Withdraw, "_paid", paid)


def _gain_that_does_not_wait(patch: Patch) -> None:
    patch.setattr(
        "ledger.transitions.withdrawals.queue",
        lambda state, _, asset, amount: pay(state, asset, amount, amount),
    )


def _loss_that_nobody_shares(patch: Patch) -> None:
    patch.setattr("ledger.transitions.withdrawals.share", lambda *_, **__: WHOLE)


def _order_that_is_gone(patch: Patch) -> None:
    honest = CancelOrder.apply

    def apply(self: CancelOrder, state: State) -> None:
        honest(self, state)
        state.put_account(state.account(self.account).model_copy(update={"order": None}))

    patch.setattr(CancelOrder, "apply", apply)


def _price_without_bounds(patch: Patch) -> None:
    def clipped(_: Observation, current: Observation, __: MoveBounds) -> Clipped:
        return Clipped(current, (False,) * current.underlyings)

    patch.setattr("ledger.transitions.market.clipped", clipped)


def _open_market_beyond_the_bounds(patch: Patch) -> None:
    patch.setattr("ledger.requirements.require_unlocked", lambda *_: None)


def _clock_without_limit(patch: Patch) -> None:
    patch.setattr("ledger.execution._require_near_oracles", lambda *_: None)


#: What is done, and what the failure then speaks of.
SABOTAGES: Mapping[str, tuple[Callable[[Patch], None], str]] = {
    "a deposit that guardians do not see": (_unseen_deposit, "cannot be read|another opening"),
    "a fill that guardians do not see": (_unseen_fill, "cannot be read|another opening"),
    "a fee that nobody gets": (_fee_that_nobody_gets, "the fund"),
    "a sale that pays nobody": (_sale_that_pays_nobody, "account .* is not its C|'revealed'"),
    "a debt that is forgotten": (_debt_that_is_forgotten, "is not its C|'revealed'"),
    "a redemption without another side": (_one_sided_redemption, "the expiry account"),
    "a grace without end": (_grace_without_end, "overdue"),
    "a grace of the given clock": (_grace_of_the_given_clock, "overdue"),
    "a reveal of anybody": (_reveal_of_anybody, "overdue"),
    "a trade without its last proof": (_trade_without_its_last_proof, "rests on"),
    "an escrow key of yesterday": (_escrow_key_of_yesterday, "no escrow after a rotation"),
    "a sale at one price": (_sale_at_one_price, "expected an offer|absorb.* had to be accepted"),
    "a sale without a pause": (_sale_without_a_pause, "since another time|expected an offer"),
    "a sale of everything": (_sale_of_everything, "expected an offer"),
    "a cure that does not help": (_cure_that_does_not_help, "expected .*'revealed'"),
    "a redemption at once": (_redemption_at_once, "redemption before the next market"),
    "a privacy that stays away": (_privacy_that_stays_away, "expected .*'active'"),
    "a saver for ever": (_saver_for_ever, "to have traded, or not"),
    "a payout of any size": (_payout_of_any_size, "payout below what was agreed"),
    "a gain that does not wait": (_gain_that_does_not_wait, "the totals|the queue"),
    "a loss that nobody shares": (_loss_that_nobody_shares, "totals|payout below what was agreed"),
    "an order that is gone": (_order_that_is_gone, "the order of account"),
    "a price without bounds": (
        _price_without_bounds,
        "governors|second mark|another price|moved otherwise|that leaps",
    ),
    "a market that is open beyond its bounds": (_open_market_beyond_the_bounds, "locked market"),
    "a clock without limit": (_clock_without_limit, "time beyond the gap|clock ahead"),
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
