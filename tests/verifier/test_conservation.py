"""Inflation that the rules themselves would allow: the sum finds what no root can show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ledger.conditions import with_public_amount
from ledger.records import PublicOpening
from ledger.state import State
from ledger.transitions import Deposit, OpenAccount, Settle, accounts
from prover.author import Author
from tests.ledger.world import World
from tests.verifier.unproven import audited
from verifier.auditing import AuditReport, Code
from zk.pedersen import Opening


def errors_of(report: AuditReport) -> list[tuple[Code, int | None]]:
    return [(f.code, f.entry) for f in report.findings if f.severity == "error"]


def broken(kind: Any, then: Callable[[Any, State], None]) -> Callable[[Any, State], None]:
    """The `apply` of a transition, and something that it has no business to do."""
    right = kind.apply

    def apply(self: Any, state: State) -> None:
        right(self, state)
        then(self, state)

    return apply


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
    assert report.verdict == "valid"
    assert report.invariants.conservation.checked == report.entries - 1


def test_a_deposit_that_credits_too_much_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules of ledger and audit are equally wrong, so every root fits; the sum does not."""
    owner = world.join()
    monkeypatch.setattr(Deposit, "apply", broken(Deposit, add_to_account(0, 1)))
    world.deposit(owner, 0, 1_000)
    assert errors_of(audited(world)) == [(Code.CONSERVATION, 2)]


def test_a_fee_that_never_arrives_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What leaves an account and reaches nobody is as wrong as what comes from nowhere."""
    world.publish()
    buyer, seller = world.join(10**8), world.join(10**8)

    def without_fees(_: Any, state: State) -> None:
        none = PublicOpening(values=(0,) * state.shape.components, blinding=0)
        state.update_pool(fund=none)

    monkeypatch.setattr(Settle, "apply", broken(Settle, without_fees))
    entry = world.trade(buyer, seller, {0: -6_000, world.lot(0): 1})
    assert errors_of(audited(world)) == [(Code.CONSERVATION, entry.number)]


def test_an_account_that_begins_with_something_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new account holds what its opening says, and nothing else."""
    monkeypatch.setattr(OpenAccount, "apply", broken(OpenAccount, add_to_account(0, 7)))
    world.join()
    assert errors_of(audited(world)) == [(Code.CONSERVATION, 1)]


def test_totals_that_do_not_follow_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public totals are held against the transitions, each entry for itself."""
    owner = world.join()

    def forget(_: Any, state: State) -> None:
        state.update_pool(totals=(1, *state.pool.totals[1:]))

    monkeypatch.setattr(Deposit, "apply", broken(Deposit, forget))
    entry = world.deposit(owner, 0, 1_000)
    found = errors_of(audited(world))
    assert (Code.TOTALS, entry.number) in found


def under_water(world: World, monkeypatch: pytest.MonkeyPatch) -> Author:
    """The fund owes 10⁷, and the one owner has it: nothing was created."""

    def sink(_: Any, state: State) -> None:
        values = (-(10**7), *(0,) * (state.shape.components - 1))
        state.update_pool(fund=PublicOpening(values=values, blinding=0))
        add_to_account(0, 10**7)(_, state)

    monkeypatch.setattr(Deposit, "apply", broken(Deposit, sink))
    world.publish()
    owner = world.join(10**8)
    nothing = (0,) * (world.shape.components - 1)
    owner.opening = owner.known + Opening((10**7, *nothing), 0)
    return owner


def test_a_share_that_is_paid_under_water_is_in_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own formula for the payout gives what the rules paid."""
    owner = under_water(world, monkeypatch)
    world.accept(owner, owner.withdraw(world.state, 0, 1_000_000, 1))
    assert 10**8 - 1_000_000 < world.state.pool.totals[0] < 10**8
    assert audited(world).verdict == "valid"


def test_a_payout_that_is_no_fair_share_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that pays in full while the fund owes is found by that formula."""
    owner = under_water(world, monkeypatch)
    monkeypatch.setattr(accounts, "payout", lambda _, amount: amount)
    entry = world.accept(owner, owner.withdraw(world.state, 0, 1_000_000))
    found = [(Code.CONSERVATION, entry.number), (Code.TOTALS, entry.number)]
    assert errors_of(audited(world)) == found


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
