"""What transitions say that they add, against what the audit computes by formulas of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ledger.state import State
from ledger.transitions import Before, Change, Deposit, Transition, kinds
from tests.ledger.recorded import recorded
from tests.ledger.world import fastest
from tests.verifier.unproven import StandInJudge, errors_of, take_any_keys
from verifier import ListedLog, Options, audit_log
from verifier.defaults import _book, _Step
from verifier.invariants import Conservation
from verifier.replay import Replay
from zk.babyjubjub import Point, add_all
from zk.generators import value_generator

HISTORIES = ("an honest ledger", "books", "default", "darkpool", "simulation 4", "simulation 15")


@dataclass
class Reckoned:
    """What the audit has found about one entry, while it looked at it."""

    #: Openings, refreshes, excesses, and what was paid in less what was paid out.
    created: list[Point] = field(default_factory=list)
    fund: tuple[int, ...] = ()
    #: By how much each book moves that everybody knows.
    books: dict[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass
class Listener:
    """Listens to an audit, and holds every entry's changes against it."""

    reckoned: Reckoned = field(default_factory=Reckoned)
    seen: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        right, fund, expect, watch = (
            Conservation._right,
            _Step.check_fund,
            _Step._expect,
            Replay._watch,
        )

        def heard_right(audit: Conservation, *asked: Any) -> Iterator[Point]:
            for point in right(audit, *asked):
                self.reckoned.created.append(point)
                yield point

        def heard_fund(step: _Step) -> Any:
            self.reckoned.fund = step.fund
            return fund(step)

        def heard_expect(step: _Step, index: int, book: Any, terms: Any, *, sold: bool) -> Any:
            was = _book(step.before.account(index)) or book
            after, _ = terms.settled(book, step.fund)
            self.reckoned.books[index] = _less(after, was)
            return expect(step, index, book, terms, sold=sold)

        def heard_watch(replay: Replay, number: int, draft: State, *rest: Any) -> None:
            self.reckoned = Reckoned()
            sums = _Sums.of(replay)
            watch(replay, number, draft, *rest)
            self._compare(sums, _Sums.of(replay), replay.state, draft, *rest)

        patch.setattr(Conservation, "_right", heard_right)
        patch.setattr(_Step, "check_fund", heard_fund)
        patch.setattr(_Step, "_expect", heard_expect)
        patch.setattr(Replay, "_watch", heard_watch)

    def _compare(
        self,
        old: _Sums,
        new: _Sums,
        before: State,
        after: State,
        transition: Transition,
        keys: Mapping[str, Any],
    ) -> None:
        found = Before.of(before, after.pool.time, after.number)
        changes = {
            index: transition.change_of(index, found) for index in range(after.pool.accounts)
        }
        self.seen[transition.kind] += 1
        self.moved[transition.kind] += any(c.point != Point.IDENTITY for c in changes.values())
        self._compare_sums(changes, old, new, before, after)
        _compare_commitments(changes, before, after, keys)
        for index, saved in new.saved.items():
            was = old.saved.get(index, (0,) * len(saved))
            assert changes[index].public[: len(saved)] == _less(saved, was)
        for index, moved in self.reckoned.books.items():
            assert changes[index].public == moved, (transition.kind, index)

    def _compare_sums(
        self, changes: Mapping[int, Change], old: _Sums, new: _Sums, before: State, after: State
    ) -> None:
        """What accounts gain in public is what came in, less what fund and queue gain of it."""
        assets, components = after.shape.assets, after.shape.components
        came, waits = _less(new.totals, old.totals), _less(new.queued, old.queued)
        gained = _less(self.reckoned.fund, before.pool.fund.values)
        rest = (0,) * (components - assets)
        for place, (paid, queued, fund) in enumerate(
            zip((*came, *rest), (*waits, *rest), gained, strict=True)
        ):
            assert sum(change.public[place] for change in changes.values()) == paid - queued - fund
        paid_in = [value_generator(k) * amount for k, amount in enumerate(came) if amount]
        exchanged = [before.pool.expiry, -after.pool.expiry]
        hidden = add_all([change.hidden for change in changes.values()])
        created = add_all([*self.reckoned.created, *exchanged])
        assert hidden == add_all([created, *(-point for point in paid_in)])


@dataclass(frozen=True)
class _Sums:
    """What the audit keeps in integers."""

    totals: tuple[int, ...]
    queued: tuple[int, ...]
    saved: dict[int, tuple[int, ...]]

    @classmethod
    def of(cls, replay: Replay) -> _Sums:
        payments = replay.payments
        saved = {index: tuple(held) for index, held in payments._saved.items()}
        return cls(tuple(replay.conservation._totals), tuple(payments._queued), saved)


def _less(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(left, right, strict=True))


def _compare_commitments(
    changes: Mapping[int, Change], before: State, after: State, keys: Mapping[str, Any]
) -> None:
    """Of every account, written or not, by how much its commitment moved."""
    for index, change in changes.items():
        moved = Point.IDENTITY
        if f"account/{index}" in keys:
            moved = after.account(index).commitment
            if index < before.pool.accounts:
                moved += -before.account(index).commitment
        assert change.point == moved


def listened(patch: pytest.MonkeyPatch, name: str) -> Listener:
    """The audit of a recorded history, listened to."""
    listener = Listener()
    take_any_keys(patch)
    listener.install(patch)
    log = ListedLog(list(recorded(name).entries()))
    report = audit_log(log, Options(fastest(), make_judge=StandInJudge))
    assert errors_of(report) == []
    assert listener.seen.total() == report.entries - 1
    return listener


@pytest.mark.parametrize("name", HISTORIES)
def test_changes_are_what_the_audit_computes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Entry by entry and account by account: commitments, savings, books on sale, and all sums.

    The audit asks no transition what it adds. So neither of the two can be wrong alone.
    """
    assert listened(monkeypatch, name).moved


def test_every_kind_was_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """All kinds were there, and those that move an account have moved one; no other ever did."""
    listener = listened(monkeypatch, "an honest ledger")
    assert set(listener.seen) == set(kinds())
    still = {kind for kind in kinds() if not listener.moved[kind]}
    assert still == {
        "cancel-order",
        "endow",
        "expire",
        "pay-out",
        "prove-flat",
        "prove-margin",
        "publish-claim",
        "reveal",
        "update-market",
        "update-params",
    }


def test_a_change_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison itself: one unit too much, of one kind."""
    honest = Deposit.own_change

    def generous(self: Deposit, before: Before) -> Change:
        cash, *rest = honest(self, before).public
        return Change((cash + 1, *rest))

    monkeypatch.setattr(Deposit, "own_change", generous)
    with pytest.raises(AssertionError):
        listened(monkeypatch, "an honest ledger")
