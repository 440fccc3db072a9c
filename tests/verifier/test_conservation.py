"""Inflation that the rules themselves would allow: the sum finds what no root can show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ledger.records import PublicOpening
from ledger.requirements import with_public_amount
from ledger.state import State
from ledger.transitions import Deposit, OpenAccount, Settle, Withdraw
from tests.ledger.world import World
from tests.verifier.stories import broken
from tests.verifier.unproven import audited, endowed_world, errors_of, take_any_keys
from verifier import Code


def add_to_account(index: int, amount: int) -> Callable[[Any, State], None]:
    def then(_: Any, state: State) -> None:
        state.put_account(with_public_amount(state.account(index), 0, amount))

    return then


def test_an_honest_stand_in_ledger_balances(world: World) -> None:
    """Before anything is broken: no finding, at every entry."""
    world.publish()
    buyer, seller = world.join(10**8), world.join(10**8)
    world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    world.accept(buyer, buyer.withdraw(world.state, 0, 5))
    report = audited(world)
    assert errors_of(report) == []
    assert report.invariants.conservation.checked == report.entries - 1


def test_a_deposit_that_credits_too_much_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules of ledger and audit are equally wrong, so every root fits; the sum does not."""
    owner = world.join()
    monkeypatch.setattr(Deposit, "apply", broken(Deposit, add_to_account(0, 1)))
    world.deposit(owner, 0, 1_000)
    found = errors_of(audited(world))
    assert (Code.CONSERVATION, 2) in found
    assert {entry for _, entry in found} == {2}


def test_a_fee_that_never_arrives_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What leaves an account and reaches nobody is as wrong as what comes from nowhere."""
    world.publish()
    buyer, seller = world.join(10**8), world.join(10**8)

    def without_fees(_: Any, state: State) -> None:
        none = PublicOpening(values=(0,) * state.shape.components, blinding=0)
        state.update_pool(fund=none)

    monkeypatch.setattr(Settle, "apply", broken(Settle, without_fees))
    entry = world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    expected = {(Code.CONSERVATION, entry.number), (Code.DEFAULT, entry.number)}
    assert set(errors_of(audited(world))) == expected


def test_an_account_that_begins_with_something_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new account holds what its opening says, and nothing else."""
    monkeypatch.setattr(OpenAccount, "apply", broken(OpenAccount, add_to_account(0, 7)))
    world.join()
    assert (Code.CONSERVATION, 1) in errors_of(audited(world))


def test_totals_that_do_not_follow_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public totals are held against the transitions, each entry for itself."""
    owner = world.join()

    def forget(_: Any, state: State) -> None:
        state.update_pool(totals=(1, *state.pool.totals[1:]))

    monkeypatch.setattr(Deposit, "apply", broken(Deposit, forget))
    entry = world.deposit(owner, 0, 1_000)
    found = errors_of(audited(world))
    assert (Code.TOTALS, entry.number) in found


def test_an_imbalance_in_the_queue_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """More waits than left the account: in the record of the withdrawal, and in the pool's sum."""
    world.publish()
    buyer, seller = world.join(10**8), world.join(10**8)
    world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})

    def swell(_: Any, state: State) -> None:
        waiting = state.withdrawal(0)
        state.put_withdrawal(0, waiting.model_copy(update={"amount": waiting.amount + 1}))

    monkeypatch.setattr(Withdraw, "apply", broken(Withdraw, swell))
    entry = world.accept(buyer, buyer.withdraw(world.state, 0, 1_000))
    found = errors_of(audited(world))
    assert (Code.CONSERVATION, entry.number) in found
    assert (Code.TOTALS, entry.number) in found


def test_a_sum_of_the_queue_that_is_another_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records are right, and the pool's sum of them is not."""
    world.publish()
    buyer, seller = world.join(10**8), world.join(10**8)
    world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})

    def forget(_: Any, state: State) -> None:
        state.update_pool(queued=(0,) * state.shape.assets)

    monkeypatch.setattr(Withdraw, "apply", broken(Withdraw, forget))
    entry = world.accept(buyer, buyer.withdraw(world.state, 0, 1_000))
    assert errors_of(audited(world)) == [(Code.TOTALS, entry.number)]


def test_savings_that_are_not_those_of_the_accounts_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trader whom the ledger takes for a saver would be paid first."""
    world.publish()
    buyer, seller = world.join(10**8), world.join(10**8)

    def keep(_: Any, state: State) -> None:
        trader = state.account(0)
        state.put_account(trader.model_copy(update={"holdings": (10**8, 0)}))

    monkeypatch.setattr(Settle, "apply", broken(Settle, keep))
    entry = world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    assert set(errors_of(audited(world))) == {(Code.TOTALS, entry.number)}


def test_capital_at_the_genesis_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was endowed before there was a ledger is in the totals and in the fund, once."""
    take_any_keys(monkeypatch)
    endowed = endowed_world(10**6)
    endowed.submit(endowed.offices.endow(endowed.state, 5))
    report = audited(endowed)
    assert errors_of(report) == []
    assert report.standing is not None
    assert report.standing.totals[0] == report.standing.fund[0] == 10**6 + 5


@pytest.mark.parametrize("defect", [NameError, TypeError, KeyError, AssertionError, RuntimeError])
def test_a_defect_of_ours_is_no_verdict(
    world: World, monkeypatch: pytest.MonkeyPatch, defect: type[Exception]
) -> None:
    """What is not ours to raise says nothing about the ledger, and is not taken for a finding."""
    world.join(5)

    def fail(*_: object) -> None:
        raise defect("nobody thought of this")

    monkeypatch.setattr(Deposit, "apply", fail)
    with pytest.raises(defect, match="nobody thought of this"):
        audited(world)
