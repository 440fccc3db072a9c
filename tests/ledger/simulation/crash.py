"""A crash of 40 %, and who pays for it: `python -m tests.ledger.simulation.crash` prints a table.

On the ledger are savers who never trade, owners who hold both sides of a trade in two accounts and
let the side that loses fall into default, others long and short, and a few who buy what is on sale.
Prices fall at once, so that the market is locked for hours, or step by step within its bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.ledger.simulation import administration, default, owners, trades
from tests.ledger.simulation.invariants import Invariants
from tests.ledger.simulation.margin import UNIT, Vector, minus, plus, worth
from tests.ledger.simulation.setting import fast_arithmetic, stand_in_setting
from tests.ledger.simulation.simulator import Attempt, Simulation

#: By how much prices fall in all, in basis points of where they began.
FALL: Final = 4_000
Kind = Literal["at once", "step by step"]
#: A listing whose dated contract outlives the crash.
SEED: Final = 3

SAVERS, LONG_LEGS, SHORT_LEGS = "savers", "pairs, long side", "pairs, short side"
LONGS, SHORTS, BUYERS = "other longs", "other shorts", "buyers of books"
FUND = "insurance fund"
GROUPS: Final = (SAVERS, LONG_LEGS, SHORT_LEGS, LONGS, SHORTS, BUYERS)

PAIRS, SAVED, CAPITAL = 8, 5_000_000, 2_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """Of one group, in cents at the last mark."""

    group: str
    accounts: int
    paid_in: int
    #: What its books of before the crash are worth, had everybody paid.
    by_contract: int
    #: What prices did to books after others had taken them over, or to those that it took.
    passed_on: int
    #: What was paid out to it, and what it can still claim.
    gets: int

    @property
    def gains(self) -> int:
        """More than what it had coming, or less: who pays."""
        return self.gets - self.by_contract - self.passed_on


@dataclass(slots=True)
class Outcome:
    """Who paid, and what happened on the way."""

    kind: Kind
    lines: list[Line]
    sim: Simulation
    #: Equities below zero when they became public, added up.
    lost: int
    #: Of every saver, what was paid in, and what came back.
    savers: list[tuple[int, int]]
    #: The least part of a claim that a trader was paid, in basis points.
    least_part_bps: int

    def line(self, group: str) -> Line:
        """Of that group."""
        return next(line for line in self.lines if line.group == group)


def crash(kind: Kind) -> Outcome:
    """From the founding until nobody is on sale and nothing waits."""
    with fast_arithmetic():
        return _Stage(kind).play()


def told(outcome: Outcome) -> str:
    """A small table, in dollars."""
    head = ("", "accounts", "paid in", "by contract", "risk passed on", "gets", "pays or gains")
    rows = [
        (
            line.group,
            str(line.accounts),
            f"{line.paid_in / 100:,.2f}",
            f"{line.by_contract / 100:,.2f}",
            f"{line.passed_on / 100:+,.2f}",
            f"{line.gets / 100:,.2f}",
            f"{line.gains / 100:+,.2f}",
        )
        for line in outcome.lines
    ]
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    title = (
        f"A fall of {FALL // 100} % {outcome.kind}: {outcome.lost / 100:,.2f} lost beyond equity, "
        f"traders are paid {outcome.least_part_bps / 100:.2f} % or more"
    )
    lines = [
        "  ".join(
            text.ljust(width) if k == 0 else text.rjust(width)
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
    return "\n".join((title, *lines))


@dataclass(slots=True)
class _Stage:
    """A ledger with everybody on it."""

    kind: Kind
    sim: Simulation = field(init=False)
    invariants: Invariants = field(init=False)
    groups: dict[str, list[int]] = field(default_factory=lambda: {each: [] for each in GROUPS})
    paid_in: dict[int, int] = field(default_factory=dict)
    paid_out: dict[int, int] = field(default_factory=dict)
    before: list[Vector] = field(default_factory=list)
    fund_before: Vector = ()
    #: What has changed hands in sales: whose (the fund's, if nobody's), how much, at what mark.
    handed: list[tuple[int | None, Vector, Vector]] = field(default_factory=list)
    lost: int = 0
    least_part_bps: int = 10_000

    def play(self) -> Outcome:
        self.sim = Simulation(stand_in_setting(SEED), SEED, {})
        self.invariants = Invariants(self.sim)
        self._gather()
        start = self.sim.truth.spots[0]
        for spot in self._path(start):
            self._epoch(spot)
        end = start * (10_000 - FALL) // 10_000
        for _ in range(40):
            if not self._is_unsettled():
                break
            self._epoch(end)
        for index in self.groups[SAVERS]:
            cash = self.sim.vault(index).vector[0]
            self._do(owners.withdrawal(self.sim, index, 0, cash, cash), index)
        self.invariants.check_everything()
        return self._outcome()

    def _path(self, start: int) -> list[int]:
        """One fall within the bound; then all of it at once, or as far as it goes."""
        within = start * 9_550 // 10_000
        end = start * (10_000 - FALL) // 10_000
        if self.kind == "at once":
            return [within, end]
        path = [within]
        while path[-1] > end:
            path.append(max(end, path[-1] * 9_530 // 10_000))
        return path

    # Who is there.

    def _gather(self) -> None:
        sim, model = self.sim, self.sim.model
        self._do(administration.publication(sim, [sim.truth, sim.truth], sim.now))
        self._do(default.endowment(sim, CAPITAL))
        self.fund_before = model.fund
        for _ in range(5):
            self._join(SAVERS, SAVED)
        for _ in range(3):
            self._join(BUYERS, 60_000_000)
        for _ in range(PAIRS):
            self._trade(self._join(LONG_LEGS, 3_000_000), self._join(SHORT_LEGS, 3_000_000), 0.97)
        for part in (0.2, 0.5, 0.8, 0.95):
            self._trade(self._join(LONGS, 2_000_000), self._join(SHORTS, 2_000_000), part)
        pledged = self._join(LONGS, 1_500_000, coins=40_000_000)
        self._trade(pledged, self._join(SHORTS, 3_000_000), 0.9)
        self.before = [vault.vector for vault in model.vaults]
        self.fund_before = model.fund

    def _join(self, group: str, cash: int, coins: int = 0) -> int:
        index = len(self.sim.authors)
        self._do(owners.newcomer(self.sim))
        self._do(owners.payment(self.sim, index, 0, cash))
        if coins:
            self._do(owners.payment(self.sim, index, 1, coins))
        self.groups[group].append(index)
        self.paid_in[index] = self._worth(self.sim.vault(index).vector)
        return index

    def _trade(self, long: int, short: int, part: float) -> None:
        """As many lots of the perpetual as a part of what both can carry."""
        sim, place = self.sim, self.sim.model.shape.assets
        price = sim.model.market.table.mark[place] // UNIT
        free = min(self._carried(long, place, price, 1), self._carried(short, place, price, -1))
        lots = int(free * part)
        delta = sim.world.delta({0: -lots * price, place: lots})
        parties = [(long, delta), (short, -delta)]
        self._do(trades.settlement(sim, "settle, signed", parties, []))

    def _carried(self, index: int, place: int, price: int, side: int) -> int:
        scales, book = self.sim.model.scales(self.sim.now), self.sim.vault(index).vector
        low, high = 0, 1 << 20
        while low < high:
            lots = (low + high + 1) // 2
            after = plus(book, {0: -side * lots * price - 1_000, place: side * lots})
            low, high = (lots, high) if scales.holds("initial", after) else (low, lots - 1)
        return low

    # What happens.

    def _epoch(self, spot: int) -> None:
        """A market, proofs of those who can, reveals, sales, and what is due to be paid."""
        sim, model = self.sim, self.sim.model
        sim.world.now = model.market.published + model.parameters.min_interval
        seen = sim.truth.model_copy(update={"spots": (spot,)})
        self._do(administration.publication(sim, [seen, seen], sim.now))
        for index, vault in enumerate(model.vaults):
            if not vault.exempt and vault.status != "frozen":
                self._answer(index)
        self._pay_out()
        for index in self.groups[SAVERS][:2]:
            # Who never traded need not wait, whatever is locked.
            self._do(owners.withdrawal(sim, index, 0, 10_000, 10_000), index)
        for index in self.groups[SHORT_LEGS]:
            self._take_gains(index)
        for index in range(len(model.vaults)):
            if model.is_overdue(index):
                self._open(index)
        self._sell()
        self._pay_out()

    def _answer(self, index: int) -> None:
        """A proof of margin, by whoever has it: flat accounts say so once."""
        sim, vault = self.sim, self.sim.vault(index)
        if vault.vector[0] >= 0 and not any(vault.vector[sim.model.shape.assets :]):
            self._do(owners.flatness(sim, index))
        elif sim.model.scales(sim.now).holds("maintenance", vault.vector):
            self._do(owners.proof_of_margin(sim, index, sim.model.epoch, escrowed=False))

    def _take_gains(self, index: int) -> None:
        """All that may leave; nobody knows yet who pays for it."""
        sim, model = self.sim, self.sim.model
        scales, book = model.scales(sim.now), sim.vault(index).vector
        amount = scales.left("withdrawal", book) // UNIT
        if amount > 0 and not model.market.is_locked:
            self._do(owners.withdrawal(sim, index, 0, amount, 0), index)

    def _open(self, index: int) -> None:
        model, vault = self.sim.model, self.sim.vault(index)
        self.lost += max(0, -model.sale_scales(self.sim.now).equity(vault.vector))
        self._do(default.opening_up(self.sim, index))

    def _sell(self) -> None:
        """Half of the books find buyers at half of the discount; the fund must take the others."""
        sim, model = self.sim, self.sim.model
        if not model.frozen and model.fund_sale is None:
            return
        sim.world.now += model.parameters.sale_duration // 2
        for target in model.frozen[::2]:
            self._buy(target)
        sim.world.now += model.parameters.sale_duration // 2
        for target in model.frozen:
            self._sale(default.absorption(sim, target))
        if model.fund_sale is not None:
            sim.world.now += model.parameters.sale_duration // 2
            self._buy(None)

    def _buy(self, target: int | None) -> None:
        """Whoever can carry it; a part where nobody can carry the whole."""
        sim, model = self.sim, self.sim.model
        scales = model.sale_scales(sim.now)
        for part in (None, 32, 8):
            offered = default.offer(sim, target, part)
            for buyer in self.groups[BUYERS] if offered is not None else []:
                change = plus(offered.lot.values, {0: -offered.price}) if offered else ()
                if scales.holds("initial", plus(sim.vault(buyer).vector, change), scales.floor):
                    self._sale(default.purchase(sim, buyer, target, part))
                    return

    def _sale(self, attempt: Attempt) -> None:
        """Notes who had what before it, and after."""
        model = self.sim.model
        mark = model.sale_scales(self.sim.now).mark
        books, fund = [vault.vector for vault in model.vaults], model.fund
        self._do(attempt)
        holders: list[tuple[int | None, Vector, Vector]] = [
            (index, book, model.vaults[index].vector) for index, book in enumerate(books)
        ]
        for holder, book, after in (*holders, (None, fund, model.fund)):
            moved = (0, *minus(after, book)[1:])
            if any(moved):
                self.handed.append((holder, moved, mark))

    def _pay_out(self) -> None:
        sim, model = self.sim, self.sim.model
        if model.market.is_locked:
            return
        for number, waiting in list(model.waiting.items()):
            due = model.epochs[waiting.epoch].due
            if due is not None and sim.now >= due:
                paid = model.paid(waiting.amount, sim.now, untraded=False)
                self._note_part(paid, waiting.amount)
                self._do(owners.payout(sim, number), waiting.account)

    def _do(self, attempt: Attempt, payee: int | None = None) -> None:
        """It is accepted, and everything that always holds, holds."""
        assert not attempt.refusals, f"{attempt.name}: {attempt.refusals}"
        sim, before = self.sim, self.sim.model.paid_out[0]
        sim.perform(attempt)
        self.invariants.check()
        if payee is not None:
            paid = sim.model.paid_out[0] - before
            self.paid_out[payee] = self.paid_out.get(payee, 0) + paid

    def _is_unsettled(self) -> bool:
        model = self.sim.model
        busy = model.frozen or model.waiting or model.market.is_locked
        return bool(busy) or any(model.is_overdue(i) for i in range(len(model.vaults)))

    # Who pays.

    def _outcome(self) -> Outcome:
        lines = [self._line(group, self.groups[group]) for group in GROUPS]
        model, scales = self.sim.model, self.sim.model.sale_scales(self.sim.now)
        lines.append(
            Line(
                FUND,
                0,
                model.endowed,
                scales.equity(self.fund_before),
                self._passed_on([None]),
                max(0, scales.equity(model.fund)),
            )
        )
        savers = [
            (self.paid_in[index], self.paid_out[index] + self._worth(self.sim.vault(index).vector))
            for index in self.groups[SAVERS]
        ]
        return Outcome(self.kind, lines, self.sim, self.lost, savers, self.least_part_bps)

    def _line(self, group: str, indices: Sequence[int]) -> Line:
        return Line(
            group,
            len(indices),
            sum(self.paid_in[index] for index in indices),
            sum(self._worth(self.before[index]) for index in indices),
            self._passed_on(indices),
            sum(self.paid_out.get(index, 0) + self._claim(index) for index in indices),
        )

    def _claim(self, index: int) -> int:
        """What could leave in the end."""
        vault = self.sim.vault(index)
        left = max(0, self._worth(vault.vector))
        paid = self.sim.model.paid(left, self.sim.now, untraded=vault.untraded)
        if not vault.untraded:
            self._note_part(paid, left)
        return paid

    def _passed_on(self, holders: Sequence[int | None]) -> int:
        """From the sale to the end, what prices did to what changed hands."""
        mark = self.sim.model.sale_scales(self.sim.now).mark
        return sum(
            worth(mark, moved) - worth(then, moved)
            for holder, moved, then in self.handed
            if holder in holders
        )

    def _note_part(self, paid: int, amount: int) -> None:
        if amount > 10_000:
            self.least_part_bps = min(self.least_part_bps, paid * 10_000 // amount)

    def _worth(self, vector: Vector) -> int:
        return self.sim.model.sale_scales(self.sim.now).equity(vector)


def main(say: Callable[[str], None] = print) -> None:
    """Both crashes."""
    kinds: tuple[Kind, ...] = ("at once", "step by step")
    for kind in kinds:
        say(told(crash(kind)))
        say("")


if __name__ == "__main__":
    main()
