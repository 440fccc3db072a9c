"""Conservation, from the transitions alone: nothing here calls what it checks.

    Σ C + fund + expiry + queue·G = openings + refreshes + excesses
                                    + (deposits + endowments − paid)·G

Both sides change by a few points per entry, so what is kept is their difference, which must stay
the identity. The left side is read off the records that the rules wrote, the queue off those of
single withdrawals; the right side, the public totals among it, is computed from what the
transitions say, and what is paid by a reckoning of our own (`payments`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from circuits.shape import Shape
from ledger.genesis import Genesis
from ledger.records import PublicOpening, Withdrawal
from ledger.state import State
from ledger.transitions import Deposit, Endow, OpenAccount, Refresh, Settle, Transition
from verifier.findings import finding
from verifier.payments import waiting_in
from verifier.report import Code, Finding
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.generators import blinding_generator, value_generator


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
    #: What each withdrawal on record adds, for the store has no past.
    _waiting: dict[int, Point] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._totals = [0] * self.shape.assets

    def found(self, genesis: Genesis, after: State) -> Iterator[Finding]:
        """The fund begins with what was endowed, and nobody else with anything."""
        none = PublicOpening(values=(0,) * self.shape.components, blinding=0)
        capital = 0 if genesis.endowment is None else genesis.endowment.amount
        terms = [self._change_of(none, after.pool.fund), after.pool.expiry]
        yield from self._compare(0, [*terms, -self._paid_in(0, capital)])
        yield from self._check_totals(0, after)

    def step(
        self,
        number: int,
        before: State,
        after: State,
        transition: Transition,
        keys: Iterable[str],
        paid: tuple[int, int] | None,
    ) -> Iterator[Finding]:
        """Finds what this entry created or destroyed; `keys` are the records that it wrote.

        `paid` is the asset and the amount that must have left the ledger with it.
        """
        self.checked += 1
        added = [-point for point in self._right(transition, paid)]
        yield from self._compare(number, [*self._left(before, after, keys), *added])
        yield from self._check_totals(number, after)

    def _compare(self, number: int, terms: list[Point]) -> Iterator[Finding]:
        difference = self.backend.add_all([self._difference, *terms])
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

    def _left(self, before: State, after: State, keys: Iterable[str]) -> Iterator[Point]:
        known = before.pool.accounts
        for key in keys:
            name, _, index = key.partition("/")
            if name == "account":
                yield after.account(int(index)).commitment
                if int(index) < known:
                    yield -before.account(int(index)).commitment
            elif name == "withdrawal":
                yield -self._waiting.pop(int(index), Point.IDENTITY)
                waits = waiting_in(after, int(index))
                if waits is not None:
                    self._waiting[int(index)] = self._amount_of(waits)
                    yield self._waiting[int(index)]
        old, new = before.pool, after.pool
        if old.expiry != new.expiry:
            yield from (new.expiry, -old.expiry)
        if old.fund != new.fund:
            yield self._change_of(old.fund, new.fund)

    def _amount_of(self, waiting: Withdrawal) -> Point:
        return self.backend.combine([value_generator(waiting.asset)], [waiting.amount])

    def _change_of(self, old: PublicOpening, new: PublicOpening) -> Point:
        """The commitment to what the fund has gained."""
        changes = [(k, n - o) for k, (o, n) in enumerate(zip(old.values, new.values, strict=True))]
        moved = [(value_generator(k), change) for k, change in changes if change]
        if new.blinding != old.blinding:
            moved.append((blinding_generator(), new.blinding - old.blinding))
        return self.backend.combine([G for G, _ in moved], [change for _, change in moved])

    def _right(self, transition: Transition, paid: tuple[int, int] | None) -> Iterator[Point]:
        match transition:
            case OpenAccount():
                yield transition.commitment
            case Refresh():
                yield transition.delta
            case Settle():
                yield from (leg.delta for leg in transition.legs)
            case Deposit():
                yield self._paid_in(transition.asset, transition.amount)
            case Endow():
                yield self._paid_in(0, transition.amount)
        if paid is not None:
            asset, amount = paid
            yield self._paid_in(asset, -amount)

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
