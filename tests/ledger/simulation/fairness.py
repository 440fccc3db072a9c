"""Who pays for a default, held against every entry: nobody loses what was not theirs to lose."""

from __future__ import annotations

from ledger.transitions import Absorb, Deposit, Reveal, TakeOver, Transition, UpdateMarket
from tests.ledger.simulation.margin import Scales, Vector
from tests.ledger.simulation.simulator import Simulation


class Fairness:
    """Compares what books and the fund are worth before an entry and after it, at one mark."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self._books: list[Vector] = []
        self._untraded: list[bool] = []
        self._on_sale: list[int] = []
        self._fund: Vector = sim.model.fund
        self._discounts = 0

    def check(self, transition: Transition) -> None:
        """After an entry that was accepted."""
        if self.sim.model.epochs:
            scales = self.sim.model.sale_scales(self.sim.model.time)
            self._check_books(scales, transition)
            self._check_fund(scales, transition)
            self._check_savers(transition)
        self._remember()

    def _check_books(self, scales: Scales, transition: Transition) -> None:
        """A sale takes no more from its owner than the discount, and leaves no debt.

        One cent of each lot is lost to rounding.
        """
        if not isinstance(transition, Absorb | TakeOver | Reveal | UpdateMarket):
            return
        given, lots = self._given(), self._lots(transition)
        for index in self._sold(transition):
            before = scales.equity(self._books[index])
            after = scales.equity(self.sim.vault(index).vector)
            assert after >= before - given - lots, f"account {index} is worth {after}, not {before}"
            ended = self.sim.vault(index).sale is None
            assert after >= 0 or not ended or before < 0, f"account {index} was left with a debt"

    def _check_fund(self, scales: Scales, transition: Transition) -> None:
        """It pays what books lack, and at the last step a discount out of what it can spare."""
        before, after = scales.equity(self._fund), scales.equity(self.sim.model.fund)
        below = [max(0, -scales.equity(self._books[index])) for index in self._on_sale]
        sold = self._sold(transition)
        lacking = sum(max(0, -scales.equity(self._books[index])) for index in sold)
        floor = self.sim.model.parameters.fund_floor
        spare = max(0, min(self._fund[0], before) - sum(below) - floor)
        given, lots = self._given(), self._lots(transition)
        loss = before - after
        assert loss <= lacking + min(given, spare) + lots, f"the fund has paid {loss}"
        if loss > lacking + lots:
            assert isinstance(transition, Absorb | TakeOver), "the fund has paid for nothing"

    def _check_savers(self, transition: Transition) -> None:
        """What never traded changes by its owner's own entries, and is never in debt or on sale."""
        whose = getattr(transition, "account", None)
        for index, (book, untraded) in enumerate(zip(self._books, self._untraded, strict=True)):
            vault = self.sim.vault(index)
            if untraded and vault.untraded:
                assert index == whose or vault.vector == book, f"account {index} pays for others"
                assert min(vault.vector) >= 0, f"account {index} never traded, and is in debt"
                assert vault.sale is None, f"account {index} never traded, and is on sale"

    def _sold(self, transition: Transition) -> list[int]:
        """Whose book an entry may have sold from, or closed."""
        match transition:
            case Absorb() | TakeOver():
                return [] if transition.target is None else [transition.target]
            case Reveal() | Deposit():
                return [transition.account]
            case UpdateMarket():
                return self._on_sale
            case _:
                return []

    def _given(self) -> int:
        """Off the mark, to buyers and to the fund."""
        return self.sim.model.discounts - self._discounts

    def _lots(self, transition: Transition) -> int:
        """How many roundings there were: of lots, and of what is left."""
        return 2 + (8 if isinstance(transition, Absorb) else 0)

    def _remember(self) -> None:
        model = self.sim.model
        self._books = [vault.vector for vault in model.vaults]
        self._untraded = [vault.untraded for vault in model.vaults]
        self._on_sale, self._fund = model.frozen, model.fund
        self._discounts = model.discounts
