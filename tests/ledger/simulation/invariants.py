"""What holds after every step, whatever was tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ledger.evidence import Evidence
from ledger.ledger import Ledger
from ledger.state import State
from ledger.storage import MemoryStore
from ledger.transitions import (
    Deposit,
    Endow,
    OpenAccount,
    PayOut,
    ProveFlat,
    ProveMargin,
    Refresh,
    Settle,
    SignedLeg,
    Transition,
    UpdateMarket,
    Withdraw,
    decode_transition,
)
from tests.ledger.simulation.default import offer
from tests.ledger.simulation.fairness import Fairness
from tests.ledger.simulation.simulator import Simulation
from tests.ledger.world import fastest
from zk.babyjubjub import Point
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Opening

#: What each kind of transition rests on: signatures, representations, and proofs by statement.
#: Whoever shows that it has no positions adds a representation; governors add two signatures, and a
#: third oracle one.
Rests = tuple[int, int, Mapping[str, int]]
RULE_BOOK: Mapping[str, Rests] = {
    "open-account": (1, 1, {}),
    "deposit": (2, 0, {}),
    "withdraw": (1, 0, {"solvency": 1}),
    "pay-out": (0, 0, {}),
    "endow": (1, 0, {}),
    "refresh": (1, 1, {"solvency": 1}),
    "place-order": (1, 0, {"solvency": 1, "margin": 1}),
    "cancel-order": (1, 0, {}),
    "prove-margin": (1, 0, {"margin": 1}),
    "prove-margin, escrowed": (1, 0, {"solvency": 1}),
    "prove-flat": (1, 1, {"claim": 1}),
    "publish-claim": (1, 0, {"claim": 1}),
    "redeem": (1, 1, {"solvency": 1}),
    "take-over": (1, 0, {"solvency": 1}),
    "reveal": (2, 0, {}),
    "absorb": (0, 0, {}),
    "update-market": (2, 0, {}),
    "expire": (2, 0, {}),
    "update-params": (2, 1, {}),
}


class Invariants:
    """Compares ledger and model, step by step."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.backend = fastest()
        #: Openings + refreshes + batch excesses + (deposits − withdrawals)·G, from the log alone.
        self.entered = Point.IDENTITY
        self._seen = sim.ledger.head
        self._totals = [0] * sim.model.shape.assets
        self._opened: dict[int, tuple[Opening, Point]] = {}
        self._fairness = Fairness(sim)
        self._offered_at: tuple[int, ...] = ()

    def check(self) -> None:
        """After every step."""
        head = self.sim.ledger.head
        if head != self._seen:
            assert head.number == self._seen.number + 1, "one step, one entry"
            self._seen = head
            transition = decode_transition(head.transition, self.sim.setting.decoding)
            self._check_evidence(transition)
            self._enter(transition)
            self._check_accounts()
            self._check_sums()
            self._check_pool()
            self._check_filled(transition)
            self._fairness.check(transition)
            self._check_overdue(self.sim.world.state)
        self._check_overdue(self.sim.view())
        self._check_sales()

    def check_everything(self) -> None:
        """Now and then: nothing remembered, everything anew."""
        self._opened.clear()
        self._check_accounts()
        self._check_sums()
        self._check_guardians()
        self._check_nobody_falls_behind_a_stall()

    def check_replay(self) -> None:
        """The whole log, applied to an empty store, leads through the same roots."""
        sim = self.sim
        entries = sim.ledger.entries()
        next(entries)
        replayed = Ledger.create(
            MemoryStore(), sim.ledger.genesis, sim.setting.make_checker, sim.setting.decoding
        )
        assert replayed.head == sim.ledger.entry(0)
        for entry in entries:
            assert replayed.submit(entry.transition, entry.time) == entry

    # What is looked at.

    def _check_evidence(self, transition: Transition) -> None:
        """A change of state rests on as many proofs as the rule book says."""
        held = self.sim.setting.checker.held
        actual = (len(held.signatures), len(held.spans), _by_statement(held))
        expected = _expected_evidence(transition)
        assert actual == expected, f"{transition.kind} rests on {actual}, expected {expected}"

    def _enter(self, transition: Transition) -> None:
        """The right-hand side of the invariant, with this entry."""
        generators = value_generators(self.sim.model.shape.components)
        totals = [self.sim.model.total_of(asset) for asset in range(self.sim.model.shape.assets)]
        match transition:
            case OpenAccount():
                added = [transition.commitment]
            case Refresh():
                added = [transition.delta]
            case Settle():
                added = [leg.delta for leg in transition.legs]
            case Deposit():
                added = [self.backend.combine([generators[transition.asset]], [transition.amount])]
            case Endow():
                added = [self.backend.combine([generators[0]], [transition.amount])]
            case Withdraw() | PayOut():
                # What was paid is the model's to say; all the rest is the log's.
                paid = [was - left for was, left in zip(self._totals, totals, strict=True)]
                added = [-self.backend.combine(generators[: len(paid)], paid)]
            case _:
                added = []
        self.entered = self.backend.add_all([self.entered, *added])
        self._totals = totals

    def _check_accounts(self) -> None:
        """Every record is what the model says, and every commitment opens to the true vector."""
        state, model = self.sim.world.state, self.sim.model
        assert state.pool.accounts == len(model.vaults)
        for index, vault in enumerate(model.vaults):
            account, opening = state.account(index), self.sim.authors[index].known
            actual = (account.nonce, account.status, account.standing, account.exempt)
            expected = (vault.nonce, vault.status, vault.standing, vault.exempt)
            assert actual == expected, f"account {index}: expected {expected}, got {actual}"
            owes_nothing = vault.vector[0] >= 0 and not any(vault.vector[model.shape.assets :])
            assert owes_nothing or not vault.exempt, f"account {index} owes proofs"
            assert opening.values == vault.vector, f"the author of account {index} is wrong"
            if self._opened.get(index) != (opening, account.commitment):
                assert self._commit(opening) == account.commitment, f"account {index} is not its C"
                self._opened[index] = (opening, account.commitment)
            public = None if account.opening is None else account.opening.opening
            known = None if account.status == "active" else opening
            assert public == known, f"what is public of account {index} is not its opening"
            order, resting = account.order, vault.order
            found = None if order is None else (order.id, order.epoch, order.cancelled)
            placed = None if resting is None else (resting.id, resting.epoch, resting.cancelled)
            assert found == placed, f"the order of account {index}: expected {placed}, got {found}"
            held = vault.vector[: model.shape.assets] if vault.untraded else None
            assert account.holdings == held, f"expected account {index} to have traded, or not"
            assert (account.sale is None) == (vault.sale is None), f"a sale of account {index}"
            if account.sale is not None and vault.sale is not None:
                assert account.sale.sold == vault.sale.sold
                elapsed = vault.sale.elapsed_at(model.time, model.fresh_until(model.time))
                actual_elapsed = account.sale.elapsed_at(state.pool.time, state.fresh_until)
                assert actual_elapsed == elapsed, f"account {index} is on sale since another time"

    def _check_sums(self) -> None:
        """Nothing was created, in numbers and in commitments."""
        state, model = self.sim.world.state, self.sim.model
        held = [model.total_of(asset) for asset in range(model.shape.assets)]
        assert list(state.pool.totals) == held, "the totals are not what came and went"
        assert min(held) >= 0, "more was paid than there was"
        for component in range(model.shape.components):
            expected = held[component] if component < model.shape.assets else 0
            assert model.total(component) == expected, f"component {component} is not conserved"
        assert state.pool.fund.values == model.fund, "the fund is not what it should be"
        assert state.pool.fund.blinding == 0, "the fund hides something"
        assert state.pool.expiry == self._commit(model.expiry), "the expiry account is wrong"
        accounts = [state.account(index).commitment for index in range(state.pool.accounts)]
        fund = self._commit(Opening(model.fund, 0))
        queued = self._commit(Opening(self._queued(), 0))
        held_points = self.backend.add_all([*accounts, fund, state.pool.expiry, queued])
        assert held_points == self.entered, "commitments were created or destroyed"

    def _check_pool(self) -> None:
        """What the ledger keeps count of is what there is."""
        pool, model = self.sim.world.state.pool, self.sim.model
        assets = range(model.shape.assets)
        assert pool.untraded == tuple(map(model.untraded, assets)), "what savers have"
        assert pool.queued == self._queued()[: len(assets)], "the queue is another sum"
        assert pool.withdrawals == model.withdrawals
        assert pool.endowments == model.endowments
        assert list(pool.frozen) == model.frozen, "others are on sale"
        assert (pool.fund_sale is None) == (model.fund_sale is None), "the fund sells, or does not"
        state = self.sim.world.state
        for number, waiting in model.waiting.items():
            found = state.withdrawal(number)
            actual = (found.account, found.asset, found.amount, found.epoch)
            expected = (waiting.account, waiting.asset, waiting.amount, waiting.epoch)
            assert actual == expected, f"withdrawal {number}: expected {expected}, got {actual}"
        for number, epoch in list(model.epochs.items())[-8:]:
            clock = state.clock(number)
            assert (clock.time, clock.published, clock.grace, clock.due) == (
                epoch.time,
                epoch.published,
                epoch.grace,
                epoch.due,
            ), f"the clock of epoch {number}"
        market = state.market(model.epoch)
        if model.epochs:
            assert market is not None
            assert market.observation == model.market.seen, "prices have moved otherwise"
            assert market.default_mark == model.market.default_mark

    def _queued(self) -> tuple[int, ...]:
        model = self.sim.model
        assets = model.shape.assets
        return (*map(model.queued, range(assets)), *(0,) * model.shape.instruments)

    def _check_overdue(self, state: State) -> None:
        """Whatever the given time is: only markets make anybody overdue."""
        for index in range(len(self.sim.model.vaults)):
            expected = self.sim.model.is_overdue(index)
            actual = state.is_overdue(state.account(index))
            assert actual == expected, f"account {index} is overdue: expected {expected}"

    def _check_sales(self) -> None:
        """Whenever an entry or a step of the sale may have changed it, the offer is what it was."""
        model, now = self.sim.model, self.sim.now
        targets: list[int | None] = [*model.frozen, *([None] if model.fund_sale else [])]
        if not targets:
            return
        sales = [model.fund_sale if each is None else model.vaults[each].sale for each in targets]
        fresh = model.fresh_until(now)
        place = (self._seen.number, *(sale.part_at(now, fresh)[0] for sale in sales if sale))
        if place != self._offered_at:
            self._offered_at = place
            for target in targets:
                assert offer(self.sim, target) is not None, f"nothing of {target} is on offer"

    def _check_guardians(self) -> None:
        """Whoever owes a proof can be read by the guardians, at any time."""
        for index, vault in enumerate(self.sim.model.vaults):
            if not vault.exempt:
                self._check_guardian(index)

    def _check_guardian(self, index: int) -> None:
        read = self.sim.keys.read(self.sim.view(), index, self.sim.ledger.entry)
        assert read == self.sim.authors[index].known, f"account {index} cannot be read"

    def _check_filled(self, transition: Transition) -> None:
        """An order escrowed under one key and its fill under the next are read together."""
        for leg in transition.legs if isinstance(transition, Settle) else ():
            vault = self.sim.vault(leg.account)
            if vault.fill_key is not None and vault.fill_key != vault.base_key:
                self._check_guardian(leg.account)
                self.sim.accepted["fill under a newer key"] += 1

    def _check_nobody_falls_behind_a_stall(self) -> None:
        """Without a newer market nobody becomes overdue, however long it takes."""
        later = self.sim.view()
        later.advance(self.sim.now + 1_000_000)
        self._check_overdue(later)

    def _commit(self, opening: Opening) -> Point:
        bases = (*value_generators(len(opening.values)), blinding_generator())
        return self.backend.combine(bases, (*opening.values, opening.blinding))


def _expected_evidence(transition: Transition) -> Rests:
    if isinstance(transition, Settle):
        parties = [leg for leg in transition.legs if isinstance(leg, SignedLeg)]
        signed, firm = len(parties), len(transition.legs) - len(parties)
        wanted = {"solvency": signed, "fill": firm}
        proofs = {name: count for name, count in wanted.items() if count}
        flat = sum(leg.flat is not None for leg in parties)
        return signed + (firm > 0), 1 + flat, proofs
    kind = transition.kind
    if isinstance(transition, ProveMargin) and transition.escrow is not None:
        kind = "prove-margin, escrowed"
    signatures, spans, proofs_ = RULE_BOOK[kind]
    if isinstance(transition, UpdateMarket):
        signatures += len(transition.reports) + len(transition.governors)
    if not isinstance(transition, ProveFlat):
        spans += getattr(transition, "flat", None) is not None
    return signatures, spans, proofs_


def _by_statement(held: Evidence) -> dict[str, int]:
    return dict(Counter(one.statement for one in held.proofs))
