"""What is true, in plain integers: computed from what people did, never from the ledger's code.

The model knows every account's vector. It borrows data from the ledger (tables, parameters, the
listing) and no rule: who is overdue, what a withdrawal pays, what becomes of a sale is written down
here again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from circuits.shape import Shape
from ledger.market.data import Observation, RiskTable
from ledger.market.instruments.spot import Spot
from ledger.market.listing import Listing
from ledger.parameters import Parameters
from tests.ledger.simulation.contracts import notional
from tests.ledger.simulation.margin import UNIT, Scales, Vector, minus, plus, worth
from tests.ledger.simulation.records import Epoch, Resting, Vault, Waiting
from tests.ledger.simulation.sales import (
    PARTS,
    Lot,
    OnSale,
    Quote,
    fund_lot,
    is_least,
    lot_of,
    quote,
    sixty_fourths,
)
from zk.pedersen import Opening

#: For how long a sale that was cured is remembered.
DAY: Final = 86_400


@dataclass(slots=True)
class Model:
    """Everybody's money."""

    shape: Shape
    listing: Listing
    parameters: Parameters
    time: int
    vaults: list[Vault] = field(default_factory=list)
    fund: Vector = ()
    fund_sale: OnSale | None = None
    expiry: Opening = field(init=False)
    #: Into accounts, and into the fund.
    deposited: list[int] = field(init=False)
    endowed: int = 0
    endowments: int = 0
    paid_out: list[int] = field(init=False)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    withdrawals: int = 0
    epochs: dict[int, Epoch] = field(default_factory=dict)
    settled: dict[int, int] = field(default_factory=dict)
    expired: int = 0
    pending: list[tuple[int, Parameters]] = field(default_factory=list)
    #: What buyers have been given off the mark so far, and how it turned out.
    discounts: int = 0
    turns: list[str] = field(default_factory=list)
    founded: int = field(init=False)

    def __post_init__(self) -> None:
        self.founded = self.time
        self.fund = (0,) * self.shape.components
        self.expiry = Opening(self.fund, 0)
        self.deposited = [0] * self.shape.assets
        self.paid_out = [0] * self.shape.assets

    # Time.

    @property
    def epoch(self) -> int:
        return max(self.epochs, default=0)

    @property
    def market(self) -> Epoch:
        return self.epochs[self.epoch]

    def terms_at(self, time: int) -> Parameters:
        """The parameters in force at a time: the last that was due by then."""
        due = [terms for effective, terms in self.pending if effective <= time]
        return due[-1] if due else self.parameters

    def move_to(self, time: int) -> None:
        """An entry of that time was accepted."""
        self.parameters, self.time = self.terms_at(time), time
        self.pending = [(at, terms) for at, terms in self.pending if at > time]

    def publish(
        self, time: int, seen: Observation, table: RiskTable, default_mark: Vector | None
    ) -> None:
        """A new epoch: sales have run until now, withdrawals get their date, books are judged."""
        for sale in self._sales():
            sale.run(self.time, self.fresh_until(self.time))
        terms = self.parameters
        self.epochs[self.epoch + 1] = Epoch(time, self.time, terms.grace, seen, table, default_mark)
        for epoch in self.epochs.values():
            if epoch.due is None and time - epoch.time >= epoch.grace:
                epoch.due = self.time + terms.reveal + terms.sale_duration
        for index in self.frozen:
            if self._judge(index):
                self.turns.append("cure by a market")

    def is_stale(self, now: int) -> bool:
        return now > self.fresh_until(now)

    def fresh_until(self, now: int) -> int:
        return self.market.time + self.terms_at(now).max_age

    @property
    def latest(self) -> int:
        """How far given time may run; only governors carry it on."""
        newest = self.market.time if self.epochs else self.founded
        return newest + self.parameters.max_gap

    def is_provable(self, epoch: int) -> bool:
        """A margin proof under that epoch still counts."""
        return epoch in self.epochs and not self._is_out_of_grace(epoch)

    def is_overdue(self, index: int) -> bool:
        """There was a market after its last proof, and another that is later by the grace."""
        vault = self.vaults[index]
        owes = not vault.exempt and vault.status != "frozen"
        return owes and self._is_out_of_grace(vault.standing)

    def _is_out_of_grace(self, epoch: int) -> bool:
        if epoch >= self.epoch:
            return False
        following = self.epochs[epoch + 1]
        return self.market.time >= following.time + following.grace

    # Orders and soundness.

    def open_order(self, index: int, now: int) -> Resting | None:
        """Of this epoch, and for a while after it was cancelled."""
        order = self.vaults[index].order
        if order is None or order.epoch != self.epoch:
            return None
        if order.cancelled is None or now - order.cancelled < self.terms_at(now).settling:
            return order
        return None

    def is_free(self, index: int, now: int) -> bool:
        """Not on sale and without an open order."""
        return self.vaults[index].status != "frozen" and self.open_order(index, now) is None

    def scales(self, now: int, epoch: int | None = None) -> Scales:
        """What an epoch asks, of whoever is not in default."""
        return self._scales(now, self.epochs[epoch or self.epoch], None)

    def sale_scales(self, now: int) -> Scales:
        """In a default what counts is the price that was seen, also beyond the bounds."""
        return self._scales(now, self.market, self.market.default_mark)

    def _scales(self, now: int, epoch: Epoch, mark: Vector | None) -> Scales:
        terms = self.terms_at(now)
        coins = self.listing.assets[1:]
        assert all(isinstance(coin, Spot) for coin in coins)
        haircuts = [coin.haircut_bps for coin in coins if isinstance(coin, Spot)]
        return Scales(
            shape=self.shape,
            table=epoch.table,
            mark=mark or epoch.table.mark,
            haircuts=(0, *haircuts),
            notionals=tuple(
                0 if slot in self.settled else notional(self.listing, slot, epoch.seen)
                for slot in range(self.shape.instruments)
            ),
            factor=terms.risk.initial_factor_bps,
            floor=terms.floor,
            cap=terms.cap,
        )

    # What is held, and what is missing.

    def total_of(self, asset: int) -> int:
        """What came in less what was paid."""
        came = self.deposited[asset] + (self.endowed if asset == 0 else 0)
        return came - self.paid_out[asset]

    def queued(self, asset: int) -> int:
        return sum(each.amount for each in self.waiting.values() if each.asset == asset)

    def untraded(self, asset: int) -> int:
        return sum(vault.vector[asset] for vault in self.vaults if vault.untraded)

    def paid(self, amount: int, now: int, *, untraded: bool) -> int:
        """Of an amount, what is paid while a loss is public; savers are first."""
        if not self.epochs:
            return amount
        none = (0,) * self.shape.instruments
        assets, mark = range(self.shape.assets), self.sale_scales(now).mark
        held = worth(mark, (*map(self.total_of, assets), *none))
        saved = worth(mark, (*map(self.untraded, assets), *none))
        if untraded:
            return amount if saved <= held else amount * max(held, 0) // saved
        lost = self.deficit(now)
        rest = max(0, held - saved)
        return amount if lost <= 0 else amount * rest // (rest + lost)

    def deficit(self, now: int) -> int:
        """What books on sale lack, less what the fund has."""
        scales = self.sale_scales(now)
        return self.lost(now) - scales.equity(self.fund)

    def lost(self, now: int) -> int:
        """By how much books on sale are below nothing."""
        scales = self.sale_scales(now)
        return sum(max(0, -scales.equity(self.vaults[i].vector)) for i in self.frozen)

    def total(self, component: int) -> int:
        """Of one component, everywhere: accounts, fund, expiry account and queue."""
        held = sum(vault.vector[component] for vault in self.vaults)
        queued = self.queued(component) if component < self.shape.assets else 0
        return held + queued + self.fund[component] + self.expiry.values[component]

    # Sales.

    @property
    def frozen(self) -> list[int]:
        return [i for i, vault in enumerate(self.vaults) if vault.status == "frozen"]

    def quote(self, target: int | None, now: int, part: int | None = None) -> Quote | None:
        """What is on offer of a book, or of the fund, whole or in part; None where nothing is."""
        sale = self.fund_sale if target is None else self.vaults[target].sale
        if sale is None:
            return None
        scales, bps = self.sale_scales(now), self.terms_at(now).discount_bps
        gone = sale.part_at(now, self.fresh_until(now))
        if target is None:
            book, spendable = self.fund, self.spare(now)
            lot = fund_lot(scales, book)
        else:
            book = self.vaults[target].vector
            spendable = max(0, scales.equity(book))
            spendable += self.spare(now) if gone[0] == gone[1] else 0
            lot = lot_of(scales, bps, book)
        if lot is None:
            return None
        if part is not None and part != lot.parts:
            if lot.kind == "coins" or part > lot.parts:
                return None
            lot = Lot("slice", part, sixty_fourths(scales, book, part, least=True))
            if not any(lot.values):
                return None
        return quote(scales, bps, lot, gone, spendable)

    def spare(self, now: int) -> int:
        """What the fund can give for discounts: cash that no loss needs, and above its floor."""
        capital = min(self.fund[0], self.sale_scales(now).equity(self.fund))
        return max(0, capital - self.lost(now) - self.terms_at(now).fund_floor)

    def is_at_its_end(self, target: int, now: int) -> bool:
        """Its price falls no further: the fund may be made to take what is left."""
        sale = self.vaults[target].sale
        return sale is not None and sale.elapsed_at(now, self.fresh_until(now)) >= sale.duration

    def is_least(self, target: int, now: int, values: Vector) -> bool:
        """Coins that are on offer are what is missing, and not more."""
        bps, book = self.terms_at(now).discount_bps, self.vaults[target].vector
        return is_least(self.sale_scales(now), bps, book, values)

    def open_up(self, index: int) -> None:
        """The guardians have opened it."""
        vault, terms = self.vaults[index], self.parameters
        vault.order = None
        if self.sale_scales(self.time).holds("maintenance", vault.vector):
            vault.status, vault.standing = "revealed", self.epoch
            self.turns.append("reveal of a solvent account")
            return
        self.turns.append("reveal of an insolvent account")
        elapsed = 0
        if vault.lapse is not None and self.time < vault.lapse[1]:
            elapsed = min(vault.lapse[0], terms.sale_duration)
            self.turns.append("sale that goes on after a cure")
        vault.status, vault.lapse = "frozen", None
        vault.sale = OnSale(self.time, elapsed, terms.sale_duration, terms.sale_step)
        self._judge(index)

    def sell(self, target: int, sold: Quote, price: int) -> None:
        """The lot has left the book, and its price has come in."""
        vault = self.vaults[target]
        assert vault.sale is not None
        vault.vector = plus(minus(vault.vector, sold.lot.values), {0: price})
        vault.sale.sold, vault.untraded = True, False
        self.discounts += max(0, sold.worth - price)
        self.turns.append(f"{sold.lot.kind} sold")
        if sold.lot.kind == "slice" and sold.lot.parts == PARTS:
            self.turns.append("whole sold")
        if self._judge(target):
            self.turns.append("end of a sale")

    def absorb(self, target: int) -> None:
        """At the last step the fund takes what is offered, until the sale is over."""
        while self.vaults[target].sale is not None:
            sold = self.quote(target, self.time)
            assert sold is not None, "a book on sale has something to sell"
            self.fund = plus(plus(self.fund, sold.lot.values), {0: -sold.price})
            self.sell(target, sold, sold.price)
        if self.fund_sale is None and any(self.fund[1:]):
            terms = self.parameters
            self.fund_sale = OnSale(self.time, 0, terms.sale_duration, terms.sale_step)

    def sell_fund(self, sold: Quote, price: int) -> None:
        """Somebody has bought of the fund."""
        self.fund = plus(minus(self.fund, sold.lot.values), {0: price})
        self.discounts += max(0, sold.worth - price)
        self.turns.append("fund sells")
        if not any(self.fund[1:]):
            self.fund_sale = None

    def judge_deposit(self, index: int) -> bool:
        """Whatever mends a book ends its sale."""
        if self.vaults[index].sale is None or not self._judge(index):
            return False
        self.turns.append("cure by a deposit")
        return True

    def _judge(self, index: int) -> bool:
        """Ends the sale of a book that is mended, or of which nothing is left to sell."""
        vault = self.vaults[index]
        assert vault.sale is not None
        scales, sold = self.sale_scales(self.time), vault.sale.sold
        coins, positions = vault.vector[1 : self.shape.assets], vault.vector[self.shape.assets :]
        nothing = not any(positions) and (vault.vector[0] >= 0 or not any(coins))
        if nothing:
            owed = max(0, -vault.vector[0])
            self.fund, vault.vector = plus(self.fund, {0: -owed}), plus(vault.vector, {0: owed})
            vault.untraded = False
            self.turns += ["fund pays a loss"] if owed else []
        elif not scales.holds("initial" if sold else "maintenance", vault.vector):
            return False
        elapsed = vault.sale.elapsed_at(self.time, self.fresh_until(self.time))
        vault.lapse = None if sold else (elapsed, self.time + DAY)
        vault.status, vault.sale, vault.standing = "revealed", None, self.epoch
        vault.exempt, vault.silent = vault.vector[0] >= 0 and not any(positions), False
        return True

    def _sales(self) -> list[OnSale]:
        sales = [self.vaults[index].sale for index in self.frozen]
        return [sale for sale in (*sales, self.fund_sale) if sale is not None]

    # Changes.

    def secure(self, index: int, now: int) -> None:
        """A proof with its opening in escrow: in standing, and owing the next proof."""
        vault = self.vaults[index]
        vault.standing, vault.exempt = self.epoch, False
        vault.base_key, vault.fill_key = self.terms_at(now).escrow.point.encode(), None

    def hide(self, index: int) -> None:
        """Something was added that only its owner can open: the account is private."""
        self.vaults[index].status = "active"

    def trade(self, index: int) -> None:
        """It holds, or has held, what nobody else can know."""
        self.hide(index)
        self.vaults[index].untraded = False

    def pay(self, asset: int, amount: int, paid: int) -> None:
        """So much of what leaves is paid, and the rest is the fund's."""
        self.paid_out[asset] += paid
        self.fund = plus(self.fund, {asset: amount - paid})

    def knows_final(self, slot: int) -> bool:
        """The market counts an expired contract for what it is exchanged for."""
        column, value = self.shape.assets + slot, self.settled[slot] * UNIT
        return self.market.table.mark[column] == value

    def add(self, index: int, amounts: dict[int, int] | Vector) -> None:
        self.vaults[index].vector = plus(self.vaults[index].vector, amounts)
