"""Conservation, from the transitions alone: nothing here calls what it checks.

    Σ C + fund + expiry = openings + refreshes + excesses + (deposits − withdrawals)·G

Both sides change by a few points per entry, so what is kept is their difference, which must stay
the identity. The left side is read off the records that the rules wrote; the right side, the public
totals among it, is computed from what the transitions say, with a formula of our own for what a
withdrawal is paid while the fund is under water.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from circuits.shape import Shape
from ledger.records import PublicOpening
from ledger.state import State
from ledger.transitions import Deposit, OpenAccount, Refresh, Settle, Transition, Withdraw
from verifier.auditing.findings import finding
from verifier.auditing.report import Code, Finding
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.generators import blinding_generator, value_generator

_CASH_SCALE = 10**6


@dataclass(slots=True)
class Conservation:
    """Σ C less what it must be, and the totals as the transitions give them."""

    backend: Backend
    shape: Shape
    checked: int = 0
    failed: int = 0
    totals_failed: int = 0
    _difference: Point = Point.IDENTITY
    _totals: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._totals = [0] * self.shape.assets

    def step(
        self, number: int, before: State, after: State, transition: Transition, keys: Iterable[str]
    ) -> Iterator[Finding]:
        """Finds what this entry created or destroyed; `keys` are the records that it wrote."""
        self.checked += 1
        terms = [self._difference, *self._left(before, after, keys)]
        terms += [-point for point in self._right(before, transition)]
        difference = self.backend.add_all(terms)
        self.failed += not difference.is_identity
        if difference != self._difference:
            created = difference + -self._difference
            yield finding(
                Code.CONSERVATION,
                number,
                "sum of all commitments",
                "the identity: what is added in one place is subtracted in another",
                f"a difference of {created.encode().hex()}",
            )
        self._difference = difference
        yield from self._check_totals(number, after)

    def _left(self, before: State, after: State, keys: Iterable[str]) -> Iterator[Point]:
        known = before.pool.accounts
        for key in keys:
            name, _, index = key.partition("/")
            if name != "account":
                continue
            yield after.account(int(index)).commitment
            if int(index) < known:
                yield -before.account(int(index)).commitment
        old, new = before.pool, after.pool
        if old.expiry != new.expiry:
            yield from (new.expiry, -old.expiry)
        if old.fund != new.fund:
            yield self._change_of(old.fund, new.fund)

    def _change_of(self, old: PublicOpening, new: PublicOpening) -> Point:
        """The commitment to what the fund has gained."""
        changes = [(k, n - o) for k, (o, n) in enumerate(zip(old.values, new.values, strict=True))]
        moved = [(value_generator(k), change) for k, change in changes if change]
        if new.blinding != old.blinding:
            moved.append((blinding_generator(), new.blinding - old.blinding))
        return self.backend.combine([G for G, _ in moved], [change for _, change in moved])

    def _right(self, before: State, transition: Transition) -> Iterator[Point]:
        match transition:
            case OpenAccount():
                yield transition.commitment
            case Refresh():
                yield transition.delta
            case Settle():
                yield from (leg.delta for leg in transition.legs)
            case Deposit():
                yield self._paid_in(transition.asset, transition.amount)
            case Withdraw():
                yield self._paid_in(transition.asset, -_payout(before, transition.amount))

    def _paid_in(self, asset: int, amount: int) -> Point:
        self._totals[asset] += amount
        return self.backend.combine([value_generator(asset)], [amount])

    def _check_totals(self, number: int, after: State) -> Iterator[Finding]:
        actual = after.pool.totals
        if tuple(self._totals) == actual:
            return
        self.totals_failed += 1
        yield finding(Code.TOTALS, number, "public totals", tuple(self._totals), actual)
        self._totals = list(actual)  # each entry answers for itself


def _payout(before: State, amount: int) -> int:
    """What leaves: all of it, or the share T / (T + deficit) while the fund owes `deficit`.

    T is what all deposits are worth at the mark. Both are whole units of cash, rounded down.
    """
    pool, mark = before.pool, before.current_market.matrices.mark
    worth_of_fund = sum(m * v for m, v in zip(mark, pool.fund.values, strict=True)) // _CASH_SCALE
    if worth_of_fund >= 0:
        return amount
    deposits = max(0, sum(m * t for m, t in zip(mark, pool.totals, strict=False)) // _CASH_SCALE)
    return amount * deposits // (deposits - worth_of_fund)
