"""What a default does to books and to the fund, entry by entry, against our own reckoning of it.

| at                     | must hold                                                            |
| ---------------------- | -------------------------------------------------------------------- |
| a reveal               | on sale exactly where maintenance is not met                         |
| a sale                 | the lot is the one that is on offer, at no less than its price       |
|                        | the owner loses no more than the greatest discount of what was sold  |
| a deposit, a market    | whoever it mends is on sale no longer, and nobody else               |
| every entry            | the fund gains and pays what follows from the transition, no other   |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.records import Account
from ledger.state import State
from ledger.transitions import (
    Absorb,
    Deposit,
    Endow,
    PlaceOrder,
    Reveal,
    Settle,
    SignedLeg,
    TakeOver,
    Transition,
    UpdateMarket,
)
from verifier.findings import finding
from verifier.report import Code, Finding
from verifier.sales import Book, SaleTerms, less
from verifier.valuation import Valuation


@dataclass(slots=True)
class Defaults:
    """Books on sale and the fund; whatever is not as it must be is a finding."""

    checked: int = 0
    failed: int = 0

    def step(
        self,
        number: int,
        before: State,
        after: State,
        transition: Transition,
        keys: Iterable[str],
        unpaid: tuple[int, int] | None,
    ) -> Iterator[Finding]:
        """What this entry did; `unpaid` is what of a withdrawal stays with the fund, by asset."""
        step = _Step(number, before, after, before.pool.fund.values)
        match transition:
            case TakeOver(target=None):
                found = step.sell_of_fund(transition)
            case TakeOver():
                found = step.sell(transition)
            case Absorb():
                found = step.absorb(transition.target)
            case Reveal():
                found = step.reveal(transition)
            case Deposit() if transition.account in before.pool.frozen:
                found = step.rejudge([transition.account], (transition.asset, transition.amount))
            case UpdateMarket():
                found = step.rejudge(before.pool.frozen, (0, 0))
            case _:
                found = step.gain(transition, unpaid)
        problems = [*found, *step.check_fund(), *step.check_index(keys)]
        self.checked += isinstance(transition, TakeOver | Absorb | Reveal)
        self.failed += len(problems)
        yield from problems


@dataclass(slots=True)
class _Step:
    """One entry; `fund` is what the fund must hold after it."""

    number: int
    before: State
    after: State
    fund: Book

    def terms(self, target: int | None = None) -> SaleTerms:
        """At this entry's time, under the market that it leads to, for the sale of that account."""
        after, parameters = self.after, self.after.parameters
        valuation = Valuation.of_sales(after)
        others = (_book(self.before.account(i)) for i in self.before.pool.frozen if i != target)
        return SaleTerms(
            valuation=valuation,
            lost=sum(max(0, -valuation.equity(book)) for book in others if book is not None),
            discount_bps=parameters.discount_bps,
            fund_floor=parameters.fund_floor,
            now=after.pool.time,
            fresh_until=after.current_market.time + parameters.max_age,
        )

    def gain(self, transition: Transition, unpaid: tuple[int, int] | None) -> Iterator[Finding]:
        """Fees, endowments, and what is not paid of a withdrawal; nothing else."""
        parameters = self.after.parameters
        match transition:
            case PlaceOrder():
                self._credit(0, parameters.order_fee)
            case Settle():
                signed = sum(isinstance(leg, SignedLeg) for leg in transition.legs)
                self._credit(0, signed * parameters.leg_fee)
            case Endow():
                self._credit(0, transition.amount)
        if unpaid is not None:
            self._credit(*unpaid)
        yield from ()

    def sell(self, transition: TakeOver) -> Iterator[Finding]:
        """A buyer takes a lot of an account, or a part of it."""
        account = self.before.account(transition.target or 0)
        terms = self.terms(account.id)
        book, sale = _book(account), account.sale
        offered = None if book is None else terms.lot_of(book)
        if book is None or sale is None or offered is None:
            yield self._wrong(f"sale of account {account.id}", "a book on sale", account.status)
            return
        parts, lot = offered
        if transition.part > parts:
            yield self._wrong(
                f"sale of account {account.id}", f"{parts}/64 at most", f"{transition.part}/64"
            )
        taken = terms.part_of(book, parts, lot, transition.part)
        least = terms.least_price(taken, sale, terms.available(book, sale, self.fund))
        if transition.price < least:
            yield self._wrong(
                f"price of account {account.id}", f"{least} or more", transition.price
            )
        left = less(book, taken, transition.price)
        yield from self._expect(account.id, left, terms, sold=True)
        yield from self._check_owner(account.id, book, terms, terms.greatest(taken))

    def sell_of_fund(self, transition: TakeOver) -> Iterator[Finding]:
        """A buyer takes what the fund had to take: positions first, then coins."""
        terms, fund = self.terms(), self.fund
        sale = self.before.pool.fund_sale
        assets = self.after.shape.assets
        positions = fund[assets:]
        whole = (*(0,) * assets, *positions) if any(positions) else (0, *fund[1:])
        if sale is None or not any(whole):
            yield self._wrong("sale of the fund", "something that it had to take", "nothing")
            return
        taken = terms.part_of(fund, 64, whole, transition.part)
        least = terms.least_price(taken, sale, terms.spare(fund))
        if transition.price < least:
            yield self._wrong("price of the fund's lot", f"{least} or more", transition.price)
        self.fund = less(fund, taken, transition.price)

    def absorb(self, target: int) -> Iterator[Finding]:
        """The fund takes lot after lot, at the last step's price, until the sale is over."""
        account, terms = self.before.account(target), self.terms(target)
        book, sale = _book(account), account.sale
        if book is None or sale is None or not terms.is_last(sale):
            yield self._wrong(f"sale of account {target}", "one at its last step", account.status)
            return
        first, discounts, sold = book, 0, sale.sold
        while (offered := terms.lot_of(book)) is not None and not (
            discounts and terms.closes(book, sold=sold)
        ):
            _, lot = offered
            price = terms.least_price(lot, sale, terms.available(book, sale, self.fund))
            self.fund = less(self.fund, tuple(-v for v in lot), -price)
            book, sold, discounts = (
                less(book, lot, price),
                True,
                discounts + terms.greatest(lot) + 1,
            )
        yield from self._expect(target, book, terms, sold=True)
        yield from self._check_owner(target, first, terms, discounts)

    def reveal(self, transition: Reveal) -> Iterator[Finding]:
        """Sound, or on sale; a debt without anything to sell is the fund's at once."""
        account = self.before.account(transition.account)
        book = transition.opening(account).values
        yield from self._expect(account.id, book, self.terms(), sold=False)

    def rejudge(self, accounts: Iterable[int], paid_in: tuple[int, int]) -> Iterator[Finding]:
        """Books on sale, under what has changed: a market, or so much of an asset."""
        asset, amount = paid_in
        for index in accounts:
            account = self.before.account(index)
            book = _book(account)
            if book is None or account.sale is None:
                yield self._wrong(f"account {index}", "an opening and a sale", "none")
                continue
            book = (*book[:asset], book[asset] + amount, *book[asset + 1 :])
            yield from self._expect(index, book, self.terms(), sold=account.sale.sold)

    def check_fund(self) -> Iterator[Finding]:
        """It holds what follows, component by component."""
        actual = self.after.pool.fund.values
        if actual != self.fund:
            yield self._wrong("insurance fund", self.fund, actual)

    def check_index(self, keys: Iterable[str]) -> Iterator[Finding]:
        """The pool knows who is on sale."""
        frozen = set(self.after.pool.frozen)
        for key in keys:
            name, _, index = key.partition("/")
            if name == "account":
                account = self.after.account(int(index))
                if (account.status == "frozen") != (account.id in frozen):
                    expected = f"account {index} among them, as its status says, or not"
                    yield self._wrong("accounts on sale", expected, sorted(frozen))

    def _expect(self, index: int, book: Book, terms: SaleTerms, *, sold: bool) -> Iterator[Finding]:
        """The book after this entry, its status, and what the fund pays for it."""
        closes = terms.closes(book, sold=sold)
        book, self.fund = terms.settled(book, self.fund)
        account = self.after.account(index)
        if _book(account) != book:
            yield self._wrong(f"book of account {index}", book, _book(account))
        status = "revealed" if closes else "frozen"
        if account.status != status:
            yield self._wrong(f"account {index}", status, account.status)

    def _check_owner(
        self, index: int, book: Book, terms: SaleTerms, discounts: int
    ) -> Iterator[Finding]:
        """Nothing is taken but the discount; one unit of cash a lot is what rounding takes."""
        left = _book(self.after.account(index))
        if left is None:
            return
        lost = terms.valuation.equity(book) - terms.valuation.equity(left)
        if lost > discounts + 1:
            subject = f"equity of account {index}"
            yield self._wrong(subject, f"a loss of {discounts} at most", f"a loss of {lost}")

    def _credit(self, asset: int, amount: int) -> None:
        fund = list(self.fund)
        fund[asset] += amount
        self.fund = tuple(fund)

    def _wrong(self, subject: str, expected: object, actual: object) -> Finding:
        return finding(Code.DEFAULT, self.number, subject, expected, actual)


def _book(account: Account) -> Book | None:
    return None if account.opening is None else account.opening.values
